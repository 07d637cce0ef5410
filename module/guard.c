// SPDX-License-Identifier: GPL-2.0
/*
 * Workers are the nicest of threads: a busy machine gives them next to no time,
 * and real-time tasks give them none. So a thread of the highest real-time
 * priority, the guard, sleeps until the oldest entry of a node has half of
 * max_age_ms behind it. Then it lifts the node's workers above all ordinary
 * tasks, and if that was not enough by three quarters, above all others. That
 * leaves a quarter of max_age_ms to free the backlog in. Where memory or swap
 * is short, the guard lifts them above ordinary tasks at once. A worker steps
 * down itself, as soon as what is left is young.
 *
 * All that can starve the guard or a lifted worker is a real-time task of the
 * highest priority that never sleeps.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/atomic.h>
#include <linux/err.h>
#include <linux/hrtimer.h>
#include <linux/kthread.h>
#include <linux/sched.h>
#include <linux/sched/prio.h>
#include <linux/sched/task.h>
#include <linux/timekeeping.h>
#include <uapi/linux/sched/types.h>

#include "compat.h"
#include "guard.h"
#include "knobs.h"
#include "node.h"
#include "pressure.h"

#define ABOVE_ORDINARY	1
#define ABOVE_ALL	(MAX_RT_PRIO - 1)

static struct task_struct *guard;

/* Whether the guard has yet to look at the nodes. */
static atomic_t due;

static u64 quarter_ns(void)
{
	return knob(max_age_ms) * NSEC_PER_MSEC / 4;
}

/* How many quarters of max_age_ms the oldest entry has behind it. */
static u64 quarters(u64 oldest)
{
	u64 now = ktime_get_ns();

	return now > oldest ? (now - oldest) / quarter_ns() : 0;
}

/**
 * guard_wants_haste() - should a node's workers be lifted?
 * @node: the node
 *
 * Context: Any but hard interrupt; does not sleep.
 */
bool guard_wants_haste(struct reap_node *node)
{
	return READ_ONCE(node->hurry) || quarters(node_oldest(node)) >= 2;
}

static void set_fifo(struct task_struct *task, unsigned int priority)
{
	struct sched_attr attr = {
		.size = sizeof(attr),
		.sched_policy = SCHED_FIFO,
		.sched_priority = priority,
	};

	sched_setattr_nocheck(task, &attr);
}

/* Wakes them, too, so that none of them sleeps while it is lifted. */
static void lift_workers(struct reap_node *node, unsigned int priority)
{
	struct task_struct *task;
	unsigned int i;

	for (i = 0; (task = node_worker_task(node, i)); i++) {
		set_fifo(task, priority);
		wake_up_process(task);
		put_task_struct(task);
	}
}

/*
 * After the second quarter it looks each quarter. Those who could not be helped
 * after the third are looked at rarely.
 */
static void attend(struct reap_node *node)
{
	u64 oldest = node_oldest(node), age, next;

	if (oldest == U64_MAX)
		return;
	age = quarters(oldest);
	if (guard_wants_haste(node))
		lift_workers(node, age >= 3 ? ABOVE_ALL : ABOVE_ORDINARY);
	if (age < 2)
		next = oldest + 2 * quarter_ns();
	else
		next = ktime_get_ns() + (age < 3 ? 1 : 4) * quarter_ns();
	hrtimer_start(&node->deadline, ns_to_ktime(next),
		      HRTIMER_MODE_ABS_HARD);
}

static int guard_thread(void *unused)
{
	struct reap_node *node;

	set_fifo(current, ABOVE_ALL);
	while (!kthread_should_stop()) {
		set_current_state(TASK_IDLE);
		if (!atomic_read(&due) && !kthread_should_stop())
			schedule();
		__set_current_state(TASK_RUNNING);
		if (!atomic_xchg(&due, 0))
			continue;
		swap_look();
		for_each_reap_node(node)
			attend(node);
	}
	return 0;
}

/**
 * guard_look() - have the guard look at the nodes now
 *
 * Context: Any, hard interrupts too.
 */
void guard_look(void)
{
	atomic_set(&due, 1);
	wake_up_process(guard);
}

/**
 * guard_hurry() - have all that is queued freed before anything ordinary
 *
 * Context: Any but hard interrupt; does not sleep.
 */
void guard_hurry(void)
{
	struct reap_node *node;

	for_each_reap_node(node)
		if (atomic_long_read(&node->pending) &&
		    !READ_ONCE(node->hurry)) {
			WRITE_ONCE(node->hurry, true);
			guard_look();
		}
}

static enum hrtimer_restart on_deadline(struct hrtimer *timer)
{
	guard_look();
	return HRTIMER_NORESTART;
}

/**
 * guard_init_node() - make a new node ready to be watched
 * @node: the node
 *
 * In a hard interrupt even on PREEMPT_RT, where a real-time task may keep the
 * thread that runs other timers from its CPU.
 *
 * Context: Any.
 */
void guard_init_node(struct reap_node *node)
{
	hrtimer_setup(&node->deadline, on_deadline, CLOCK_MONOTONIC,
		      HRTIMER_MODE_ABS_HARD);
}

/**
 * guard_watch() - tell the guard of entries that were put into a queue
 * @node: the node of the queue
 * @stamp: when the first of them was diverted, ns of CLOCK_MONOTONIC
 *
 * If the node is watched already, the guard finds them when it looks.
 *
 * Context: Any but hard interrupt, after the node's lock was held to put them
 * there; does not sleep.
 */
void guard_watch(struct reap_node *node, u64 stamp)
{
	if (!hrtimer_is_queued(&node->deadline))
		hrtimer_start(&node->deadline,
			      ns_to_ktime(stamp + 2 * quarter_ns()),
			      HRTIMER_MODE_ABS_HARD);
}

/**
 * guard_start() - start the guard
 *
 * Context: Process context, sleeps.
 * Return: 0, -ENOMEM or -EINTR.
 */
int __init guard_start(void)
{
	struct task_struct *task = kthread_create(guard_thread, NULL,
						  "swapreap_guard");

	if (IS_ERR(task))
		return PTR_ERR(task);
	guard = get_task_struct(task);
	wake_up_process(guard);
	return 0;
}

/**
 * guard_stop() - stop the guard
 *
 * Context: Process context, sleeps. Nobody puts anything into a queue.
 */
void guard_stop(void)
{
	struct reap_node *node;

	kthread_stop(guard);
	for_each_reap_node(node)
		hrtimer_cancel(&node->deadline);
	put_task_struct(guard);
}
