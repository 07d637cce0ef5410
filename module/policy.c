// SPDX-License-Identifier: GPL-2.0
/*
 * The workers climb a ladder while something is pending:
 *
 *   idle CPU      they run there at once, on as many as are idle
 *   yielding      at worker_nice, for a while
 *   as the dead   at the weight that the tasks would have had which died
 *   first         above all ordinary tasks: nice -20, from a quarter of max_age_ms
 *   real time     SCHED_FIFO of the lowest priority, from half of it
 *
 * Where memory is short there is no yielding, and where swap is short or is taken
 * away they begin at the top. Nobody climbs while nothing is pending: no timer
 * is armed then.
 */
#include <linux/hrtimer.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/mmzone.h>
#include <linux/sched.h>
#include <linux/sched/prio.h>
#include <linux/static_call.h>
#include <linux/timekeeping.h>

#include "admit.h"
#include "compat.h"
#include "knobs.h"
#include "node.h"
#include "policy.h"
#include "symbol.h"
#include "table.h"
#include "worker.h"

/*
 * An exit is over in a few milliseconds, and what it diverts is freed at less
 * cost together: so the workers do not begin before it ends, but for this long.
 */
#define EXIT_NS		(20 * NSEC_PER_MSEC)

/* With no CPU idle, the task that has ended its scope gets to its end first. */
#define LAST_STEPS_NS	(200 * NSEC_PER_USEC)

/* While something is pending, the facts are looked at so often. */
#define LOOK_NS		(10 * NSEC_PER_MSEC)

/* The weight of the dead halves in about 0.4 s. */
#define WEIGHT_DECAY	64

/* How long ordinary tasks go first where memory is not short. */
#define YIELD_NS	(50 * NSEC_PER_MSEC)

/* A worker more for each of these that are pending, while CPUs are idle. */
#define WORKER_PAGES	2048

typedef int idle_cpu_fn(int cpu);

/* Not exported (kernel/sched/syscalls.c). Without it all CPUs count as busy. */
DEFINE_STATIC_CALL_NULL(idle_cpu_original, idle_cpu_fn);

static bool knows_idle __ro_after_init;

static unsigned int idle_cpus(struct reap_node *node)
{
	unsigned int cpu, nr = 0;

	if (!knows_idle)
		return 0;
	for_each_cpu_and(cpu, cpumask_of_node(node->nid), &knob_worker_cpus)
		nr += static_call(idle_cpu_original)(cpu);
	return nr;
}

/* Below twice the high watermarks, kswapd is at work or soon will be. */
static bool memory_is_short(void)
{
	unsigned long high = 0;
	int nid;

	for_each_node_state(nid, N_MEMORY) {
		struct zone *zone = NODE_DATA(nid)->node_zones;

		for (; zone < NODE_DATA(nid)->node_zones + MAX_NR_ZONES; zone++)
			high += high_wmark_pages(zone);
	}
	return global_zone_page_state(NR_FREE_PAGES) < 2 * high;
}

/* The least nice value that has at least this weight; nice 0 is 1024. */
static int nice_of_weight(unsigned long weight)
{
	unsigned long of_nice = 1024;
	int nice = 0;

	for (; nice < MAX_NICE && of_nice > weight; nice++)
		of_nice = of_nice * 4 / 5;
	for (; nice > MIN_NICE && of_nice < weight; nice--)
		of_nice = of_nice * 5 / 4;
	return nice;
}

static unsigned long weight_of_nice(int nice)
{
	unsigned long weight = 1024;

	for (; nice > 0; nice--)
		weight = weight * 4 / 5;
	for (; nice < 0; nice++)
		weight = weight * 5 / 4;
	return weight;
}

static u64 age_of(struct reap_node *node)
{
	u64 oldest = min(node_oldest(node), table_oldest(node));
	u64 now = ktime_get_ns();

	return now > oldest ? now - oldest : 0;
}

/* In this order, as open batches become pending ones. */
static bool quiet(struct reap_node *node)
{
	return table_oldest(node) == U64_MAX && !node_pending(node);
}

static unsigned int how_many(struct reap_node *node, unsigned int idle)
{
	long nr = knob(workers);

	if (nr)
		return nr;
	return clamp_t(long, node_pending(node) / WORKER_PAGES, 1,
		       max(idle, 1U));
}

static void climb(struct reap_node *node)
{
	bool urgent = READ_ONCE(node->urgent), first;
	unsigned int nr = how_many(node, idle_cpus(node));
	int nice = knob(worker_nice);
	u64 age = age_of(node);

	first = urgent || age >= knob_urgent_age_ns();
	if (!first && !node_pending(node))
		return;
	if (first)
		nice = MIN_NICE;
	else if (age >= YIELD_NS || memory_is_short())
		nice = min(nice, nice_of_weight(atomic_long_read(&node->weight) / nr));
	workers_wake(node, nr, nice, urgent || age >= knob_max_age_ns() / 2);
}

/* Also from the timer itself, beside others who do the same. */
static void look_in(struct reap_node *node, u64 ns)
{
	hrtimer_start(&node->look, ns_to_ktime(ns), HRTIMER_MODE_REL_HARD);
}

/* Never later than it would have been, however many die. */
static void look_within(struct reap_node *node, u64 ns)
{
	if (!hrtimer_is_queued(&node->look) ||
	    ktime_to_ns(hrtimer_get_expires(&node->look)) > ktime_get_ns() + ns)
		look_in(node, ns);
}

static enum hrtimer_restart on_look(struct hrtimer *timer)
{
	struct reap_node *node = container_of(timer, struct reap_node, look);
	long weight;

	if (quiet(node)) {
		atomic_long_set(&node->weight, 0);
		WRITE_ONCE(node->urgent, 0);
		return HRTIMER_NORESTART;
	}
	/* what came later may wait, unless swap is still short */
	if (node_oldest(node) > READ_ONCE(node->urgent) && !admit_swap_is_low(0))
		WRITE_ONCE(node->urgent, 0);
	climb(node);
	/* those who died long ago weigh less; what they left is mostly freed */
	weight = atomic_long_read(&node->weight);
	atomic_long_sub(weight / WEIGHT_DECAY, &node->weight);
	look_in(node, LOOK_NS);
	return HRTIMER_NORESTART;
}

/**
 * policy_watch() - a scope begins to divert
 * @node: where its batches will go
 *
 * Context: Any but hard interrupt; does not sleep.
 */
void policy_watch(struct reap_node *node)
{
	look_within(node, EXIT_NS);
}

/**
 * policy_queued() - a scope that goes on has queued what it diverted
 * @node: the node
 *
 * Context: Any but hard interrupt; does not sleep.
 */
void policy_queued(struct reap_node *node)
{
	if (idle_cpus(node))
		climb(node);
}

/**
 * policy_scope_ended() - a scope has queued all that it diverted
 * @node: the node
 *
 * A worker is woken now only where another CPU has nothing to do: elsewhere it
 * would take this one from the task that is about to be dead.
 *
 * Context: Any but hard interrupt; does not sleep.
 */
void policy_scope_ended(struct reap_node *node)
{
	atomic_long_add(weight_of_nice(task_nice(current)), &node->weight);
	if (idle_cpus(node)) {
		climb(node);
		policy_watch(node);
	} else {
		look_within(node, LAST_STEPS_NS);
	}
}

/**
 * policy_hurry() - have all that is pending freed before anything ordinary
 *
 * Context: Any; hard interrupts too.
 */
void policy_hurry(void)
{
	struct reap_node *node;

	for_each_reap_node(node) {
		if (READ_ONCE(node->urgent) || quiet(node))
			continue;
		WRITE_ONCE(node->urgent, ktime_get_ns());
		climb(node);
		look_within(node, LOOK_NS);
	}
}

/**
 * policy_too_late() - has something been pending for longer than max_age_ms?
 * @node: the node
 *
 * Context: Any.
 */
bool policy_too_late(struct reap_node *node)
{
	u64 oldest = node_oldest(node);

	return oldest != U64_MAX && ktime_get_ns() > oldest + knob_max_age_ns();
}

/**
 * policy_starved() - do the workers get no CPU?
 * @node: the node
 *
 * Real-time tasks may own every CPU. Then those who die free what is pending, and
 * add nothing to it.
 *
 * Context: Any.
 */
bool policy_starved(struct reap_node *node)
{
	struct crew *crew = &node->crew;

	return READ_ONCE(crew->nr_awake) && node_pending(node) &&
	       ktime_get_ns() > READ_ONCE(crew->alive) + knob_urgent_age_ns();
}

/**
 * policy_init() - make the timers ready
 *
 * They are in hard interrupts even on PREEMPT_RT, where a real-time task may keep
 * the thread that runs other timers from its CPU.
 *
 * Context: Process context, may sleep.
 */
void __init policy_init(void)
{
	struct reap_node *node;

	knows_idle = symbol_find(idle_cpu_original, "idle_cpu");
	for_each_reap_node(node)
		reap_hrtimer_setup(&node->look, on_look, CLOCK_MONOTONIC,
				   HRTIMER_MODE_REL_HARD);
}

/**
 * policy_exit() - stop the timers
 *
 * Context: Process context, sleeps. No scope begins any more.
 */
void policy_exit(void)
{
	struct reap_node *node;

	for_each_reap_node(node)
		hrtimer_cancel(&node->look);
}
