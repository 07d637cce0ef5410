// SPDX-License-Identifier: GPL-2.0
/* The memory of the living survives the death of those they share it with. */
#include <signal.h>

#include "module.h"
#include "runner.h"
#include "swap.h"
#include "util.h"
#include "victim.h"

#define SIZE		(512 * PAGE)
#define ROUNDS		3
#define CHILDREN	4
#define SWAPPING_IN	20

struct child {
	struct region region;	/* shared with the parent by fork() */
	enum order order;
	unsigned long seed;	/* what it writes over it; 0: it only waits */
};

/* Reads the shared entries while others die, then has some of its own. */
static void live(struct task *parent, void *arg)
{
	struct child *child = arg;

	task_say(parent, 0);
	task_hear(parent);
	region_verify(&child->region);
	region_fill(&child->region, child->seed);
	region_page_out(&child->region, child->order);
	region_verify(&child->region);
}

static struct task start_child(const struct region *region, enum order order,
			       unsigned long seed)
{
	struct child child = { *region, order, seed };
	struct task task = task_start(live, &child);

	task_hear(&task);
	return task;
}

/* One child dies before, one while the others look at their memory. */
static void family_round(struct region *region, enum order order)
{
	struct task children[CHILDREN];

	region_must_page_out(region, order);
	for (int i = 0; i < CHILDREN; i++)
		children[i] = start_child(region, order, region->seed + i + 1);
	task_kill(&children[0]);
	for (int i = 1; i < CHILDREN; i++)
		task_say(&children[i], 0);
	task_kill(&children[1]);
	region_verify(region);
	for (int i = 2; i < CHILDREN; i++)
		task_join(&children[i]);
	region_verify(region);
}

static void family(struct task *parent, void *arg)
{
	enum order order = *(enum order *)arg;
	struct region region = region_create(SIZE, getpid());

	for (int i = 0; i < ROUNDS; i++) {
		family_round(&region, order);
		region_fill(&region, region.seed + CHILDREN + 1);
	}
	task_say(parent, 0);
}

static void shared(const struct test *test)
{
	long free_before = swap_free();
	enum order order = test->arg;
	struct task task = task_start(family, &order);
	struct books books;

	task_hear(&task);
	task_join(&task);
	books = books_settle();
	check(books.diverted > 0, "nothing was diverted");
	check(books.diverted + books.fallbacks >= ROUNDS * (long)(SIZE / PAGE),
	      "only %ld entries were diverted and %ld freed in place",
	      books.diverted, books.fallbacks);
	swap_must_be_back(free_before);
}

/* The parent dies first; its orphan keeps what both have in swap. */
static void parent_of_orphan(struct task *test, void *arg)
{
	struct region region = region_create(SIZE, getpid());

	(void)arg;
	region_must_page_out(&region, IN_ORDER);
	if (!fork()) {
		task_say(test, getpid());
		task_hear(test);
		region_verify(&region);
		task_say(test, region_pages(&region));
	}
	pause();
}

static void orphan(const struct test *test)
{
	struct task task = task_start(parent_of_orphan, NULL);

	(void)test;
	task_hear(&task);
	/* the line outlives the parent, the orphan holds its other end */
	check(!kill(task.pid, SIGKILL), "kill: %m");
	check(wait_until(books_read().diverted > 0, 5000),
	      "the parent was not diverted");
	books_settle();
	task_say(&task, 0);
	check_equal(task_hear(&task), SIZE / PAGE, "pages verified");
}

static void swap_in_forever(struct task *parent, void *arg)
{
	struct region region = region_create(SIZE, getpid());
	unsigned long state = region.seed;

	(void)arg;
	region_must_page_out(&region, IN_ORDER);
	task_say(parent, 0);
	for (;;) {
		for (size_t i = 0; i < region_pages(&region); i++)
			region_verify_page(&region, next_random(&state) %
						    region_pages(&region));
		region_page_out(&region, IN_ORDER);
	}
}

static void swapping_in(const struct test *test)
{
	long free_before = swap_free();
	unsigned long state = 1;
	struct books books;

	(void)test;
	for (int i = 0; i < SWAPPING_IN; i++) {
		struct task task = task_start(swap_in_forever, NULL);

		task_hear(&task);
		/* no condition to wait for: any moment will do */
		usleep(next_random(&state) % 20000);
		task_kill(&task);
	}
	books = books_settle();
	check(books.diverted > 0, "nothing was diverted");
	swap_must_be_back(free_before);
	diag("%ld of %ld entries were left to divert", books.diverted,
	     (long)(SWAPPING_IN * SIZE / PAGE));
}

const struct test living_tests[] = {
	{
		.name = "a family's memory survives the death of children that share it, in order",
		.run = shared,
		.arg = IN_ORDER,
	}, {
		.name = "a family's memory survives the death of children that share it, scattered",
		.run = shared,
		.arg = SCATTERED,
	}, {
		.name = "an orphan's memory survives the death of the parent that shared it",
		.run = orphan,
	}, {
		.name = "twenty processes killed half-way through swapping in leak nothing",
		.run = swapping_in,
	},
	{}
};
