// SPDX-License-Identifier: GPL-2.0
/* Entries of huge pages, and of two devices. */
#include <stdio.h>

#include "module.h"
#include "runner.h"
#include "swap.h"
#include "util.h"
#include "victim.h"

#define SIZE	(2048 * PAGE)
#define SMALL	(1024 * PAGE)
#define LARGEST	0

static bool set_size(long kib, const char *when)
{
	char path[128];

	snprintf(path, sizeof(path), THP "hugepages-%ldkB/enabled", kib);
	return !write_file(path, when);
}

/*
 * Huge pages of @kib KiB, or LARGEST, and of no other size, where madvise asks
 * for them. Their KiB.
 */
static long set_only_size(long kib)
{
	long largest = huge_page_size() / 1024;

	if (write_file(THP "enabled", "madvise"))
		skip("the kernel has no transparent huge pages");
	if (kib == LARGEST)
		kib = largest;
	for (long other = 8; other <= largest; other *= 2)
		set_size(other, "never");
	/* older kernels have the largest and no switch for it */
	if (!set_size(kib, "madvise") && kib != largest)
		skip("the kernel has no huge pages of %ld KiB", kib);
	return kib;
}

/* How many huge pages of @kib KiB went to swap whole. */
static long swapped_whole(long kib)
{
	char path[128];

	snprintf(path, sizeof(path), THP "hugepages-%ldkB/stats/swpout", kib);
	if (!access(path, R_OK))
		return read_number(path);
	return read_keyed("/proc/vmstat", "thp_swpout");
}

static void swap_out_huge(struct task *parent, void *arg)
{
	struct region region = region_create_huge(SIZE, 1);

	(void)arg;
	region_must_page_out(&region, IN_ORDER);
	task_say(parent, region_pages(&region));
	task_hear(parent);
}

static void whole_pages(const struct test *test)
{
	long free_before = swap_free(), whole, entries, kib;
	struct books books;
	struct task task;

	kib = set_only_size(test->arg);
	whole = swapped_whole(kib);
	task = task_start(swap_out_huge, NULL);
	entries = task_hear(&task);
	whole = swapped_whole(kib) - whole;
	if (whole <= 0)
		skip("the kernel splits huge pages of %ld KiB to swap them out",
		     kib);
	diag("%ld huge pages of %ld KiB in swap", whole, kib);
	task_kill(&task);
	books = books_settle();
	check_equal(books.diverted + books.fallbacks, entries,
		    "diverted and freed in place");
	check(books.diverted > 0, "nothing was diverted");
	swap_must_be_back(free_before);
}

/* Half of each 512 pages is given up first, so that runs are cut short. */
static void swap_out_holes(struct task *parent, void *arg)
{
	struct region region = region_create_huge(SIZE, 1);
	size_t step = 512 * PAGE, hole = 257 * PAGE;

	(void)arg;
	region_must_page_out(&region, IN_ORDER);
	for (size_t at = 0; at < SIZE; at += step) {
		struct region part = { region.base + at, hole, 0 };

		region_destroy(&part);
	}
	task_say(parent, (SIZE - SIZE / step * hole) / PAGE);
	task_hear(parent);
}

static void cut_pages(const struct test *test)
{
	long free_before = swap_free(), entries;
	struct books books;
	struct task task;

	set_only_size(test->arg);
	task = task_start(swap_out_holes, NULL);
	entries = task_hear(&task);
	task_kill(&task);
	books = books_settle();
	check_equal(books.diverted + books.fallbacks, entries,
		    "diverted and freed in place");
	check(books.diverted > 0, "nothing was diverted");
	swap_must_be_back(free_before);
}

static void two_devices(const struct test *test)
{
	bool equal = test->arg;
	long free_before, entries;
	struct victim victim;

	swap_on(0, SMALL + 256 * PAGE, 2);
	swap_on(1, SIZE, equal ? 2 : 1);
	free_before = swap_free();
	victim = victim_start(SIZE, SCATTERED);
	diag("%ld and %ld pages used", swap_used(0), swap_used(1));
	check(swap_used(0) > 500 && swap_used(1) > 500,
	      "one device was not used");
	entries = victim.entries;
	victim_kill(&victim);
	check_equal(books_settle().diverted, entries, "diverted");
	swap_must_be_back(free_before);
	check(swap_used(0) + swap_used(1) <= swap_slack(),
	      "%ld and %ld pages are still used", swap_used(0), swap_used(1));
}

const struct test thp_tests[] = {
	{
		.name = "huge pages of 64 KiB are diverted and freed",
		.run = whole_pages,
		.arg = 64,
	}, {
		.name = "huge pages of 128 KiB are diverted and freed",
		.run = whole_pages,
		.arg = 128,
	}, {
		.name = "huge pages of 256 KiB are diverted and freed",
		.run = whole_pages,
		.arg = 256,
	}, {
		.name = "huge pages of 512 KiB are diverted and freed",
		.run = whole_pages,
		.arg = 512,
	}, {
		.name = "huge pages of 1 MiB are diverted and freed",
		.run = whole_pages,
		.arg = 1024,
	}, {
		.name = "huge pages of the largest size are diverted and freed",
		.run = whole_pages,
		.arg = LARGEST,
	}, {
		.name = "what munmap left of huge pages of the largest size is diverted and freed",
		.run = cut_pages,
		.arg = LARGEST,
	}, {
		.name = "entries of two devices of different priority are diverted and freed",
		.run = two_devices,
		.no_swap = true,
		.arg = false,
	}, {
		.name = "entries of two devices of equal priority are diverted and freed",
		.run = two_devices,
		.no_swap = true,
		.arg = true,
	},
	{}
};
