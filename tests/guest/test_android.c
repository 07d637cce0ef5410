// SPDX-License-Identifier: GPL-2.0
/* What hook=android does that no other hook does. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "kmsg.h"
#include "module.h"
#include "runner.h"
#include "swap.h"
#include "util.h"
#include "victim.h"

/* In the kernel's log the module starts its lines so. */
#define SAYS		MODULE ": "

/* Fits into a page of the page table: one walk, or two. */
#define SIZE		(PAGE / sizeof(long) * 3 / 4 * PAGE)

static const char asking[] = "android_vh_swapmem_gather_add_bypass";

static void need_hooks(void)
{
	if (!kernel_has_vendor_hooks())
		skip("the kernel has no vendor hook of Android's");
}

static void insert_neighbour(const char *hook)
{
	char params[128];
	int err;

	snprintf(params, sizeof(params), "hook=%s", hook);
	err = module_insert(NEIGHBOUR_FILE, params);
	check(!err, "cannot sit at %s: %s", hook, strerror(-err));
}

static void remove_neighbour(void)
{
	check(!module_remove(NEIGHBOUR), "cannot unload %s", NEIGHBOUR);
}

static long neighbour_count(const char *name)
{
	char path[128];

	snprintf(path, sizeof(path), "/sys/module/" NEIGHBOUR "/parameters/%s",
		 name);
	return read_number(path);
}

/* The module has other probes: of swapoff, for example. */
static void no_probe(const struct test *test)
{
	char list[8192], target[KNOB_SIZE];

	(void)test;
	need_hooks();
	kprobes_read(list, sizeof(list));
	knob_read("target", target, sizeof(target));
	check(!strstr(list, target), "there are kprobes: %s", list);
}

static void neighbour_before(const struct test *test)
{
	int err, kmsg;

	(void)test;
	need_hooks();
	insert_neighbour(asking);
	kmsg = kmsg_open();
	err = module_load("hook=auto");
	check(err == -EBUSY, "loading: %s, expected EBUSY", strerror(-err));
	check(kmsg_says(kmsg, SAYS, asking),
	      "the kernel's log does not name %s", asking);
	remove_neighbour();
	module_must_load("hook=auto");
}

static void kprobe_beside(const struct test *test)
{
	long entries;

	(void)test;
	need_hooks();
	insert_neighbour(asking);
	module_must_load("hook=kprobe");
	books_open();
	entries = victim_sacrifice(SIZE, IN_ORDER);
	check_equal(books_settle().diverted, entries, "diverted");
}

static void neighbour_after(const struct test *test)
{
	long free_before = swap_free();
	long entries;

	(void)test;
	need_hooks();
	knob_set("sweep", 0);
	insert_neighbour(asking);
	entries = victim_sacrifice(SIZE, SCATTERED);
	check_equal(books_settle().diverted, 0, "diverted beside another");
	check_equal(knob_get("stats/missed"), entries, "missed");
	check(neighbour_count("asked") >= entries, "%ld asked, %ld died",
	      neighbour_count("asked"), entries);
	check_equal(neighbour_count("bypassed"), 0, "bypassed");
	swap_must_be_back(free_before);

	knob_set("enabled", 0);
	check_equal(knob_write("enabled", "1"), -EBUSY, "enabling");
	remove_neighbour();
	knob_set("enabled", 1);
	entries = victim_sacrifice(SIZE, SCATTERED);
	check_equal(books_settle().diverted, entries, "diverted alone");
	swap_must_be_back(free_before);
}

/* What the hook said of one entry must not hold for the next. */
static void refused_in_a_walk(const struct test *test)
{
	long free_before = swap_free();
	long entries, limit = SIZE / PAGE / 4;
	struct books books;

	(void)test;
	need_hooks();
	knob_set("sweep", 0);
	knob_set("exit_threshold", 1);
	knob_set("max_pending", limit);
	entries = victim_sacrifice(SIZE, SCATTERED);
	books = books_settle();
	check(books.diverted > 0 && books.diverted <= limit,
	      "%ld of %ld entries were diverted with max_pending=%ld",
	      books.diverted, entries, limit);
	check_equal(books.diverted + books.fallbacks, entries,
		    "diverted and freed in place");
	swap_must_be_back(free_before);
}

const struct test android_tests[] = {
	{
		.name = "by Android's vendor hook, no kprobe is on the target",
		.run = no_probe,
		.module = FRESH,
		.params = "hook=auto",
	}, {
		.name = "an entry refused after diverted ones in the same walk is freed in place",
		.run = refused_in_a_walk,
	}, {
		.name = "where somebody sits at the vendor hook, loading fails with EBUSY and names it",
		.run = neighbour_before,
		.module = UNLOADED,
		.no_swap = true,
	}, {
		.name = "where somebody sits at the vendor hook, hook=kprobe works",
		.run = kprobe_beside,
		.module = UNLOADED,
	}, {
		.name = "while somebody sits at the vendor hook, too, entries are left to the kernel",
		.run = neighbour_after,
		.module = FRESH,
	},
	{}
};
