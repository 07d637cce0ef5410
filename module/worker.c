// SPDX-License-Identifier: GPL-2.0
/*
 * A worker takes a window of batches off its node's queue, copies the runs out
 * and gives the pages back, sorts the runs by device and offset, joins what
 * became neighbours, and calls the target.
 */
#include <linux/cpumask.h>
#include <linux/err.h>
#include <linux/kthread.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/timekeeping.h>
#include <linux/topology.h>

#include "batch.h"
#include "guard.h"
#include "knobs.h"
#include "node.h"
#include "pressure.h"
#include "stats.h"
#include "target.h"
#include "trace.h"
#include "worker.h"

#define WINDOW_RUNS	(WINDOW_BATCHES * BATCH_RUNS)

/* Freed pages are reported in portions, not one by one. */
#define REPORT_PAGES	512

/* With workers=0 a node has a worker for every second CPU, up to this many. */
#define AUTO_WORKERS_MAX	4

static size_t worker_collect(struct worker *worker)
{
	struct batch *chain = node_dequeue(worker->node, &worker->haul,
					   WINDOW_BATCHES);
	struct batch *batch;
	size_t nr = 0;

	for (batch = chain; batch; batch = batch->next) {
		memcpy(worker->runs + nr, batch->runs,
		       batch->nr_runs * sizeof(u64));
		nr += batch->nr_runs;
	}
	node_return_batches(worker->node, chain);
	return nr;
}

static void report_freed(struct reap_node *node, unsigned long pages)
{
	atomic_long_add(pages, &node->freed);
	atomic_long_sub(pages, &node->pending);
	stats_freed(pages);
	pending_release(pages);
}

/* Returns how many calls of the target it took; @pages is what they freed. */
static unsigned long free_runs(struct reap_node *node, const u64 *runs,
			       size_t nr_runs, unsigned long *pages)
{
	unsigned long calls = 0, reported = 0;
	size_t i = 0;

	*pages = 0;
	while (i < nr_runs) {
		u64 key = run_key(runs[i]);
		u64 nr = run_nr(runs[i]);

		while (++i < nr_runs && run_key(runs[i]) == key + nr &&
		       target_may_merge(key, run_key(runs[i])))
			nr += run_nr(runs[i]);
		while (nr) {
			unsigned int piece = target_free(key, nr);

			key += piece;
			nr -= piece;
			*pages += piece;
			calls++;
			if (*pages - reported >= REPORT_PAGES) {
				report_freed(node, *pages - reported);
				reported = *pages;
			}
			cond_resched();
		}
	}
	report_freed(node, *pages - reported);
	return calls;
}

/* Frees and counts a haul; returns its pages. The work began at @begin. */
static unsigned long free_haul(struct reap_node *node, struct haul *haul,
			       const u64 *runs, size_t nr_runs, u64 begin)
{
	unsigned long pages;
	unsigned long calls = free_runs(node, runs, nr_runs, &pages);
	u64 end = ktime_get_ns();

	stats_drained(end - haul->stamp);
	trace_drain(node->nid, pages, nr_runs, calls, end - haul->stamp,
		    end - begin);
	node_done(node, haul);
	return pages;
}

static void worker_drain(struct worker *worker, size_t nr_runs)
{
	u64 begin = ktime_get_ns();
	u64 *runs = runs_sort(worker->runs, worker->spare, worker->buckets,
			      nr_runs);

	free_haul(worker->node, &worker->haul, runs, nr_runs, begin);
}

static unsigned long help_node(struct reap_node *node, unsigned long enough)
{
	unsigned long pages = 0;
	struct batch *batch;
	struct haul haul;

	while (pages < enough && (batch = node_dequeue(node, &haul, 1))) {
		pages += free_haul(node, &haul, batch->runs, batch->nr_runs,
				   ktime_get_ns());
		node_return_batches(node, batch);
	}
	return pages;
}

/**
 * workers_help() - free what is queued, in the caller's time
 * @enough: how many pages of swap are enough
 *
 * For those who cannot wait until a worker gets a CPU. Needs no memory, so
 * runs are not sorted. What is in the workers' hands is left to them.
 *
 * Context: Process context, may sleep; not within a scope of the caller's,
 * who would divert what is to be freed.
 * Return: how many pages were freed.
 */
unsigned long workers_help(unsigned long enough)
{
	unsigned long pages = 0;
	struct reap_node *node;

	for_each_reap_node(node)
		if (pages < enough)
			pages += help_node(node, enough - pages);
	return pages;
}

/*
 * On the node's CPUs, on those of worker_cpus, on both if that can be: a list
 * that has no CPU of the node online wins over the node.
 */
static void worker_set_cpus(struct worker *worker)
{
	const struct cpumask *of_node = cpumask_of_node(worker->node->nid);
	cpumask_var_t both;

	if (zalloc_cpumask_var(&both, GFP_KERNEL)) {
		cpumask_and(both, of_node, &knob_worker_cpus);
		if (!set_cpus_allowed_ptr(worker->task, both))
			goto out;
	}
	if (set_cpus_allowed_ptr(worker->task, &knob_worker_cpus))
		set_cpus_allowed_ptr(worker->task, cpu_possible_mask);
out:
	free_cpumask_var(both);
}

/*
 * From 6.14 on the kernel puts a kthread on all CPUs of its node when it starts
 * and whenever one of them comes online (kernel/kthread.c,
 * kthread_affine_node()). All kernels take a thread to any other CPU when the
 * last of its own goes offline, and do not bring it back.
 */
static void worker_keep_cpus(struct worker *worker)
{
	if (!cpumask_subset(current->cpus_ptr, &knob_worker_cpus) ||
	    !cpumask_subset(current->cpus_ptr,
			    cpumask_of_node(worker->node->nid)))
		worker_set_cpus(worker);
}

/* The guard lifts, and leaves it to the worker to step down. */
static void worker_step_down(void)
{
	if (current->policy == SCHED_FIFO)
		sched_set_normal(current, task_nice(current));
}

static int worker_thread(void *data)
{
	struct worker *worker = data;
	size_t nr;

	do {
		worker_keep_cpus(worker);
		node_sleep(worker);
		while ((nr = worker_collect(worker))) {
			worker_drain(worker, nr);
			if (!guard_wants_haste(worker->node))
				worker_step_down();
		}
		worker_step_down();
		swap_look();
		node_refill(worker->node);
	} while (!kthread_should_stop());
	return 0;
}

static void worker_free_memory(struct worker *worker)
{
	kvfree(worker->buckets);
	kvfree(worker->spare);
	kvfree(worker->runs);
	kfree(worker);
}

static struct worker *worker_alloc(struct reap_node *node)
{
	struct worker *worker = kzalloc_node(sizeof(*worker), GFP_KERNEL,
					     node->nid);

	if (!worker)
		return NULL;
	worker->node = node;
	INIT_LIST_HEAD(&worker->idle);
	worker->runs = kvmalloc_node(WINDOW_RUNS * sizeof(u64), GFP_KERNEL,
				     node->nid);
	worker->spare = kvmalloc_node(WINDOW_RUNS * sizeof(u64), GFP_KERNEL,
				      node->nid);
	worker->buckets = kvmalloc_node(SORT_BUCKETS * sizeof(u32), GFP_KERNEL,
					node->nid);
	if (worker->runs && worker->spare && worker->buckets)
		return worker;
	worker_free_memory(worker);
	return NULL;
}

static int worker_add(struct reap_node *node)
{
	struct worker *worker = worker_alloc(node);

	if (!worker)
		return -ENOMEM;
	worker->task = kthread_create_on_node(worker_thread, worker, node->nid,
					      "swapreap/%d:%u", node->nid,
					      node->nr_workers);
	if (IS_ERR(worker->task)) {
		int err = PTR_ERR(worker->task);

		worker_free_memory(worker);
		return err;
	}
	set_user_nice(worker->task, knob(worker_nice));
	worker_set_cpus(worker);

	raw_spin_lock_irq(&node->lock);
	node->workers[node->nr_workers++] = worker;
	raw_spin_unlock_irq(&node->lock);
	wake_up_process(worker->task);
	return 0;
}

/*
 * The thread is asked to stop while it is still listed: until it has freed
 * what it holds, node_drain() has to see it.
 */
static void worker_remove(struct reap_node *node)
{
	struct worker *worker = node->workers[node->nr_workers - 1];
	struct task_struct *task = worker->task;
	u64 cpu_ns;

	get_task_struct(task);
	kthread_stop(task);
	cpu_ns = task->se.sum_exec_runtime;

	raw_spin_lock_irq(&node->lock);
	node->nr_workers--;
	node->retired_cpu_ns += cpu_ns;
	raw_spin_unlock_irq(&node->lock);
	put_task_struct(task);
	worker_free_memory(worker);
}

static int node_resize(struct reap_node *node, unsigned int nr)
{
	int err = 0;

	while (node->nr_workers > nr)
		worker_remove(node);
	while (!err && node->nr_workers < nr)
		err = worker_add(node);
	return err;
}

static unsigned int auto_workers(struct reap_node *node)
{
	return clamp(cpumask_weight(cpumask_of_node(node->nid)) / 2, 1U,
		     (unsigned int)AUTO_WORKERS_MAX);
}

/**
 * workers_resize() - set the number of workers of every node
 * @per_node: how many, or 0 for as many as the node's CPUs call for
 *
 * Context: Process context, sleeps. One caller at a time.
 * Return: 0, -ENOMEM, -EAGAIN or -EINTR. On an error every node still has a worker.
 */
int workers_resize(long per_node)
{
	struct reap_node *node;

	for_each_reap_node(node) {
		int err = node_resize(node, per_node ?: auto_workers(node));

		if (err)
			return err;
	}
	return 0;
}

/**
 * workers_set_nice() - set the workers' nice value
 * @nice: the value
 *
 * Context: Process context. One caller at a time.
 * Return: 0.
 */
int workers_set_nice(long nice)
{
	struct reap_node *node;
	unsigned int i;

	for_each_reap_node(node)
		for (i = 0; i < node->nr_workers; i++)
			set_user_nice(node->workers[i]->task, nice);
	return 0;
}

/**
 * workers_set_cpus() - put the workers on the CPUs of worker_cpus
 *
 * Context: Process context, sleeps. One caller at a time.
 */
void workers_set_cpus(void)
{
	struct reap_node *node;
	unsigned int i;

	for_each_reap_node(node)
		for (i = 0; i < node->nr_workers; i++)
			worker_set_cpus(node->workers[i]);
}

/**
 * workers_start() - start the threads of all nodes
 *
 * Context: Process context, sleeps.
 * Return: 0, -ENOMEM, -EAGAIN or -EINTR; then none is left running.
 */
int __init workers_start(void)
{
	int err = workers_resize(knob(workers));

	if (err)
		workers_stop();
	return err;
}

/**
 * workers_stop() - stop all threads
 *
 * A thread that is asked to stop empties the queue first, so nothing is
 * pending afterwards.
 *
 * Context: Process context, sleeps. Nobody adds to the queues any more.
 */
void workers_stop(void)
{
	struct reap_node *node;

	for_each_reap_node(node)
		node_resize(node, 0);
}
