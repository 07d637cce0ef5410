// SPDX-License-Identifier: GPL-2.0
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/pidfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cgroup.h"
#include "killer.h"
#include "population.h"
#include "region.h"
#include "util.h"

/* What a process is told to do, one page of it or all. */
enum { ALL = -1, DONE = -2 };

struct birth {
	const struct spec *spec;
	int number;
};

static void *idle(void *unused)
{
	for (;;)
		pause();
	return unused;
}

static void start_threads(int count)
{
	pthread_t thread;

	for (int i = 1; i < count; i++)
		check(!pthread_create(&thread, NULL, idle, NULL),
		      "cannot start a thread");
}

/* It does not hear: whoever is on the other side talks to the first. */
static pid_t fork_sibling(void)
{
	pid_t pid = syscall(SYS_clone, CLONE_PARENT | SIGCHLD, 0, 0, 0, 0);

	check(pid >= 0, "clone: %m");
	if (!pid)
		idle(NULL);
	return pid;
}

static void page_out_as_told(struct task *parent, struct region *region,
			     enum order order)
{
	long page;

	while ((page = task_hear(parent)) != DONE) {
		if (page == ALL)
			region_must_page_out(region, order);
		else
			check(!madvise(region->base + page * PAGE, PAGE,
				       MADV_PAGEOUT), "MADV_PAGEOUT: %m");
		task_say(parent, 0);
	}
}

static const char *cgroup_of(int number, const struct spec *spec)
{
	static char name[16];

	snprintf(name, sizeof(name), "%d", number % spec->cgroups);
	return name;
}

void population_make_cgroups(const struct spec *spec)
{
	for (int i = 0; i < spec->cgroups; i++)
		cgroup_create(cgroup_of(i, spec));
}

static void live(struct task *parent, void *arg)
{
	const struct birth *birth = arg;
	const struct spec *spec = birth->spec;
	unsigned long seed = spec->seed * 4096 + birth->number;
	size_t swapped = spec_swapped_size(spec);
	struct region region;

	if (spec->cgroups)
		cgroup_enter(cgroup_of(birth->number, spec));
	region = region_create(swapped, seed);
	if (spec->size > swapped)
		region_create(spec->size - swapped, seed);
	task_say(parent, region_pages(&region));
	page_out_as_told(parent, &region, spec->layout == LAYOUT_SCATTERED ?
			 SCATTERED : IN_ORDER);
	if (spec->shared)
		for (int i = 1; i < spec->processes; i++)
			task_say(parent, fork_sibling());
	start_threads(spec->threads);
	task_say(parent, 0);
	pause();
}

static void watch(struct member *member)
{
	member->pidfd = pidfd_open(member->task.pid, 0);
	check(member->pidfd >= 0, "pidfd_open: %m");
	check(!clock_getcpuclockid(member->task.pid, &member->clock),
	      "no CPU clock of process %d", member->task.pid);
}

static void order_page_out(struct member *member, long page)
{
	task_say(&member->task, page);
	task_hear(&member->task);
}

/* One process at a time, or else their entries mix as chance will have it. */
static void page_out(struct population *population, const struct spec *spec)
{
	long pages = spec_swapped_size(spec) / PAGE;
	int parents = spec->shared ? 1 : population->count;

	if (spec->layout == LAYOUT_INTERLEAVED)
		for (long page = 0; page < pages; page++)
			for (int i = 0; i < parents; i++)
				order_page_out(&population->members[i], page);
	for (int i = 0; i < parents; i++)
		order_page_out(&population->members[i], ALL);
}

static void settle(struct population *population, const struct spec *spec)
{
	struct member *first = population->members;
	int parents = spec->shared ? 1 : population->count;

	for (int i = 0; i < parents; i++)
		task_say(&first[i].task, DONE);
	for (int i = parents; i < population->count; i++)
		first[i] = (struct member){
			.task = { .pid = task_hear(&first->task), .line = -1 },
			.entries = first->entries,
		};
	for (int i = 0; i < parents; i++)
		task_hear(&first[i].task);
	for (int i = 0; i < population->count; i++)
		watch(&first[i]);
}

struct population population_start(const struct spec *spec)
{
	struct population population = {
		.members = calloc(spec->processes, sizeof(struct member)),
		.count = spec->processes,
	};
	int parents = spec->shared ? 1 : spec->processes;
	struct member *members = population.members;

	check(members, "calloc: %m");
	for (int i = 0; i < parents; i++) {
		struct birth birth = { spec, i };

		members[i].task = task_start(live, &birth);
	}
	for (int i = 0; i < parents; i++)
		members[i].entries = task_hear(&members[i].task);
	page_out(&population, spec);
	settle(&population, spec);
	return population;
}

static long cpu_ns(const struct member *member)
{
	struct timespec ts;

	check(!clock_gettime(member->clock, &ts), "no CPU clock: %m");
	return ts.tv_sec * 1000000000L + ts.tv_nsec;
}

static int watch_deaths(struct population *population, int count)
{
	int watcher = epoll_create1(EPOLL_CLOEXEC);

	check(watcher >= 0, "epoll_create1: %m");
	for (int i = 0; i < count; i++) {
		struct epoll_event event = {
			.events = EPOLLIN | EPOLLONESHOT,
			.data.u32 = i,
		};

		check(!epoll_ctl(watcher, EPOLL_CTL_ADD,
				 population->members[i].pidfd, &event),
		      "epoll_ctl: %m");
	}
	return watcher;
}

static void kill_members(struct member *members, int count)
{
	for (int i = 0; i < count; i++) {
		members[i].killed_at_ns = now_ns();
		task_signal(&members[i].task, SIGKILL);
	}
}

/* Sleeps in between: what it does is done on the CPU of one that dies. */
void population_kill(struct population *population, int count,
		     struct killer *killer)
{
	struct member *members = population->members;
	int watcher = watch_deaths(population, count);

	for (int i = 0; i < count; i++)
		members[i].cpu_before_ns = cpu_ns(&members[i]);
	if (killer)
		killer_go(killer);
	else
		kill_members(members, count);
	for (int dead = 0; dead < count; dead++) {
		struct member *member;
		struct epoll_event event;

		check(epoll_wait(watcher, &event, 1, -1) == 1,
		      "epoll_wait: %m");
		member = &members[event.data.u32];
		if (killer)
			member->killed_at_ns =
				killer_killed_at_ns(killer, event.data.u32);
		member->dead_ns = now_ns() - member->killed_at_ns;
	}
	population->dead_ns = now_ns() - members->killed_at_ns;
	close(watcher);
}

static void reap(struct member *member)
{
	check(waitpid(member->task.pid, NULL, 0) == member->task.pid,
	      "waitpid: %m");
	close(member->pidfd);
	if (member->task.line >= 0)
		close(member->task.line);
}

void population_reap(struct population *population, int count)
{
	for (int i = 0; i < count; i++) {
		struct member *member = &population->members[i];

		member->cpu_ns = cpu_ns(member) - member->cpu_before_ns;
		reap(member);
	}
}

void population_end(struct population *population, int reaped)
{
	for (int i = reaped; i < population->count; i++) {
		task_signal(&population->members[i].task, SIGKILL);
		reap(&population->members[i]);
	}
	free(population->members);
}
