// SPDX-License-Identifier: GPL-2.0
/* The ways in: each does the main job, and hook= chooses. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "module.h"
#include "runner.h"
#include "swap.h"
#include "util.h"
#include "victim.h"

#define SIZE	(2048 * PAGE)
#define KILLS	6

static void check_hook(const char *expected)
{
	char hook[KNOB_SIZE];

	knob_read("hook", hook, sizeof(hook));
	check(!strcmp(hook, expected), "hook is '%s', not '%s'", hook, expected);
}

/* What a probe misses the kernel frees, so entries may be missing here. */
static void kill_by_kprobe(const struct test *test)
{
	long free_before = swap_free();
	struct victim victims[KILLS];
	long entries = victims_start(victims, KILLS, SIZE, test->arg);
	struct books books;

	check_hook("kprobe");
	victims_kill(victims, KILLS);
	books = books_settle();
	if (!knob_get("stats/missed"))
		check_equal(books.diverted + books.fallbacks, entries,
			    "diverted and freed in place");
	check(books.diverted > 0, "nothing was diverted");
	diag("%ld of %ld pages were diverted, %ld calls missed", books.diverted,
	     entries, knob_get("stats/missed"));
	swap_must_be_back(free_before);
}

static void switch_kprobe(const struct test *test)
{
	(void)test;
	for (int i = 0; i < 3; i++) {
		long entries;

		knob_set("enabled", 0);
		knob_set("enabled", 1);
		books_open();
		entries = victim_sacrifice(SIZE, IN_ORDER);
		check_equal(books_settle().diverted, entries, "diverted");
	}
}

static void check_auto(const struct test *test)
{
	(void)test;
	check_hook(kernel_has_vendor_hooks() ? "android" :
		   kernel_has_ftrace() ? "ftrace" : "kprobe");
}

static void refuse_unknown(const struct test *test)
{
	(void)test;
	check_equal(module_load("hook=livepatch"), -EINVAL, "loading");
	check_equal(module_load("hook="), -EINVAL, "loading");
	if (!kernel_has_vendor_hooks())
		check_equal(module_load("hook=android"), -EINVAL, "loading");
}

const struct test hook_tests[] = {
	{
		.name = "hook=auto is android where the kernel has its hooks, else ftrace where it has that, else kprobe",
		.run = check_auto,
		.module = FRESH,
		.params = "hook=auto",
	}, {
		.name = "hook=kprobe diverts and frees too, in order",
		.run = kill_by_kprobe,
		.arg = IN_ORDER,
		.module = FRESH,
		.params = "hook=kprobe",
	}, {
		.name = "hook=kprobe diverts and frees too, scattered",
		.run = kill_by_kprobe,
		.arg = SCATTERED,
		.module = FRESH,
		.params = "hook=kprobe",
	}, {
		.name = "with hook=kprobe, enabled goes off and on",
		.run = switch_kprobe,
		.module = FRESH,
		.params = "hook=kprobe",
	}, {
		.name = "a hook that the kernel does not have makes loading fail with EINVAL",
		.run = refuse_unknown,
		.module = UNLOADED,
	},
	{}
};
