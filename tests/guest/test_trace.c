// SPDX-License-Identifier: GPL-2.0
/* Trace events and histograms say what the counters say. */
#include <stdio.h>
#include <string.h>

#include "module.h"
#include "runner.h"
#include "swap.h"
#include "trace.h"
#include "util.h"
#include "victim.h"

#define SIZE		(2048 * PAGE)
#define KILLS		3

/* What the events in the trace say of @field, added up. */
static long traced(const char *event, const char *field)
{
	FILE *trace = trace_open();
	char line[512], *at;
	long sum = 0;

	while (fgets(line, sizeof(line), trace)) {
		at = strstr(line, event);
		if (at)
			sum += trace_field(at, field);
	}
	fclose(trace);
	return sum;
}

static void must_trace(const char *event, const char *field, long value)
{
	char what[64];

	snprintf(what, sizeof(what), "%s %s", event, field);
	check_equal(traced(event, field), value, what);
}

static void events(const struct test *test)
{
	long entries, in_place, age, drained;
	struct books books;

	(void)test;
	trace_clear();
	trace_let_in(MODULE, true);
	entries = victim_sacrifice(SIZE, SCATTERED);
	knob_set("exit_threshold", entries * 2);
	in_place = victim_sacrifice(SIZE, IN_ORDER);
	books = books_settle();
	trace_let_in(MODULE, false);

	check_equal(books.diverted, entries, "diverted");
	must_trace(" scope_end: ", "diverted", entries);
	must_trace(" scope_end: ", "in_place", 0);
	must_trace(" drain: ", "pages", entries);
	must_trace(" fallback: reason=small ", "pages", books.fallbacks);
	age = traced(" drain: ", "age_us");
	drained = traced(" drain: ", "drain_us");
	diag("%ld calls for %ld runs, %ld us old, drained in %ld us",
	     traced(" drain: ", "calls"), traced(" drain: ", "runs"), age,
	     drained);
	check(traced(" drain: ", "calls") > 0 &&
	      traced(" drain: ", "calls") <= entries, "calls");
	check(drained > 0 && age > 0, "nothing was pending for any time");
	check(traced(" scope_end: ", "exit_us") > 0, "an exit took no time");
	/* the kernel's own sum is off by some tens a CPU */
	check(traced(" scope_begin: ", "entries") > entries / 2,
	      "scope_begin says less than half of what there was");
	check(in_place >= books.fallbacks, "more fallbacks than entries");
}

/* The sum of a histogram's counts; with @value, only of its bucket. */
static long counted(const char *name, const long *value)
{
	char path[64];
	long from, to, count, sum = 0;
	FILE *file;

	snprintf(path, sizeof(path), DEBUGFS "swapreap/%s", name);
	file = fopen(path, "r");
	check(file, "there is no %s", path);
	while (fscanf(file, "%ld %ld %ld\n", &from, &to, &count) == 3)
		if (!value || (from <= *value && *value < to))
			sum += count;
	check(feof(file), "%s has a line that is not FROM TO COUNT", path);
	fclose(file);
	return sum;
}

static void histograms(const struct test *test)
{
	long entries, age_max;

	(void)test;
	must_mount("debugfs", DEBUGFS);
	for (int i = 0; i < KILLS; i++)
		entries = victim_sacrifice(SIZE, IN_ORDER);
	books_settle();
	age_max = knob_get("stats/age_max_us");
	check_equal(counted("scope_pages", &entries), KILLS, "scopes of this size");
	check_equal(counted("scope_pages", NULL), KILLS, "scopes by size");
	check_equal(counted("exit_us", NULL), KILLS, "scopes by time");
	check(counted("age_us", &age_max) > 0, "nothing as old as age_max_us");
}

const struct test trace_tests[] = {
	{
		.name = "the trace events scope_begin, scope_end, drain and fallback say what stats/ says",
		.run = events,
	}, {
		.name = "the histograms in debugfs count each exit by size and time, and what was drained by age",
		.run = histograms,
		.module = FRESH,
	},
	{}
};
