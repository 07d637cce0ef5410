/* SPDX-License-Identifier: GPL-2.0 */
/* The processes that a killer chooses from when memory is short. */
#ifndef CROWD_H
#define CROWD_H

#include <stdbool.h>
#include <stddef.h>

#include "region.h"
#include "task.h"

#define MOST		10
#define CROWD_NAME	"crowd"

/**
 * struct crowd_form - what to start
 * @count: number of processes
 * @size: bytes that each of them has
 * @resident: bytes of @size that stay in memory; the rest is in swap
 * @locked: lock these bytes into memory
 * @order: order in which the rest is swapped out
 * @enter: called by each process at its start, to enter a cgroup; or NULL
 */
struct crowd_form {
	int count;
	size_t size;
	size_t resident;
	bool locked;
	enum order order;
	void (*enter)(void);
};

/* In shared memory: a killer that is a child of the test notes its kills here. */
struct crowd {
	int count;
	struct task tasks[MOST];
	int pidfds[MOST];
	/* by now_ns(), or 0 */
	long long killed[MOST];
	long long died[MOST];
};

struct crowd *crowd_create(void);
/* Start every process that does not exist yet or has died. */
void crowd_complete(struct crowd *crowd, const struct crowd_form *form);
/*
 * Note deaths until @other says something or dies, and then until no process has
 * died for @quiet_ms milliseconds. Return false if that takes too long.
 */
bool crowd_watch(struct crowd *crowd, struct task *other, int quiet_ms);
int crowd_survivors(const struct crowd *crowd);
/* Note that the process @pid was killed at @ns. */
void crowd_note_kill(struct crowd *crowd, pid_t pid, long long ns);
/* Return when the process @pid died, or 0. */
long long crowd_death(const struct crowd *crowd, pid_t pid);
/* Kill them all, and free @crowd. */
void crowd_end(struct crowd *crowd);

#endif
