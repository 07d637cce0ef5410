// SPDX-License-Identifier: GPL-2.0
/* Memory or swap is short while a backlog holds some of it. */
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include "ballast.h"
#include "demand.h"
#include "module.h"
#include "runner.h"
#include "starve.h"
#include "swap.h"
#include "util.h"
#include "victim.h"

#define HOUR_MS		3600000
#define SIZE		(1024 * PAGE)
#define VICTIMS		4
#define SETTLE_MS	5000
#define HURRY_MS	2000
#define FORTUNE		afford(8192)	/* of each victim whose memory is wanted */
#define LEFT		MIB(48)	/* to be had, before somebody wants more */
/* of what the backlog holds in zram, three eighths */
#define MORE		(FORTUNE * VICTIMS / 16 * 3)
#define HOGGED		MIB(64)
#define ROUNDS		3
#define PASSES		10
#define TRIES		20

/* Workers get nowhere until feed_workers(), and nobody minds. */
static long lasting_backlog(size_t size)
{
	struct victim victim = victim_start(size, SCATTERED);

	knob_set("max_age_ms", HOUR_MS);
	hold_workers();
	victim_kill(&victim);
	check_equal(nodes_sum("pending"), victim.entries, "pending");
	return victim.entries;
}

/* Reclaim asks for a half at a time, and not for the last few. */
static void shrinker(const struct test *test)
{
	long entries = lasting_backlog(SIZE);

	(void)test;
	for (int i = 0; i < PASSES && nodes_sum("pending") >= entries / 8; i++)
		demand_slab();
	diag("%ld of %ld are still pending", nodes_sum("pending"), entries);
	check(nodes_sum("pending") < entries / 8, "%ld are still pending",
	      nodes_sum("pending"));
	feed_workers();
	books_settle();
}

static void oom_notifier(const struct test *test)
{
	struct task offering = offering_start();
	long entries = lasting_backlog(SIZE);

	(void)test;
	offering_kill(&offering);
	check_equal(nodes_sum("pending"), 0, "pending");
	check_equal(books_read().freed, entries, "freed");
	feed_workers();
	books_settle();
}

static void oom(const struct test *test)
{
	long kills = read_keyed("/proc/vmstat", "oom_kill");
	struct victim victims[VICTIMS];
	long pending;
	size_t size;

	(void)test;
	ballast_init();
	knob_set("max_age_ms", HOUR_MS);
	victims_start(victims, VICTIMS, FORTUNE, IN_ORDER);
	take_all_but(LEFT);

	hold_workers();
	victims_kill(victims, VICTIMS);
	pending = nodes_sum("pending");
	check(pending > 0, "nothing is pending");
	size = memory_left() + MORE;
	take_memory(size);
	diag("%ld pages were pending, %ld after taking %zu MiB", pending,
	     nodes_sum("pending"), size >> 20);
	give_all_back();
	feed_workers();
	books_settle();
	check_equal(read_keyed("/proc/vmstat", "oom_kill"), kills,
		    "processes killed for memory");
}

static void take_and_say_how_long(struct task *parent, void *arg)
{
	struct region region;
	long long start;

	(void)arg;
	task_hear(parent);
	start = now_ns();
	region = region_create(LEFT + HOGGED, 1);
	task_say(parent, now_ns() - start);
	task_hear(parent);
	region_destroy(&region);
}

/* Memory for all that it wants comes from swapping out, and from the dead. */
static long long hog_amid_kills(void)
{
	struct task hog = task_start(take_and_say_how_long, NULL);
	struct victim victims[VICTIMS];
	long long ns;

	ballast_init();
	victims_start(victims, VICTIMS, FORTUNE, IN_ORDER);
	take_all_but(LEFT);
	task_say(&hog, 0);
	victims_kill(victims, VICTIMS);
	ns = task_hear(&hog);
	task_kill(&hog);
	give_all_back();
	return ns;
}

static void hog_is_no_slower(const struct test *test)
{
	long kills = read_keyed("/proc/vmstat", "oom_kill");
	long long best[2] = { LLONG_MAX, LLONG_MAX };

	(void)test;
	for (int i = 0; i < 2 * ROUNDS; i++) {
		int with = i % 2;
		long long ns;

		knob_set("enabled", with);
		ns = hog_amid_kills();
		diag("%s: %lld us", with ? "with" : "without", ns / 1000);
		if (ns < best[with])
			best[with] = ns;
	}
	check(books_settle().diverted > 0, "nothing was diverted");
	check(best[1] < best[0] + best[0] / 4, "it took %lld us, %lld without",
	      best[1] / 1000, best[0] / 1000);
	check_equal(read_keyed("/proc/vmstat", "oom_kill"), kills,
		    "processes killed for memory");
}

/* Both at their worst and best for us: single entries, and a row of pages. */
static void pace(const struct test *test)
{
	struct victim victim = victim_start(FORTUNE / 4, SCATTERED);
	struct region region = region_create(FORTUNE / 4, 1);
	long long out, freed = now_ns();

	(void)test;
	victim_kill(&victim);
	books_settle();
	freed = now_ns() - freed;
	out = now_ns();
	region_must_page_out(&region, IN_ORDER);
	out = now_ns() - out;
	diag("%ld pages: %lld us to free, %lld us to swap out", victim.entries,
	     freed / 1000, out / 1000);
	check(freed < out, "swapping out is faster");
}

/* Pages that zram hardly has to look at. */
static void fill_swap(struct task *parent, void *arg)
{
	size_t size = *(const long *)arg * PAGE;
	void *base = mmap(NULL, size, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	check(base != MAP_FAILED, "mmap: %m");
	madvise(base, size, MADV_NOHUGEPAGE);
	memset(base, 0x5a, size);
	check(!madvise(base, size, MADV_PAGEOUT), "madvise: %m");
	task_say(parent, 0);
	for (;;)
		pause();
}

static struct task leave_swap(long pages)
{
	long size = swap_free() - pages;
	struct task filler = task_start(fill_swap, &size);

	task_hear(&filler);
	diag("%ld pages of swap are free", swap_free());
	return filler;
}

static bool is_diverted_again(void)
{
	long before = books_read().diverted;

	return victim_sacrifice(SIZE, SCATTERED) ==
	       books_settle().diverted - before;
}

/* A device that is soon full, instead of the one that the tests begin with. */
static void swap_becomes(size_t size)
{
	check(!swap_off(0), "swapoff");
	swap_on(1, size, ANY_PRIORITY);
	check(wait_until(is_diverted_again(), SETTLE_MS),
	      "the size of the new device goes unseen");
}

static void reserve(const struct test *test)
{
	long entries, low;
	struct victim victim;
	struct task filler;

	(void)test;
	swap_becomes(16 * SIZE);
	victim = victim_start(SIZE / 2, SCATTERED);
	filler = leave_swap(SIZE / PAGE / 4);
	low = fallback("low_swap");
	books_open();
	victim_kill(&victim);
	check_equal(books_settle().diverted, 0, "diverted");
	check_equal(fallback("low_swap") - low, victim.entries,
		    "fallback_low_swap");

	task_kill(&filler);
	books_open();
	entries = victim_sacrifice(SIZE, SCATTERED);
	check_equal(books_settle().diverted, entries,
		    "diverted when there is swap again");
}

/*
 * The second to die finds swap full, so the first one's backlog is to go. When
 * it has, the rest of the second may be diverted. False if swap was not full any
 * more, as a worker had got a turn in between.
 */
static bool dies_in_full_swap(void)
{
	struct victim first = victim_start(4 * SIZE, SCATTERED);
	struct victim second = victim_start(SIZE, SCATTERED);
	long low = fallback("low_swap"), pending;
	struct task filler;
	bool full;

	hold_workers();
	victim_kill(&first);
	filler = leave_swap(SIZE / PAGE / 8);
	pending = nodes_sum("pending");
	check_equal(pending, first.entries, "pending");
	make_workers_ordinary();
	victim_kill(&second);
	full = fallback("low_swap") > low;
	loosen_hold();
	check(!full ||
	      wait_until(nodes_sum("pending") <= second.entries, HURRY_MS),
	      "of %ld pages %ld are still pending", pending,
	      nodes_sum("pending"));
	feed_workers();
	task_kill(&filler);
	books_settle();
	return full;
}

static void hurry(const struct test *test)
{
	int tries = 1;

	(void)test;
	swap_becomes(8 * SIZE);
	knob_set("max_age_ms", HOUR_MS);
	while (!dies_in_full_swap())
		check(tries++ < TRIES, "swap was never full");
	diag("swap was full the %d. time", tries);
}

const struct test pressure_tests[] = {
	{
		.name = "reclaim frees a backlog that the workers do not get at",
		.run = shrinker,
	}, {
		.name = "a backlog is freed before a process is killed for memory",
		.run = oom_notifier,
	}, {
		.name = "no process is killed for the memory that a backlog holds",
		.run = oom,
		.seconds = 120,
	}, {
		.name = "a process that allocates amid kills is hardly slower than without the module",
		.run = hog_is_no_slower,
		.on_request = true,
		.seconds = 400,
	}, {
		.name = "freeing a backlog takes less time than swapping out as much",
		.run = pace,
	}, {
		.name = "with less than a sixteenth of swap free everything is freed in place as fallback_low_swap",
		.run = reserve,
		.module = FRESH,
	}, {
		.name = "where swap is scarce a backlog is freed at once on a busy machine",
		.run = hurry,
	},
	{}
};
