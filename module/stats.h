/* SPDX-License-Identifier: GPL-2.0 */
/* What was counted since the module was loaded. Pages of swap where not said. */
#ifndef SWAPREAP_STATS_H
#define SWAPREAP_STATS_H

#include <linux/atomic.h>

/**
 * enum fallback - why an entry was freed in place
 * @FALLBACK_SMALL: the mm held fewer entries than exit_threshold
 * @FALLBACK_FEW_EXITING: fewer than min_exiting such exits were in flight
 * @FALLBACK_MAX_PENDING: max_pending pages were pending
 * @FALLBACK_MAX_AGE: the node's oldest entry had been pending for max_age_ms
 * @FALLBACK_NOMEM: no batch page could be had
 * @FALLBACK_COLLISION: no free place in the look-up table of scopes
 * @FALLBACK_KIND: not an entry that a run can hold
 * @FALLBACK_NR: number of reasons
 */
enum fallback {
	FALLBACK_SMALL,
	FALLBACK_FEW_EXITING,
	FALLBACK_MAX_PENDING,
	FALLBACK_MAX_AGE,
	FALLBACK_NOMEM,
	FALLBACK_COLLISION,
	FALLBACK_KIND,
	FALLBACK_NR,
};

/**
 * struct stats - the counters
 * @diverted: pages diverted
 * @freed: diverted pages that were freed
 * @pending: diverted pages not yet freed
 * @pending_max: the most that @pending ever was
 * @age_max_us: longest time from diverting an entry to freeing it, in us
 * @scopes: exits of which at least one entry was diverted
 * @fallback: pages freed in place, by reason
 */
struct stats {
	atomic_long_t diverted;
	atomic_long_t freed;
	atomic_long_t pending;
	atomic_long_t pending_max;
	atomic_long_t age_max_us;
	atomic_long_t scopes;
	atomic_long_t fallback[FALLBACK_NR];
};

extern struct stats stats;

void stats_diverted(long pages);
void stats_freed(long pages, long age_us);

/**
 * stats_fallback() - count pages freed in place
 * @why: the reason
 * @pages: how many
 *
 * Context: Any.
 */
static inline void stats_fallback(enum fallback why, long pages)
{
	atomic_long_add(pages, &stats.fallback[why]);
}

#endif
