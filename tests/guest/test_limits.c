// SPDX-License-Identifier: GPL-2.0
/* Where the knobs bound what is diverted, and the counters that tell of it. */
#include "module.h"
#include "runner.h"
#include "starve.h"
#include "swap.h"
#include "util.h"
#include "victim.h"

#define SIZE		afford(1024)
#define VICTIMS		4
#define CROWD		16
#define MAX_PENDING	1500	/* of four to eleven times as many */
#define TRIES		5
#define HOUR_MS		3600000

static void min_exiting(const struct test *test)
{
	struct victim victims[VICTIMS];
	long entries;

	(void)test;
	knob_set("min_exiting", 2);
	entries = victim_sacrifice(SIZE, IN_ORDER);
	check_equal(books_settle().diverted, 0, "diverted of one exit alone");
	check_equal(fallback("few_exiting"), entries, "fallback_few_exiting");

	/* whether two meet is up to the scheduler */
	for (int i = 0; i < TRIES && !books_read().diverted; i++) {
		entries += victims_start(victims, VICTIMS, SIZE, IN_ORDER);
		victims_kill(victims, VICTIMS);
	}
	check(books_read().diverted > 0, "nothing was diverted of %d at once",
	      VICTIMS);
	check_equal(books_settle().diverted + fallback("few_exiting"), entries,
		    "diverted and freed in place");
}

static void max_pending(const struct test *test)
{
	struct victim victims[CROWD];
	long free_before = swap_free();
	long entries = victims_start(victims, CROWD, SIZE, SCATTERED);
	struct books books;

	knob_set("max_pending", test->arg);
	knob_set("max_age_ms", HOUR_MS);
	hold_workers();
	victims_kill(victims, CROWD);
	check(nodes_sum("pending") <= test->arg, "%ld are pending",
	      nodes_sum("pending"));
	feed_workers();
	books = books_settle();
	diag("%ld diverted of %ld, at most %ld pending", books.diverted,
	     entries, knob_get("stats/pending_max"));
	check(knob_get("stats/pending_max") <= test->arg,
	      "pending_max is %ld", knob_get("stats/pending_max"));
	check(!books.diverted == !test->arg, "diverted %ld", books.diverted);
	check(fallback("max_pending") > 0, "fallback_max_pending is 0");
	check_equal(books.diverted + fallback("max_pending"), entries,
		    "diverted and freed in place");
	swap_must_be_back(free_before);
}

const struct test limits_tests[] = {
	{
		.name = "with min_exiting=2 one exit is freed in place as fallback_few_exiting, several at once are diverted",
		.run = min_exiting,
		.module = FRESH,
	}, {
		.name = "no more than max_pending is ever pending, the rest is freed in place as fallback_max_pending",
		.run = max_pending,
		.module = FRESH,
		.arg = MAX_PENDING,
	}, {
		.name = "with max_pending=0 everything is freed in place",
		.run = max_pending,
		.module = FRESH,
		.arg = 0,
	},
	{}
};
