// SPDX-License-Identifier: GPL-2.0
/* Slots that several processes have entries of: a sweep takes those of one. */
#include <signal.h>
#include <sys/mman.h>

#include "cgroup.h"
#include "module.h"
#include "region.h"
#include "runner.h"
#include "swap.h"
#include "task.h"
#include "util.h"

#define PAGES		2048
#define SIZE		(PAGES * PAGE)
#define KSM		"/sys/kernel/mm/ksm/"
#define KSM_CGROUP	"ksm"
#define KSM_PAGES	512
#define KSM_SIZE	(KSM_PAGES * PAGE)
#define KSM_MS		30000

/* Waits beside its child that shares its entries; which of them hears is told. */
static void wait_beside_child(struct task *test, void *arg)
{
	struct region region = region_create(SIZE, 1);

	(void)arg;
	region_must_page_out(&region, IN_ORDER);
	if (!fork())
		task_say(test, getpid());
	task_hear(test);
	for (size_t i = 0; i < PAGES / 2; i++)
		region_verify_page(&region, i);
	task_say(test, getpid());
	task_hear(test);
}

static void die_next(pid_t pid)
{
	long entries = task_swapped(pid);
	struct books books;

	books_open();
	check(!kill(pid, SIGKILL), "kill: %m");
	/* who looks at its memory now could be the one to free it */
	check(wait_until(books_read().diverted >= entries, 5000),
	      "%ld of %ld entries of process %d were diverted",
	      books_read().diverted, entries, pid);
	books = books_settle();
	check_equal(books.diverted, entries, "diverted");
	check_equal(books.swept, entries, "swept");
}

static void by_fork(const struct test *test)
{
	long free_before = swap_free(), counted;
	bool parent_first = test->arg;
	pid_t first, second;
	struct task parent;

	knob_set("sweep", 1);
	parent = task_start(wait_beside_child, NULL);
	second = task_hear(&parent);
	first = parent.pid;
	if (!parent_first) {
		first = second;
		second = parent.pid;
	}
	check_equal(task_swapped(first), PAGES, "entries of the first");
	counted = task_counts_swapped(second);
	die_next(first);
	check_equal(task_counts_swapped(second), counted, "VmSwap of the other");
	check_equal(task_swapped(second), PAGES, "entries of the other");
	task_say(&parent, 0);
	check_equal(task_hear(&parent), second, "the other's word");
	check_equal(task_swapped(second), PAGES / 2, "entries left");
	die_next(second);
	swap_must_be_back(free_before);
}

/* Two regions of the same text, in a cgroup, so that they can be reclaimed. */
static void be_merged(struct task *parent, void *arg)
{
	struct region regions[2];

	(void)arg;
	cgroup_enter(KSM_CGROUP);
	for (int i = 0; i < 2; i++) {
		regions[i] = region_create(KSM_SIZE, 1);
		check(!madvise(regions[i].base, KSM_SIZE, MADV_MERGEABLE),
		      "MADV_MERGEABLE: %m");
	}
	task_say(parent, 0);
	task_hear(parent);
	for (int i = 0; i < 2; i++)
		region_verify(&regions[i]);
}

static void merge(long pages)
{
	write_file(KSM "pages_to_scan", "10000");
	check(!write_file(KSM "run", "1"), "cannot start ksmd");
	check(wait_until(read_number(KSM "pages_sharing") >= pages, KSM_MS),
	      "only %ld of %ld pages share another",
	      read_number(KSM "pages_sharing"), pages);
	check(!write_file(KSM "run", "0"), "cannot stop ksmd");
}

static bool reclaimed(const struct task *task, long entries)
{
	cgroup_reclaim(KSM_CGROUP, 4 * KSM_SIZE);
	return task_swapped(task->pid) >= entries;
}

static void ksm(const struct test *test)
{
	struct task victim, survivor;
	long free_before = swap_free();
	struct books books;

	(void)test;
	if (access(KSM "run", W_OK))
		skip("the kernel merges no pages");
	cgroup_create(KSM_CGROUP);
	knob_set("sweep", 1);
	victim = task_start(be_merged, NULL);
	survivor = task_start(be_merged, NULL);
	task_hear(&victim);
	task_hear(&survivor);
	merge(3 * KSM_PAGES);
	check(wait_until(reclaimed(&victim, 2 * KSM_PAGES), 20000),
	      "only %ld of %d merged pages are in swap",
	      task_swapped(victim.pid), 2 * KSM_PAGES);
	task_kill(&victim);
	books = books_settle();
	check_equal(books.swept, 2 * KSM_PAGES, "swept");
	check_equal(books.diverted, 2 * KSM_PAGES, "diverted");
	task_say(&survivor, 0);
	task_join(&survivor);
	swap_must_be_back(free_before);
}

const struct test shared_tests[] = {
	{
		.name = "a sweep takes no entry of the child that shares them, and they are freed once",
		.run = by_fork,
		.arg = true,
	}, {
		.name = "a sweep takes no entry of the parent that shares them, and they are freed once",
		.run = by_fork,
		.arg = false,
	}, {
		.name = "entries of merged pages are swept, and those who share them lose nothing",
		.run = ksm,
	},
	{}
};
