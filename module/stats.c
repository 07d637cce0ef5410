// SPDX-License-Identifier: GPL-2.0
#include <linux/bitops.h>
#include <linux/time64.h>

#include "stats.h"
#include "trace.h"

struct stats stats;

const char fallback_names[FALLBACK_NR][FALLBACK_NAME_SIZE] = {
	[FALLBACK_SMALL] = "small",
	[FALLBACK_FEW_EXITING] = "few_exiting",
	[FALLBACK_LOW_SWAP] = "low_swap",
	[FALLBACK_MAX_PENDING] = "max_pending",
	[FALLBACK_MAX_AGE] = "max_age",
	[FALLBACK_CGROUP] = "cgroup",
	[FALLBACK_OOM] = "oom",
	[FALLBACK_NOMEM] = "nomem",
	[FALLBACK_COLLISION] = "collision",
	[FALLBACK_KIND] = "kind",
	[FALLBACK_UNSWEPT] = "unswept",
};

static void raise_to(atomic_long_t *max, long value)
{
	long old = atomic_long_read(max);

	while (value > old && !atomic_long_try_cmpxchg(max, &old, value))
		;
}

static void histogram_add(struct histogram *histogram, unsigned long value)
{
	atomic_long_inc(&histogram->buckets[fls_long(value)]);
}

/**
 * stats_scope() - count a scope that diverted entries
 * @diverted: how many pages it diverted, at least 1
 * @exit_ns: time from its start to its end, ns
 *
 * Context: Any.
 */
void stats_scope(long diverted, u64 exit_ns)
{
	atomic_long_inc(&stats.scopes);
	histogram_add(&stats.scope_pages, diverted);
	histogram_add(&stats.exit_us, exit_ns / NSEC_PER_USEC);
}

/**
 * stats_pending() - note how much is pending
 * @pages: how many pages
 *
 * Context: Any.
 */
void stats_pending(long pages)
{
	raise_to(&stats.pending_max, pages);
}

/**
 * stats_swept() - count what a sweep diverted
 * @pages: how many pages
 *
 * Context: Any.
 */
void stats_swept(long pages)
{
	atomic_long_add(pages, &stats.swept);
}

/**
 * stats_drained() - count what a task drained at a time
 * @age_ns: how long the oldest of its entries was pending, ns
 *
 * Context: Any.
 */
void stats_drained(u64 age_ns)
{
	u64 age_us = age_ns / NSEC_PER_USEC;

	raise_to(&stats.age_max_us, age_us);
	histogram_add(&stats.age_us, age_us);
}

/**
 * stats_fallback() - count pages freed in place
 * @why: the reason
 * @pages: how many
 *
 * Context: Any.
 */
void stats_fallback(enum fallback why, long pages)
{
	atomic_long_add(pages, &stats.fallback[why]);
	trace_fallback(why, pages);
}
