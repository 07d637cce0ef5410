// SPDX-License-Identifier: GPL-2.0
/* CPUs, cgroups and swap devices come and go, and the machine sleeps. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "cgroup.h"
#include "module.h"
#include "runner.h"
#include "starve.h"
#include "swap.h"
#include "trace.h"
#include "util.h"
#include "victim.h"

#define SIZE		afford(2048)
#define DISK_SIZE	MIB(512)
#define SMALL		(256 * PAGE)
#define HOUR_MS		3600000
#define SETTLE_MS	5000

/* The last CPU: the only one of its node in guests with a CPU for each. */
static int last_cpu(void)
{
	int cpu = cpu_count() - 1;

	if (!cpu)
		skip("there is one CPU only");
	return cpu;
}

static void set_online(int cpu, bool online)
{
	char path[64];

	snprintf(path, sizeof(path), "/sys/devices/system/cpu/cpu%d/online",
		 cpu);
	if (write_file(path, online ? "1" : "0"))
		skip("CPUs cannot be switched off here");
}

static struct victim victim_on(int cpu)
{
	struct victim victim;

	pin_to_cpu(cpu);
	victim = victim_start(SIZE, SCATTERED);
	unpin();
	return victim;
}

static void sacrifice_on(int cpu)
{
	struct victim victim = victim_on(cpu);

	victim_kill(&victim);
}

static void cpu_goes(const struct test *test)
{
	long free_before = swap_free(), cpus = cpu_count();
	int cpu = last_cpu();
	struct victim victim = victim_on(cpu);

	(void)test;
	knob_set("max_age_ms", HOUR_MS);
	starve_workers();
	victim_kill(&victim);
	diag("%ld are pending", nodes_sum("pending"));
	set_online(cpu, false);
	feed_workers();
	check_equal(books_settle().diverted, victim.entries, "diverted");
	check_equal(victim_sacrifice(SIZE, SCATTERED) + victim.entries,
		    books_settle().diverted, "diverted while it is off");
	set_online(cpu, true);
	check(wait_until(cpu_count() == cpus, SETTLE_MS), "it is not back");
	sacrifice_on(cpu);
	books_settle();
	swap_must_be_back(free_before);
}

static void cpu_comes(const struct test *test)
{
	long free_before = swap_free(), cpus = cpu_count();
	int cpu = last_cpu();
	struct victim victim;

	(void)test;
	if (node_count() < 2)
		skip("there is one node only");
	set_online(cpu, false);
	module_must_load("");
	set_online(cpu, true);
	check(wait_until(cpu_count() == cpus, SETTLE_MS), "it is not back");
	books_open();
	victim = victim_on(cpu);
	victim_kill(&victim);
	check_equal(books_settle().diverted, victim.entries, "diverted");
	swap_must_be_back(free_before);
}

static void cgroup_goes(const struct test *test)
{
	long free_before = swap_free();
	struct victim victim;

	(void)test;
	cgroup_create("gone");
	cgroup_enter("gone");
	victim = victim_start(SIZE, SCATTERED);
	cgroup_enter(ROOT_CGROUP);
	knob_set("max_age_ms", HOUR_MS);
	hold_workers();
	victim_kill(&victim);
	check_equal(nodes_sum("pending"), victim.entries, "pending");
	cgroup_remove("gone");
	victim_sacrifice(SIZE, SCATTERED);
	feed_workers();
	books_settle();
	swap_must_be_back(free_before);
}

static const char *const pair[] = { "even", "odd" };

/* Each second page is charged to the other cgroup; slots are given in order. */
static void be_of_two(struct task *parent, void *arg)
{
	struct region region = {
		.base = mmap(NULL, SIZE, PROT_READ | PROT_WRITE,
			     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
		.size = SIZE,
	};

	(void)arg;
	check(region.base != MAP_FAILED, "mmap: %m");
	madvise(region.base, SIZE, MADV_NOHUGEPAGE);
	for (size_t i = 0; i < ARRAY_SIZE(pair); i++) {
		cgroup_enter(pair[i]);
		for (size_t page = i; page < region_pages(&region);
		     page += ARRAY_SIZE(pair))
			memset(region.base + page * PAGE, page, PAGE);
	}
	region_must_page_out(&region, IN_ORDER);
	task_say(parent, 0);
	task_hear(parent);
}

static void cgroups_meet(const struct test *test)
{
	long free_before = swap_free();
	struct task task;

	(void)test;
	for (size_t i = 0; i < ARRAY_SIZE(pair); i++)
		cgroup_create(pair[i]);
	task = task_start(be_of_two, NULL);
	task_hear(&task);
	for (size_t i = 0; i < ARRAY_SIZE(pair); i++)
		check(cgroup_swap(pair[i]) >= (long)SIZE / 2,
		      "%s has %ld bytes in swap", pair[i],
		      cgroup_swap(pair[i]));
	task_kill(&task);
	check_equal(books_settle().diverted, SIZE / PAGE, "diverted");
	for (size_t i = 0; i < ARRAY_SIZE(pair); i++) {
		check(cgroup_swap(pair[i]) <= swap_slack() * (long)PAGE,
		      "%s is charged for %ld bytes", pair[i],
		      cgroup_swap(pair[i]));
		cgroup_remove(pair[i]);
	}
	swap_must_be_back(free_before);
}

/* The kernel gives the first free type to a device, so it is the same again. */
static void device_goes(const struct test *test)
{
	struct region region;

	(void)test;
	make_backlog(SIZE);
	check(!swap_off(0), "swapoff");
	check_equal(nodes_sum("pending"), 0, "pending");
	swap_on(1, 8 * SIZE, ANY_PRIORITY);
	feed_workers();
	region = region_create(SIZE, 1);
	region_must_page_out(&region, IN_ORDER);
	victim_sacrifice(SIZE, SCATTERED);
	books_settle();
	check_equal(region_swapped(&region), region_pages(&region),
		    "still in swap");
	region_verify(&region);
}

static bool sleep_has(const char *file, const char *word)
{
	char text[128];

	return read_file(file, text, sizeof(text)) > 0 && strstr(text, word);
}

/*
 * As far as tasks go, which is as far as the module knows of it: since 7.3 the
 * virtio console, which our output goes through, stays mute when it has slept.
 * It asks the host to connect before it can hear the answer (virtcons_restore()).
 */
static void sleeps(const struct test *test)
{
	struct victim victim = victim_start(SIZE, SCATTERED);
	int err;

	(void)test;
	/* wakes it up after some seconds, which nothing else does in QEMU */
	if (write_file("/sys/power/pm_test", "freezer"))
		skip("this kernel cannot test how it sleeps (CONFIG_PM_DEBUG)");
	knob_set("max_age_ms", HOUR_MS);
	starve_workers();
	victim_kill(&victim);
	err = write_file("/sys/power/state", "freeze");
	check(!err, "cannot sleep: %s", strerror(-err));
	feed_workers();
	write_file("/sys/power/pm_test", "none");
	check_equal(books_settle().diverted, victim.entries, "diverted");
	check_equal(victim_sacrifice(SIZE, SCATTERED) + victim.entries,
		    books_settle().diverted, "diverted afterwards");
}

/* The pages that were drained before the kernel stopped all tasks, and after. */
static void see_drained(long *before, long *after)
{
	FILE *trace = trace_open();
	long *pages = before;
	char line[512];

	*before = *after = 0;
	while (fgets(line, sizeof(line), trace))
		if (strstr(line, " drain: "))
			*pages += trace_field(line, "pages");
		else if (strstr(line, "Freezing user space"))
			pages = after;
	fclose(trace);
	check(pages == after, "the trace does not tell when tasks were stopped");
}

/* Whatever held the workers back is stopped with all the others. */
static void prepares_to_hibernate(const struct test *test)
{
	struct victim victim = victim_start(SIZE, SCATTERED);
	long pending, before, after;

	(void)test;
	if (write_file("/sys/power/pm_test", "freezer") ||
	    !sleep_has("/sys/power/state", "disk"))
		skip("this kernel cannot test how it hibernates (CONFIG_PM_DEBUG)");
	check(!write_file("/sys/power/image_size", "9223372036854775807"),
	      "/sys/power/image_size");
	knob_set("max_age_ms", HOUR_MS);
	trace_clear();
	trace_let_in(MODULE "/drain", true);
	trace_let_in("printk/console", true);
	hold_ordinary_workers();
	victim_kill(&victim);
	pending = nodes_sum("pending");
	check(pending > victim.entries / 2, "%ld are pending", pending);
	check(!write_file("/sys/power/state", "disk"), "cannot hibernate");
	trace_let_in("printk/console", false);
	trace_let_in(MODULE "/drain", false);
	feed_workers();
	write_file("/sys/power/pm_test", "none");
	see_drained(&before, &after);
	/* a worker that was held in its turn tells later of what it freed */
	check(before >= pending, "%ld of %ld were drained before tasks were stopped",
	      before, pending);
	check_equal(after, 0, "drained afterwards");
	check_equal(victim_sacrifice(SIZE, SCATTERED) + victim.entries,
		    books_settle().diverted, "diverted afterwards");
}

static void set_resume_device(void)
{
	struct stat disk;
	char text[32];

	check(!stat("/dev/vda", &disk), "stat: %m");
	snprintf(text, sizeof(text), "%u:%u", major(disk.st_rdev),
		 minor(disk.st_rdev));
	check(!write_file("/sys/power/resume", text),
	      "cannot write /sys/power/resume");
}

/* The image is written, read again, and gone on with, without a reboot. */
static void hibernates(const struct test *test)
{
	struct victim victim;
	struct region region;
	long diverted, entries;
	int err;

	(void)test;
	if (!sleep_has("/sys/power/disk", "test_resume"))
		skip("this kernel does not hibernate");
	if (access("/dev/vda", F_OK))
		skip("there is no disk (boot -d)");
	swap_on_disk(DISK_SIZE);
	set_resume_device();
	check(!write_file("/sys/power/disk", "test_resume"), "/sys/power/disk");
	region = region_create(SMALL, 1);
	region_must_page_out(&region, SCATTERED);
	victim = victim_start(SIZE, SCATTERED);
	knob_set("max_age_ms", HOUR_MS);
	starve_workers();
	victim_kill(&victim);
	err = write_file("/sys/power/state", "disk");
	/* 6.1 writes the image, but cannot read it from swap that is in use */
	check(!err || err == -EBUSY, "cannot hibernate: %s", strerror(-err));
	check_equal(nodes_sum("pending"), 0, "pending");
	feed_workers();
	check(books_settle().diverted >= victim.entries, "%ld were diverted",
	      books_read().diverted);
	region_verify(&region);
	region_destroy(&region);
	diverted = books_read().diverted;
	entries = victim_sacrifice(SIZE, SCATTERED);
	/* of a parent that the kernel had swapped out to make its image, more */
	check(books_settle().diverted - diverted >= entries,
	      "%ld of %ld are diverted afterwards",
	      books_read().diverted - diverted, entries);
	swap_off_disk();
}

const struct test machine_tests[] = {
	{
		.name = "the last CPU of a node goes off with a backlog and comes back, and nothing is lost",
		.run = cpu_goes,
	}, {
		.name = "a node that gets its first CPU after load is served",
		.run = cpu_comes,
		.module = UNLOADED,
	}, {
		.name = "a cgroup is removed while its entries are pending, and nothing is lost",
		.run = cgroup_goes,
	}, {
		.name = "entries of two cgroups in turn are uncharged from their own",
		.run = cgroups_meet,
	}, {
		.name = "a device is taken away with a backlog, and another one gets its number",
		.run = device_goes,
	}, {
		.name = "nothing is lost when the machine sleeps with a backlog",
		.run = sleeps,
	}, {
		.name = "nothing is pending any more when tasks are stopped to hibernate",
		.run = prepares_to_hibernate,
	}, {
		.name = "nothing is lost when the machine hibernates with a backlog",
		.run = hibernates,
		.on_request = true,
	},
	{}
};
