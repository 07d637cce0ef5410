/* SPDX-License-Identifier: GPL-2.0 */
/* Processes from which a killer chooses when memory is short. */
#ifndef CROWD_H
#define CROWD_H

#include <stdbool.h>
#include <stddef.h>

#include "region.h"
#include "task.h"

#define MOST		10
#define CROWD_NAME	"crowd"

/**
 * struct crowd_form - what each of them is like
 * @count: how many
 * @size: bytes it has, most of them in swap
 * @resident: bytes of @size that stay in memory
 * @order: in which the rest is swapped out
 * @enter: called first by each, to enter a cgroup; or NULL
 */
struct crowd_form {
	int count;
	size_t size;
	size_t resident;
	enum order order;
	void (*enter)(void);
};

/* Shared with the killer where that is a child of the test. */
struct crowd {
	int count;
	struct task tasks[MOST];
	int pidfds[MOST];
	/* As now_ns() says; 0 as long as it does not apply. */
	long long killed[MOST];
	long long died[MOST];
};

struct crowd *crowd_create(void);
/* Starts those that are missing or dead. */
void crowd_complete(struct crowd *crowd, const struct crowd_form *form);
/*
 * Writes down who dies until @other says something or is gone, and @quiet_ms
 * after that and after the last death. False if this takes too long.
 */
bool crowd_watch(struct crowd *crowd, struct task *other, int quiet_ms);
int crowd_survivors(const struct crowd *crowd);
/* Writes down that the process @pid was killed at @ns. */
void crowd_note_kill(struct crowd *crowd, pid_t pid, long long ns);
/* When it died, or 0. */
long long crowd_death(const struct crowd *crowd, pid_t pid);
void crowd_end(struct crowd *crowd);

#endif
