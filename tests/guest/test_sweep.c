// SPDX-License-Identifier: GPL-2.0
/* The sweep: what it takes at an exit, what it leaves, and its knob. */
#include <stdio.h>
#include <string.h>

#include "module.h"
#include "region.h"
#include "runner.h"
#include "swap.h"
#include "util.h"
#include "victim.h"

#define SIZE		afford(2048)
#define RESIDENT	1024	/* pages */
#define FEW		128	/* entries; swept only where there is no hook */
#define TOO_FEW		1	/* not even then */
#define FLIP_ROUNDS	6
#define FLIP_ROUNDS_MAX	60
#define FLIP_KILLS	2
#define FLIP_SIZE	(1024 * PAGE)
#define FLIP_PAUSE_MS	10	/* so that the others get on, too */
#define FLIP_SECONDS	180	/* a probe may take seconds to come and go */

/* Kills a process; the entries it held, which are all diverted. */
static long kill_and_count(enum order order, struct books *books)
{
	long free_before = swap_free();
	long entries = victim_sacrifice(SIZE, order);

	*books = books_settle();
	check_equal(books->diverted, entries, "diverted");
	check_equal(books->fallbacks, 0, "freed in place");
	swap_must_be_back(free_before);
	return entries;
}

static void swept(const struct test *test)
{
	struct books books;
	long entries;

	knob_set("sweep", 1);
	entries = kill_and_count(test->arg, &books);
	check_equal(books.swept, entries, "swept");
}

static void not_swept(const struct test *test)
{
	struct books books;

	knob_set("sweep", 0);
	kill_and_count(test->arg, &books);
	check_equal(books.swept, 0, "swept");
}

static bool target_is_probed(void)
{
	char list[8192], target[KNOB_SIZE], words[KNOB_SIZE + 3];

	kprobes_read(list, sizeof(list));
	knob_read("target", target, sizeof(target));
	snprintf(words, sizeof(words), " %s+", target);
	return strstr(list, words);
}

/* Switches it; what an exit has in swap is diverted, whichever way. */
static void probed_only_without(long sweep)
{
	struct books books;
	long entries;

	knob_set("sweep", sweep);
	books_open();
	check(target_is_probed() == !sweep, "with sweep=%ld there is %s probe",
	      sweep, sweep ? "a" : "no");
	entries = kill_and_count(IN_ORDER, &books);
	check_equal(books.swept, sweep ? entries : 0, "swept");
}

static void probe_of_target(const struct test *test)
{
	(void)test;
	check(!target_is_probed(), "there is a probe from the start");
	probed_only_without(0);
	probed_only_without(1);
	knob_set("enabled", 0);
	knob_set("sweep", 0);
	knob_set("enabled", 1);
	probed_only_without(0);
	check_equal(knob_get("stats/missed"), 0, "missed");
}

/* Until told. */
static void flip(struct task *parent, void *arg)
{
	(void)arg;
	for (long i = 0; !task_told(parent, FLIP_PAUSE_MS); i++)
		knob_set("sweep", i % 2);
}

static bool hook_is(const char *name)
{
	char hook[KNOB_SIZE];

	knob_read("hook", hook, sizeof(hook));
	return !strcmp(hook, name);
}

/* Some was swept, and some was left to the hook. */
static bool both_ways(void)
{
	struct books books = books_read();

	return books.swept > 0 && books.swept < books.diverted;
}

/*
 * By kprobe the kernel frees unseen what it has not freed yet when the probe goes
 * away.
 */
static void flipped(const struct test *test)
{
	long free_before = swap_free(), entries = 0;
	struct task flipper = task_start(flip, NULL);
	struct victim victims[FLIP_KILLS];
	struct books books;

	(void)test;
	for (int i = 0; i < (both_ways() ? FLIP_ROUNDS : FLIP_ROUNDS_MAX); i++) {
		entries += victims_start(victims, FLIP_KILLS, FLIP_SIZE,
					 i % 2 ? SCATTERED : IN_ORDER);
		victims_kill(victims, FLIP_KILLS);
	}
	task_say(&flipper, 0);
	task_join(&flipper);
	books = books_settle();
	if (!hook_is("kprobe"))
		check_equal(books.diverted + books.fallbacks, entries,
			    "diverted and freed in place");
	check(books.diverted + books.fallbacks <= entries,
	      "%ld diverted and %ld freed in place of %ld", books.diverted,
	      books.fallbacks, entries);
	check(both_ways(), "swept %ld of %ld, so the knob was not turned",
	      books.swept, books.diverted);
	swap_must_be_back(free_before);
	diag("%ld of %ld entries were swept, %ld diverted, %ld freed in place",
	     books.swept, entries, books.diverted, books.fallbacks);
}

static void mostly_resident(struct task *parent, void *arg)
{
	const long *entries = arg;
	struct region some = region_create(*entries * PAGE, 1);

	region_create(RESIDENT * PAGE, 2);
	region_must_page_out(&some, IN_ORDER);
	task_say(parent, 0);
	task_hear(parent);
}

/* Kills a process with @entries in swap and far more in memory. */
static struct books kill_resident(long entries)
{
	long free_before = swap_free();
	struct books books;
	struct task task;

	knob_set("sweep", 1);
	knob_set("exit_threshold", 1);
	task = task_start(mostly_resident, &entries);
	task_hear(&task);
	task_kill(&task);
	books = books_settle();
	swap_must_be_back(free_before);
	return books;
}

static void hooked_instead(const struct test *test)
{
	struct books books;

	if (hook_is("kprobe"))
		skip("with hook=kprobe there is no hook beside the sweep");
	books = kill_resident(test->arg);
	check_equal(books.diverted, test->arg, "diverted");
	check_equal(books.swept, 0, "swept");
}

static void swept_alone(const struct test *test)
{
	struct books books = kill_resident(test->arg);

	check_equal(books.diverted, test->arg, "diverted");
	check_equal(books.swept, test->arg, "swept");
	check_equal(knob_get("stats/missed"), 0, "missed");
}

static void left(const struct test *test)
{
	struct books books = kill_resident(test->arg);

	check_equal(books.diverted, 0, "diverted");
	check_equal(books.fallbacks, test->arg, "freed in place");
	check_equal(fallback("unswept"), test->arg, "left by the sweep");
}

const struct test sweep_tests[] = {
	{
		.name = "what an exit has in swap is swept, in order",
		.run = swept,
		.arg = IN_ORDER,
	}, {
		.name = "what an exit has in swap is swept, scattered",
		.run = swept,
		.arg = SCATTERED,
	}, {
		.name = "with sweep=0, what an exit has in swap is not swept and diverted all the same, in order",
		.run = not_swept,
		.arg = IN_ORDER,
	}, {
		.name = "with sweep=0, what an exit has in swap is not swept and diverted all the same, scattered",
		.run = not_swept,
		.arg = SCATTERED,
	}, {
		.name = "with hook=kprobe, what an exit has in swap is swept, scattered",
		.run = swept,
		.arg = SCATTERED,
		.module = FRESH,
		.params = "hook=kprobe",
	}, {
		.name = "with hook=kprobe, munmap of the living meets a probe with sweep=0 and none with sweep=1",
		.run = probe_of_target,
		.module = FRESH,
		.params = "hook=kprobe sweep=1",
		.seconds = FLIP_SECONDS,
	}, {
		.name = "the knob of the sweep is turned while processes die, and nothing is lost",
		.run = flipped,
	}, {
		.name = "with hook=kprobe, the knob of the sweep is turned while processes die, and nothing is lost",
		.run = flipped,
		.module = FRESH,
		.params = "hook=kprobe",
		.seconds = FLIP_SECONDS,
	}, {
		.name = "what a mostly resident process has in swap is diverted without a sweep",
		.run = hooked_instead,
		.arg = FEW,
	}, {
		.name = "with hook=kprobe, what a mostly resident process has in swap is swept",
		.run = swept_alone,
		.arg = FEW,
		.module = FRESH,
		.params = "hook=kprobe",
	}, {
		.name = "with hook=kprobe, what is too little for a sweep is counted as freed in place",
		.run = left,
		.arg = TOO_FEW,
		.module = FRESH,
		.params = "hook=kprobe",
	},
	{}
};
