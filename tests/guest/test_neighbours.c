// SPDX-License-Identifier: GPL-2.0
/*
 * Others who look at the same functions, there before the module or after it:
 * both see what they came for. Who changes where the functions go on, as a
 * livepatch does, is in test_refusal.c.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "fentry.h"
#include "module.h"
#include "runner.h"
#include "swap.h"
#include "trace.h"
#include "util.h"
#include "victim.h"

#define SIZE	(1024 * PAGE)
/* what the kernel says where it knows no BPF trampoline */
#define ENOTSUPP	524

#define EVENT	"swapreap_test/target"

/* The functions the module hooks. */
static char target[64];
static const char *const functions[] = { target, "exit_mmap" };

struct neighbour {
	void (*come)(void);
	/* whether it saw a call of @function */
	bool (*saw)(const char *function);
	void (*leave)(void);
};

static void must_write(const char *file, const char *text)
{
	char path[128];
	int err;

	snprintf(path, sizeof(path), TRACING "%s", file);
	err = write_file(path, text);
	check(!err, "cannot write '%s' to %s: %s", text, path, strerror(-err));
}

static bool file_has(const char *file, const char *word)
{
	char path[128], line[512];
	bool found = false;
	FILE *stream;

	snprintf(path, sizeof(path), TRACING "%s", file);
	stream = fopen(path, "re");
	check(stream, "cannot read %s: %m", path);
	while (!found && fgets(line, sizeof(line), stream))
		found = line[0] != '#' && strstr(line, word);
	fclose(stream);
	return found;
}

static void need_tracing(const char *file, const char *word)
{
	must_mount("tracefs", "/sys/kernel/tracing");
	if (access(TRACING "available_tracers", F_OK) || !file_has(file, word))
		skip("the kernel has no %s", word);
}

/* Only opening it so empties it; a write adds one function. */
static void trace_all(void)
{
	FILE *filter = fopen(TRACING "set_ftrace_filter", "we");

	check(filter, "cannot write " TRACING "set_ftrace_filter: %m");
	fclose(filter);
}

static void trace_with(const char *tracer)
{
	need_tracing("available_tracers", tracer);
	trace_all();
	for (size_t i = 0; i < ARRAY_SIZE(functions); i++)
		must_write("set_ftrace_filter", functions[i]);
	trace_clear();
	must_write("current_tracer", tracer);
}

static void trace_functions(void)
{
	trace_with("function");
}

static void trace_graph(void)
{
	trace_with("function_graph");
}

static bool trace_has(const char *function)
{
	return file_has("trace", function);
}

static void stop_tracing(void)
{
	must_write("current_tracer", "nop");
	trace_all();
}

static void probe(void)
{
	char text[128];

	must_mount("tracefs", "/sys/kernel/tracing");
	snprintf(text, sizeof(text), "p:" EVENT " %s", target);
	if (write_file(TRACING "kprobe_events", text) == -ENOENT &&
	    access(TRACING "kprobe_events", F_OK))
		skip("the kernel has no kprobe events");
	trace_clear();
	trace_let_in(EVENT, true);
}

static bool probe_hit(const char *function)
{
	return function != target || file_has("trace", "target:");
}

static void stop_probing(void)
{
	trace_let_in(EVENT, false);
	must_write("kprobe_events", "-:" EVENT);
}

static struct fentry programs[ARRAY_SIZE(functions)];

static void attach_programs(void)
{
	if (access("/sys/kernel/btf/vmlinux", F_OK))
		skip("the kernel does not describe its functions to BPF");
	for (size_t i = 0; i < ARRAY_SIZE(functions); i++) {
		int err = fentry_attach(&programs[i], functions[i]);

		if (err == -ENOTSUPP || err == -EOPNOTSUPP)
			skip("the kernel cannot trace functions by BPF");
		check(!err, "cannot attach to %s: %s", functions[i],
		      strerror(-err));
	}
}

static bool program_ran(const char *function)
{
	return fentry_runs(&programs[function != target]) > 0;
}

static void detach_programs(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(functions); i++)
		fentry_detach(&programs[i]);
}

enum { FUNCTION, GRAPH, PROBE, BPF };

static const struct neighbour neighbours[] = {
	[FUNCTION] = { trace_functions, trace_has, stop_tracing },
	[GRAPH] = { trace_graph, trace_has, stop_tracing },
	[PROBE] = { probe, probe_hit, stop_probing },
	[BPF] = { attach_programs, program_ran, detach_programs },
};

static void learn_target(void)
{
	knob_read("target", target, sizeof(target));
}

static void check_diverts(void)
{
	long free_before = swap_free(), entries;

	books_open();
	entries = victim_sacrifice(SIZE, SCATTERED);
	check_equal(books_settle().diverted, entries, "diverted");
	swap_must_be_back(free_before);
}

static void check_both(const struct neighbour *neighbour)
{
	check_diverts();
	for (size_t i = 0; i < ARRAY_SIZE(functions); i++)
		check(neighbour->saw(functions[i]), "%s was called unseen",
		      functions[i]);
}

static void after_us(const struct test *test)
{
	const struct neighbour *neighbour = &neighbours[test->arg];

	learn_target();
	neighbour->come();
	check_both(neighbour);
	neighbour->leave();
	check_diverts();
}

static void before_us(const struct test *test)
{
	const struct neighbour *neighbour = &neighbours[test->arg];

	module_must_load("");
	learn_target();
	module_must_unload();
	neighbour->come();
	module_must_load("");
	check_both(neighbour);
	neighbour->leave();
	check_diverts();
}

/* They leave last, and we have gone from under them. */
static void outlives_us(const struct test *test)
{
	const struct neighbour *neighbour = &neighbours[test->arg];

	learn_target();
	neighbour->come();
	module_must_unload();
	victim_sacrifice(SIZE, IN_ORDER);
	neighbour->leave();
}

#define BEFORE_US(which, what)						\
	{								\
		.name = what " there before us sees the calls, and we divert", \
		.run = before_us,					\
		.arg = which,						\
		.module = UNLOADED,					\
	}

#define AFTER_US(which, what)						\
	{								\
		.name = what " that comes after us sees the calls, and we divert", \
		.run = after_us,					\
		.arg = which,						\
	}

#define OUTLIVES_US(which, what)					\
	{								\
		.name = what " that came after us stays when we unload", \
		.run = outlives_us,					\
		.arg = which,						\
		.module = FRESH,					\
	}

const struct test neighbours_tests[] = {
	BEFORE_US(FUNCTION, "a function tracer"),
	AFTER_US(FUNCTION, "a function tracer"),
	OUTLIVES_US(FUNCTION, "a function tracer"),
	BEFORE_US(GRAPH, "a function_graph tracer"),
	AFTER_US(GRAPH, "a function_graph tracer"),
	OUTLIVES_US(GRAPH, "a function_graph tracer"),
	BEFORE_US(PROBE, "a kprobe event"),
	AFTER_US(PROBE, "a kprobe event"),
	OUTLIVES_US(PROBE, "a kprobe event"),
	BEFORE_US(BPF, "a BPF fentry program"),
	AFTER_US(BPF, "a BPF fentry program"),
	OUTLIVES_US(BPF, "a BPF fentry program"),
	{}
};
