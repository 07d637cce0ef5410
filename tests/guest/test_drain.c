// SPDX-License-Identifier: GPL-2.0
/* Getting rid of a backlog: by drain, by enabled, by swapoff, by unloading. */
#include <signal.h>

#include "module.h"
#include "runner.h"
#include "starve.h"
#include "swap.h"
#include "util.h"
#include "victim.h"

#define SIZE		(2048 * PAGE)
#define DRAINERS	6
#define DRAINS		5
#define VICTIMS		4
#define SWAPOFF_MS	10000
#define SWAPOFFS	3
#define HOUR_MS		3600000

static void check_nothing_pending(long at_least)
{
	struct books books = books_read();

	check_equal(books.pending, 0, "pending");
	check_equal(books.freed, books.diverted, "freed");
	check(books.diverted + books.fallbacks >= at_least,
	      "only %ld were diverted and %ld freed in place", books.diverted,
	      books.fallbacks);
	check(books.diverted > 0, "nothing was diverted");
}

static void drain(const struct test *test)
{
	long pending = make_backlog(SIZE);

	(void)test;
	knob_set("drain", 1);
	check_nothing_pending(pending);
	diag("%ld were pending", pending);
}

static void enabled(const struct test *test)
{
	long pending = make_backlog(SIZE), diverted, entries;

	(void)test;
	knob_set("enabled", 0);
	check_nothing_pending(pending);
	diag("%ld were pending", pending);
	feed_workers();

	diverted = books_read().diverted;
	victim_sacrifice(SIZE, IN_ORDER);
	check_equal(books_read().diverted, diverted,
		    "diverted when switched off");
	knob_set("enabled", 1);
	entries = victim_sacrifice(SIZE, IN_ORDER);
	check_equal(books_settle().diverted - diverted, entries,
		    "diverted when switched on again");
}

static void drain_many_times(struct task *parent, void *arg)
{
	(void)arg;
	task_hear(parent);
	for (int i = 0; i < DRAINS; i++)
		knob_set("drain", 1);
}

static void many_drains(const struct test *test)
{
	struct task drainers[DRAINERS];
	struct victim victims[VICTIMS];

	(void)test;
	victims_start(victims, VICTIMS, SIZE / VICTIMS, SCATTERED);
	for (int i = 0; i < DRAINERS; i++)
		drainers[i] = task_start(drain_many_times, NULL);
	for (int i = 0; i < DRAINERS; i++)
		task_say(&drainers[i], 0);
	victims_kill(victims, VICTIMS);
	for (int i = 0; i < DRAINERS; i++)
		task_join(&drainers[i]);
	books_settle();
	check_nothing_pending(SIZE / PAGE);
}

static void swap_off_after_kill(const struct test *test)
{
	struct victim victims[VICTIMS];
	long long start;
	int err;

	(void)test;
	victims_start(victims, VICTIMS, SIZE / VICTIMS, SCATTERED);
	victims_kill(victims, VICTIMS);
	start = now_ns();
	err = swap_off(0);
	check(!err, "swapoff: error %d", -err);
	diag("swapoff took %lld ms", (now_ns() - start) / 1000000);
	check(now_ns() - start < patience(SWAPOFF_MS), "swapoff was slow");
	books_settle();
	check_nothing_pending(SIZE / PAGE);
}

static void swap_off_with_backlog(const struct test *test)
{
	long pending = make_backlog(SIZE);
	long long start = now_ns();
	int err = swap_off(0);

	(void)test;
	check(!err, "swapoff: error %d", -err);
	diag("swapoff of %ld pending took %lld ms", pending,
	     (now_ns() - start) / 1000000);
	books_settle();
}

/* From the kill until the device is gone, on a machine that is busy; ns. */
static long long kill_and_swap_off(void)
{
	struct victim victim = victim_start(SIZE, SCATTERED);
	long long start;
	int err;

	starve_workers();
	start = now_ns();
	victim_kill(&victim);
	err = swap_off(0);
	start = now_ns() - start;
	feed_workers();
	check(!err, "swapoff: error %d", -err);
	swap_cleanup();
	swap_start();
	return start;
}

static long long quickest_swap_off(void)
{
	long long quickest = kill_and_swap_off();

	for (int i = 1; i < SWAPOFFS; i++) {
		long long ns = kill_and_swap_off();

		if (ns < quickest)
			quickest = ns;
	}
	return quickest;
}

static void swap_off_is_no_slower(const struct test *test)
{
	long long with, without;

	(void)test;
	knob_set("max_age_ms", HOUR_MS);
	with = quickest_swap_off();
	check(books_read().diverted > 0, "nothing was diverted");
	knob_set("enabled", 0);
	without = quickest_swap_off();
	diag("kill and swapoff took %lld us with, %lld us without",
	     with / 1000, without / 1000);
	check(with < 2 * without, "it took %lld times as long", with / without);
}

static void unload_with_backlog(const struct test *test)
{
	long free_before = swap_free(), pending = make_backlog(SIZE);
	long long start = now_ns();

	(void)test;
	module_must_unload();
	diag("unloading with %ld pending took %lld ms", pending,
	     (now_ns() - start) / 1000000);
	check(swap_free() >= free_before - swap_slack(),
	      "%ld pages of swap are lost", free_before - swap_free());
	check(!module_is_loaded(MODULE), "the module is still there");
}

static void unload_after_kill(const struct test *test)
{
	long free_before = swap_free();
	struct victim victims[VICTIMS];

	(void)test;
	victims_start(victims, VICTIMS, SIZE / VICTIMS, SCATTERED);
	for (int i = 0; i < VICTIMS; i++)
		task_signal(&victims[i].task, SIGKILL);
	module_must_unload();
	for (int i = 0; i < VICTIMS; i++)
		task_reap(&victims[i].task);
	swap_must_be_back(free_before);
}

const struct test drain_tests[] = {
	{
		.name = "drain=1 returns when the backlog is freed",
		.run = drain,
	}, {
		.name = "six processes that drain while others die all get done",
		.run = many_drains,
	}, {
		.name = "enabled=0 returns when the backlog is freed and stops diverting, enabled=1 starts it again",
		.run = enabled,
	}, {
		.name = "swapoff right after a mass kill succeeds within seconds",
		.run = swap_off_after_kill,
	}, {
		.name = "swapoff with a backlog and starved workers succeeds",
		.run = swap_off_with_backlog,
	}, {
		.name = "a kill and a swapoff on a busy machine take no longer than without the module",
		.run = swap_off_is_no_slower,
	}, {
		.name = "unloading with a backlog and starved workers loses nothing",
		.run = unload_with_backlog,
		.module = FRESH,
	}, {
		.name = "unloading while processes die loses nothing",
		.run = unload_after_kill,
		.module = FRESH,
	},
	{}
};
