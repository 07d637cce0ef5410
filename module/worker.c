// SPDX-License-Identifier: GPL-2.0
#include <linux/cpuhotplug.h>
#include <linux/err.h>
#include <linux/kthread.h>
#include <linux/minmax.h>
#include <linux/mutex.h>
#include <linux/sched.h>
#include <linux/sched/task.h>
#include <linux/slab.h>
#include <linux/timekeeping.h>

#include "admit.h"
#include "compat.h"
#include "cpus.h"
#include "drain.h"
#include "knobs.h"
#include "node.h"
#include "table.h"
#include "worker.h"

/* With workers=0 a node has one for each of its CPUs, up to this many. */
#define AUTO_WORKERS_MAX	4

/* How often a worker looks for batches that are too old to be left open. */
#define STEAL_NS	(10 * NSEC_PER_MSEC)

/**
 * struct reap_worker - a thread that drains a node
 * @node: the node
 * @task: the thread
 * @awake: whether it is at work or has been woken
 */
struct reap_worker {
	struct reap_node *node;
	struct task_struct *task;
	bool awake;
};

/* Workers come and go, and change CPUs, one at a time. */
static DEFINE_MUTEX(crew_lock);

static enum cpuhp_state hotplug __ro_after_init;

/* A CPU that is still online and goes off; protected by crew_lock. */
static unsigned int leaving = UINT_MAX;

/* The lowest step, on which workers sleep. Called with the crew's lock held. */
static void step_down(struct reap_worker *worker)
{
	struct crew *crew = &worker->node->crew;

	lockdep_assert_held(&crew->lock);
	worker->awake = false;
	if (!--crew->nr_awake) {
		WRITE_ONCE(crew->realtime, false);
		crew->nice = knob(worker_nice);
	}
}

/* Follows what policy.c wants of it. A thread can lift only itself to FIFO. */
static void follow_policy(struct crew *crew)
{
	if (current->policy == SCHED_FIFO) {
		if (!READ_ONCE(crew->realtime))
			sched_set_normal(current, READ_ONCE(crew->nice));
	} else if (READ_ONCE(crew->realtime)) {
		sched_set_fifo_low(current);
	}
}

/* What exits in flight are filling is taken from them before it is too old. */
static void take_what_is_old(struct reap_node *node)
{
	u64 limit = READ_ONCE(node->urgent) ? 0 : knob_urgent_age_ns();

	if (table_oldest(node) < ktime_get_ns() - limit)
		table_steal(limit);
}

static void work(struct reap_worker *worker)
{
	struct reap_node *node = worker->node;
	struct crew *crew = &node->crew;
	u64 now, looked = 0;
	struct turn turn;

	turn_begin(&turn);
	do {
		now = ktime_get_ns();
		WRITE_ONCE(crew->alive, now);
		follow_policy(crew);
		if (now > looked + STEAL_NS) {
			take_what_is_old(node);
			looked = now;
		}
	} while (!kthread_should_stop() && drain_step(node, &turn));
	turn_end(&turn, node);
}

static void rest(struct reap_worker *worker)
{
	struct crew *crew = &worker->node->crew;

	/* before it may be woken again, to something else */
	if (current->policy == SCHED_FIFO)
		sched_set_normal(current, knob(worker_nice));
	else
		set_user_nice(current, knob(worker_nice));
	raw_spin_lock_irq(&crew->lock);
	step_down(worker);
	raw_spin_unlock_irq(&crew->lock);
	map_trim(&worker->node->map);
	queue_refill(&worker->node->queue);
}

/*
 * Since 6.14 the kernel puts a thread on all CPUs of its node when it starts
 * (kernel/kthread.c, kthread_affine_node()).
 */
static int worker_run(void *data)
{
	struct reap_worker *worker = data;

	cpus_set(worker->node, current);
	while (!kthread_should_stop()) {
		set_current_state(TASK_IDLE);
		if (!READ_ONCE(worker->awake) && !kthread_should_stop())
			schedule();
		__set_current_state(TASK_RUNNING);
		if (!READ_ONCE(worker->awake))
			continue;
		admit_look();
		work(worker);
		rest(worker);
	}
	return 0;
}

/**
 * workers_wake() - have a number of workers run at a weight
 * @node: the node
 * @nr: how many have to be awake at least
 * @nice: their nice value
 * @realtime: whether they are to make themselves SCHED_FIFO, of the lowest
 *	priority
 *
 * Context: Any, hard interrupts too.
 */
void workers_wake(struct reap_node *node, unsigned int nr, int nice,
		  bool realtime)
{
	struct crew *crew = &node->crew;
	unsigned long flags;
	unsigned int i;

	raw_spin_lock_irqsave(&crew->lock, flags);
	if (!crew->nr_awake)
		WRITE_ONCE(crew->alive, ktime_get_ns());
	crew->nice = nice;
	WRITE_ONCE(crew->realtime, realtime);
	for (i = 0; i < crew->nr; i++) {
		struct reap_worker *worker = crew->workers[i];

		if (!worker->awake && crew->nr_awake >= nr)
			continue;
		set_user_nice(worker->task, nice);
		if (worker->awake)
			continue;
		WRITE_ONCE(worker->awake, true);
		crew->nr_awake++;
		wake_up_process(worker->task);
	}
	raw_spin_unlock_irqrestore(&crew->lock, flags);
}

static int worker_add(struct reap_node *node)
{
	struct reap_worker *worker = kzalloc_node(sizeof(*worker), GFP_KERNEL,
						  node->nid);

	if (!worker)
		return -ENOMEM;
	worker->node = node;
	worker->task = kthread_create_on_node(worker_run, worker, node->nid,
					      "swapreap/%d:%u", node->nid,
					      node->crew.nr);
	if (IS_ERR(worker->task)) {
		int err = PTR_ERR(worker->task);

		kfree(worker);
		return err;
	}
	set_user_nice(worker->task, knob(worker_nice));
	cpus_set(node, worker->task);

	raw_spin_lock_irq(&node->crew.lock);
	node->crew.workers[node->crew.nr++] = worker;
	raw_spin_unlock_irq(&node->crew.lock);
	wake_up_process(worker->task);
	return 0;
}

/* What it had not freed yet is left to others. */
static void worker_remove(struct reap_node *node)
{
	struct crew *crew = &node->crew;
	struct reap_worker *worker = crew->workers[crew->nr - 1];
	struct task_struct *task = get_task_struct(worker->task);
	u64 ns = task->se.sum_exec_runtime;

	raw_spin_lock_irq(&crew->lock);
	crew->nr--;
	crew->retired_cpu_ns += ns;
	raw_spin_unlock_irq(&crew->lock);
	/* it has to run once more, also on a busy machine */
	set_user_nice(task, MIN_NICE);
	kthread_stop(task);

	raw_spin_lock_irq(&crew->lock);
	if (worker->awake)
		step_down(worker);
	crew->retired_cpu_ns += task->se.sum_exec_runtime - ns;
	raw_spin_unlock_irq(&crew->lock);
	put_task_struct(task);
	kfree(worker);
}

static unsigned int auto_workers(struct reap_node *node)
{
	return clamp(cpus_of_workers(node, leaving), 1U,
		     SWAP_FREE_SCALES ? AUTO_WORKERS_MAX : 1U);
}

static int resize_all(long per_node)
{
	struct reap_node *node;
	int err = 0;

	lockdep_assert_held(&crew_lock);
	for_each_reap_node(node) {
		unsigned int nr = per_node ?: auto_workers(node);

		while (node->crew.nr > nr)
			worker_remove(node);
		while (!err && node->crew.nr < nr)
			err = worker_add(node);
	}
	return err;
}

/**
 * workers_resize() - set the number of workers of every node
 * @per_node: how many, or 0 for as many as the node's CPUs call for
 *
 * Context: Process context, sleeps.
 * Return: 0, -ENOMEM, -EAGAIN or -EINTR. On an error every node still has a worker.
 */
int workers_resize(long per_node)
{
	int err;

	mutex_lock(&crew_lock);
	err = resize_all(per_node);
	mutex_unlock(&crew_lock);
	return err;
}

static void refit(unsigned int without)
{
	struct reap_node *node;
	unsigned int i;

	mutex_lock(&crew_lock);
	leaving = without;
	if (!knob(workers))
		resize_all(0);
	for_each_reap_node(node)
		for (i = 0; i < node->crew.nr; i++)
			cpus_set(node, node->crew.workers[i]->task);
	leaving = UINT_MAX;
	mutex_unlock(&crew_lock);
}

/**
 * workers_refit() - put the workers on the CPUs they may run on
 *
 * And adapt their number if it is automatic.
 *
 * Context: Process context, sleeps.
 */
void workers_refit(void)
{
	refit(UINT_MAX);
}

/**
 * workers_set_nice() - set the nice value of workers that sleep
 * @nice: the value
 *
 * Context: Process context.
 */
void workers_set_nice(long nice)
{
	struct reap_node *node;
	unsigned int i;

	for_each_reap_node(node) {
		raw_spin_lock_irq(&node->crew.lock);
		for (i = 0; i < node->crew.nr; i++)
			set_user_nice(node->crew.workers[i]->task, nice);
		raw_spin_unlock_irq(&node->crew.lock);
	}
}

/**
 * workers_cpu_ns() - CPU time used by a node's workers since load
 * @node: the node
 *
 * Context: Process context.
 * Return: ns. What a worker that runs now has used since the last tick may be
 * missing.
 */
u64 workers_cpu_ns(struct reap_node *node)
{
	struct crew *crew = &node->crew;
	unsigned int i;
	u64 ns;

	raw_spin_lock_irq(&crew->lock);
	ns = crew->retired_cpu_ns;
	for (i = 0; i < crew->nr; i++)
		ns += READ_ONCE(crew->workers[i]->task->se.sum_exec_runtime);
	raw_spin_unlock_irq(&crew->lock);
	return ns;
}

/*
 * A CPU that goes off takes its threads' affinity with it where it was the last
 * one, and the kernel does not give it back when the CPU returns.
 */
static int on_cpu_online(unsigned int cpu)
{
	refit(UINT_MAX);
	return 0;
}

static int on_cpu_offline(unsigned int cpu)
{
	refit(cpu);
	return 0;
}

/**
 * workers_start() - start the threads of all nodes
 *
 * Context: Process context, sleeps.
 * Return: 0 or an errno; then none is left running.
 */
int __init workers_start(void)
{
	int err = workers_resize(knob(workers));

	if (!err)
		err = cpuhp_setup_state_nocalls(CPUHP_AP_ONLINE_DYN,
						"swapreap:online",
						on_cpu_online, on_cpu_offline);
	if (err < 0) {
		workers_stop();
		return err;
	}
	hotplug = err;
	return 0;
}

/**
 * workers_stop() - stop all threads
 *
 * Context: Process context, sleeps. Nothing is diverted any more, or pending.
 */
void workers_stop(void)
{
	struct reap_node *node;

	if (hotplug)
		cpuhp_remove_state_nocalls(hotplug);
	mutex_lock(&crew_lock);
	for_each_reap_node(node)
		while (node->crew.nr)
			worker_remove(node);
	mutex_unlock(&crew_lock);
}
