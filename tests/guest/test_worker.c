// SPDX-License-Identifier: GPL-2.0
/* The threads that drain: how many, where, how nice, and what they cost. */
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "module.h"
#include "runner.h"
#include "util.h"
#include "victim.h"

#define SIZE		(1024 * PAGE)
#define SETTLE_MS	5000

static int workers(void)
{
	return count_workers(NULL, NULL);
}

static bool every_node_has(long count)
{
	char name[32];

	for (int node = 0; node < node_count(); node++) {
		snprintf(name, sizeof(name), "node%d/workers", node);
		if (knob_get(name) != count)
			return false;
	}
	return true;
}

static void check_count(const struct test *test)
{
	static const long counts[] = { 1, 2, 4, 1 };

	(void)test;
	for (size_t i = 0; i < ARRAY_SIZE(counts); i++) {
		long entries, before = books_settle().diverted;

		knob_set("workers", counts[i]);
		check(wait_until(every_node_has(counts[i]), SETTLE_MS),
		      "not every node<N>/workers is %ld", counts[i]);
		check(wait_until(workers() == counts[i] * node_count(),
				 SETTLE_MS),
		      "%d threads for %ld workers on each of %d nodes",
		      workers(), counts[i], node_count());
		entries = victim_sacrifice(SIZE, SCATTERED);
		check_equal(books_settle().diverted - before, entries,
			    "diverted");
	}
}

static void automatic(const struct test *test)
{
	(void)test;
	knob_set("workers", 0);
	check_equal(victim_sacrifice(SIZE, SCATTERED), books_settle().diverted,
		    "diverted");
	check(nodes_sum("workers") >= 1, "no worker is left");
	check(nodes_sum("workers") <= cpu_count() + node_count(),
	      "%ld workers", nodes_sum("workers"));
}

static bool runs_on(const char *proc, const void *arg)
{
	cpu_set_t cpus = allowed_cpus(proc), both;

	CPU_AND(&both, &cpus, (const cpu_set_t *)arg);
	return CPU_COUNT(&cpus) && CPU_EQUAL(&both, &cpus);
}

static bool all_run_on(const char *list)
{
	cpu_set_t cpus;

	parse_cpu_list(list, &cpus);
	return workers() && count_workers(runs_on, &cpus) == workers();
}

static void check_cpus(const struct test *test)
{
	char all[16];
	const char *const lists[] = { "0", "1", all, "0" };

	(void)test;
	if (cpu_count() < 2)
		skip("there is one CPU only");
	snprintf(all, sizeof(all), "0-%d", cpu_count() - 1);
	knob_set("workers", 2);
	for (size_t i = 0; i < ARRAY_SIZE(lists); i++) {
		knob_must_write("worker_cpus", lists[i]);
		check(wait_until(all_run_on(lists[i]), SETTLE_MS),
		      "not all workers keep to CPUs %s", lists[i]);
		victim_sacrifice(SIZE, IN_ORDER);
		books_settle();
	}
	knob_set("workers", 4);
	check(wait_until(workers() == 4 * node_count() && all_run_on("0"),
			 SETTLE_MS),
	      "not all new workers keep to CPU 0");
}

/* Field 19 of /proc/PID/stat; the name in field 2 has no blanks. */
static bool is_nice(const char *proc, const void *arg)
{
	char path[64], stat[1024], *field, *rest = stat;

	snprintf(path, sizeof(path), "%s/stat", proc);
	if (read_file(path, stat, sizeof(stat)) <= 0)
		return false;
	for (int i = 1; i <= 19; i++)
		field = strsep(&rest, " ");
	return field && strtol(field, NULL, 10) == *(const long *)arg;
}

static void check_nice(const struct test *test)
{
	static const long values[] = { -20, 0, 10, 19 };

	(void)test;
	for (size_t i = 0; i < ARRAY_SIZE(values); i++) {
		knob_set("worker_nice", values[i]);
		check(wait_until(workers() && count_workers(is_nice, &values[i])
						== workers(), SETTLE_MS),
		      "not all workers have nice %ld", values[i]);
	}
	knob_set("workers", 4);
	check(wait_until(workers() == 4 * node_count() &&
			 count_workers(is_nice, &values[3]) == workers(),
			 SETTLE_MS), "not all new workers have nice 19");
}

static bool add_run_time(const char *proc, const void *arg)
{
	long *total = *(long *const *)arg;
	char path[64], text[128];

	snprintf(path, sizeof(path), "%s/schedstat", proc);
	if (read_file(path, text, sizeof(text)) > 0)
		*total += strtol(text, NULL, 10);
	return true;
}

static long run_time(void)
{
	long total = 0, *sum = &total;

	count_workers(add_run_time, &sum);
	return total;
}

static bool close_enough(long kernels, long ours)
{
	diag("%ld us by the kernel, %ld us by worker_cpu_ns", kernels / 1000,
	     ours / 1000);
	return labs(kernels - ours) < kernels / 4 + 1000000;
}

static void check_cpu_time(const struct test *test)
{
	long kernels = run_time();
	long ours = knob_get("stats/worker_cpu_ns");

	(void)test;
	victim_sacrifice(SIZE, SCATTERED);
	books_settle();
	/* a thread that runs right now is counted up to its last tick */
	check(wait_until_every(100000,
			       close_enough(run_time() - kernels,
					    knob_get("stats/worker_cpu_ns") - ours),
			       10000),
	      "worker_cpu_ns is far from what the kernel says");
}

const struct test worker_tests[] = {
	{
		.name = "workers=1, 2, 4 are seen in node<N>/workers and as threads, and drain",
		.run = check_count,
	}, {
		.name = "workers=0 keeps at least one and drains",
		.run = automatic,
	}, {
		.name = "worker_cpus is where all workers may run, new ones too",
		.run = check_cpus,
	}, {
		.name = "worker_nice is the nice value of all workers, new ones too",
		.run = check_nice,
	}, {
		.name = "worker_cpu_ns is the run time of the workers",
		.run = check_cpu_time,
		.module = FRESH,
		.params = "workers=1",
	},
	{}
};
