// SPDX-License-Identifier: GPL-2.0
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "module.h"
#include "starve.h"
#include "util.h"

#define MAX_HOGS	16
#define RT_RUNTIME	"/proc/sys/kernel/sched_rt_runtime_us"
#define HIGHEST		99
#define LOWEST		1
/* Should a test hang, whoever is to end it gets a CPU again. */
#define HOG_MS		30000

static struct task hogs[MAX_HOGS];
static int hog_count;
static char rt_runtime[32];

void make_realtime(pid_t pid, int priority)
{
	struct sched_param param = { .sched_priority = priority };

	check(!sched_setscheduler(pid, SCHED_FIFO, &param),
	      "sched_setscheduler: %m");
}

static void spin(struct task *parent, void *arg)
{
	int priority = *(const int *)arg;

	if (priority > 0)
		make_realtime(0, priority);
	else
		setpriority(PRIO_PROCESS, 0, priority);
	alarm(patience(HOG_MS) / 1000000000);
	task_say(parent, 0);
	for (;;)
		;
}

/* A real-time priority, or not above 0 a nice value. */
static void hog_cpu(int cpu, int priority)
{
	check(hog_count < MAX_HOGS, "too many CPUs");
	pin_to_cpu(cpu);
	hogs[hog_count] = task_start(spin, &priority);
	unpin();
	task_hear(&hogs[hog_count++]);
}

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
		hog_cpu(cpu, 0);
}

void starve_all(int priority)
{
	allow_realtime_all();
	make_realtime(0, HIGHEST);
	for (int cpu = 0; cpu < cpu_count(); cpu++)
		hog_cpu(cpu, priority);
}

static bool set_policy(const char *proc, const void *arg)
{
	const struct sched_param param = {
		.sched_priority = *(const int *)arg == SCHED_FIFO ? LOWEST : 0,
	};

	check(!sched_setscheduler(atoi(strrchr(proc, '/') + 1),
				  *(const int *)arg, &param),
	      "sched_setscheduler of %s: %m", proc);
	return true;
}

static void set_workers(int policy)
{
	count_workers(set_policy, &policy);
}

static void hold_on_last_cpu(int priority)
{
	int cpu = cpu_count() - 1;
	char list[16];

	if (!cpu)
		skip("there is one CPU only");
	snprintf(list, sizeof(list), "%d", cpu);
	knob_must_write("worker_cpus", list);
	hog_cpu(cpu, priority);
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

void loosen_hold(void)
{
	set_workers(SCHED_OTHER);
	task_kill(&hogs[--hog_count]);
}

void feed_workers(void)
{
	while (hog_count)
		task_kill(&hogs[--hog_count]);
	if (*rt_runtime)
		check(!write_file(RT_RUNTIME, rt_runtime),
		      "cannot write " RT_RUNTIME);
}

long make_backlog(size_t size)
{
	struct victim victim = victim_start(size, SCATTERED);
	long pending;

	starve_workers();
	victim_kill(&victim);
	pending = knob_get("stats/pending");
	check(pending > 0, "no backlog of %ld entries", victim.entries);
	return pending;
}
