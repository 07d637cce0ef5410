/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A run is a row of neighbouring swap entries of one device, a batch is one
 * page full of runs. Nothing in batch.h and batch.c knows the kernel: both are
 * also compiled and tested on the host.
 */
#ifndef SWAPREAP_BATCH_H
#define SWAPREAP_BATCH_H

#include <linux/types.h>
#include <asm/page.h>

/*
 * A run in one word, so that it sorts by (device, offset) as a number:
 *
 *   63   59 58                          16 15         0
 *  | type  |  offset of the first entry   |  nr - 1    |
 *
 * The kernel has at most 32 swap devices (MAX_SWAPFILES_SHIFT is 5); 43 bits
 * of offset reach 32 PiB of 4 KiB pages.
 */
#define RUN_NR_BITS	16
#define RUN_OFFSET_BITS	43
#define RUN_NR_MAX	(1ULL << RUN_NR_BITS)
#define RUN_OFFSET_MAX	(1ULL << RUN_OFFSET_BITS)
#define RUN_TYPE_MAX	(1ULL << (64 - RUN_OFFSET_BITS - RUN_NR_BITS))

/**
 * run_fits() - can a run be written in one word?
 * @type: swap device
 * @offset: first entry, in pages
 * @nr: number of entries
 */
static inline bool run_fits(u64 type, u64 offset, u64 nr)
{
	return type < RUN_TYPE_MAX && nr - 1 < RUN_NR_MAX &&
	       offset < RUN_OFFSET_MAX - nr;
}

/**
 * run_make() - the word of a run that run_fits()
 * @type: swap device
 * @offset: first entry, in pages
 * @nr: number of entries
 */
static inline u64 run_make(u64 type, u64 offset, u64 nr)
{
	return ((type << RUN_OFFSET_BITS | offset) << RUN_NR_BITS) | (nr - 1);
}

/* Device and offset as one number: neighbours differ by one. */
static inline u64 run_key(u64 run)
{
	return run >> RUN_NR_BITS;
}

static inline unsigned int run_key_type(u64 key)
{
	return key >> RUN_OFFSET_BITS;
}

static inline u64 run_key_offset(u64 key)
{
	return key & (RUN_OFFSET_MAX - 1);
}

static inline u32 run_nr(u64 run)
{
	return (run & (RUN_NR_MAX - 1)) + 1;
}

/**
 * struct batch - one page of runs
 * @next: the batch after this one, in a scope's chain, a node's queue or pool
 * @stamp: when its first entry was diverted, in ns of CLOCK_MONOTONIC
 * @nr_runs: how many of @runs are in use
 * @runs: the runs, in the order in which they were diverted
 */
struct batch {
	struct batch *next;
	u64 stamp;
	u32 nr_runs;
	u64 runs[];
};

#define BATCH_RUNS	((PAGE_SIZE - sizeof(struct batch)) / sizeof(u64))

/**
 * batch_init() - make an empty batch of a page
 * @batch: the page
 * @stamp: now, in ns
 */
static inline void batch_init(struct batch *batch, u64 stamp)
{
	batch->next = NULL;
	batch->stamp = stamp;
	batch->nr_runs = 0;
}

/**
 * batch_append() - write a run into a batch
 * @batch: the batch
 * @run: the run
 * @extend: whether the last run may grow when @run is its next neighbour
 *
 * Return: false if there is no room.
 */
static inline bool batch_append(struct batch *batch, u64 run, bool extend)
{
	u32 nr = batch->nr_runs;

	if (extend && nr) {
		u64 *last = &batch->runs[nr - 1];
		u64 total = (u64)run_nr(*last) + run_nr(run);

		if (run_key(*last) + run_nr(*last) == run_key(run) &&
		    total <= RUN_NR_MAX) {
			*last += run_nr(run);
			return true;
		}
	}
	if (nr == BATCH_RUNS)
		return false;
	batch->runs[nr] = run;
	batch->nr_runs = nr + 1;
	return true;
}

/* Buckets of one pass of runs_sort(). */
#define SORT_BITS	11
#define SORT_BUCKETS	(1U << SORT_BITS)

u64 *runs_sort(u64 *runs, u64 *spare, u32 *buckets, size_t nr);

#endif
