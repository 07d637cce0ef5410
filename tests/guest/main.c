// SPDX-License-Identifier: GPL-2.0
/*
 * Runs the tests one after the other, each in a process of its own between a
 * set-up and a clean-up, and prints KTAP.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "module.h"
#include "runner.h"
#include "swap.h"
#include "util.h"

#define DEFAULT_SECONDS 60
#define CLEANUP_SECONDS 150 /* more than swapoff may take */

static const struct test *const suites[] = {
	books_tests,
	scope_tests,
	living_tests,
	sweep_tests,
	shared_tests,
	entries_tests,
	beside_tests,
	limits_tests,
	age_tests,
	pressure_tests,
	killer_tests,
	oom_tests,
	machine_tests,
	drain_tests,
	hidden_tests,
	held_tests,
	hook_tests,
	android_tests,
	thp_tests,
	knobs_tests,
	worker_tests,
	cpus_tests,
	trace_tests,
	reaper_tests,
	identity_tests,
	refusal_tests,
	neighbours_tests,
	hostile_tests,
	unprivileged_tests,
	fault_tests,
	load_tests,
	speed_tests,
};

static bool selected(const struct test *test, char **patterns)
{
	if (!*patterns)
		return !test->on_request;
	for (; *patterns; patterns++)
		if (strstr(test->name, *patterns))
			return true;
	return false;
}

/* "2/3" is the second of three parts: test 2, 5, 8 and so on. */
static bool in_part(int number)
{
	const char *part = getenv("part");
	int mine, parts;

	if (!part || sscanf(part, "%d/%d", &mine, &parts) != 2)
		return true;
	return number % parts == mine % parts;
}

static void prepare_module(const struct test *test)
{
	if (test->module != LOADED)
		module_cleanup();
	if (test->module != UNLOADED && !module_is_loaded(MODULE))
		module_must_load(test->params ?: "");
	if (test->module != UNLOADED)
		books_open();
}

static void run(const struct test *test)
{
	struct knobs knobs;

	if (!test->no_swap)
		swap_start();
	prepare_module(test);
	if (test->module == LOADED)
		knobs_save(&knobs);
	test->run(test);
	if (test->module == LOADED)
		knobs_restore(&knobs);
}

/* swapoff comes last, it finds out whether the module lost a slot. */
static void clean_up(const struct test *test)
{
	if (test->module != LOADED)
		module_cleanup();
	swap_cleanup();
}

static void clean_up_all(const struct test *test)
{
	(void)test;
	module_cleanup();
	swap_cleanup();
}

/*
 * Kills what @pid left behind; orphans come to us as the nearest subreaper.
 * False if a process does not die.
 */
static bool reap_group(pid_t pid)
{
	kill(-pid, SIGKILL);
	return wait_until(waitpid(-1, NULL, WNOHANG) < 0 && errno == ECHILD,
			  10000);
}

/* Runs @body in a process of its own and judges how it ended. */
static enum outcome in_child(void (*body)(const struct test *),
			     const struct test *test, int seconds)
{
	bool ended;
	int status = 0;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (!pid) {
		setpgid(0, 0);
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		body(test);
		_exit(OUTCOME_PASSED);
	}
	setpgid(pid, pid);
	ended = wait_until(waitpid(pid, &status, WNOHANG) == pid,
			   seconds * 1000);
	if (!ended)
		diag("not done after %d s", seconds);
	if (!reap_group(pid)) {
		printf("Bail out! a process cannot be killed\n");
		exit(1);
	}
	if (!ended)
		return OUTCOME_FAILED;
	if (WIFEXITED(status) && (WEXITSTATUS(status) == OUTCOME_PASSED ||
				  WEXITSTATUS(status) == OUTCOME_SKIPPED))
		return WEXITSTATUS(status);
	if (WIFSIGNALED(status))
		diag("ended by signal %d", WTERMSIG(status));
	return OUTCOME_FAILED;
}

/* What follows could not be judged if this fails. */
static void restore(void (*body)(const struct test *),
		    const struct test *test)
{
	if (in_child(body, test, CLEANUP_SECONDS) == OUTCOME_PASSED)
		return;
	printf("Bail out! cleaning up fails after '%s'\n", test->name);
	exit(1);
}

static enum outcome run_test(const struct test *test)
{
	enum outcome outcome;

	outcome = in_child(run, test, test->seconds ?: DEFAULT_SECONDS);
	restore(outcome == OUTCOME_PASSED ? clean_up : clean_up_all, test);
	return outcome;
}

static bool fails(int number, const struct test *test)
{
	long long start = now_ns();
	enum outcome outcome = run_test(test);

	diag("%.1f s", (now_ns() - start) / 1e9);
	printf("%sok %d - %s", outcome == OUTCOME_FAILED ? "not " : "",
	       number, test->name);
	if (outcome == OUTCOME_SKIPPED)
		printf(" # SKIP %s", skip_reason);
	printf("\n");
	return outcome == OUTCOME_FAILED;
}

static bool exists(int number, const struct test *test)
{
	(void)number;
	(void)test;
	return true;
}

/* Of the tests that @patterns select, how many @are so. */
static int count_tests(char **patterns,
		       bool (*are)(int number, const struct test *test))
{
	int selection = 0, number = 0, count = 0;

	for (size_t i = 0; i < ARRAY_SIZE(suites); i++)
		for (const struct test *t = suites[i]; t->name; t++)
			if (selected(t, patterns) && in_part(++selection) &&
			    are(++number, t))
				count++;
	return count;
}

int main(int argc, char **argv)
{
	int count, failed;

	/* the program that a test of exec() turns into */
	if (argc == 2 && !strcmp(argv[1], "--nothing"))
		return 0;

	skip_reason = mmap(NULL, SKIP_REASON_SIZE, PROT_READ | PROT_WRITE,
			   MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	setvbuf(stdout, NULL, _IOLBF, 0);
	signal(SIGPIPE, SIG_IGN);
	swap_init();

	count = count_tests(argv + 1, exists);
	printf("KTAP version 1\n1..%d%s\n", count,
	       count ? "" : " # SKIP no test matches");
	failed = count_tests(argv + 1, fails);
	restore(clean_up_all, &(struct test){ .name = "all tests" });
	return failed ? 1 : 0;
}
