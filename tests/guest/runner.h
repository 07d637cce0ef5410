/* SPDX-License-Identifier: GPL-2.0 */
/* What a test is, and the table of all of them. */
#ifndef RUNNER_H
#define RUNNER_H

#include <stdbool.h>

enum outcome {
	OUTCOME_PASSED = 0,
	OUTCOME_FAILED = 1,
	OUTCOME_SKIPPED = 4,
};

#define SKIP_REASON_SIZE 256
/* Shared with the runner; skip() leaves the reason here. */
extern char *skip_reason;

/**
 * struct test - one sentence and how to find out whether it is true
 * @name: the sentence
 * @run: returns if it is, or ends by fail() or skip()
 * @unloaded: start without the module
 * @no_swap: start without swap; otherwise /dev/zram0 is on
 * @params: parameters of the module
 * @arg: what @run makes of it, so that one function serves several tests
 * @seconds: time-out, if the default does not fit
 *
 * Every test runs in a process of its own, from a clean state: nobody but the
 * test has swap entries, the module has just been loaded.
 */
struct test {
	const char *name;
	void (*run)(const struct test *test);
	bool unloaded;
	bool no_swap;
	const char *params;
	long arg;
	int seconds;
};

/* Each ends with an empty entry. */
extern const struct test books_tests[];
extern const struct test drain_tests[];
extern const struct test knobs_tests[];
extern const struct test limits_tests[];
extern const struct test living_tests[];
extern const struct test load_tests[];
extern const struct test refusal_tests[];
extern const struct test scope_tests[];
extern const struct test speed_tests[];
extern const struct test thp_tests[];
extern const struct test worker_tests[];

#endif
