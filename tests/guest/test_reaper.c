// SPDX-License-Identifier: GPL-2.0
/*
 * Memory of the dying that others free in their place: process_mrelease(), the
 * kernel's OOM reaper, a kworker.
 */
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "cgroup.h"
#include "kmsg.h"
#include "module.h"
#include "runner.h"
#include "starve.h"
#include "swap.h"
#include "util.h"
#include "victim.h"

#define SIZE		(1024 * PAGE)
#define PAGES		((long)(SIZE / PAGE))
#define CGROUP		"reaper"
#define CGROUP_MAX	(8UL << 20)
#define REAPED_MS	20000	/* the OOM reaper gives its victims 2 s */
#define ROUNDS		6

/* A compiler may have changed what it takes, and its name with it. */
static bool has_reap_hook(void)
{
	return kernel_has_symbol("__oom_reap_task_mm");
}

static void need_reap_hook(void)
{
	if (!has_reap_hook())
		skip("the kernel has no __oom_reap_task_mm that could be hooked");
}

static struct victim held_victim(enum order order)
{
	struct victim victim = victim_start(SIZE, order);

	victim_kill_and_stop(&victim);
	return victim;
}

static void must_mrelease(const struct victim *victim)
{
	int err = task_mrelease(victim->task.pid);

	check(!err, "process_mrelease: %s", strerror(-err));
}

static void mrelease(const struct test *test)
{
	long free_before = swap_free();
	struct victim victim;

	need_reap_hook();
	victim = held_victim(test->arg);
	check_equal(books_read().diverted, 0, "diverted before");
	must_mrelease(&victim);
	check_equal(books_settle().diverted, victim.entries, "diverted");
	swap_must_be_back(free_before);
	task_let_go(&victim.task);
	check_equal(books_settle().diverted, victim.entries,
		    "diverted by both");
}

static void mrelease_off(const struct test *test)
{
	long free_before = swap_free();
	struct victim victim;

	(void)test;
	knob_set("divert_mrelease", 0);
	victim = held_victim(IN_ORDER);
	must_mrelease(&victim);
	check_equal(books_read().diverted, 0, "diverted");
	swap_must_be_back(free_before);
	task_let_go(&victim.task);
	check_equal(books_settle().diverted, 0, "diverted at exit");
}

static void reap_and_unmap(struct task *parent, void *arg)
{
	struct region region = region_create(SIZE, 1);

	region_must_page_out(&region, IN_ORDER);
	must_mrelease(arg);
	region_destroy(&region);
	task_say(parent, 0);
}

static void unmap_afterwards(const struct test *test)
{
	struct victim victim;
	struct task task;

	(void)test;
	need_reap_hook();
	victim = held_victim(IN_ORDER);
	task = task_start(reap_and_unmap, &victim);
	task_hear(&task);
	task_join(&task);
	check_equal(books_settle().diverted, victim.entries, "diverted");
	task_let_go(&victim.task);
}

static long race_once(enum order order)
{
	struct victim victim = victim_start(SIZE, order);

	victim_kill_contended(&victim);
	return victim.entries;
}

static void race(const struct test *test)
{
	long free_before = swap_free(), entries = 0;
	struct books books;

	knob_set("exit_threshold", 0);
	for (int i = 0; i < ROUNDS; i++)
		entries += race_once(test->arg);
	books = books_settle();
	check(books.diverted <= entries, "diverted %ld of %ld entries",
	      books.diverted, entries);
	check(books.diverted >= entries / 2 || !has_reap_hook(),
	      "diverted only %ld of %ld entries", books.diverted, entries);
	swap_must_be_back(free_before);
	diag("%ld of %ld entries in %ld scopes of %d deaths", books.diverted,
	     entries, knob_get("stats/scopes"), ROUNDS);
}

static void make_cgroup(void)
{
	cgroup_create(CGROUP);
	cgroup_limit(CGROUP, "memory.max", CGROUP_MAX);
	cgroup_limit(CGROUP, "memory.swap.max", 0);
}

/* What it has in swap was charged before it came into the cgroup. */
static void grow_until_killed(struct task *parent, void *arg)
{
	struct region region = region_create(SIZE, 1);

	(void)arg;
	region_must_page_out(&region, IN_ORDER);
	task_say(parent, region_pages(&region));
	task_hear(parent);
	cgroup_enter(CGROUP);
	region_create(2 * CGROUP_MAX, 2);
	fail("not killed");
}

/*
 * The kernel looks for the next to kill as soon as the reaper is done, so what
 * counts is how much of the memory is back by then, on a busy machine.
 */
static void swap_is_back(long free_before, bool diverted)
{
	long missing = free_before - swap_slack() - swap_free();
	long long start = now_ns();

	check(diverted || missing <= 0,
	      "%ld pages of swap were not back when they were said to be reaped",
	      missing);
	swap_must_be_back(free_before);
	diag("%ld pages came back %lld ms after they were said to be reaped",
	     missing > 0 ? missing : 0, (now_ns() - start) / 1000000);
}

static void out_of_memory(const struct test *test)
{
	long free_before = swap_free(), entries;
	bool wanted = test->arg;
	int kmsg = kmsg_open();
	char process[32];
	struct task task;

	if (wanted)
		need_reap_hook();
	make_cgroup();
	knob_set("divert_oom_reaper", wanted);
	task = task_start(grow_until_killed, NULL);
	snprintf(process, sizeof(process), "process %d ", task.pid);
	entries = task_hear(&task);
	task_stop_at_exit(&task);
	task_say(&task, 0);
	task_wait_stopped(&task);
	starve_workers();
	check(wait_until(kmsg_says(kmsg, "oom_reaper: reaped", process),
			 REAPED_MS), "the OOM reaper does not come");
	swap_is_back(free_before, wanted);
	feed_workers();
	check_equal(books_settle().diverted, wanted ? entries : 0, "diverted");
	task_let_go(&task);
	check_equal(books_settle().diverted, wanted ? entries : 0,
		    "diverted by both");
}

static void put_later(const struct test *test)
{
	long free_before = swap_free();
	struct victim victim = victim_start(SIZE, IN_ORDER);
	char params[32];
	int err;

	(void)test;
	snprintf(params, sizeof(params), "pid=%d", victim.task.pid);
	err = module_insert(HOLDER_FILE, params);
	check(!err, "cannot load %s: %s", HOLDER_FILE, strerror(-err));
	victim_kill(&victim);
	check_equal(books_settle().diverted, 0, "diverted by the process");
	err = module_remove(HOLDER);
	check(!err, "cannot unload %s: %s", HOLDER, strerror(-err));
	check(wait_until(books_read().diverted + fallback("cgroup"), 5000),
	      "nothing was diverted by the kworker");
	swap_must_be_back(free_before);
	/* since 7.0 a kernel with cgroups does not tell whose an entry is */
	if (!fallback("cgroup"))
		check_equal(books_settle().diverted, victim.entries, "diverted");
	else
		check(!kernel_has_symbol("lookup_swap_cgroup_id"),
		      "freed in place, though the kernel tells whose it is");
}

const struct test reaper_tests[] = {
	{
		.name = "what process_mrelease() reaps is diverted, in order",
		.run = mrelease,
		.arg = IN_ORDER,
	}, {
		.name = "what process_mrelease() reaps is diverted, scattered",
		.run = mrelease,
		.arg = SCATTERED,
	}, {
		.name = "with hook=kprobe, what process_mrelease() reaps is diverted, too",
		.run = mrelease,
		.arg = SCATTERED,
		.module = FRESH,
		.params = "hook=kprobe",
	}, {
		.name = "with divert_mrelease=0, what process_mrelease() reaps is freed in place",
		.run = mrelease_off,
	}, {
		.name = "munmap of a process that has called process_mrelease() is not diverted",
		.run = unmap_afterwards,
	}, {
		.name = "processes that die while three others reap them are freed once, in order",
		.run = race,
		.arg = IN_ORDER,
		.module = FRESH,
	}, {
		.name = "processes that die while three others reap them are freed once, scattered",
		.run = race,
		.arg = SCATTERED,
		.module = FRESH,
	}, {
		.name = "with hook=kprobe, processes that die while three others reap them are freed once",
		.run = race,
		.arg = SCATTERED,
		.module = FRESH,
		.params = "hook=kprobe",
	}, {
		.name = "with divert_oom_reaper=1, what the OOM reaper frees is diverted",
		.run = out_of_memory,
		.arg = true,
	}, {
		.name = "with divert_oom_reaper=0, what the OOM reaper frees is back when it says so",
		.run = out_of_memory,
		.arg = false,
	}, {
		.name = "what a kworker tears down after the process's death is diverted",
		.run = put_later,
		.module = FRESH,
	},
	{}
};
