// SPDX-License-Identifier: GPL-2.0
/* What a user or a tenant does in vain changes nothing for others. */
#include <errno.h>
#include <sched.h>
#include <sys/resource.h>
#include <sys/swap.h>

#include "cgroup.h"
#include "module.h"
#include "runner.h"
#include "starve.h"
#include "swap.h"
#include "util.h"
#include "victim.h"

#define SIZE		(1024 * PAGE)
#define VICTIMS		4
#define ROOM		(16 * PAGE)
#define TENANT		"tenant"
#define HOUR_MS		3600000
#define NOBODY		65534
#define NOBODIES	2
#define HIGHEST_NICE	(-20)

/* At most as heavy as those who died, that is not first of all ordinary tasks. */
static bool is_ordinary(const char *proc, const void *arg)
{
	int policy = sched_getscheduler(process_id(proc));
	int nice = getpriority(PRIO_PROCESS, process_id(proc));

	(void)arg;
	if (policy == SCHED_OTHER && nice > HIGHEST_NICE)
		return true;
	diag("worker %d has policy %d and nice %d", process_id(proc), policy,
	     nice);
	return false;
}

static void check_ordinary(void)
{
	check_equal(count_workers(is_ordinary, NULL),
		    count_workers(NULL, NULL),
		    "workers that are tasks like those who died");
}

static void swap_off_in_vain(struct task *parent, void *arg)
{
	(void)arg;
	check(!setgid(NOBODY) && !setuid(NOBODY), "setuid: %m");
	check(swapoff("/dev/zram0") && errno == EPERM, "swapoff by nobody: %m");
	task_say(parent, 0);
	while (!task_told(parent, 0))
		for (int i = 0; i < 1000; i++)
			swapoff("/dev/zram0");
}

static void hold_workers_as_ordinary(void)
{
	knob_set("max_age_ms", HOUR_MS);
	hold_workers();
	make_workers_ordinary();
}

/*
 * The workers hardly run, so whatever they are lifted to is still to be seen after
 * each death.
 */
static void others_die(struct victim *victims, int count)
{
	long before = books_read().diverted, entries = 0;

	for (int i = 0; i < count; i++) {
		entries += victims[i].entries;
		victim_kill(&victims[i]);
		check_ordinary();
	}
	check_equal(books_read().diverted - before, entries,
		    "diverted of others");
}

static void swap_offs(const struct test *test)
{
	struct victim victims[VICTIMS];
	struct task tasks[NOBODIES];

	(void)test;
	victims_start(victims, VICTIMS, SIZE, SCATTERED);
	hold_workers_as_ordinary();
	for (int i = 0; i < NOBODIES; i++) {
		tasks[i] = task_start(swap_off_in_vain, NULL);
		task_hear(&tasks[i]);
	}
	others_die(victims, VICTIMS);
	for (int i = 0; i < NOBODIES; i++) {
		task_say(&tasks[i], 0);
		task_join(&tasks[i]);
	}
	feed_workers();
	books_settle();
}

/* With a backlog of others, for which the workers could be lifted. */
static void tenant(const struct test *test)
{
	struct victim victims[VICTIMS], full;

	(void)test;
	victims_start(victims, VICTIMS, SIZE, SCATTERED);
	cgroup_create(TENANT);
	cgroup_limit(TENANT, "memory.swap.max", SIZE + ROOM);
	cgroup_enter(TENANT);
	full = victim_start(SIZE, SCATTERED);
	cgroup_enter(ROOT_CGROUP);
	hold_workers_as_ordinary();
	others_die(victims, VICTIMS / 2);
	diag("%ld are pending", nodes_sum("pending"));
	victim_kill(&full);
	diag("%ld are pending, %ld were freed in place", nodes_sum("pending"),
	     books_read().fallbacks);
	check_ordinary();
	others_die(&victims[VICTIMS / 2], VICTIMS - VICTIMS / 2);
	feed_workers();
	books_settle();
	cgroup_remove(TENANT);
}

const struct test unprivileged_tests[] = {
	{
		.name = "others are diverted and workers left as they are while nobody calls swapoff() in a loop",
		.run = swap_offs,
	}, {
		.name = "others are diverted and workers left as they are while a cgroup is near memory.swap.max",
		.run = tenant,
	},
	{}
};
