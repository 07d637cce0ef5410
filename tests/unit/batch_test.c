// SPDX-License-Identifier: GPL-2.0
/* Unit tests of module/batch.[ch], on the host, under sanitizers. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../module/batch.h"

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))
#define STR(x) #x
#define XSTR(x) STR(x)

static const char *failure;
static int failure_line;

#define EXPECT(condition)						\
	do {								\
		if (!(condition) && !failure) {				\
			failure = #condition;				\
			failure_line = __LINE__;			\
		}							\
	} while (0)

static struct batch *new_batch(u64 stamp)
{
	/* exactly a page, so that a write beyond it is seen */
	struct batch *batch = malloc(PAGE_SIZE);

	batch_init(batch, stamp);
	return batch;
}

static u64 random64(void)
{
	static u64 state = 0x9e3779b97f4a7c15;

	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state;
}

#define KEY_OFFSETS	(1ULL << RUN_NR_SHIFT)
#define KEY_TYPES	32

static u64 key_make(u64 type, u64 offset)
{
	return type << (RUN_NR_SHIFT + RUN_NR_BITS) | offset;
}

static void expect_round_trip(u64 key, u64 nr)
{
	u64 run = run_make(key, nr);

	EXPECT(run_fits(key, nr));
	EXPECT(run_key(run) == key);
	EXPECT(run_nr(run) == nr);
}

static u64 random_key(void)
{
	return key_make(random64() % KEY_TYPES, random64() % KEY_OFFSETS);
}

static void run_keeps_what_it_is_made_of(void)
{
	expect_round_trip(0, 1);
	expect_round_trip(1, RUN_NR_MAX);
	expect_round_trip(key_make(31, 1), 1);
	expect_round_trip(key_make(31, KEY_OFFSETS - 1), RUN_NR_MAX);
	for (int i = 0; i < 10000; i++)
		expect_round_trip(random_key(), 1 + random64() % RUN_NR_MAX);
}

static void run_refuses_what_it_cannot_hold(void)
{
	EXPECT(!run_fits(1, 0));
	EXPECT(!run_fits(1, RUN_NR_MAX + 1));
	EXPECT(!run_fits(KEY_OFFSETS, 1));
	EXPECT(!run_fits(key_make(31, KEY_OFFSETS), 1));
	EXPECT(!run_fits(1ULL << (RUN_NR_SHIFT + RUN_NR_BITS - 1), 1));
	EXPECT(!run_fits(UINT64_MAX, 1));
	EXPECT(!run_fits(1, UINT64_MAX));
}

static void batch_takes_a_page_of_runs_and_no_more(void)
{
	struct batch *batch = new_batch(7);
	struct cursor cursor;

	cursor_open(&cursor, batch);
	for (u64 i = 0; i < BATCH_RUNS; i++) {
		EXPECT(!cursor_full(&cursor));
		cursor_push(&cursor, key_make(1, 2 * i), 1);
	}
	EXPECT(cursor_full(&cursor));
	EXPECT((char *)cursor.end - (char *)batch <= (long)PAGE_SIZE);
	cursor_close(&cursor, batch, BATCH_RUNS);
	EXPECT(batch->nr_runs == BATCH_RUNS);
	for (u64 i = 0; i < BATCH_RUNS; i++)
		EXPECT(batch->runs[i] == run_make(key_make(1, 2 * i), 1));
	EXPECT(batch->stamp == 7);
	free(batch);
}

static void no_batch_is_full(void)
{
	struct cursor cursor;

	cursor_open(&cursor, NULL);
	EXPECT(cursor_full(&cursor));
	EXPECT(!cursor_extend(&cursor, 0));
	EXPECT(!cursor_extend(&cursor, 1));
}

static void full_batch_still_extends_its_last_run(void)
{
	struct batch *batch = new_batch(0);
	struct cursor cursor;

	cursor_open(&cursor, batch);
	for (u64 i = 0; i < BATCH_RUNS; i++)
		cursor_push(&cursor, 2 * i, 1);
	EXPECT(cursor_extend(&cursor, 2 * BATCH_RUNS - 1));
	EXPECT(run_nr(batch->runs[BATCH_RUNS - 1]) == 2);
	EXPECT(cursor_full(&cursor));
	free(batch);
}

static void neighbour_extends_a_run(void)
{
	struct batch *batch = new_batch(0);
	struct cursor cursor;

	cursor_open(&cursor, batch);
	cursor_push(&cursor, key_make(3, 100), 2);
	EXPECT(cursor_extend(&cursor, key_make(3, 102)));
	EXPECT(cursor_extend(&cursor, key_make(3, 103)));
	EXPECT(!cursor_extend(&cursor, key_make(3, 105)));
	EXPECT(!cursor_extend(&cursor, key_make(3, 103)));
	EXPECT(!cursor_extend(&cursor, key_make(3, 99)));
	EXPECT(!cursor_extend(&cursor, key_make(4, 104)));
	cursor_close(&cursor, batch, 4);
	EXPECT(batch->nr_runs == 1);
	EXPECT(batch->nr_pages == 4);
	EXPECT(batch->runs[0] == run_make(key_make(3, 100), 4));
	/* the first run of a batch has none before it */
	cursor_open(&cursor, batch);
	EXPECT(!cursor_extend(&cursor, key_make(3, 104)));
	free(batch);
}

static void run_does_not_grow_beyond_its_word(void)
{
	struct batch *batch = new_batch(0);
	struct cursor cursor;

	cursor_open(&cursor, batch);
	cursor_push(&cursor, 1, RUN_NR_MAX - 1);
	EXPECT(cursor_extend(&cursor, RUN_NR_MAX));
	EXPECT(!cursor_extend(&cursor, RUN_NR_MAX + 1));
	EXPECT(batch->runs[0] == run_make(1, RUN_NR_MAX));
	free(batch);
}

static int compare(const void *left, const void *right)
{
	u64 a = *(const u64 *)left, b = *(const u64 *)right;

	return a < b ? -1 : a > b;
}

static int compare_keys(const void *left, const void *right)
{
	u64 a = run_key(*(const u64 *)left), b = run_key(*(const u64 *)right);

	return a < b ? -1 : a > b;
}

/* Sorts a copy by the C library and expects the same order of keys. */
static void expect_sorted(const u64 *runs, size_t nr)
{
	u64 *mine = malloc(nr * sizeof(u64) + 1);
	u64 *spare = malloc(nr * sizeof(u64) + 1);
	u64 *theirs = malloc(nr * sizeof(u64) + 1);
	u32 *buckets = malloc(SORT_BUCKETS * sizeof(u32));
	u64 *sorted;

	if (nr) {
		memcpy(mine, runs, nr * sizeof(u64));
		memcpy(theirs, runs, nr * sizeof(u64));
	}
	sorted = runs_sort(mine, spare, buckets, nr);
	EXPECT(sorted == mine || sorted == spare);
	qsort(theirs, nr, sizeof(u64), compare_keys);
	for (size_t i = 0; i < nr; i++)
		EXPECT(run_key(sorted[i]) == run_key(theirs[i]));
	/* the same runs, those of one start in whatever order */
	qsort(theirs, nr, sizeof(u64), compare);
	qsort(sorted, nr, sizeof(u64), compare);
	EXPECT(!nr || !memcmp(sorted, theirs, nr * sizeof(u64)));
	free(mine);
	free(spare);
	free(theirs);
	free(buckets);
}

static void expect_sorts(size_t nr, u64 types, u64 offsets, u64 lengths)
{
	u64 *runs = malloc(nr * sizeof(u64) + 1);

	for (size_t i = 0; i < nr; i++)
		runs[i] = run_make(key_make(random64() % types,
					    random64() % offsets),
				   1 + random64() % lengths);
	expect_sorted(runs, nr);
	free(runs);
}

static void sort_orders_runs_of_any_spread(void)
{
	static const size_t sizes[] = { 0, 1, 2, 3, 47, 48, 49, 50, 511, 40000 };

	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		expect_sorts(sizes[i], 1, 1, 1);
		expect_sorts(sizes[i], 1, 2, 512);
		expect_sorts(sizes[i], 1, 1 << 15, 1);
		expect_sorts(sizes[i], 1, 1 << 22, 16);
		expect_sorts(sizes[i], KEY_TYPES, KEY_OFFSETS, RUN_NR_MAX);
	}
}

static void sort_orders_runs_that_differ_in_one_bit(void)
{
	u64 runs[100];

	for (int bit = 0; bit < 64; bit++) {
		for (int i = 0; i < 100; i++)
			runs[i] = (random64() & 1) << bit;
		expect_sorted(runs, 100);
	}
}

static void sort_leaves_runs_in_order_where_they_are(void)
{
	u64 runs[200], spare[200];

	for (u64 i = 0; i < 200; i++)
		runs[i] = run_make(i / 2 + 1, 1 + i % 2);
	EXPECT(runs_sort(runs, spare, NULL, 200) == runs);
}

static const struct {
	const char *name;
	void (*run)(void);
} tests[] = {
	{ "a run keeps device, offset and number", run_keeps_what_it_is_made_of },
	{ "what a run cannot hold does not fit", run_refuses_what_it_cannot_hold },
	{ "a batch takes a page of runs and no more", batch_takes_a_page_of_runs_and_no_more },
	{ "a full batch still extends its last run", full_batch_still_extends_its_last_run },
	{ "without a batch all is full and nothing extended", no_batch_is_full },
	{ "a neighbour extends a run, others do not", neighbour_extends_a_run },
	{ "a run does not grow beyond its word", run_does_not_grow_beyond_its_word },
	{ "sorting orders runs of any number and spread", sort_orders_runs_of_any_spread },
	{ "sorting sees every bit of device and offset", sort_orders_runs_that_differ_in_one_bit },
	{ "runs in order are not moved", sort_leaves_runs_in_order_where_they_are },
};

/* Is the test wanted by one of the patterns, or are there none? */
static int wanted(const char *name, char **patterns)
{
	if (!*patterns)
		return 1;
	for (; *patterns; patterns++)
		if (strstr(name, *patterns))
			return 1;
	return 0;
}

int main(int argc, char **argv)
{
	int failed = 0;

	(void)argc;
	for (size_t i = 0; i < ARRAY_SIZE(tests); i++) {
		if (!wanted(tests[i].name, argv + 1))
			continue;
		failure = NULL;
		tests[i].run();
		printf("%sok - %s, pages of " XSTR(PAGE_SIZE) "\n",
		       failure ? "not " : "", tests[i].name);
		if (failure)
			printf("# line %d: %s\n", failure_line, failure);
		failed += !!failure;
	}
	return failed != 0;
}
