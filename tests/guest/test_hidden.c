// SPDX-License-Identifier: GPL-2.0
/*
 * An exit that is held before it ends hides nothing: what it has diverted so far
 * is counted, and everyone who wants it back gets it.
 */
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <sys/wait.h>

#include "demand.h"
#include "hog.h"
#include "hold.h"
#include "module.h"
#include "runner.h"
#include "starve.h"
#include "swap.h"
#include "util.h"

#define SIZE		afford(2048)
#define CRAWLER_SIZE	afford(32768)
#define HOUR_MS		3600000
#define AGE_MS		1000
#define PASSES		10
#define FREED_MS	10000
#define SWAPOFF_MS	20000
#define RUN_US		100
#define BURN_NS		4000000

static struct victim held_exit(bool workers_run)
{
	struct victim victim;

	hold_begin();
	victim = hold_victim_start(SIZE, SCATTERED);
	knob_set("max_age_ms", HOUR_MS);
	if (!workers_run)
		hold_workers();
	hold_victim_kill(&victim);
	return victim;
}

/* Only for those who free it in their own time: the workers get nowhere. */
static struct victim held_with_backlog(void)
{
	return held_exit(false);
}

static void check_freed_while_held(const struct victim *victim)
{
	hold_wait(1);
	check_equal(knob_get("stats/pending"), 0, "pending");
	check_equal(books_read().freed, victim->entries, "freed");
}

static void let_die(struct victim *victim)
{
	hold_end();
	task_reap(&victim->task);
	/* what held the workers has the holder's file open, too */
	feed_workers();
	hold_clean_up();
	check_equal(books_settle().diverted, victim->entries, "diverted");
}

static void counted(const struct test *test)
{
	struct victim victim = held_with_backlog();

	(void)test;
	check_equal(books_read().diverted, victim.entries, "diverted");
	check_equal(knob_get("stats/pending"), victim.entries, "pending");
	check_equal(nodes_sum("pending"), victim.entries,
		    "pending on all nodes");
	let_die(&victim);
}

static void drained(const struct test *test)
{
	long free_before = swap_free();
	struct victim victim = held_with_backlog();

	(void)test;
	knob_set("drain", 1);
	check_freed_while_held(&victim);
	swap_must_be_back(free_before);
	let_die(&victim);
}

static void reclaimed(const struct test *test)
{
	struct victim victim = held_with_backlog();
	long most = victim.entries - victim.entries / 8;

	(void)test;
	for (int i = 0; i < PASSES && books_read().freed < most; i++)
		demand_slab();
	diag("%ld of %ld are freed", books_read().freed, victim.entries);
	check(books_read().freed >= most, "only %ld of %ld are freed",
	      books_read().freed, victim.entries);
	let_die(&victim);
}

static void out_of_memory(const struct test *test)
{
	struct task offering = offering_start();
	struct victim victim = held_with_backlog();

	(void)test;
	offering_kill(&offering);
	check_freed_while_held(&victim);
	let_die(&victim);
}

/* The workers are slow, and have to see for themselves that it is time. */
static void grows_old(const struct test *test)
{
	long bound_us = patience(AGE_MS) / 1000;
	struct victim victim;

	(void)test;
	knob_set("max_age_ms", bound_us / 1000);
	hold_begin();
	victim = hold_victim_start(SIZE, SCATTERED);
	starve_workers();
	hold_victim_kill(&victim);
	check(wait_until(books_read().freed == victim.entries, FREED_MS),
	      "%ld of %ld are freed", books_read().freed, victim.entries);
	hold_wait(1);
	let_die(&victim);
	diag("the oldest was pending for %ld us", knob_get("stats/age_max_us"));
	check(knob_get("stats/age_max_us") <= bound_us,
	      "entries were pending for %ld us", knob_get("stats/age_max_us"));
}

static void give_up(int signal)
{
	(void)signal;
}

static void swap_off_and_tell(struct task *parent, void *arg)
{
	(void)arg;
	sigaction(SIGALRM, &(struct sigaction){ .sa_handler = give_up }, NULL);
	alarm(patience(SWAPOFF_MS) / 1000000000);
	task_say(parent, swap_off(0));
}

/* The kernel looks for the owner of each slot in use, for ever. */
static void swap_goes(const struct test *test)
{
	struct victim victim = held_exit(true);
	struct task task = task_start(swap_off_and_tell, NULL);

	(void)test;
	check_equal(task_hear(&task), 0, "swapoff");
	check_freed_while_held(&victim);
	task_join(&task);
	let_die(&victim);
}

/* Takes its CPU from all others, and lets them run for a moment now and then. */
static void stutter(struct task *parent, void *arg)
{
	(void)arg;
	pin_to_cpu(0);
	make_realtime(0, HIGHEST - 1);
	task_say(parent, 0);
	for (;;) {
		long long end = now_ns() + BURN_NS;

		while (now_ns() < end)
			;
		usleep(RUN_US);
	}
}

/*
 * Each drain takes what the process has written down by then, while the process
 * goes on to write.
 */
static void crawls(const struct test *test)
{
	long free_before = swap_free(), drains = 0, early = 0;
	struct task stutterer;
	struct victim victim;

	(void)test;
	if (cpu_count() < 2)
		skip("there is one CPU only");
	knob_set("sweep", 0);
	pin_to_cpu(0);
	victim = victim_start(CRAWLER_SIZE, SCATTERED);
	pin_to_cpu(cpu_count() - 1);
	set_scheduler(victim.task.pid, SCHED_IDLE, 0);
	stutterer = task_start(stutter, NULL);
	task_hear(&stutterer);
	task_signal(&victim.task, SIGKILL);
	while (!waitpid(victim.task.pid, NULL, WNOHANG)) {
		knob_set("drain", 1);
		drains++;
		early += books_read().freed && !early ? drains : 0;
	}
	close(victim.task.line);
	task_kill(&stutterer);
	unpin();
	diag("%ld drains, the %ld. was the first to free any", drains, early);
	check(early > 0 && early < drains,
	      "nothing was freed while the process died");
	check_equal(books_settle().diverted, victim.entries, "diverted");
	swap_must_be_back(free_before);
}

const struct test hidden_tests[] = {
	{
		.name = "what an exit has diverted is counted as pending before the exit ends",
		.run = counted,
	}, {
		.name = "drain frees what an exit has diverted before the exit ends",
		.run = drained,
	}, {
		.name = "reclaim frees most of what an exit has diverted before the exit ends",
		.run = reclaimed,
	}, {
		.name = "what an exit has diverted is freed before a process is killed for memory, though the exit has not ended",
		.run = out_of_memory,
	}, {
		.name = "what an exit has diverted is pending for no longer than max_age_ms, though the exit has not ended",
		.run = grows_old,
		.module = FRESH,
	}, {
		.name = "swapoff does not wait for the end of an exit that has diverted",
		.run = swap_goes,
	}, {
		.name = "what an exit that crawls has written down is freed each time somebody asks for it",
		.run = crawls,
		/* whether a drain meets the exit on its way is up to the scheduler */
		.on_request = true,
	},
	{}
};
