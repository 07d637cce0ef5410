// SPDX-License-Identifier: GPL-2.0
/* Unit tests of module/batch.h and module/leaf.h, on the host, under sanitizers. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../module/batch.h"
#include "../../module/leaf.h"

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

static void batch_that_is_taken_away_takes_nothing(void)
{
	struct batch *batch = new_batch(0);
	struct cursor cursor;

	cursor_open(&cursor, batch);
	cursor_push(&cursor, 1, 1);
	cursor.end = NULL;
	EXPECT(cursor_full(&cursor));
	EXPECT(!cursor_extend(&cursor, 2));
	cursor_close(&cursor, batch, 1);
	EXPECT(batch->nr_runs == 1 && batch->runs[0] == run_make(1, 1));
	free(batch);
}

static void row_is_written_as_single_entries_are(void)
{
	struct batch *batch = new_batch(0);
	struct row row = {
		.slot = batch->runs,
		.end = batch->runs + BATCH_RUNS,
	};
	size_t i;

	for (i = 0; i < BATCH_RUNS; i++) {
		EXPECT(!row_full(&row));
		row_add(&row, key_make(1, 10 * i));
		row_lengthen(&row);
		row_lengthen(&row);
	}
	EXPECT(row_full(&row));
	EXPECT(row.nr == 3 * BATCH_RUNS);
	for (i = 0; i < BATCH_RUNS; i++)
		EXPECT(batch->runs[i] == run_make(key_make(1, 10 * i), 3));
	row.end = NULL;
	EXPECT(row_full(&row));
	free(batch);
}

static void first_run_of_a_word_is_every_row_in_turn(void)
{
	for (unsigned int first = 0; first < WORD_SLOTS; first++)
		for (unsigned int nr = 1; nr <= WORD_SLOTS - first; nr++) {
			u64 bits = bits_mask(first, nr);
			unsigned int at;

			EXPECT(__builtin_popcountll(bits) == (int)nr);
			EXPECT(bits_first_run(&bits, &at) == nr);
			EXPECT(at == first && !bits);
		}
	for (int i = 0; i < 10000; i++) {
		u64 bits = random64() & random64(), left = bits, seen = 0;

		while (left) {
			unsigned int at, nr = bits_first_run(&left, &at);

			EXPECT(!(seen & bits_mask(at, nr)));
			seen |= bits_mask(at, nr);
		}
		EXPECT(seen == bits);
	}
}

static struct leaf new_leaf(void)
{
	return (struct leaf) {
		.words = calloc(LEAF_WORDS, sizeof(atomic64_t)),
	};
}

static void slot_is_taken_once(void)
{
	struct leaf leaf = new_leaf();

	EXPECT(!leaf_set(&leaf, 70, 5));
	EXPECT(leaf.fresh == 1);
	/* of 72 to 78 three are there already */
	EXPECT(leaf_set(&leaf, 72, 7) == 7);
	EXPECT(leaf_set(&leaf, LEAF_SLOTS - 1, 1) == 0);
	EXPECT(leaf.fresh == (1 | 1ULL << (LEAF_CLUSTERS - 1)));
	EXPECT(leaf_take(&leaf, 0) == 0);
	EXPECT(leaf_take(&leaf, 1) == bits_mask(6, 9));
	EXPECT(leaf_take(&leaf, 1) == 0);
	EXPECT(leaf_take(&leaf, LEAF_WORDS - 1) == 1ULL << 63);
	free(leaf.words);
}

/* Each slot as often as it was put in, by the map and by what it told. */
static void leaf_loses_no_reference(void)
{
	static int put[LEAF_SLOTS], got[LEAF_SLOTS];
	struct leaf leaf = new_leaf();

	for (int i = 0; i < 100000; i++) {
		unsigned int slot = random64() % LEAF_SLOTS;
		unsigned int nr = 1 + random64() % (WORD_SLOTS - slot % WORD_SLOTS);
		u64 again = leaf_set(&leaf, slot, nr);

		EXPECT(leaf.fresh & 1ULL << slot / CLUSTER_SLOTS);
		for (unsigned int j = 0; j < nr; j++) {
			put[slot + j]++;
			got[slot + j] += again >> j & 1;
		}
		if (i % 7)
			continue;
		slot = random64() % LEAF_WORDS;
		again = leaf_take(&leaf, slot);
		for (unsigned int j = 0; j < WORD_SLOTS; j++)
			got[slot * WORD_SLOTS + j] += again >> j & 1;
	}
	for (unsigned int word = 0; word < LEAF_WORDS; word++) {
		u64 bits = leaf_take(&leaf, word);

		for (unsigned int j = 0; j < WORD_SLOTS; j++)
			got[word * WORD_SLOTS + j] += bits >> j & 1;
	}
	EXPECT(!memcmp(put, got, sizeof(put)));
	free(leaf.words);
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
	{ "a batch that is taken away takes nothing more", batch_that_is_taken_away_takes_nothing },
	{ "a row is written as single entries are", row_is_written_as_single_entries_are },
	{ "a word is taken apart row by row", first_run_of_a_word_is_every_row_in_turn },
	{ "a slot is taken once, and a second reference to it is told", slot_is_taken_once },
	{ "a leaf loses no reference", leaf_loses_no_reference },
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
