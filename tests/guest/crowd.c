// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include "crowd.h"
#include "util.h"

#define WATCH_MS	25000	/* hog.c ends its processes after 30 s */

static void belong(struct task *parent, void *arg)
{
	const struct crowd_form *form = arg;
	struct region region;

	prctl(PR_SET_NAME, CROWD_NAME);
	check(!write_file("/proc/self/oom_score_adj", "500"),
	      "cannot write oom_score_adj");
	if (form->enter)
		form->enter();
	region = region_create(form->size - form->resident, getpid());
	region_must_page_out(&region, form->order);
	region = region_create(form->resident, getpid() + 1);
	if (form->locked)
		check(!mlock(region.base, region.size), "mlock: %m");
	task_say(parent, 0);
	for (;;)
		pause();
}

struct crowd *crowd_create(void)
{
	struct crowd *crowd = mmap(NULL, sizeof(*crowd), PROT_READ | PROT_WRITE,
				   MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	check(crowd != MAP_FAILED, "mmap: %m");
	return crowd;
}

static void bury(struct crowd *crowd, int i)
{
	task_kill(&crowd->tasks[i]);
	close(crowd->pidfds[i]);
}

/*
 * Start them one after the other: two that swap out at the same time share pages
 * of zram, which are free only when both are dead.
 */
void crowd_complete(struct crowd *crowd, const struct crowd_form *form)
{
	struct crowd_form copy = *form;

	check(form->count <= MOST, "too many processes");
	for (int i = 0; i < form->count; i++) {
		struct task *task = &crowd->tasks[i];

		if (i < crowd->count && !crowd->died[i])
			continue;
		if (i < crowd->count)
			bury(crowd, i);
		*task = task_start(belong, &copy);
		task_hear(task);
		crowd->pidfds[i] = syscall(SYS_pidfd_open, task->pid, 0);
		check(crowd->pidfds[i] >= 0, "pidfd_open: %m");
		crowd->killed[i] = 0;
		crowd->died[i] = 0;
	}
	crowd->count = form->count;
}

bool crowd_watch(struct crowd *crowd, struct task *other, int quiet_ms)
{
	long long end = now_ns() + patience(WATCH_MS);
	struct pollfd fds[MOST + 1];
	int count = crowd->count;

	for (int i = 0; i < count; i++)
		fds[i] = (struct pollfd){ crowd->pidfds[i], POLLIN, 0 };
	fds[count] = (struct pollfd){ other->line, POLLIN, 0 };
	while (now_ns() < end) {
		int n = poll(fds, count + 1, quiet_ms);

		check(n >= 0, "poll: %m");
		if (!n && fds[count].fd < 0)
			return true;
		for (int i = 0; i <= count; i++) {
			if (fds[i].fd < 0 || !fds[i].revents)
				continue;
			if (i < count)
				crowd->died[i] = now_ns();
			fds[i].fd = -1;
		}
	}
	return false;
}

int crowd_survivors(const struct crowd *crowd)
{
	int survivors = 0;

	for (int i = 0; i < crowd->count; i++)
		survivors += !crowd->died[i];
	return survivors;
}

static int find(const struct crowd *crowd, pid_t pid)
{
	for (int i = 0; i < crowd->count; i++)
		if (crowd->tasks[i].pid == pid)
			return i;
	return -1;
}

void crowd_note_kill(struct crowd *crowd, pid_t pid, long long ns)
{
	int i = find(crowd, pid);

	if (i >= 0 && !crowd->killed[i])
		crowd->killed[i] = ns;
}

long long crowd_death(const struct crowd *crowd, pid_t pid)
{
	int i = find(crowd, pid);

	return i < 0 ? 0 : crowd->died[i];
}

void crowd_end(struct crowd *crowd)
{
	for (int i = 0; i < crowd->count; i++)
		bury(crowd, i);
	munmap(crowd, sizeof(*crowd));
}
