// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "killer.h"
#include "record.h"
#include "shared.h"
#include "util.h"

#define MAX_KILLS	1024

struct kill_log {
	int count;
	int pidfds[MAX_KILLS];
	long killed_at_ns[MAX_KILLS];
	long mrelease_ns[MAX_KILLS];	/* how long the call took */
	long released;			/* how many were still there */
	long cpu_ns;
};

static long cpu_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
	return ts.tv_sec * 1000000000L + ts.tv_nsec;
}

static void kill_one(struct kill_log *log, int number)
{
	int fd = log->pidfds[number], err = 0;
	long start;

	log->killed_at_ns[number] = now_ns();
	check(!pidfd_send_signal(fd, SIGKILL, NULL, 0),
	      "pidfd_send_signal: %m");
	start = now_ns();
	if (syscall(SYS_process_mrelease, fd, 0))
		err = errno;
	log->mrelease_ns[number] = now_ns() - start;
	/* it may be gone, or have stopped us from taking the rest */
	check(!err || err == ESRCH || err == EAGAIN, "process_mrelease: %s",
	      strerror(err));
	log->released += !err;
}

static void kill_all(struct task *parent, void *arg)
{
	struct kill_log *log = arg;
	long before;

	task_say(parent, 0);
	task_hear(parent);
	before = cpu_ns();
	for (int i = 0; i < log->count; i++)
		kill_one(log, i);
	log->cpu_ns = cpu_ns() - before;
	task_say(parent, 0);
}

struct killer killer_prepare(const struct population *population, int count)
{
	struct killer killer = {
		.log = shared_create(sizeof(struct kill_log)),
	};

	check(count <= MAX_KILLS, "too many to kill: %d", count);
	killer.log->count = count;
	for (int i = 0; i < count; i++)
		killer.log->pidfds[i] = population->members[i].pidfd;
	killer.task = task_start(kill_all, killer.log);
	task_hear(&killer.task);
	return killer;
}

void killer_go(struct killer *killer)
{
	task_say(&killer->task, 0);
}

long killer_killed_at_ns(const struct killer *killer, int number)
{
	return killer->log->killed_at_ns[number];
}

void killer_stop(struct killer *killer)
{
	struct kill_log *log = killer->log;

	task_hear(&killer->task);
	task_join(&killer->task);
	record_longs("mrelease_ns", log->mrelease_ns, log->count);
	record_long("released", log->released);
	record_long("killer_ns", log->cpu_ns);
	shared_destroy(log, sizeof(*log));
}
