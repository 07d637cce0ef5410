// SPDX-License-Identifier: GPL-2.0
/* What goes in comes out: nothing is lost, nothing leaks, the sums are right. */
#include <stdio.h>

#include "module.h"
#include "runner.h"
#include "swap.h"
#include "util.h"
#include "victim.h"

#define SIZE	afford(2048)
#define KILLS	6

static void one_kill(const struct test *test)
{
	long free_before = swap_free();
	long entries = victim_sacrifice(SIZE, test->arg);
	struct books books = books_settle();

	check_equal(books.diverted, entries, "diverted");
	check_equal(books.fallbacks, 0, "freed in place");
	swap_must_be_back(free_before);
}

static void many_kills(const struct test *test)
{
	long free_before = swap_free(), entries = 0;
	struct books books;

	for (int i = 0; i < KILLS; i++) {
		entries += victim_sacrifice(SIZE, test->arg);
		swap_must_be_back(free_before);
	}
	books = books_settle();
	check_equal(books.diverted + books.fallbacks, entries,
		    "diverted and freed in place");
	check_equal(knob_get("stats/scopes"), KILLS, "scopes");
	diag("%ld of %ld pages lag behind, %ld may", free_before - swap_free(),
	     entries, swap_slack());
}

static void many_at_once(const struct test *test)
{
	struct victim victims[KILLS];
	long free_before = swap_free();
	long entries = victims_start(victims, KILLS, SIZE, test->arg);
	struct books books;

	victims_kill(victims, KILLS);
	books = books_settle();
	check_equal(books.diverted + books.fallbacks, entries,
		    "diverted and freed in place");
	check(books.diverted > 0, "nothing was diverted");
	diag("%ld of %ld pages were freed in place", books.fallbacks, entries);
	swap_must_be_back(free_before);
}

static void kill_on_node(int node, const cpu_set_t *cpus)
{
	char name[32];
	long freed, entries;

	snprintf(name, sizeof(name), "node%d/freed", node);
	freed = knob_get(name);
	pin_to_cpus(cpus);
	entries = victim_sacrifice(SIZE, IN_ORDER);
	unpin();
	books_settle();
	check_equal(knob_get(name) - freed, entries, name);
}

static void sums(const struct test *test)
{
	cpu_set_t cpus;
	long least;

	(void)test;
	for (int node = 0; node_cpus(node, &cpus); node++)
		kill_on_node(node, &cpus);
	diag("%d nodes", node_count());
	check_equal(node_directories(), node_count(), "node<N> directories");
	check_equal(nodes_sum("freed"), knob_get("stats/freed"), "freed");
	check_equal(nodes_sum("pending"), knob_get("stats/pending"), "pending");
	least = nodes_sum("worker_cpu_ns");
	check(least > 0, "no node's workers used any CPU");
	check(knob_get("stats/worker_cpu_ns") >= least,
	      "node<N>/worker_cpu_ns are more than stats/worker_cpu_ns");
	check(knob_get("stats/worker_cpu_ns") <= nodes_sum("worker_cpu_ns"),
	      "node<N>/worker_cpu_ns are less than stats/worker_cpu_ns");
}

static void peaks(const struct test *test)
{
	long long start = now_ns();
	long age, entries = victim_sacrifice(SIZE, IN_ORDER);
	long peak = knob_get("stats/pending_max");

	(void)test;
	books_settle();
	age = knob_get("stats/age_max_us");
	check(peak > 0 && peak <= entries, "pending_max is %ld of %ld", peak,
	      entries);
	check(age > 0 && age <= (now_ns() - start) / 1000,
	      "age_max_us is %ld", age);
	diag("pending_max %ld, age_max_us %ld", peak, age);
}

const struct test books_tests[] = {
	{
		.name = "a killed process's entries are all diverted, all freed by a drain, and SwapFree is back",
		.run = one_kill,
		.arg = IN_ORDER,
	}, {
		.name = "the same with scattered entries",
		.run = one_kill,
		.arg = SCATTERED,
	}, {
		.name = "six kills in turn leak no swap",
		.run = many_kills,
		.module = FRESH,
		.arg = IN_ORDER,
	}, {
		.name = "six processes killed at once leak no swap, in order",
		.run = many_at_once,
		.arg = IN_ORDER,
	}, {
		.name = "six processes killed at once leak no swap, scattered",
		.run = many_at_once,
		.arg = SCATTERED,
	}, {
		.name = "each node<N>/freed counts the kills on its CPUs, and node<N>/ adds up to stats/",
		.run = sums,
	}, {
		.name = "pending_max and age_max_us are what one kill can make them",
		.run = peaks,
		.module = FRESH,
	},
	{}
};
