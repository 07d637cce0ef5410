// SPDX-License-Identifier: GPL-2.0
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

#include "hog.h"
#include "task.h"
#include "util.h"

#define MAX_HOGS	16
/* Should a test hang, whoever is to end it gets a CPU again. */
#define HOG_MS		30000

static const char *const vital_names[] = { "ksoftirqd", "ktimers", "rcuc" };

struct vital {
	pid_t pid;
	int stat;
	int policy;
	struct sched_param param;
};

static struct vital vitals[ARRAY_SIZE(vital_names)];
static unsigned int vital_count;

struct hog {
	int cpu;
	int priority;
};

static struct task hogs[MAX_HOGS];
static int hog_count;

void set_scheduler(pid_t pid, int policy, int priority)
{
	const struct sched_param param = { .sched_priority = priority };

	check(!sched_setscheduler(pid, policy, &param),
	      "sched_setscheduler of %d: %m", pid);
}

void make_realtime(pid_t pid, int priority)
{
	set_scheduler(pid, SCHED_FIFO, priority);
}

static bool raise_vital(const char *proc, const void *arg)
{
	struct vital *vital = &vitals[vital_count++];
	char path[64];

	(void)arg;
	snprintf(path, sizeof(path), "%s/stat", proc);
	vital->pid = process_id(proc);
	vital->stat = open(path, O_RDONLY | O_CLOEXEC);
	check(vital->stat >= 0, "%s: %m", path);
	vital->policy = sched_getscheduler(vital->pid);
	check(!sched_getparam(vital->pid, &vital->param),
	      "sched_getparam: %m");
	make_realtime(vital->pid, HIGHEST);
	return true;
}

static void raise_vitals(int cpu)
{
	char name[32];

	check(!vital_count, "there is a CPU already that is taken whole");
	for (size_t i = 0; i < ARRAY_SIZE(vital_names); i++) {
		snprintf(name, sizeof(name), "%s/%d", vital_names[i], cpu);
		count_processes(name, raise_vital, NULL);
	}
}

static void restore_vitals(void)
{
	while (vital_count) {
		struct vital *vital = &vitals[--vital_count];

		set_scheduler(vital->pid, vital->policy,
			      vital->param.sched_priority);
		close(vital->stat);
	}
}

static bool wants_to_run(const struct vital *vital)
{
	char stat[128] = "";

	return pread(vital->stat, stat, sizeof(stat) - 1, 0) > 0 &&
	       strstr(stat, ") R");
}

static void spin(struct task *parent, void *arg)
{
	const struct hog *hog = arg;

	pin_to_cpu(hog->cpu);
	if (hog->priority > 0)
		make_realtime(0, hog->priority);
	else
		setpriority(PRIO_PROCESS, 0, hog->priority);
	alarm(patience(HOG_MS) / 1000000000);
	task_say(parent, 0);
	for (;;)
		for (unsigned int i = 0; i < vital_count; i++)
			if (wants_to_run(&vitals[i]))
				sched_yield();
}

void hog_start(int cpu, int priority)
{
	struct hog hog = { .cpu = cpu, .priority = priority };

	check(hog_count < MAX_HOGS, "too many CPUs");
	if (priority == HIGHEST)
		raise_vitals(cpu);
	hogs[hog_count] = task_start(spin, &hog);
	task_hear(&hogs[hog_count++]);
}

void hog_tame(void)
{
	pid_t pid = hogs[hog_count - 1].pid;

	set_scheduler(pid, SCHED_OTHER, 0);
	check(!setpriority(PRIO_PROCESS, pid, -20), "setpriority: %m");
}

void hogs_end(void)
{
	while (hog_count)
		task_kill(&hogs[--hog_count]);
	restore_vitals();
}
