// SPDX-License-Identifier: GPL-2.0
/* Sorting the runs of many batches by device and offset. */
#include <linux/string.h>

#include "batch.h"

/* Below this an insertion sort does less work than clearing the buckets. */
#define SORT_SMALL	48

static void sort_small(u64 *runs, size_t nr)
{
	size_t i, j;

	for (i = 1; i < nr; i++) {
		u64 run = runs[i];

		for (j = i; j && run_key(runs[j - 1]) > run_key(run); j--)
			runs[j] = runs[j - 1];
		runs[j] = run;
	}
}

static unsigned int run_digit(u64 run, unsigned int shift)
{
	return run_key(run) >> shift & (SORT_BUCKETS - 1);
}

/* One pass of a radix sort, least significant digit first. It is stable. */
static void sort_pass(const u64 *from, u64 *to, u32 *buckets, size_t nr,
		      unsigned int shift)
{
	u32 at = 0;
	size_t i;

	memset(buckets, 0, SORT_BUCKETS * sizeof(*buckets));
	for (i = 0; i < nr; i++)
		buckets[run_digit(from[i], shift)]++;
	for (i = 0; i < SORT_BUCKETS; i++) {
		u32 size = buckets[i];

		buckets[i] = at;
		at += size;
	}
	for (i = 0; i < nr; i++)
		to[buckets[run_digit(from[i], shift)]++] = from[i];
}

/**
 * runs_sort() - sort runs by device and offset
 * @runs: the runs
 * @spare: room for as many runs
 * @buckets: room for SORT_BUCKETS numbers
 * @nr: number of runs, less than 2^32
 *
 * Runs that start at the same entry keep no particular order. Digits in which
 * all runs agree are not looked at, so that the cost follows the spread of the
 * offsets: two passes for up to 16 GiB of 4 KiB pages on one device.
 *
 * Context: Any; takes no lock.
 * Return: the sorted runs, which is @runs or @spare.
 */
u64 *runs_sort(u64 *runs, u64 *spare, u32 *buckets, size_t nr)
{
	u64 differ = 0;
	bool sorted = true;
	unsigned int shift;
	size_t i;

	for (i = 1; i < nr; i++) {
		differ |= run_key(runs[i] ^ runs[0]);
		sorted &= run_key(runs[i - 1]) <= run_key(runs[i]);
	}
	if (sorted)
		return runs;
	if (nr <= SORT_SMALL) {
		sort_small(runs, nr);
		return runs;
	}
	for (shift = 0; shift < 64 && differ >> shift; shift += SORT_BITS) {
		u64 *from = runs;

		if (!(differ >> shift & (SORT_BUCKETS - 1)))
			continue;
		sort_pass(from, spare, buckets, nr, shift);
		runs = spare;
		spare = from;
	}
	return runs;
}
