// SPDX-License-Identifier: GPL-2.0
/*
 * Page tables of all sorts: of a process that dies, the entries of swap slots are
 * swept, and what lies between them does not matter.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <signal.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#include "kmsg.h"
#include "module.h"
#include "region.h"
#include "runner.h"
#include "swap.h"
#include "task.h"
#include "util.h"

#ifndef MADV_GUARD_INSTALL
#define MADV_GUARD_INSTALL	102
#endif
#ifndef MADV_SOFT_OFFLINE
#define MADV_SOFT_OFFLINE	101
#endif

#define PAGES		512
#define REST		1536
#define SIZE		(PAGES * PAGE)
#define LONGEST_HOLE	17
#define LONGEST_RUN	7
#define POISONED	4
#define HUGETLB_PAGES	"/proc/sys/vm/nr_hugepages"

/* Makes memory; how many entries it has in swap. */
typedef long (*lay_out_fn)(void);

/* With enough in swap besides that a sweep is worth it. */
static void lay_out_and_wait(struct task *parent, void *arg)
{
	const lay_out_fn *lay_out = arg;
	struct region rest = region_create(REST * PAGE, 1);

	region_must_page_out(&rest, IN_ORDER);
	task_say(parent, REST + (*lay_out)());
	task_hear(parent);
}

static void die_laid_out(lay_out_fn lay_out)
{
	long free_before = swap_free(), entries;
	int kmsg = kmsg_open();
	struct books books;
	struct task task;

	knob_set("sweep", 1);
	task = task_start(lay_out_and_wait, &lay_out);
	entries = task_hear(&task);
	check_equal(task_swapped(task.pid), entries, "entries in swap");
	task_kill(&task);
	books = books_settle();
	check_equal(books.swept, entries, "swept");
	check_equal(books.diverted, entries, "diverted");
	check_equal(books.fallbacks, 0, "freed in place");
	swap_must_be_back(free_before);
	check(!kmsg_says(kmsg, "Bad rss-counter", ""),
	      "the kernel complains of an rss counter");
}

static unsigned char *map_empty(size_t size)
{
	void *base = mmap(NULL, size, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	check(base != MAP_FAILED, "mmap: %m");
	madvise(base, size, MADV_NOHUGEPAGE);
	return base;
}

/* What lies between two runs of entries. */
enum hole { RESIDENT, ZERO_PAGES, UNTOUCHED, GUARDS, UNMAPPED, OTHER_VMA };

static void make_hole(enum hole hole, unsigned char *base, size_t pages)
{
	struct region region = { base, pages * PAGE, 0 };

	switch (hole) {
	case RESIDENT:
		region_fill(&region, 1);
		break;
	case ZERO_PAGES:
		for (size_t i = 0; i < pages; i++)
			check(!base[i * PAGE], "memory is not zero");
		break;
	case UNTOUCHED:
		break;
	case GUARDS:
		/* a kernel that has none leaves them untouched */
		check(!madvise(base, region.size, MADV_GUARD_INSTALL) ||
		      errno == EINVAL, "MADV_GUARD_INSTALL: %m");
		break;
	case UNMAPPED:
		region_destroy(&region);
		break;
	case OTHER_VMA:
		check(!mprotect(base, region.size, PROT_READ), "mprotect: %m");
		break;
	}
}

/* A hole of every kind and size, each behind a run of entries. */
static long lay_out_holes(const enum hole *kinds, size_t count)
{
	unsigned char *at = map_empty(count * LONGEST_HOLE *
				      (LONGEST_HOLE + LONGEST_RUN) * PAGE);
	long entries = 0;

	for (size_t pages = 1; pages <= LONGEST_HOLE; pages++) {
		for (size_t kind = 0; kind < count; kind++) {
			size_t run = 1 + (pages + kind) % LONGEST_RUN;
			struct region swapped = { at, run * PAGE, 0 };

			region_fill(&swapped, pages);
			region_must_page_out(&swapped, IN_ORDER);
			entries += run;
			at += swapped.size;
			make_hole(kinds[kind], at, pages);
			at += pages * PAGE;
		}
	}
	return entries;
}

static long holes_in_one_vma(void)
{
	static const enum hole kinds[] = {
		RESIDENT, ZERO_PAGES, UNTOUCHED, GUARDS
	};

	return lay_out_holes(kinds, ARRAY_SIZE(kinds));
}

static long holes_between_vmas(void)
{
	static const enum hole kinds[] = { UNMAPPED, RESIDENT, OTHER_VMA };

	return lay_out_holes(kinds, ARRAY_SIZE(kinds));
}

static void one_vma(const struct test *test)
{
	(void)test;
	die_laid_out(holes_in_one_vma);
}

static void several_vmas(const struct test *test)
{
	(void)test;
	die_laid_out(holes_between_vmas);
}

/* A file descriptor, or -1. */
static int open_userfaultfd(void)
{
	struct uffdio_api api = {
		.api = UFFD_API,
		.features = UFFD_FEATURE_PAGEFAULT_FLAG_WP,
	};
	int fd = syscall(SYS_userfaultfd, O_CLOEXEC);

	if (fd >= 0 && ioctl(fd, UFFDIO_API, &api)) {
		close(fd);
		return -1;
	}
	return fd;
}

/* Every other page of a region in swap. */
static long write_protected(void)
{
	struct region region = region_create(SIZE, 1);
	struct uffdio_register range = {
		.range = { (uintptr_t)region.base, region.size },
		.mode = UFFDIO_REGISTER_MODE_WP,
	};
	int fd = open_userfaultfd();

	check(!ioctl(fd, UFFDIO_REGISTER, &range), "UFFDIO_REGISTER: %m");
	for (size_t i = 0; i < PAGES; i += 2) {
		struct uffdio_writeprotect page = {
			.range = { range.range.start + i * PAGE, PAGE },
			.mode = UFFDIO_WRITEPROTECT_MODE_WP,
		};

		check(!ioctl(fd, UFFDIO_WRITEPROTECT, &page),
		      "UFFDIO_WRITEPROTECT: %m");
	}
	region_must_page_out(&region, IN_ORDER);
	return PAGES;
}

static void userfaultfd(const struct test *test)
{
	int fd = open_userfaultfd();

	(void)test;
	if (fd < 0)
		skip("the kernel write-protects nothing by userfaultfd");
	close(fd);
	die_laid_out(write_protected);
}

/* Half was not written to since, the other was, and half of that not in swap. */
static long soft_dirty(void)
{
	struct region region = region_create(SIZE, 1);
	struct region dirty = { region.base, SIZE / 2, 0 };

	region_must_page_out(&region, IN_ORDER);
	check(!write_file("/proc/self/clear_refs", "4"), "clear_refs: %m");
	region_fill(&dirty, 2);
	region_must_page_out(&dirty, SCATTERED);
	check_equal(region_swapped(&region), PAGES, "entries");
	return PAGES;
}

static void clear_refs(const struct test *test)
{
	(void)test;
	if (write_file("/proc/self/clear_refs", "4"))
		skip("the kernel tracks no soft-dirty pages");
	die_laid_out(soft_dirty);
}

static void return_from(int signal)
{
	(void)signal;
}

/* @advice for some pages here and there; entries in what remains. */
static long beside_faulty_memory(int advice)
{
	struct region region = region_create(SIZE, 1);
	size_t step = PAGES / POISONED;

	signal(SIGBUS, return_from);
	for (size_t i = step / 2; i < PAGES; i += step)
		check(!madvise(region.base + i * PAGE, PAGE, advice),
		      "madvise %d: %m", advice);
	for (size_t i = 0; i < PAGES; i += step) {
		struct region part = { region.base + i * PAGE, step / 2 * PAGE, 0 };

		region_must_page_out(&part, IN_ORDER);
	}
	return PAGES / 2;
}

static long beside_poison(void)
{
	return beside_faulty_memory(MADV_HWPOISON);
}

static long beside_retired(void)
{
	return beside_faulty_memory(MADV_SOFT_OFFLINE);
}

static void faulty_memory(const struct test *test)
{
	(void)test;
	/* nothing is mapped at 0, where it knows the advice */
	if (madvise(NULL, PAGE, MADV_HWPOISON) && errno == EINVAL)
		skip("the kernel does not handle memory failures");
	die_laid_out(beside_poison);
	books_open();
	die_laid_out(beside_retired);
}

/*
 * A page of each kind and entries in turn, in tables that are neighbours. With
 * none of hugetlb's to be had it is one of entries more.
 */
static long among_huge_pages(void)
{
	size_t huge = huge_page_size();
	unsigned char *at = map_empty(7 * huge);
	long entries = 0;

	at += -(uintptr_t)at % huge;
	for (int i = 0; i < 6; i++, at += huge) {
		struct region region = { at, SIZE / 4, 0 };

		if (i == 1 && mmap(at, huge, PROT_READ | PROT_WRITE,
				   MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB |
				   MAP_FIXED, -1, 0) == at) {
			*at = 1;
			continue;
		}
		if (i == 3) {
			madvise(at, huge, MADV_HUGEPAGE);
			*at = 1;
			continue;
		}
		region_fill(&region, i);
		region_must_page_out(&region, IN_ORDER);
		entries += region_pages(&region);
	}
	return entries;
}

static void huge_neighbours(const struct test *test)
{
	(void)test;
	if (write_file(THP "enabled", "madvise"))
		skip("the kernel has no transparent huge pages");
	if (write_file(HUGETLB_PAGES, "1") || read_number(HUGETLB_PAGES) != 1)
		diag("no page of hugetlb to be had");
	die_laid_out(among_huge_pages);
	write_file(HUGETLB_PAGES, "0");
}

const struct test entries_tests[] = {
	{
		.name = "entries between holes of every size and kind in one mapping are swept",
		.run = one_vma,
	}, {
		.name = "entries between holes of every size in many mappings are swept",
		.run = several_vmas,
	}, {
		.name = "entries that userfaultfd has write-protected are swept",
		.run = userfaultfd,
	}, {
		.name = "entries that are soft-dirty and entries that are not are swept",
		.run = clear_refs,
	}, {
		.name = "entries beside pages that fail are swept, and what became of the pages is left",
		.run = faulty_memory,
	}, {
		.name = "entries among huge pages of both kinds are swept",
		.run = huge_neighbours,
	},
	{}
};
