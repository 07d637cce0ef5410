// SPDX-License-Identifier: GPL-2.0
#include <sched.h>
#include <stdio.h>
#include <string.h>

#include "hog.h"
#include "module.h"
#include "starve.h"
#include "util.h"

#define RT_RUNTIME	"/proc/sys/kernel/sched_rt_runtime_us"
#define LOWEST		1
#define TRIES		10

static char rt_runtime[32];

static void allow_realtime_all(void)
{
	check(read_file(RT_RUNTIME, rt_runtime, sizeof(rt_runtime)) > 0,
	      "cannot read " RT_RUNTIME);
	check(!write_file(RT_RUNTIME, "-1"), "cannot write " RT_RUNTIME);
}

void starve_workers(void)
{
	knob_set("worker_nice", 19);
	for (int cpu = 0; cpu < cpu_count(); cpu++)
		hog_start(cpu, 0);
}

void starve_all(int priority)
{
	allow_realtime_all();
	make_realtime(0, HIGHEST);
	for (int cpu = 0; cpu < cpu_count(); cpu++)
		hog_start(cpu, priority);
}

static bool set_policy(const char *proc, const void *arg)
{
	int policy = *(const int *)arg;

	set_scheduler(process_id(proc), policy,
		      policy == SCHED_FIFO ? LOWEST : 0);
	return true;
}

static void set_workers(int policy)
{
	count_workers(set_policy, &policy);
}

static bool is_child(const char *proc)
{
	char path[64], stat[512];
	int parent;

	snprintf(path, sizeof(path), "%s/stat", proc);
	return read_file(path, stat, sizeof(stat)) > 0 &&
	       sscanf(strrchr(stat, ')'), ") %*c %d", &parent) == 1 &&
	       parent == getpid();
}

static bool keep_child_off(const char *proc, const void *rest)
{
	return is_child(proc) &&
	       !sched_setaffinity(process_id(proc), sizeof(cpu_set_t), rest);
}

/* The test and its children would be as stuck there as the workers. */
static void keep_off_cpu(int cpu)
{
	cpu_set_t rest;

	CPU_ZERO(&rest);
	for (int i = 0; i < cpu_count(); i++)
		if (i != cpu)
			CPU_SET(i, &rest);
	pin_to_cpus(&rest);
	count_processes("*", keep_child_off, &rest);
}

static void hold_on_last_cpu(int priority)
{
	int cpu = cpu_count() - 1;
	char list[16];

	if (!cpu)
		skip("there is one CPU only");
	snprintf(list, sizeof(list), "%d", cpu);
	knob_must_write("worker_cpus", list);
	keep_off_cpu(cpu);
	hog_start(cpu, priority);
}

/*
 * Since 6.12 ordinary tasks get a part of what real-time tasks take, and the
 * kernel's own threads need it. So that the workers do not get of it, too, they
 * are made the least of the real-time tasks, until they run.
 */
void hold_workers(void)
{
	allow_realtime_all();
	hold_on_last_cpu(HIGHEST);
	set_workers(SCHED_FIFO);
}

void hold_ordinary_workers(void)
{
	knob_set("worker_nice", 19);
	hold_on_last_cpu(-20);
}

void make_workers_ordinary(void)
{
	set_workers(SCHED_OTHER);
}

void loosen_hold(void)
{
	hog_tame();
}

void feed_workers(void)
{
	hogs_end();
	unpin();
	if (*rt_runtime)
		check(!write_file(RT_RUNTIME, rt_runtime),
		      "cannot write " RT_RUNTIME);
	*rt_runtime = '\0';
}

/* At times the workers get a turn none the less, and one is enough. */
long make_backlog(size_t size)
{
	long pending = 0;

	for (int i = 0; i < TRIES && !pending; i++) {
		struct victim victim;

		feed_workers();
		victim = victim_start(size, SCATTERED);
		starve_workers();
		victim_kill(&victim);
		pending = knob_get("stats/pending");
	}
	check(pending > 0, "no backlog of %zu bytes in %d tries", size, TRIES);
	return pending;
}
