// SPDX-License-Identifier: GPL-2.0
/*
 * What the module does when it gets no memory and no threads. The kernel makes
 * it so: Documentation/fault-injection/fault-injection.rst.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "module.h"
#include "runner.h"
#include "swap.h"
#include "util.h"
#include "victim.h"

#define SELF		"self"
#define KTHREADD	"2"	/* makes all threads of the kernel */

#define SIZE		(1024 * PAGE)
/* scattered, it needs more batches than a node keeps */
#define BIG		(20000 * PAGE)

static void set_one(const char *fault, const char *name, const char *value)
{
	char path[128];
	int err;

	snprintf(path, sizeof(path), DEBUGFS "%s/%s", fault, name);
	err = write_file(path, value);
	check(!err, "cannot write '%s' to %s: %s", value, path, strerror(-err));
}

static void set_all(const char *name, const char *value)
{
	set_one("failslab", name, value);
	set_one("fail_page_alloc", name, value);
}

/* Faults hit every allocation, but for those that @unless_waiting spares. */
static void prepare_faults(bool unless_waiting)
{
	if (access("/proc/self/fail-nth", F_OK))
		skip("the kernel has no fault injection");
	must_mount("debugfs", DEBUGFS);
	set_all("verbose", "0");
	set_all("ignore-gfp-wait", unless_waiting ? "1" : "0");
	set_one("fail_page_alloc", "min-order", "0");
}

/* Faults hit what @function calls and what these call, or all if it is NULL. */
static void fail_below(const char *function)
{
	unsigned long start = 0, end = ~0UL;
	char text[32];

	if (function)
		check(kernel_symbol_range(function, &start, &end),
		      "no symbol %s", function);
	snprintf(text, sizeof(text), "%#lx", start);
	set_all("require-start", text);
	snprintf(text, sizeof(text), "%#lx", end);
	set_all("require-end", text);
}

/*
 * The @nth allocation of the task from now on fails. To open the file would be
 * some of them, so that it stays open.
 */
static int fail_nth(const char *task, int nth)
{
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "/proc/%s/fail-nth", task);
	fd = open(path, O_RDWR | O_CLOEXEC);
	check(fd >= 0, "cannot open %s: %m", path);
	check(dprintf(fd, "%d", nth) > 0, "cannot write %s: %m", path);
	return fd;
}

/* Whether it came to that; from now on nothing fails. */
static bool nth_failed(int fd)
{
	char left[16];

	check(pread(fd, left, sizeof(left), 0) > 0, "cannot read fail-nth: %m");
	check(pwrite(fd, "0", 1, 0) == 1, "cannot write fail-nth: %m");
	close(fd);
	return atoi(left) == 0;
}

/* The kernel has two words for a thread that cannot be made. */
static bool for_want(int err)
{
	return err == ENOMEM || err == EAGAIN;
}

static void check_works(void)
{
	long entries;

	books_open();
	entries = victim_sacrifice(SIZE, IN_ORDER);
	check_equal(books_settle().diverted, entries, "diverted");
}

static void check_nothing_left(void)
{
	check(!module_is_loaded(MODULE), "it is loaded all the same");
	check(access(SYSFS, F_OK), "it left " SYSFS);
	check(access(DEBUGFS MODULE, F_OK), "it left " DEBUGFS MODULE);
}

/* One load in which the @nth allocation of @task fails, if it has so many. */
static bool load_fails(const char *task, int nth, int *refused)
{
	const char *best = kernel_has_ftrace() ? "ftrace" : "kprobe";
	int err, fault = fail_nth(task, nth);
	char hook[KNOB_SIZE];
	bool failed;

	err = module_load("workers=2");
	failed = nth_failed(fault);
	check(!err || for_want(-err), "allocation %d fails and loading says %s",
	      nth, strerror(-err));
	if (err) {
		check(failed, "loading fails without a reason");
		check_nothing_left();
		*refused += 1;
	} else {
		knob_read("hook", hook, sizeof(hook));
		check(!strcmp(hook, best), "it takes %s for want of memory",
		      hook);
		module_must_unload();
	}
	return failed;
}

static void loads(const char *task, const char *below)
{
	int nth = 1, refused = 0;

	prepare_faults(false);
	fail_below(below);
	while (load_fails(task, nth, &refused))
		nth++;
	diag("%d allocations, %d of them vital", nth - 1, refused);
	check(refused, "loading never failed");
	fail_below(NULL);
	module_must_load("");
	check_works();
}

static void load_without_memory(const struct test *test)
{
	(void)test;
	loads(SELF, "do_one_initcall");
}

static void load_without_threads(const struct test *test)
{
	(void)test;
	loads(KTHREADD, NULL);
}

/* As many as the knob says, where it names a number. */
static void check_workers(void)
{
	long wanted = knob_get("workers");

	if (wanted)
		check_equal(nodes_sum("workers"), wanted * node_directories(),
			    "workers");
}

static int open_knob(const char *name)
{
	char path[128];
	int fd;

	snprintf(path, sizeof(path), SYSFS "%s", name);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	check(fd >= 0, "cannot open %s: %m", path);
	return fd;
}

/* One write in which the @nth allocation of @task fails, if it has so many. */
static bool write_fails(const char *task, int nth, const char *name,
			const char *value, int *refused)
{
	char before[KNOB_SIZE], after[KNOB_SIZE];
	int fd = open_knob(name), err = 0, fault;
	bool failed;

	knob_read(name, before, sizeof(before));
	fault = fail_nth(task, nth);
	if (write(fd, value, strlen(value)) < 0)
		err = errno;
	failed = nth_failed(fault);
	close(fd);
	knob_read(name, after, sizeof(after));
	check_workers();
	check(!err || for_want(err), "allocation %d fails and %s says %s",
	      nth, name, strerror(err));
	check(!strcmp(after, err ? before : value),
	      "%s=%s: %s, and it is '%s' after '%s'", name, value,
	      strerror(err), after, before);
	*refused += !!err;
	return failed;
}

/* Allocation by allocation, from @from to @to and back. */
static void writes(const char *task, const char *name, const char *from,
		   const char *to)
{
	int nth = 0, refused = 0;
	bool failed;

	do {
		nth++;
		failed = write_fails(task, nth, name, to, &refused);
		knob_must_write(name, to);
		failed |= write_fails(task, nth, name, from, &refused);
		knob_must_write(name, from);
	} while (failed);
	diag("%s: %d allocations, %d refusals", name, nth - 1, refused);
	check_works();
}

static void write_without_memory(const struct test *test)
{
	(void)test;
	prepare_faults(false);
	fail_below(NULL);
	writes(SELF, "enabled", "1", "0");
	writes(SELF, "workers", "1", "3");
	writes(SELF, "worker_cpus", "0", "1");
	writes(SELF, "worker_nice", "19", "0");
	writes(SELF, "max_pending", "100000", "1000000");
}

static void write_without_threads(const struct test *test)
{
	(void)test;
	prepare_faults(false);
	fail_below(NULL);
	knob_set("workers", 1);
	writes(KTHREADD, "workers", "1", "3");
}

static void exit_without_memory(const struct test *test)
{
	struct victim victim = victim_start(BIG, SCATTERED);
	long free_before = swap_free();
	struct books books;
	char path[64];

	(void)test;
	prepare_faults(true);
	fail_below(NULL);
	set_all("task-filter", "1");
	set_all("times", "-1");
	set_all("probability", "100");
	snprintf(path, sizeof(path), "/proc/%d/make-it-fail", victim.task.pid);
	check(!write_file(path, "1"), "cannot write %s", path);
	victim_kill(&victim);
	set_all("probability", "0");
	books = books_settle();
	diag("%ld diverted, %ld freed in place", books.diverted,
	     books.fallbacks);
	check_equal(books.diverted + books.fallbacks, victim.entries,
		    "diverted and freed in place");
	check(fallback("nomem") > 0, "it always got memory");
	check(books.diverted > 0, "nothing was diverted");
	swap_must_be_back(free_before + victim.entries);
	check_works();
}

const struct test fault_tests[] = {
	{
		.name = "whichever allocation fails while it loads, loading fails with ENOMEM or it works, and a later load works",
		.run = load_without_memory,
		.module = UNLOADED,
		.seconds = 300,
	}, {
		.name = "whichever step of making a thread fails while it loads, loading fails with ENOMEM or EAGAIN, and a later load works",
		.run = load_without_threads,
		.module = UNLOADED,
		.seconds = 300,
	}, {
		.name = "whichever allocation fails while a knob changes, it is refused with ENOMEM and no change, or done",
		.run = write_without_memory,
		.module = FRESH,
		.seconds = 300,
	}, {
		.name = "whichever step of making a thread fails while workers grows, it is refused with ENOMEM or EAGAIN and no change",
		.run = write_without_threads,
		.module = FRESH,
		.seconds = 300,
	}, {
		.name = "where no page can be had without waiting, what the pool cannot hold is freed in place, and nothing is lost",
		.run = exit_without_memory,
		.module = FRESH,
	},
	{}
};
