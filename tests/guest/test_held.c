// SPDX-License-Identifier: GPL-2.0
/* Neither a starved worker nor a pre-empted task that helps holds anyone up. */
#include <sched.h>
#include <sys/resource.h>

#include "demand.h"
#include "hog.h"
#include "module.h"
#include "runner.h"
#include "starve.h"
#include "swap.h"
#include "util.h"
#include "victim.h"

#define SIZE		afford(8192)
#define VICTIM_SIZE	afford(2048)
#define VICTIMS		4
#define HOUR_MS		3600000
#define HELPED_MS	10000
#define BUSY_MS		15000
#define UNLOADED_MS	60000
#define TRIES		10
#define TESTERS		(HIGHEST - 1)
/* of what freeing takes without the module, or resizing without deaths */
#define TIMES		20
#define LEAST_MS	200	/* what is quicker is as good */
#define MANY_WORKERS	4

static long free_before;
static struct task unloader;

static void become(int policy, int priority)
{
	set_scheduler(0, policy | SCHED_RESET_ON_FORK, priority);
}

static void drain(void)
{
	knob_set("drain", 1);
}

static void disable(void)
{
	knob_set("enabled", 0);
}

static void unload_and_tell(struct task *parent, void *arg)
{
	(void)arg;
	become(SCHED_FIFO, TESTERS);
	module_must_unload();
	task_say(parent, 0);
}

/*
 * Returns when all is freed. To leave its hooks the module has to wait for every
 * task that is pre-empted in the kernel (synchronize_rcu_tasks()).
 */
static void unload(void)
{
	unloader = task_start(unload_and_tell, NULL);
	check(wait_until(swap_free() >= free_before - swap_slack(),
			 UNLOADED_MS), "the backlog is not freed");
}

static void nothing(void)
{
}

static void enable(void)
{
	knob_set("enabled", 1);
}

static void load_again(void)
{
	task_hear(&unloader);
	task_join(&unloader);
	module_must_load("");
	books_open();
}

static const struct {
	void (*act)(void);
	void (*undo)(void);
} actions[] = {
	{ drain, nothing }, { disable, enable }, { unload, load_again },
};

/* Reclaims until told, at a weight that gives it nothing beside a busy task. */
static void reclaim(struct task *parent, void *arg)
{
	(void)arg;
	become(SCHED_IDLE, 0);
	while (!task_told(parent, 0))
		demand_slab();
}

/* Not for ever, as whoever does wait for the other is to come to an end. */
static void be_busy(struct task *parent, void *arg)
{
	(void)arg;
	alarm(patience(BUSY_MS) / 1000000000);
	setpriority(PRIO_PROCESS, 0, -20);
	task_say(parent, 0);
	for (;;)
		;
}

/* What freeing as much takes without the module. */
static long long in_place_ns(void)
{
	struct victim victim = victim_start(SIZE, SCATTERED);
	long long ns;

	knob_set("enabled", 0);
	ns = victim_kill(&victim);
	knob_set("enabled", 1);
	diag("%lld us to free in place", ns / 1000);
	return ns;
}

/*
 * The workers have one CPU together with a busy task of the highest weight. The
 * test is a real-time task on the others.
 */
static void start_backlog(void)
{
	struct victim victim;

	free_before = swap_free();
	victim = victim_start(SIZE, SCATTERED);
	knob_set("max_age_ms", HOUR_MS);
	books_open();
	hold_ordinary_workers();
	become(SCHED_FIFO, TESTERS);
	victim_kill(&victim);
	check(books_read().pending > victim.entries / 2, "only %ld are pending",
	      books_read().pending);
}

static void end_backlog(void)
{
	become(SCHED_OTHER, 0);
	feed_workers();
}

static long long time_ns(void (*action)(void))
{
	long long start = now_ns();

	action();
	return now_ns() - start;
}

/*
 * The workers are free to do the rest, once the helper is at it. False if it was
 * done before a busy task came and took its CPU.
 */
static bool act_beside_helper(long action, long long *ns)
{
	struct task helper, busy;
	long freed, pending;

	start_backlog();
	freed = knob_get("stats/freed");
	helper = task_start(reclaim, NULL);
	check(wait_until_every(2000, knob_get("stats/freed") > freed,
			       HELPED_MS), "reclaim frees nothing");
	busy = task_start(be_busy, NULL);
	task_hear(&busy);
	pending = knob_get("stats/pending");
	diag("%ld are left to free", pending);
	feed_workers();
	*ns = time_ns(actions[action].act);
	task_kill(&busy);
	task_kill(&helper);
	end_backlog();
	actions[action].undo();
	return pending;
}

static void check_times(long long ns, long long scale)
{
	long long least = patience(LEAST_MS);

	diag("it took %lld us", ns / 1000);
	check(ns < TIMES * (scale > least ? scale : least),
	      "it took %lld times as long", ns / scale);
}

static void helped(const struct test *test)
{
	long long scale = in_place_ns(), ns;
	int tries = 1;

	if (cpu_count() < 2)
		skip("there is one CPU only");
	while (!act_beside_helper(test->arg, &ns))
		check(tries++ < TRIES, "the helper was done each time");
	check_times(ns, scale);
	books_settle();
}

static void starved(const struct test *test)
{
	long long scale = in_place_ns(), ns;

	if (cpu_count() < 2)
		skip("there is one CPU only");
	start_backlog();
	ns = time_ns(actions[test->arg].act);
	end_backlog();
	actions[test->arg].undo();
	check_times(ns, scale);
	books_settle();
}

static void die_in_turn(struct task *parent, void *arg)
{
	(void)arg;
	do
		victim_sacrifice(VICTIM_SIZE, SCATTERED);
	while (!task_told(parent, 0));
}

static void set_workers(void)
{
	knob_set("workers", 1);
}

static long long set_workers_amid(bool dying)
{
	struct task storms[VICTIMS];
	long long ns;

	knob_set("workers", MANY_WORKERS);
	for (int i = 0; dying && i < VICTIMS; i++)
		storms[i] = task_start(die_in_turn, NULL);
	starve_workers();
	check(!dying ||
	      wait_until(nodes_sum("pending") >= (long)(VICTIM_SIZE / PAGE),
			 HELPED_MS), "only %ld are pending",
	      nodes_sum("pending"));
	ns = time_ns(set_workers);
	feed_workers();
	for (int i = 0; dying && i < VICTIMS; i++) {
		task_say(&storms[i], 0);
		task_join(&storms[i]);
	}
	books_settle();
	return ns;
}

static void resized(const struct test *test)
{
	long long scale;

	(void)test;
	knob_set("max_age_ms", HOUR_MS);
	scale = set_workers_amid(false);
	diag("%lld us when nobody dies", scale / 1000);
	check_times(set_workers_amid(true), scale);
	check_equal(nodes_sum("workers"), node_count(), "workers");
}

const struct test held_tests[] = {
	{
		.name = "drain does not wait for a SCHED_IDLE task that was pre-empted while it reclaimed",
		.run = helped,
		.arg = 0,
		.seconds = 120,
	}, {
		.name = "enabled=0 does not wait for a SCHED_IDLE task that was pre-empted while it reclaimed",
		.run = helped,
		.arg = 1,
		.seconds = 120,
	}, {
		.name = "unloading frees the backlog without waiting for a SCHED_IDLE task that was pre-empted while it reclaimed",
		.run = helped,
		.module = FRESH,
		.arg = 2,
		.seconds = 120,
	}, {
		.name = "drain does not wait for workers that get no CPU",
		.run = starved,
		.arg = 0,
		.seconds = 120,
	}, {
		.name = "enabled=0 does not wait for workers that get no CPU",
		.run = starved,
		.arg = 1,
		.seconds = 120,
	}, {
		.name = "unloading frees the backlog without waiting for workers that get no CPU",
		.run = starved,
		.module = FRESH,
		.arg = 2,
		.seconds = 120,
	}, {
		.name = "fewer workers are there at once, though they are starved and processes go on dying",
		.run = resized,
	},
	{}
};
