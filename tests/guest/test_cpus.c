// SPDX-License-Identifier: GPL-2.0
/* On which CPUs the workers are, whichever of these come and go. */
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#include "module.h"
#include "runner.h"
#include "task.h"
#include "util.h"
#include "victim.h"

#define SIZE		(1024 * PAGE)
#define SETTLE_MS	5000
#define SYS_CPU		"/sys/devices/system/cpu/"
#define MAX_CPUS	64

static void read_cpus(const char *file, cpu_set_t *cpus)
{
	char list[256];

	if (read_file(file, list, sizeof(list)) <= 0 ||
	    !parse_cpu_list(list, cpus))
		CPU_ZERO(cpus);
}

/* Those that the kernel's command line takes from all but what is put there. */
static cpu_set_t isolated_cpus(void)
{
	cpu_set_t isolated, tickless;

	read_cpus(SYS_CPU "isolated", &isolated);
	read_cpus(SYS_CPU "nohz_full", &tickless);
	CPU_OR(&isolated, &isolated, &tickless);
	return isolated;
}

/* All that it may run on, those that are off as well. */
static int workers(void)
{
	return count_workers(NULL, NULL);
}

static bool keeps_off(const char *proc, const void *arg)
{
	cpu_set_t cpus = allowed_cpus(proc), both;

	CPU_AND(&both, &cpus, (const cpu_set_t *)arg);
	return CPU_COUNT(&cpus) && !CPU_COUNT(&both);
}

static bool all_keep_off(const cpu_set_t *cpus)
{
	return workers() && count_workers(keeps_off, cpus) == workers();
}

static void sacrifice(void)
{
	victim_sacrifice(SIZE, SCATTERED);
	books_settle();
}

static void isolation(const struct test *test)
{
	cpu_set_t isolated = isolated_cpus();

	(void)test;
	if (!CPU_COUNT(&isolated))
		skip("no CPU is isolated (boot -k isolcpus=1)");
	check(wait_until(all_keep_off(&isolated), SETTLE_MS),
	      "a worker may run on an isolated CPU");
	sacrifice();
	check(all_keep_off(&isolated),
	      "a worker that has worked may run on an isolated CPU");
	knob_set("workers", cpu_count());
	check(wait_until(workers() == cpu_count() * node_count() &&
			 all_keep_off(&isolated), SETTLE_MS),
	      "a new worker may run on an isolated CPU");
}

static bool runs_on(const char *proc, const void *arg)
{
	cpu_set_t cpus = allowed_cpus(proc);

	return CPU_EQUAL(&cpus, (const cpu_set_t *)arg);
}

/* A list by the user's hand is meant. */
static void asked_for(const struct test *test)
{
	cpu_set_t isolated = isolated_cpus(), cpus;
	char list[16];
	int cpu = 0;

	(void)test;
	if (!CPU_COUNT(&isolated))
		skip("no CPU is isolated (boot -k isolcpus=1)");
	while (!CPU_ISSET(cpu, &isolated))
		cpu++;
	CPU_ZERO(&cpus);
	CPU_SET(cpu, &cpus);
	snprintf(list, sizeof(list), "%d", cpu);
	knob_must_write("worker_cpus", list);
	check(wait_until(workers() &&
			 count_workers(runs_on, &cpus) == workers(),
			 SETTLE_MS), "a worker keeps off CPU %s", list);
	sacrifice();
}

static void set_online(int cpu, bool online)
{
	char path[64];

	snprintf(path, sizeof(path), SYS_CPU "cpu%d/online", cpu);
	if (write_file(path, online ? "1" : "0"))
		skip("CPUs cannot be switched off here");
}

/* Processes die meanwhile, so that each worker has reason to look where it is. */
static void off_and_on(const int *off, const int *on, int count)
{
	for (int i = 0; i < count; i++) {
		set_online(off[i], false);
		sacrifice();
	}
	for (int i = 0; i < count; i++) {
		set_online(on[i], true);
		sacrifice();
	}
}

/* Up and down: all CPUs but the first, which cannot be switched off everywhere. */
static int make_orders(int *up, int *down)
{
	int count = cpu_count() - 1;

	if (count < 1)
		skip("there is one CPU only");
	check(count < MAX_CPUS, "too many CPUs");
	for (int i = 0; i < count; i++) {
		up[i] = i + 1;
		down[i] = count - i;
	}
	return count;
}

#define MAX_WORKERS	16

struct affinity {
	pid_t pids[MAX_WORKERS];
	cpu_set_t cpus[MAX_WORKERS];
	int count;
};

static bool add_worker(const char *proc, const void *arg)
{
	struct affinity *affinity = *(struct affinity *const *)arg;

	check(affinity->count < MAX_WORKERS, "too many workers");
	affinity->pids[affinity->count] = process_id(proc);
	affinity->cpus[affinity->count++] = allowed_cpus(proc);
	return true;
}

static struct affinity affinity_now(void)
{
	struct affinity affinity = { .count = 0 }, *arg = &affinity;

	count_workers(add_worker, &arg);
	return affinity;
}

/* Of those that are still there: how many there are may change. */
static bool same_affinity(const struct affinity *before)
{
	struct affinity now = affinity_now();

	for (int i = 0; i < now.count; i++)
		for (int j = 0; j < before->count; j++)
			if (now.pids[i] == before->pids[j] &&
			    !CPU_EQUAL(&now.cpus[i], &before->cpus[j]))
				return false;
	return now.count;
}

static void check_affinity(const struct affinity *before, const char *what)
{
	if (wait_until(same_affinity(before), SETTLE_MS))
		return;
	for (struct affinity now = affinity_now(); now.count--;)
		diag("worker %d may run on %d CPUs", now.pids[now.count],
		     CPU_COUNT(&now.cpus[now.count]));
	fail("workers are on other CPUs after %s", what);
}

static void try_orders(struct task *parent, void *arg)
{
	int up[MAX_CPUS], down[MAX_CPUS], count = make_orders(up, down);
	struct affinity before;

	(void)parent;
	(void)arg;
	sacrifice();
	before = affinity_now();
	off_and_on(up, down, count);
	check_affinity(&before, "off 1 to N, on N to 1");
	off_and_on(down, up, count);
	check_affinity(&before, "off N to 1, on 1 to N");
	off_and_on(up, up, count);
	check_affinity(&before, "off 1 to N, on 1 to N");
	for (int i = 0; i < count; i++)
		off_and_on(&up[i], &up[i], 1);
	check_affinity(&before, "each off and on");
}

/* A child, so that all CPUs are on afterwards however it ends. */
static void with_cpus_restored(void (*body)(struct task *parent, void *arg))
{
	int up[MAX_CPUS], down[MAX_CPUS], count = make_orders(up, down);
	struct task task;
	int status;

	set_online(1, false);
	set_online(1, true);
	task = task_start(body, NULL);
	status = task_reap(&task);
	for (int i = 0; i < count; i++)
		set_online(up[i], true);
	check(wait_until(cpu_count() == count + 1, SETTLE_MS),
	      "not all CPUs are back");
	check(WIFEXITED(status) && !WEXITSTATUS(status), "see above");
}

static void hotplug(const struct test *test)
{
	char list[16];

	if (test->arg) {
		snprintf(list, sizeof(list), "%d", cpu_count() - 1);
		knob_must_write("worker_cpus", list);
	}
	with_cpus_restored(try_orders);
}

static bool enough_workers(void)
{
	long count = nodes_sum("workers");

	return count >= node_directories() &&
	       count <= cpu_count() + node_directories() - 1;
}

/* A node without a CPU may keep its worker. */
static void follow_cpus(struct task *parent, void *arg)
{
	int up[MAX_CPUS], down[MAX_CPUS], count = make_orders(up, down);

	(void)parent;
	(void)arg;
	for (int i = 0; i < 2 * count; i++) {
		set_online(i < count ? up[i] : down[i - count], i >= count);
		sacrifice();
		check(wait_until(enough_workers(), SETTLE_MS),
		      "%ld workers for %d CPUs", nodes_sum("workers"),
		      cpu_count());
	}
}

static void number_follows(const struct test *test)
{
	(void)test;
	knob_set("workers", 0);
	with_cpus_restored(follow_cpus);
}

const struct test cpus_tests[] = {
	{
		.name = "workers keep off isolated CPUs",
		.run = isolation,
		.module = FRESH,
	}, {
		.name = "workers go to an isolated CPU that worker_cpus names",
		.run = asked_for,
		.module = FRESH,
	}, {
		.name = "after CPUs went off and came back in any order, workers are where they were",
		.run = hotplug,
		.module = FRESH,
		.params = "workers=2",
		.seconds = 120,
	}, {
		.name = "after CPUs went off and came back in any order, workers are on the CPU that worker_cpus names",
		.run = hotplug,
		.module = FRESH,
		.params = "workers=2",
		.arg = true,
		.seconds = 120,
	}, {
		.name = "with workers=0 there are no more workers than CPUs, whichever of these go off and come back",
		.run = number_follows,
		.module = FRESH,
		.seconds = 120,
	},
	{}
};
