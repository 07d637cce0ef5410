// SPDX-License-Identifier: GPL-2.0
/* How long something may be pending, and that afterwards all is quiet. */
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

#include "hog.h"
#include "module.h"
#include "runner.h"
#include "starve.h"
#include "swap.h"
#include "util.h"
#include "victim.h"

#define HOGS		50
#define AGE_MS		500
#define AGES		10
#define KILL_MS		10
#define VICTIMS		(AGES * AGE_MS / KILL_MS)
#define TOGETHER	16	/* that start at the same time */
#define SIZE		(96 * PAGE)
#define OLD_SIZE	afford(2048)
#define OLD_AGE_MS	300
#define STALL_AGE_MS	200
#define TRIES		5
#define FREED_MS	10000
#define QUIET_US	500000
#define THREADS		MODULE "*"	/* whatever it may call them */

static struct victim victims[VICTIMS];

/* A kernel with checkers has less memory, and more of it in each process. */
static int victim_count(void)
{
	return kernel_is_slow() ? VICTIMS / 4 : VICTIMS;
}

static void start_all(int priority)
{
	int count = victim_count();

	for (int i = 0; i < count; i += TOGETHER)
		victims_start(&victims[i], i + TOGETHER > count ?
			      count - i : TOGETHER, SIZE, IN_ORDER);
	for (int i = 0; i < count; i++)
		make_realtime(victims[i].task.pid, priority);
}

/* Evenly, in ten times max_age_ms or, where a death takes longer, in more. */
static void kill_all(void)
{
	long long period = patience(AGES * AGE_MS) / victim_count();
	long long next = now_ns();

	for (int i = 0; i < victim_count(); i++) {
		victim_kill(&victims[i]);
		next += period;
		if (next > now_ns())
			usleep((next - now_ns()) / 1000);
	}
}

static void bound(const struct test *test)
{
	long bound_us = patience(AGE_MS) / 1000;
	struct books books;

	(void)test;
	knob_set("max_age_ms", bound_us / 1000);
	knob_set("exit_threshold", 1);
	start_all(HOGS + 1);
	starve_all(HOGS);
	kill_all();
	feed_workers();
	books = books_settle();
	diag("%ld were diverted, %ld freed in place, the oldest was pending for %ld us",
	     books.diverted, books.fallbacks, knob_get("stats/age_max_us"));
	check(books.diverted > 0, "nothing was diverted");
	check(knob_get("stats/age_max_us") <= bound_us,
	      "entries were pending for %ld us", knob_get("stats/age_max_us"));
}

/*
 * All on one CPU, as each node looks at its own entries. False if the workers had a
 * turn: they are held, but the kernel may let some of them through.
 */
static bool die_beside_old(void)
{
	long age_ms = patience(STALL_AGE_MS) / 1000000;
	struct victim olds[3];
	long freed, refused;

	pin_to_cpu(0);
	victims_start(olds, ARRAY_SIZE(olds), OLD_SIZE, SCATTERED);
	unpin();
	books_open();
	knob_set("max_age_ms", age_ms);
	hold_workers();
	victim_kill(&olds[0]);
	freed = books_read().freed;
	refused = fallback("max_age");
	usleep(age_ms * 1000 / 2);
	victim_kill(&olds[1]);
	freed = books_read().freed - freed;
	refused = fallback("max_age") - refused;
	usleep(age_ms * 1000);
	victim_kill(&olds[2]);
	diag("%ld freed and %ld refused at half of max_age_ms, %ld pending beyond",
	     freed, refused, nodes_sum("pending"));
	check(freed || refused, "nothing was freed, all was diverted");
	check(freed || refused == olds[1].entries, "fallback_max_age is %ld",
	      refused);
	check_equal(nodes_sum("pending"), 0, "pending after the last death");
	feed_workers();
	books_settle();
	return refused;
}

static void stalled(const struct test *test)
{
	int tries = 1;

	(void)test;
	while (!die_beside_old())
		if (tries++ == TRIES)
			skip("the workers had a turn all %d times", TRIES);
}

/* Starved workers, and a backlog that grows old: they have to be lifted. */
static void lift_workers(void)
{
	struct victim victim = victim_start(OLD_SIZE, SCATTERED);

	knob_set("max_age_ms", patience(OLD_AGE_MS) / 1000000);
	starve_workers();
	victim_kill(&victim);
	check(wait_until(!knob_get("stats/pending"), FREED_MS),
	      "%ld are still pending", knob_get("stats/pending"));
	feed_workers();
}

static int threads(void)
{
	return count_processes(THREADS, NULL, NULL);
}

static bool is_ordinary(const char *proc, const void *arg)
{
	int policy = sched_getscheduler(process_id(proc));
	int nice;

	errno = 0;
	nice = getpriority(PRIO_PROCESS, process_id(proc));
	if (policy == SCHED_OTHER && !errno && nice == *(const long *)arg)
		return true;
	diag("thread %d has policy %d and nice %d", process_id(proc), policy,
	     nice);
	return false;
}

static void calms_down(const struct test *test)
{
	long nice = knob_get("worker_nice");

	(void)test;
	lift_workers();
	usleep(QUIET_US);
	check(threads() > 0, "there is no thread");
	check_equal(count_processes(THREADS, is_ordinary, &nice), threads(),
		    "threads that are neither real-time ones nor of another nice value");
}

static void no_timers(const struct test *test)
{
	FILE *list = fopen("/proc/timer_list", "re");
	char line[256];

	(void)test;
	if (!list)
		skip("this kernel has no /proc/timer_list");
	lift_workers();
	usleep(QUIET_US);
	while (fgets(line, sizeof(line), list))
		check(!strstr(line, "[" MODULE "]"), "a timer is armed: %s",
		      line);
	fclose(list);
}

static bool add_switches(const char *proc, const void *arg)
{
	long *total = *(long *const *)arg;
	char path[64];

	snprintf(path, sizeof(path), "%s/status", proc);
	*total += read_keyed(path, "voluntary_ctxt_switches");
	*total += read_keyed(path, "nonvoluntary_ctxt_switches");
	return true;
}

static long switches(void)
{
	long total = 0, *sum = &total;

	check(count_processes(THREADS, add_switches, &sum) > 0,
	      "there is no thread");
	return total;
}

static void sleeps(const struct test *test)
{
	long before, cpu_ns;

	(void)test;
	lift_workers();
	usleep(QUIET_US);
	before = switches();
	cpu_ns = knob_get("stats/worker_cpu_ns");
	usleep(QUIET_US);
	check_equal(switches(), before, "context switches");
	check_equal(knob_get("stats/worker_cpu_ns"), cpu_ns, "worker_cpu_ns");
}

const struct test age_tests[] = {
	{
		.name = "nothing is pending for longer than max_age_ms, under kills for ten times as long and with SCHED_FIFO tasks on every CPU",
		.run = bound,
		.module = FRESH,
		.seconds = 180,
	}, {
		.name = "while workers get no CPU for a quarter of max_age_ms exits are freed in place as fallback_max_age, and free what is old",
		.run = stalled,
		.module = FRESH,
	}, {
		.name = "half a second after a backlog was freed every thread is an ordinary one of worker_nice",
		.run = calms_down,
	}, {
		.name = "half a second after a backlog was freed no timer is armed",
		.run = no_timers,
	}, {
		.name = "half a second after a backlog was freed no thread wakes up",
		.run = sleeps,
	},
	{}
};
