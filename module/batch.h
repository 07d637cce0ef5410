/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A run is a row of neighbouring swap entries of one device, a batch is one
 * page full of runs. Nothing here depends on the kernel: it is also compiled
 * and tested on the host.
 */
#ifndef SWAPREAP_BATCH_H
#define SWAPREAP_BATCH_H

#include <linux/compiler.h>
#include <linux/types.h>
#include <asm/page.h>

/*
 * A run in one word: the key of its first entry, which is the kernel's
 * swp_entry_t, with the number of entries in bits that a key does not use.
 *
 *   63  62       58 57          43 42                       0
 *  | 0 |   type    |    nr - 1    | offset of the first entry |
 *
 * 43 bits of offset reach 32 PiB of 4 KiB pages. Neighbours' keys differ by 1.
 */
#define RUN_NR_SHIFT	43
#define RUN_NR_BITS	15
#define RUN_NR_MAX	(1ULL << RUN_NR_BITS)
#define RUN_NR_MASK	((RUN_NR_MAX - 1) << RUN_NR_SHIFT)

static inline bool run_key_fits(u64 key)
{
	return !(key & RUN_NR_MASK);
}

/**
 * run_fits() - can a run be written in one word?
 * @key: first entry
 * @nr: number of entries
 */
static inline bool run_fits(u64 key, u64 nr)
{
	return run_key_fits(key) && nr - 1 < RUN_NR_MAX;
}

/**
 * run_make() - the word of a run that run_fits()
 * @key: first entry
 * @nr: number of entries
 */
static inline u64 run_make(u64 key, u64 nr)
{
	return key | (nr - 1) << RUN_NR_SHIFT;
}

static inline u64 run_key(u64 run)
{
	return run & ~RUN_NR_MASK;
}

static inline u32 run_nr(u64 run)
{
	return ((run & RUN_NR_MASK) >> RUN_NR_SHIFT) + 1;
}

static inline void run_lengthen(u64 *run)
{
	*run += 1ULL << RUN_NR_SHIFT;
}

/**
 * struct batch - one page of runs
 * @next: the batch after this one in a node's queue or pool
 * @stamp: when its first entry was diverted, in ns of CLOCK_MONOTONIC
 * @nr_runs: how many of @runs are in use; set, like @nr_pages, by cursor_close()
 * @nr_pages: how many entries are in them
 * @at: the run that the slot map takes next
 * @done: how many entries of that run the slot map has
 * @runs: the runs, in the order in which they were diverted
 */
struct batch {
	struct batch *next;
	u64 stamp;
	u32 nr_runs;
	u32 nr_pages;
	u32 at;
	u32 done;
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
	batch->nr_pages = 0;
	batch->at = 0;
	batch->done = 0;
}

/**
 * struct cursor - where the next run is written
 * @slot: the place
 * @end: end of the batch. NULL if there is no batch, or another task is taking
 *	it away: then nothing more is written
 * @next: key of the entry that would make the last run longer
 */
struct cursor {
	u64 *slot;
	u64 *end;
	u64 next;
};

/* No key: bit 63 is never set in one. */
#define CURSOR_NO_RUN	(~0ULL)

/**
 * cursor_open() - start to write into an empty batch
 * @cursor: the cursor
 * @batch: the batch, or NULL for one that is full from the start
 */
static inline void cursor_open(struct cursor *cursor, struct batch *batch)
{
	cursor->slot = batch ? batch->runs : NULL;
	cursor->end = batch ? batch->runs + BATCH_RUNS : NULL;
	cursor->next = CURSOR_NO_RUN;
}

/**
 * cursor_close() - record in the batch how much was written into it
 * @cursor: the cursor
 * @batch: the batch it was opened for
 * @nr_pages: number of entries in the runs
 */
static inline void cursor_close(struct cursor *cursor, struct batch *batch,
				u32 nr_pages)
{
	batch->nr_runs = cursor->slot - batch->runs;
	batch->nr_pages = nr_pages;
}

static inline bool cursor_full(const struct cursor *cursor)
{
	return cursor->slot >= READ_ONCE(cursor->end);
}

/**
 * cursor_push() - write a run
 * @cursor: the cursor, not full
 * @key: first entry
 * @nr: number of entries, so that it run_fits()
 */
static inline void cursor_push(struct cursor *cursor, u64 key, u64 nr)
{
	*cursor->slot++ = run_make(key, nr);
	cursor->next = key + nr;
}

/**
 * cursor_extend() - make the last run longer by one entry
 * @cursor: the cursor
 * @key: the entry
 *
 * Return: false if the entry is not the next one, the run is full, or the batch
 * is being taken away.
 */
static inline bool cursor_extend(struct cursor *cursor, u64 key)
{
	u64 *end = READ_ONCE(cursor->end);

	if (!end || key != cursor->next || cursor->slot > end ||
	    (cursor->slot[-1] & RUN_NR_MASK) == RUN_NR_MASK)
		return false;
	run_lengthen(&cursor->slot[-1]);
	cursor->next++;
	return true;
}

/**
 * struct row - what is written in one go, without looking at the cursor
 * @slot: where the next run is written
 * @end: end of the batch, or NULL if nothing may be written
 * @nr: number of entries written
 */
struct row {
	u64 *slot;
	u64 *end;
	unsigned long nr;
};

static inline bool row_full(const struct row *row)
{
	return row->slot >= row->end;
}

/**
 * row_add() - write a run of one entry
 * @row: the row, not full
 * @key: the entry
 */
static inline void row_add(struct row *row, u64 key)
{
	*row->slot++ = run_make(key, 1);
	row->nr++;
}

/**
 * row_lengthen() - make the run that was just written longer by one entry
 * @row: the row
 */
static inline void row_lengthen(struct row *row)
{
	run_lengthen(&row->slot[-1]);
	row->nr++;
}

#endif
