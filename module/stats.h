/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What was counted since the module was loaded, in pages of swap where not said.
 * What was diverted and freed is counted by node.
 */
#ifndef SWAPREAP_STATS_H
#define SWAPREAP_STATS_H

#include <linux/atomic.h>
#include <linux/bits.h>
#include <linux/types.h>

/**
 * enum fallback - why an entry was freed in place
 * @FALLBACK_SMALL: the mm held fewer entries than exit_threshold
 * @FALLBACK_FEW_EXITING: fewer than min_exiting such exits were in flight
 * @FALLBACK_LOW_SWAP: little swap was free
 * @FALLBACK_MAX_PENDING: max_pending pages were pending
 * @FALLBACK_MAX_AGE: the node's oldest entry had been pending for max_age_ms, or
 *	its workers got no CPU for a quarter of that
 * @FALLBACK_CGROUP: its cgroup has less room than its own pending entries take, or
 *	it could not be told whose they are
 * @FALLBACK_OOM: it is a victim of the OOM killer, which waits for its memory
 * @FALLBACK_NOMEM: no batch page could be had
 * @FALLBACK_COLLISION: no free place in the look-up table of scopes
 * @FALLBACK_KIND: not an entry that a run can hold
 * @FALLBACK_UNSWEPT: the sweep left it, and the target is not hooked
 * @FALLBACK_NR: number of reasons
 */
enum fallback {
	FALLBACK_SMALL,
	FALLBACK_FEW_EXITING,
	FALLBACK_LOW_SWAP,
	FALLBACK_MAX_PENDING,
	FALLBACK_MAX_AGE,
	FALLBACK_CGROUP,
	FALLBACK_OOM,
	FALLBACK_NOMEM,
	FALLBACK_COLLISION,
	FALLBACK_KIND,
	FALLBACK_UNSWEPT,
	FALLBACK_NR,
};

#define FALLBACK_NAME_SIZE	16

extern const char fallback_names[FALLBACK_NR][FALLBACK_NAME_SIZE];

/* Bucket n counts values of n bits: from 2^(n-1) to 2^n, and 0 in the first. */
#define HISTOGRAM_BUCKETS	(BITS_PER_LONG + 1)

struct histogram {
	atomic_long_t buckets[HISTOGRAM_BUCKETS];
};

/**
 * struct stats - the counters
 * @pending_max: the most that was ever pending
 * @age_max_us: longest time from diverting an entry to freeing it, in us
 * @swept: diverted by the sweep
 * @scopes: exits of which at least one entry was diverted
 * @fallback: pages freed in place, by reason
 * @scope_pages: scopes by the pages they diverted
 * @exit_us: scopes by the time from begin to end, in us
 * @age_us: what a task drained at a time, by the age of its oldest entry, in us
 */
struct stats {
	atomic_long_t pending_max;
	atomic_long_t age_max_us;
	atomic_long_t swept;
	atomic_long_t scopes;
	atomic_long_t fallback[FALLBACK_NR];
	struct histogram scope_pages;
	struct histogram exit_us;
	struct histogram age_us;
};

extern struct stats stats;

void stats_scope(long diverted, u64 exit_ns);
void stats_pending(long pages);
void stats_swept(long pages);
void stats_drained(u64 age_ns);
void stats_fallback(enum fallback why, long pages);

#endif
