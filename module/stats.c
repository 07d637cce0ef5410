// SPDX-License-Identifier: GPL-2.0
#include "stats.h"

struct stats stats;

static void raise_to(atomic_long_t *max, long value)
{
	long old = atomic_long_read(max);

	while (value > old && !atomic_long_try_cmpxchg(max, &old, value))
		;
}

/**
 * stats_diverted() - count a scope that diverted entries
 * @pages: how many pages it diverted, at least 1
 *
 * To be called before anybody can free them, so that pending never falls
 * below zero.
 *
 * Context: Any.
 */
void stats_diverted(long pages)
{
	atomic_long_inc(&stats.scopes);
	atomic_long_add(pages, &stats.diverted);
	raise_to(&stats.pending_max,
		 atomic_long_add_return(pages, &stats.pending));
}

/**
 * stats_freed() - count diverted pages that were freed
 * @pages: how many
 * @age_us: how long the oldest of them was pending
 *
 * Context: Any.
 */
void stats_freed(long pages, long age_us)
{
	atomic_long_add(pages, &stats.freed);
	atomic_long_sub(pages, &stats.pending);
	raise_to(&stats.age_max_us, age_us);
}
