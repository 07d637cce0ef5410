// SPDX-License-Identifier: GPL-2.0
/*
 * Whose limits hold: those of the cgroup that the swap is charged to, whoever
 * tears its memory down.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include "cgroup.h"
#include "hold.h"
#include "module.h"
#include "runner.h"
#include "starve.h"
#include "swap.h"
#include "util.h"

#define SIZE		(2048 * PAGE)
#define ROOM		(16 * PAGE)	/* what its limit leaves */
#define TENANT		"tenant"
#define OTHER		"other"
#define OOM		"oom"
#define OOM_MAX		(8UL << 20)
#define HOUR_MS		3600000
#define GONE_MS		10000

static struct victim tenant_start(struct victim (*start)(size_t size,
							 enum order order))
{
	struct victim victim;

	cgroup_create(TENANT);
	cgroup_limit(TENANT, "memory.swap.max", SIZE + ROOM);
	cgroup_enter(TENANT);
	victim = start(SIZE, SCATTERED);
	cgroup_enter(ROOT_CGROUP);
	knob_set("max_age_ms", HOUR_MS);
	hold_workers();
	return victim;
}

/* Pages */
static long room_left(void)
{
	long limit = SIZE + ROOM;

	return (limit - cgroup_swap(TENANT)) / (long)PAGE;
}

/*
 * As what is freed in place leaves room, something may be diverted in the end, but
 * never more than there is room for.
 */
static void check_respected(const struct victim *victim)
{
	long room = room_left();
	struct books books = books_read();

	diag("%ld pending, %ld freed in place, room for %ld pages",
	     books.pending, books.fallbacks, room);
	check(books.pending <= room + swap_slack(),
	      "%ld pages are pending, with room for %ld", books.pending,
	      room);
	check_equal(books.diverted + books.fallbacks, victim->entries,
		    "diverted and freed in place");
	check_equal(fallback("cgroup"), books.fallbacks, "fallback_cgroup");
}

static void tenant_end(void)
{
	feed_workers();
	books_settle();
	cgroup_remove(TENANT);
}

static void exits(const struct test *test)
{
	struct victim victim = tenant_start(victim_start);
	long before, entries;

	(void)test;
	victim_kill(&victim);
	check_respected(&victim);
	feed_workers();
	cgroup_write(TENANT, "memory.swap.max", "max");
	cgroup_enter(TENANT);
	before = books_settle().diverted;
	entries = victim_sacrifice(SIZE, SCATTERED);
	check_equal(books_settle().diverted - before, entries,
		    "diverted without a limit");
	cgroup_enter(ROOT_CGROUP);
	tenant_end();
}

static void must_mrelease(const struct victim *victim)
{
	int err = task_mrelease(victim->task.pid);

	check(!err, "process_mrelease: %s", strerror(-err));
}

/* It is held where it is all dead but for its end, so that it can be reaped. */
static struct victim stopped_victim_start(size_t size, enum order order)
{
	struct victim victim = victim_start(size, order);

	victim_kill_and_stop(&victim);
	return victim;
}

static void need_reap_hook(void)
{
	if (!kernel_has_symbol("__oom_reap_task_mm"))
		skip("the kernel has no __oom_reap_task_mm that could be hooked");
}

static void reaped(const struct test *test)
{
	struct victim victim;

	(void)test;
	victim = tenant_start(stopped_victim_start);
	must_mrelease(&victim);
	check_respected(&victim);
	feed_workers();
	task_let_go(&victim.task);
	tenant_end();
}

static void reap_from_full(struct task *parent, void *arg)
{
	struct region region;

	cgroup_enter(TENANT);
	region = region_create(SIZE, 1);
	region_must_page_out(&region, IN_ORDER);
	must_mrelease(arg);
	task_say(parent, 0);
	task_hear(parent);
}

static void reaper_is_full(const struct test *test)
{
	struct victim victim;
	struct task reaper;

	(void)test;
	need_reap_hook();
	cgroup_create(TENANT);
	cgroup_limit(TENANT, "memory.swap.max", SIZE + ROOM);
	victim = stopped_victim_start(SIZE, SCATTERED);
	reaper = task_start(reap_from_full, &victim);
	task_hear(&reaper);
	check_equal(books_settle().diverted, victim.entries, "diverted");
	task_let_go(&victim.task);
	task_kill(&reaper);
	tenant_end();
}

static void hold_memory(pid_t pid)
{
	char params[32];
	int err;

	snprintf(params, sizeof(params), "pid=%d", pid);
	err = module_insert(HOLDER_FILE, params);
	check(!err, "cannot load %s: %s", HOLDER_FILE, strerror(-err));
}

static long gone(void)
{
	struct books books = books_read();

	return books.diverted + books.fallbacks;
}

static void put_later(const struct test *test)
{
	struct victim victim = tenant_start(victim_start);
	int err;

	(void)test;
	hold_memory(victim.task.pid);
	victim_kill(&victim);
	check_equal(gone(), 0, "diverted and freed in place by the process");
	err = module_remove(HOLDER);
	check(!err, "cannot unload %s: %s", HOLDER, strerror(-err));
	check(wait_until(gone() == victim.entries, GONE_MS),
	      "the kworker tears down %ld of %ld", gone(), victim.entries);
	check_respected(&victim);
	tenant_end();
}

/*
 * What it reads is put where it is held: so while it has the memory of the process
 * that it reads from.
 */
static void read_memory(struct task *parent, void *arg)
{
	const struct victim *victim = arg;
	void *page = hold_map();
	char path[32];
	int file;

	snprintf(path, sizeof(path), "/proc/%d/mem", victim->task.pid);
	file = open(path, O_RDONLY | O_CLOEXEC);
	check(file >= 0, "cannot open %s: %m", path);
	check(pread(file, page, sizeof(page_size), (off_t)&page_size) < 0 &&
	      errno == EFAULT, "pread: %m");
	task_say(parent, 0);
	task_hear(parent);
}

/* Returns when the reader has gone on, and has torn the memory down. */
static struct task die_before_reader(struct victim *victim)
{
	struct task reader;

	hold_begin();
	reader = task_start(read_memory, victim);
	hold_wait(1);
	victim_kill(victim);
	check_equal(gone(), 0, "diverted and freed in place by the process");
	hold_end();
	task_hear(&reader);
	return reader;
}

static void read_at_limit(const struct test *test)
{
	struct victim victim = tenant_start(victim_start);
	struct task reader = die_before_reader(&victim);
	long in_place = victim.entries - books_read().diverted;

	(void)test;
	/* where it is not diverted at all, no limit is asked for */
	check(in_place == victim.entries ||
	      fallback("cgroup") == in_place, "%ld are freed in place",
	      in_place);
	check(books_read().pending <= room_left() + swap_slack(),
	      "%ld are pending", books_read().pending);
	task_say(&reader, 0);
	task_join(&reader);
	hold_clean_up();
	tenant_end();
}

/*
 * Since 7.0 the task that lives may have to free in place, as the kernel's function
 * has other callers there.
 */
static void read_last(const struct test *test)
{
	long free_before = swap_free();
	struct victim victim = victim_start(SIZE, test->arg);
	struct task reader = die_before_reader(&victim);
	bool may_refuse = kernel_has_symbol("swap_put_entries_direct");
	long diverted = books_settle().diverted;

	diag("%ld of %ld are diverted", diverted, victim.entries);
	check(diverted == victim.entries || (may_refuse && !diverted),
	      "%ld of %ld are diverted", diverted, victim.entries);
	swap_must_be_back(free_before);
	task_say(&reader, 0);
	task_join(&reader);
	hold_clean_up();
	check_equal(books_settle().diverted, diverted,
		    "diverted by the reader's own exit");
}

/*
 * What it has in swap was charged before it came into the cgroup, and what it asks
 * for there cannot be swapped out.
 */
static void grow_until_killed(struct task *parent, void *arg)
{
	struct region region = region_create(SIZE, 1);

	(void)arg;
	region_must_page_out(&region, SCATTERED);
	task_say(parent, region_pages(&region));
	task_hear(parent);
	cgroup_enter(OOM);
	check(!mlockall(MCL_FUTURE), "mlockall: %m");
	region_create(2 * OOM_MAX, 2);
	fail("not killed");
}

static void oom_victim(const struct test *test)
{
	long free_before = swap_free();
	struct task task;

	(void)test;
	cgroup_create(OOM);
	cgroup_limit(OOM, "memory.max", OOM_MAX);
	hold_workers();
	task = task_start(grow_until_killed, NULL);
	task_hear(&task);
	task_say(&task, 0);
	task_reap(&task);
	check_equal(books_read().diverted, 0, "diverted");
	swap_must_be_back(free_before);
	check(fallback("oom") > 0, "fallback_oom is 0");
	feed_workers();
	cgroup_remove(OOM);
}

const struct test identity_tests[] = {
	{
		.name = "a cgroup near memory.swap.max gets its swap back at once as fallback_cgroup",
		.run = exits,
		.module = FRESH,
	}, {
		.name = "so it does where process_mrelease() is called from another cgroup",
		.run = reaped,
		.module = FRESH,
	}, {
		.name = "so it does where a kworker tears the memory down",
		.run = put_later,
		.module = FRESH,
	}, {
		.name = "so it does where a reader of /proc/PID/mem drops the last reference",
		.run = read_at_limit,
		.module = FRESH,
	}, {
		.name = "what process_mrelease() reaps is diverted, though the caller's cgroup is near memory.swap.max",
		.run = reaper_is_full,
	}, {
		.name = "where a reader of /proc/PID/mem drops the last reference it is diverted, in order",
		.run = read_last,
		.arg = IN_ORDER,
		.seconds = 120,
	}, {
		.name = "where a reader of /proc/PID/mem drops the last reference it is diverted, scattered",
		.run = read_last,
		.arg = SCATTERED,
		.seconds = 120,
	}, {
		.name = "an OOM victim's own exit is freed in place as fallback_oom",
		.run = oom_victim,
		.module = FRESH,
		.seconds = 120,
	},
	{}
};
