// SPDX-License-Identifier: GPL-2.0
/* Which teardown is diverted, and which is not. */
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "module.h"
#include "runner.h"
#include "swap.h"
#include "util.h"
#include "victim.h"

#define SIZE		(1024 * PAGE)
#define PAGES		((long)(SIZE / PAGE))
#define THRESHOLD	1000
/* MM_SWAPENTS is counted per CPU, and each may hold back some 32 */
#define MARGIN		200
#define THREADS		8

static void check_threshold(const struct test *test)
{
	long entries;
	struct books books;

	(void)test;
	knob_set("exit_threshold", THRESHOLD);
	entries = victim_sacrifice((THRESHOLD - MARGIN) * PAGE, IN_ORDER);
	books = books_settle();
	check_equal(books.diverted, 0, "diverted below the threshold");
	check(labs(fallback("small") - entries) <= MARGIN,
	      "fallback_small is %ld of %ld", fallback("small"), entries);

	entries = victim_sacrifice((THRESHOLD + MARGIN) * PAGE, IN_ORDER);
	check_equal(books_settle().diverted, entries,
		    "diverted above the threshold");
}

/* A process with swap entries gives them up by other means than its death. */
struct giving_up {
	struct region region;
	int fd;
	char path[32];
};

static void by_munmap(struct giving_up *it)
{
	region_destroy(&it->region);
}

static void by_madvise(struct giving_up *it)
{
	check(!madvise(it->region.base, it->region.size, MADV_DONTNEED),
	      "madvise: %m");
}

static void by_exec(struct giving_up *it)
{
	(void)it;
	execl("/proc/self/exe", "guest", "--nothing", NULL);
	fail("exec: %m");
}

static void by_truncating(struct giving_up *it)
{
	check(!ftruncate(it->fd, 0), "ftruncate: %m");
}

static void by_unlinking(struct giving_up *it)
{
	region_destroy(&it->region);
	check(!unlink(it->path), "unlink: %m");
	close(it->fd);
}

/* The last reference goes in do_exit, but not in exit_mmap. */
static void by_exit(struct giving_up *it)
{
	(void)it;
}

struct way {
	void (*give_up)(struct giving_up *it);
	int (*open)(struct giving_up *it);	/* NULL: anonymous memory */
};

static int open_memfd(struct giving_up *it)
{
	(void)it;
	return memfd_create("swapped", MFD_CLOEXEC);
}

static int open_tmpfs(struct giving_up *it)
{
	snprintf(it->path, sizeof(it->path), "/tmp/swapped.%d", getpid());
	return open(it->path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
}

/* What a page table does not map any more is found in SwapFree only. */
static void page_out_file(const struct region *region)
{
	long enough = swap_free() - region_pages(region) * 9 / 10;

	check(wait_until(({
		region_page_out(region, IN_ORDER);
		swap_free() <= enough;
	}), 10000), "the file is not swapped out");
}

static void give_up_and_end(struct task *parent, void *arg)
{
	const struct way *way = arg;
	struct giving_up it = { .fd = -1 };

	if (way->open) {
		it.fd = way->open(&it);
		check(it.fd >= 0, "cannot make the file: %m");
		it.region = region_create_shared(SIZE, 1, it.fd);
		page_out_file(&it.region);
	} else {
		it.region = region_create(SIZE, 1);
		region_must_page_out(&it.region, IN_ORDER);
	}
	task_say(parent, swap_free());
	way->give_up(&it);
}

enum { MUNMAP, MADVISE, EXEC, TRUNCATE, UNLINK, EXIT };

static const struct way ways[] = {
	[MUNMAP] = { by_munmap, NULL },
	[MADVISE] = { by_madvise, NULL },
	[EXEC] = { by_exec, NULL },
	[TRUNCATE] = { by_truncating, open_memfd },
	[UNLINK] = { by_unlinking, open_tmpfs },
	[EXIT] = { by_exit, open_memfd },
};

static void not_diverted(const struct test *test)
{
	long free_before = swap_free(), free_between;
	struct task task = task_start(give_up_and_end,
				      (void *)&ways[test->arg]);

	free_between = task_hear(&task);
	check(free_before - free_between >= PAGES * 8 / 10,
	      "only %ld pages were in swap", free_before - free_between);
	task_join(&task);
	swap_must_be_back(free_before);
	check_equal(books_read().diverted, 0, "diverted");
}

static void *touch_and_wait(void *arg)
{
	pthread_barrier_wait(arg);
	pause();
	return NULL;
}

static void start_threads(struct task *parent, void *arg)
{
	struct region region = region_create(SIZE, 1);
	pthread_barrier_t barrier;
	pthread_t thread;

	(void)arg;
	pthread_barrier_init(&barrier, NULL, THREADS + 1);
	for (int i = 0; i < THREADS; i++)
		check(!pthread_create(&thread, NULL, touch_and_wait, &barrier),
		      "cannot make a thread");
	pthread_barrier_wait(&barrier);
	region_must_page_out(&region, IN_ORDER);
	task_say(parent, PAGES);
	task_hear(parent);
}

static void multi_threaded(const struct test *test)
{
	struct task task = task_start(start_threads, NULL);

	(void)test;
	task_hear(&task);
	task_kill(&task);
	check_equal(books_settle().diverted, PAGES, "diverted");
	check_equal(knob_get("stats/scopes"), 1, "scopes");
}

static int sit(void *arg)
{
	(void)arg;
	for (;;)
		pause();
	return 0;
}

/*
 * Shares its memory with a process that is its parent's child too, so that
 * the test can reap either.
 */
static void start_sharer(struct task *parent, void *arg)
{
	static char stack[16384] __attribute__((aligned(16)));
	struct region region = region_create(SIZE, 1);

	(void)arg;
	region_must_page_out(&region, IN_ORDER);
	task_say(parent, clone(sit, stack + sizeof(stack),
			       CLONE_VM | CLONE_PARENT | SIGCHLD, NULL));
	task_hear(parent);
}

static void sharer(const struct test *test)
{
	struct task owner = task_start(start_sharer, NULL);
	struct task other = { .pid = task_hear(&owner), .line = -1 };
	bool owner_first = test->arg;

	task_kill(owner_first ? &owner : &other);
	check_equal(books_settle().diverted, 0,
		    "diverted while another shares the memory");
	task_kill(owner_first ? &other : &owner);
	check_equal(books_settle().diverted, PAGES,
		    "diverted when the last one died");
}

static void start_vfork(struct task *parent, void *arg)
{
	struct region region = region_create(SIZE, 1);
	pid_t pid;

	(void)arg;
	region_must_page_out(&region, IN_ORDER);
	/* the child runs on our stack while we wait for its end */
	pid = vfork();
	check(pid >= 0, "vfork: %m");
	if (!pid) {
		task_say(parent, syscall(SYS_getpid));
		for (;;)
			pause();
	}
	/* it lets us go on before it lets go of the memory that we share */
	check(waitpid(pid, NULL, 0) == pid, "waitpid: %m");
	task_say(parent, 0);
	task_hear(parent);
}

static void vforked(const struct test *test)
{
	struct task owner = task_start(start_vfork, NULL);
	pid_t child = task_hear(&owner);

	(void)test;
	check(!kill(child, SIGKILL), "kill: %m");
	check_equal(task_hear(&owner), 0, "the parent's word");
	check_equal(books_settle().diverted, 0, "diverted by a vfork()ed child");
	task_kill(&owner);
	check_equal(books_settle().diverted, PAGES, "diverted by its parent");
}

const struct test scope_tests[] = {
	{
		.name = "a process below exit_threshold is freed in place as fallback_small, one above is diverted",
		.run = check_threshold,
		.module = FRESH,
	}, {
		.name = "munmap is not diverted",
		.run = not_diverted,
		.arg = MUNMAP,
	}, {
		.name = "MADV_DONTNEED is not diverted",
		.run = not_diverted,
		.arg = MADVISE,
	}, {
		.name = "exec is not diverted",
		.run = not_diverted,
		.arg = EXEC,
	}, {
		.name = "truncating a swapped-out memfd is not diverted",
		.run = not_diverted,
		.arg = TRUNCATE,
	}, {
		.name = "unlinking a swapped-out tmpfs file is not diverted",
		.run = not_diverted,
		.arg = UNLINK,
	}, {
		.name = "a swapped-out memfd that a dying process drops is not diverted",
		.run = not_diverted,
		.arg = EXIT,
	}, {
		.name = "a process of nine threads is diverted once, by the last to die",
		.run = multi_threaded,
		.module = FRESH,
	}, {
		.name = "a CLONE_VM sharer that dies first is not diverted, the owner that dies last is",
		.run = sharer,
		.arg = false,
	}, {
		.name = "an owner that dies first is not diverted, the CLONE_VM sharer that dies last is",
		.run = sharer,
		.arg = true,
	}, {
		.name = "a vfork()ed child that is killed is not diverted, its parent is",
		.run = vforked,
	},
	{}
};
