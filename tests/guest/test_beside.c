// SPDX-License-Identifier: GPL-2.0
/*
 * What others do to the memory of the dying while it is swept: the kernel moves
 * pages, swapoff reads them in, the reaper and threads of the dying come along.
 */
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#include "module.h"
#include "region.h"
#include "runner.h"
#include "swap.h"
#include "task.h"
#include "util.h"
#include "victim.h"

#define PAGES		2048
#define SIZE		(PAGES * PAGE)
#define COMPACT		"/proc/sys/vm/compact_memory"
#define MOVED		2	/* victims at a time */
#define MOVE_ROUNDS	4
#define CHUNK		16	/* pages */
#define OFF_ROUNDS	6
#define OFF_ROUNDS_MAX	20
#define OFF_SECONDS	180
#define THREADS		3
#define DELAY_US	10000

/* Entries, and pages that are moved, take turns. */
static void half_in_swap(struct task *parent, void *arg)
{
	struct region region = region_create(SIZE, 1);
	long entries = 0;

	(void)arg;
	for (size_t at = 0; at < SIZE; at += 2 * CHUNK * PAGE) {
		struct region part = { region.base + at, CHUNK * PAGE, 0 };

		region_must_page_out(&part, IN_ORDER);
		entries += CHUNK;
	}
	task_say(parent, entries);
	task_hear(parent);
}

/* Back and forth between the nodes. */
static void migrate(pid_t pid, int round)
{
	unsigned long from = 1 << round % 2, to = 1 << (round + 1) % 2;

	if (node_count() > 1)
		syscall(SYS_migrate_pages, pid, 8 * sizeof(from), &from, &to);
}

struct moved {
	struct task tasks[MOVED];
};

/* Until told. */
static void move_pages(struct task *parent, void *arg)
{
	const struct moved *moved = arg;

	for (int round = 0; !task_told(parent, 0); round++) {
		for (int i = 0; i < MOVED; i++)
			migrate(moved->tasks[i].pid, round);
		write_file(COMPACT, "1");
	}
}

static long die_moved(void)
{
	struct moved moved;
	struct task mover;
	long entries = 0;

	for (int i = 0; i < MOVED; i++)
		moved.tasks[i] = task_start(half_in_swap, NULL);
	for (int i = 0; i < MOVED; i++)
		entries += task_hear(&moved.tasks[i]);
	mover = task_start(move_pages, &moved);
	/* no condition to wait for: any moment will do */
	usleep(DELAY_US);
	for (int i = 0; i < MOVED; i++)
		task_signal(&moved.tasks[i], SIGKILL);
	for (int i = 0; i < MOVED; i++)
		task_reap(&moved.tasks[i]);
	task_say(&mover, 0);
	task_join(&mover);
	return entries;
}

static void moving(const struct test *test)
{
	long free_before = swap_free(), entries = 0;
	struct books books;

	(void)test;
	if (access(COMPACT, W_OK))
		skip("the kernel moves no pages");
	knob_set("sweep", 1);
	for (int i = 0; i < MOVE_ROUNDS; i++)
		entries += die_moved();
	books = books_settle();
	check_equal(books.diverted + books.fallbacks, entries,
		    "diverted and freed in place");
	check_equal(books.swept, books.diverted, "swept");
	swap_must_be_back(free_before);
}

/* Gives pages up, writes to them and sends them to swap, wherever it likes. */
static void *disturb(void *arg)
{
	const struct region *region = arg;
	unsigned long state = (unsigned long)pthread_self();

	for (;;) {
		size_t chunk = (next_random(&state) >> 16) % (PAGES / CHUNK);
		unsigned char *at = region->base + chunk * CHUNK * PAGE;

		switch ((next_random(&state) >> 16) % 3) {
		case 0:
			madvise(at, CHUNK * PAGE, MADV_DONTNEED);
			break;
		case 1:
			madvise(at, CHUNK * PAGE, MADV_PAGEOUT);
			break;
		case 2:
			memset(at, state, CHUNK * PAGE);
			break;
		}
	}
	return NULL;
}

static void be_disturbed(struct task *parent, void *arg)
{
	struct region region = region_create(SIZE, 1);
	pthread_t thread;

	(void)arg;
	region_must_page_out(&region, IN_ORDER);
	for (int i = 0; i < THREADS; i++)
		check(!pthread_create(&thread, NULL, disturb, &region),
		      "cannot make a thread");
	task_say(parent, region_pages(&region));
	task_hear(parent);
}

static struct victim disturbed_victim_start(void)
{
	struct victim victim = { .task = task_start(be_disturbed, NULL) };

	victim.entries = task_hear(&victim.task);
	return victim;
}

static void take_swap_away(struct task *parent, void *arg)
{
	const unsigned long *delay_us = arg;

	task_say(parent, 0);
	usleep(*delay_us);
	task_say(parent, swap_off(0));
}

/*
 * The entries of @own are the victim's, too, as it was forked. From when swap goes
 * away nothing is diverted, so now and then the kill must come first.
 */
static void swap_off_while_dying(const struct region *own, bool disturbed,
				 unsigned long *state)
{
	unsigned long delay_us = (next_random(state) >> 16) % (2 * DELAY_US);
	struct victim victim;
	struct task off;

	region_must_page_out(own, IN_ORDER);
	victim = disturbed ? disturbed_victim_start() :
			     victim_start(SIZE, SCATTERED);
	off = task_start(take_swap_away, &delay_us);
	task_hear(&off);
	if (next_random(state) >> 16 & 1)
		usleep((next_random(state) >> 16) % DELAY_US);
	victim_kill_contended(&victim);
	check_equal(task_hear(&off), 0, "swapoff");
	task_join(&off);
	books_settle();
	check_equal(region_swapped(own), 0, "entries of a living process");
	region_verify(own);
	swap_remove(0);
	swap_start();
}

static void reaped_and_off(const struct test *test)
{
	struct region own = region_create(SIZE, 1);
	unsigned long state = 1;
	struct books books;

	knob_set("sweep", 1);
	knob_set("divert_mrelease", 1);
	knob_set("exit_threshold", 1);
	for (int i = 0; i < (books_read().swept ? OFF_ROUNDS : OFF_ROUNDS_MAX);
	     i++)
		swap_off_while_dying(&own, test->arg, &state);
	books = books_settle();
	check(books.swept > 0, "nothing was swept");
	diag("%ld entries were swept, %ld diverted, %ld freed in place",
	     books.swept, books.diverted, books.fallbacks);
}

const struct test beside_tests[] = {
	{
		.name = "processes that die while their pages are moved are swept",
		.run = moving,
	}, {
		.name = "a reap, an exit and swapoff at once lose nothing",
		.run = reaped_and_off,
		.seconds = OFF_SECONDS,
		.arg = false,
	}, {
		.name = "with hook=kprobe, a reap, an exit and swapoff at once lose nothing",
		.run = reaped_and_off,
		.seconds = OFF_SECONDS,
		.arg = false,
		.module = FRESH,
		.params = "hook=kprobe",
	}, {
		.name = "a reap, an exit and swapoff at once lose nothing while threads fault, give up and swap out the memory",
		.run = reaped_and_off,
		.seconds = OFF_SECONDS,
		.arg = true,
	}, {
		.name = "with hook=kprobe, a reap, an exit and swapoff at once lose nothing while threads fault, give up and swap out the memory",
		.run = reaped_and_off,
		.seconds = OFF_SECONDS,
		.arg = true,
		.module = FRESH,
		.params = "hook=kprobe",
	},
	{}
};
