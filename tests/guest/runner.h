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

/*
 * LOADED: by this test or one before it, with all knobs as they were at load;
 * what books_read() gives counts from the start of the test. FRESH: just
 * loaded, so that what counts since then can be looked at too.
 */
enum module_state { LOADED, FRESH, UNLOADED };

#define SKIP_REASON_SIZE 256
/* Shared with the runner; skip() leaves the reason here. */
extern char *skip_reason;

/**
 * struct test - one sentence and how to find out whether it is true
 * @name: the sentence
 * @run: returns if it is, or ends by fail() or skip()
 * @module: how it finds the module
 * @no_swap: start without swap; otherwise /dev/zram0 is on
 * @params: parameters of a fresh module
 * @arg: what @run makes of it, so that one function serves several tests
 * @on_request: takes minutes or wants the machine for itself, so only runs if
 *	asked for by name
 * @seconds: time-out, if the default does not fit
 *
 * Every test runs in a process of its own, and nobody else has swap entries.
 */
struct test {
	const char *name;
	void (*run)(const struct test *test);
	enum module_state module;
	bool no_swap;
	const char *params;
	long arg;
	bool on_request;
	int seconds;
};

/* Each ends with an empty entry. */
extern const struct test age_tests[];
extern const struct test android_tests[];
extern const struct test beside_tests[];
extern const struct test books_tests[];
extern const struct test cpus_tests[];
extern const struct test drain_tests[];
extern const struct test entries_tests[];
extern const struct test fault_tests[];
extern const struct test held_tests[];
extern const struct test hidden_tests[];
extern const struct test hook_tests[];
extern const struct test hostile_tests[];
extern const struct test identity_tests[];
extern const struct test killer_tests[];
extern const struct test knobs_tests[];
extern const struct test limits_tests[];
extern const struct test living_tests[];
extern const struct test load_tests[];
extern const struct test machine_tests[];
extern const struct test neighbours_tests[];
extern const struct test oom_tests[];
extern const struct test pressure_tests[];
extern const struct test reaper_tests[];
extern const struct test refusal_tests[];
extern const struct test scope_tests[];
extern const struct test shared_tests[];
extern const struct test speed_tests[];
extern const struct test sweep_tests[];
extern const struct test thp_tests[];
extern const struct test trace_tests[];
extern const struct test unprivileged_tests[];
extern const struct test worker_tests[];

#endif
