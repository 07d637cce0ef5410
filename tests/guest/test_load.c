// SPDX-License-Identifier: GPL-2.0
/* Coming and going while processes die. */
#include "module.h"
#include "runner.h"
#include "storm.h"
#include "swap.h"
#include "util.h"
#include "victim.h"

#define DEATH_MS	1000
#define DIVERTED_MS	10000
#define SWITCHES	40

static void loads(const struct test *test)
{
	long free_before = swap_free(), diverted = 0, killed;
	struct task storm = storm_start();

	for (int i = 0; i < test->arg; i++) {
		module_must_load(STORM_THRESHOLD);
		/* so that the unloading finds some of them on their way */
		wait_until(knob_get("stats/diverted") > 0, DEATH_MS);
		diverted += knob_get("stats/diverted");
		module_must_unload();
	}
	killed = storm_stop(&storm);
	diag("%ld processes were killed, over %ld entries diverted", killed,
	     diverted);
	check(diverted > 0, "nothing was ever diverted");
	swap_must_be_back(free_before);
}

/*
 * Every kind of change at once, as a careless administrator would make it, in
 * every combination.
 */
static void change_all(int i)
{
	static const long workers[] = { 1, 4, 0, 2 };
	static const long max_pending[] = { 100, 1000000 };

	knob_set("workers", workers[i % ARRAY_SIZE(workers)]);
	i /= ARRAY_SIZE(workers);
	knob_set("max_pending", max_pending[i % ARRAY_SIZE(max_pending)]);
	i /= ARRAY_SIZE(max_pending);
	knob_set("worker_cpus", i % cpu_count());
	knob_set("drain", 1);
}

static void switches(const struct test *test)
{
	long free_before = swap_free(), diverted = 0, killed;
	struct task storm = storm_start();

	(void)test;
	for (int i = 0; i < SWITCHES / 2; i++) {
		knob_set("enabled", 1);
		change_all(i);
		/* so that the switching off finds some of them on their way */
		check(wait_until(knob_get("stats/diverted") > diverted,
				 DIVERTED_MS),
		      "nothing was diverted after the %d. change", i);
		knob_set("enabled", 0);
		diverted = knob_get("stats/diverted");
		change_all(i + 1);
	}
	killed = storm_stop(&storm);
	diag("%ld processes were killed, %ld entries diverted", killed,
	     books_settle().diverted);
	swap_must_be_back(free_before);
}

const struct test load_tests[] = {
	{
		.name = "20 loads and unloads while processes die lose nothing",
		.run = loads,
		.module = UNLOADED,
		.arg = 20,
		.seconds = 120,
	}, {
		.name = "100 loads and unloads while processes die lose nothing",
		.run = loads,
		.module = UNLOADED,
		.arg = 100,
		.on_request = true,
		.seconds = 500,
	}, {
		.name = "40 changes of enabled, workers, worker_cpus, max_pending and drain while processes die lose nothing",
		.run = switches,
		.seconds = 120,
		.module = FRESH,
		.params = STORM_THRESHOLD,
	},
	{}
};
