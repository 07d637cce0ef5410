// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "cgroup.h"
#include "disturb.h"
#include "module.h"
#include "region.h"
#include "swap.h"
#include "task.h"
#include "util.h"

#define SECOND_DEVICE	1
#define SECOND_SIZE	(16384 * PAGE)
#define CGROUP		"torture"
#define CGROUP_MAX	(4UL << 20)

/* One change; false if there is nothing of its kind to change here. */
typedef bool change_fn(unsigned long *state);

static unsigned long pick(unsigned long *state, unsigned long below)
{
	return (next_random(state) >> 16) % below;
}

static const struct {
	const char *name;
	const char *values[4];
} knobs[] = {
	{ "enabled", { "0", "1", "1", "1" } },
	{ "exit_threshold", { "0", "1", "16", "64" } },
	{ "min_exiting", { "0", "1", "1", "2" } },
	{ "sweep", { "0", "1", "1", "1" } },
	{ "divert_mrelease", { "0", "1", "1", "1" } },
	{ "divert_oom_reaper", { "0", "1", "1", "1" } },
	{ "workers", { "0", "1", "2", "5" } },
	{ "worker_nice", { "-20", "0", "10", "19" } },
	{ "worker_cpus", { "0", "1", "0-1", "0-2" } },
	{ "max_pending", { "0", "5000", "1000000", "1000000" } },
	{ "max_age_ms", { "1", "50", "2000", "2000" } },
	{ "drain", { "1", "1", "1", "1" } },
};

/* The module may just be gone. */
static bool change_knob(unsigned long *state)
{
	size_t knob = pick(state, ARRAY_SIZE(knobs));
	const char *value = knobs[knob].values[pick(state, 4)];
	int err = knob_write(knobs[knob].name, value);

	check(!err || err == -ENOENT || err == -ENODEV,
	      "cannot write '%s' to %s: %s", value, knobs[knob].name,
	      strerror(-err));
	return true;
}

/* Pages, by all loads that have ended. */
static _Atomic long *diverted;

static bool change_module(unsigned long *state)
{
	static const char *const params[] = {
		"", "exit_threshold=1", "exit_threshold=1 workers=3",
		"exit_threshold=1 hook=kprobe", "enabled=0",
		"exit_threshold=8 max_pending=2000",
	};

	knob_set("drain", 1);
	*diverted += knob_get("stats/diverted");
	module_must_unload();
	module_must_load(params[pick(state, ARRAY_SIZE(params))]);
	return true;
}

static void outgrow_cgroup(struct task *parent, void *arg)
{
	(void)parent;
	(void)arg;
	cgroup_enter(CGROUP);
	region_create(4 * CGROUP_MAX, 1);
	fail("not killed");
}

/* Memory that the kernel itself swaps out, until it has to kill. */
static void run_out_of_memory(void)
{
	struct task task;

	cgroup_create(CGROUP);
	cgroup_limit(CGROUP, "memory.max", CGROUP_MAX);
	cgroup_limit(CGROUP, "memory.swap.max", CGROUP_MAX);
	task = task_start(outgrow_cgroup, NULL);
	check(WTERMSIG(task_reap(&task)) == SIGKILL, "not killed");
	cgroup_remove(CGROUP);
}

/* Not while the cgroup is full: swapoff could not read in what it has swapped. */
static bool change_swap(unsigned long *state)
{
	swap_on(SECOND_DEVICE, SECOND_SIZE, pick(state, 32767));
	usleep(pick(state, 1000000));
	if (pick(state, 2))
		run_out_of_memory();
	swap_remove(SECOND_DEVICE);
	return true;
}

static int cpu_switch(int cpu, bool on)
{
	char path[64];

	snprintf(path, sizeof(path), "/sys/devices/system/cpu/cpu%d/online",
		 cpu);
	return write_file(path, on ? "1" : "0");
}

/* The first CPU often cannot go. */
static bool change_cpus(unsigned long *state)
{
	int cpus = sysconf(_SC_NPROCESSORS_CONF), cpu, err;

	if (cpus < 2)
		return false;
	cpu = 1 + pick(state, cpus - 1);
	err = cpu_switch(cpu, false);
	if (err == -ENOENT)
		return false;
	check(!err, "cannot switch CPU %d off: %s", cpu, strerror(-err));
	usleep(pick(state, 1000000));
	err = cpu_switch(cpu, true);
	check(!err, "cannot switch CPU %d on: %s", cpu, strerror(-err));
	return true;
}

static struct disturbance {
	const char *what;
	change_fn *change;
	int rest_ms;	/* up to this long between two */
	unsigned long state;
	struct task task;
} disturbances[] = {
	{ .what = "knobs", .change = change_knob, .rest_ms = 60 },
	/* one takes seconds on a machine as busy as this */
	{ .what = "loads", .change = change_module, .rest_ms = 12000 },
	{ .what = "swap devices", .change = change_swap, .rest_ms = 1500 },
	{ .what = "CPUs", .change = change_cpus, .rest_ms = 2500 },
};

static void disturb(struct task *parent, void *arg)
{
	struct disturbance *this = arg;
	long done = 0;

	while (!task_told(parent, pick(&this->state, this->rest_ms)) &&
	       this->change(&this->state))
		done++;
	task_hear(parent);
	task_say(parent, done);
}

long diverted_before(void)
{
	return *diverted;
}

void disturbances_start(unsigned long seed)
{
	if (!diverted)
		diverted = mmap(NULL, PAGE, PROT_READ | PROT_WRITE,
				MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	for (size_t i = 0; i < ARRAY_SIZE(disturbances); i++) {
		disturbances[i].state = seed + i;
		disturbances[i].task = task_start(disturb, &disturbances[i]);
	}
}

void disturbances_stop(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(disturbances); i++)
		task_say(&disturbances[i].task, 0);
	for (size_t i = 0; i < ARRAY_SIZE(disturbances); i++) {
		diag("  %ld changes of %s",
		     task_hear(&disturbances[i].task), disturbances[i].what);
		task_join(&disturbances[i].task);
	}
}
