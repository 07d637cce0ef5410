// SPDX-License-Identifier: GPL-2.0
/*
 * What is done when memory or swap is short. What is pending is swap space
 * that nobody can use, and in zram memory. So whoever reclaims frees some of it
 * in his own time, all of it is freed before anybody is killed, and where
 * little swap is free nothing is added to it.
 *
 * The target may be called in reclaim: it takes no lock that the kernel's own
 * reclaim does not take, which frees swap slots in the same places (mm/vmscan.c,
 * shrink_folio_list(), folio_free_swap()). Only a task within a scope may not
 * help: it would divert what it is asked to free.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/jiffies.h>
#include <linux/memcontrol.h>
#include <linux/mm.h>
#include <linux/notifier.h>
#include <linux/oom.h>
#include <linux/printk.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/static_call.h>
#include <linux/swap.h>

#include "compat.h"
#include "guard.h"
#include "node.h"
#include "pressure.h"
#include "scope.h"
#include "swapoff.h"
#include "target.h"
#include "worker.h"

/*
 * Of all of swap a sixteenth is held free: less than the tenth at which Android's
 * lmkd begins to kill, so that what it kills is helped. Of what is pending an
 * eighth: swapping out takes 22 times the instructions of freeing (6.12, lz4;
 * tests/guest "freeing a backlog takes less time" by boot -i), so all of a
 * backlog is freed while that is used up, even by two at once.
 */
#define RESERVE_SHARE	16
#define PENDING_SHARE	8

/* How long an OOM killer waits for what is in the hands of workers. */
#define OOM_WAIT	(HZ / 10)

/* Of their declarations only the types are used: not all are exported. */
DEFINE_STATIC_CALL_NULL(swap_left, mem_cgroup_get_nr_swap_pages);
DEFINE_STATIC_CALL_NULL(task_memcg, mem_cgroup_from_task);
DEFINE_STATIC_CALL_NULL(swap_size, si_swapinfo);

static bool knows_memcgs __ro_after_init;
static bool knows_size __ro_after_init;

/* Pages */
static long reserve;

/* When swap was looked at, in jiffies, and for how long that holds. */
static unsigned long looked;
#define LOOK_AGAIN	(HZ / 10)

/*
 * Nobody drains for a cgroup that reclaims, so as much as is pending must be
 * free below its limit. Without a limit, what the kernel says is all of swap.
 */
static bool cgroup_is_low(long pending)
{
	long all = get_nr_swap_pages(), pages;

	if (!knows_memcgs)
		return false;
	rcu_read_lock();
	pages = static_call(swap_left)(static_call(task_memcg)(current));
	rcu_read_unlock();
	return pages < all && pages < pending;
}

/**
 * swap_is_low() - is too little swap free to hold more of it back?
 * @more: how many pages more
 *
 * A part of swap is always held free, and more of it for a big backlog. While a
 * device is taken away all swap counts as low.
 *
 * Context: Any but hard interrupt; does not sleep.
 */
bool swap_is_low(long more)
{
	long pending = pending_reserved() + more;

	return swapoff_runs() || cgroup_is_low(pending) ||
	       get_nr_swap_pages() < max(READ_ONCE(reserve),
					 pending / PENDING_SHARE);
}

/**
 * swap_hurry() - hurry the workers if swap is low
 *
 * It may only seem so, as a device has been exchanged for a smaller one and
 * nothing was diverted since. So the guard looks anew.
 *
 * Context: Any but hard interrupt; does not sleep.
 */
void swap_hurry(void)
{
	if (!swap_is_low(0))
		return;
	guard_hurry();
	if (time_after(jiffies, READ_ONCE(looked) + LOOK_AGAIN))
		guard_look();
}

/**
 * swap_look() - see how much swap there is
 *
 * Context: Process context.
 */
void swap_look(void)
{
	struct sysinfo info;

	WRITE_ONCE(looked, jiffies);
	if (!knows_size)
		return;
	static_call(swap_size)(&info);
	WRITE_ONCE(reserve, info.totalswap / RESERVE_SHARE);
}

static bool may_help(void)
{
	struct scope *scope;

	return !scope_find(&scope);
}

/*
 * If anything came free the kernel tries again before it kills (mm/oom_kill.c,
 * out_of_memory()).
 */
static int on_oom(struct notifier_block *self, unsigned long unused,
		  void *freed)
{
	struct reap_node *node;
	long before;

	if (!may_help())
		return NOTIFY_DONE;
	before = atomic_long_read(&stats.freed);
	guard_hurry();
	workers_help(LONG_MAX);
	for_each_reap_node(node)
		node_drain_timeout(node, OOM_WAIT);
	*(unsigned long *)freed += atomic_long_read(&stats.freed) - before;
	return NOTIFY_OK;
}

static struct notifier_block oom_notifier = { .notifier_call = on_oom };

static unsigned long shrink_count(struct shrinker *shrinker,
				  struct shrink_control *control)
{
	return atomic_long_read(&stats.pending);
}

static unsigned long shrink_scan(struct shrinker *shrinker,
				 struct shrink_control *control)
{
	unsigned long freed;

	if (!may_help())
		return SHRINK_STOP;
	freed = workers_help(control->nr_to_scan);
	control->nr_scanned = max(freed, control->nr_to_scan);
	return freed ?: SHRINK_STOP;
}

static struct shrinker *shrinker;

static void __init find_functions(void)
{
	unsigned long left, memcg, size;

	knows_memcgs = !symbol_address("mem_cgroup_get_nr_swap_pages", &left) &&
		       !symbol_address("mem_cgroup_from_task", &memcg);
	if (knows_memcgs) {
		static_call_update(swap_left, (void *)left);
		static_call_update(task_memcg, (void *)memcg);
	}
	knows_size = !symbol_address("si_swapinfo", &size);
	if (knows_size)
		static_call_update(swap_size, (void *)size);
}

/**
 * pressure_init() - ask to be told when memory is short
 *
 * Context: Process context, sleeps.
 * Return: 0 or an errno.
 */
int __init pressure_init(void)
{
	int err;

	find_functions();
	swap_look();
	shrinker = shrinker_alloc(0, KBUILD_MODNAME);
	if (!shrinker)
		return -ENOMEM;
	err = register_oom_notifier(&oom_notifier);
	if (err) {
		shrinker_free(shrinker);
		return err;
	}
	shrinker->count_objects = shrink_count;
	shrinker->scan_objects = shrink_scan;
	/* all of it is garbage: half of it is asked for at a time */
	shrinker->seeks = 0;
	shrinker_register(shrinker);
	return 0;
}

/**
 * pressure_exit() - ask to be told no more
 *
 * Context: Process context, sleeps until nobody is in here.
 */
void pressure_exit(void)
{
	unregister_oom_notifier(&oom_notifier);
	shrinker_free(shrinker);
}
