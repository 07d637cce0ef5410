/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A child process of a test, and a line to talk to it. It dies with its
 * parent.
 */
#ifndef TASK_H
#define TASK_H

#include <stdbool.h>
#include <sys/types.h>

struct task {
	pid_t pid;
	int line;	/* this side's end */
};

/* @body gets the child's own side; the child ends when it returns. */
struct task task_start(void (*body)(struct task *parent, void *arg),
		       void *arg);
void task_say(struct task *other, long value);
/* Waits for it; the process ends by fail() if the other side is gone. */
long task_hear(struct task *other);
/* Whether it says something within @ms milliseconds. */
bool task_told(struct task *other, int ms);
void task_signal(struct task *task, int signal);
/*
 * Has the memory of @pid reaped by process_mrelease(), if it is dying and has any
 * left; 0 or -errno.
 */
int task_mrelease(pid_t pid);
/* Pages that @pid has in swap by its page tables; -1 if it has no memory. */
long task_swapped(pid_t pid);
/* The same by the kernel's counter, which may lag behind. */
long task_counts_swapped(pid_t pid);
/* Waits until it is dead and reaped; its status as of waitpid(). */
int task_reap(struct task *task);
/*
 * From now on, when it dies, it stops where it still has its memory, until
 * task_let_go(). This process sees it stop.
 */
void task_stop_at_exit(const struct task *task);
void task_wait_stopped(const struct task *task);
/* Returns when it is reaped. */
void task_let_go(struct task *task);
/* Kills it; nanoseconds from SIGKILL until it is reaped. */
long long task_kill(struct task *task);
/* Waits for its end, which must be a good one. */
void task_join(struct task *task);

#endif
