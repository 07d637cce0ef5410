/* SPDX-License-Identifier: GPL-2.0 */
/* A process that has memory in swap and waits to be killed. */
#ifndef VICTIM_H
#define VICTIM_H

#include "region.h"
#include "task.h"

struct victim {
	struct task task;
	long entries;	/* swap entries it holds */
};

/* Returns when all of its @size bytes are in swap. */
struct victim victim_start(size_t size, enum order order);
/* Starts @count at the same time; the entries they hold together. */
long victims_start(struct victim *victims, int count, size_t size,
		   enum order order);
/* Kills it; nanoseconds from SIGKILL until it is reaped. */
long long victim_kill(struct victim *victim);
/* Kills it; returns when it has stopped as after task_stop_at_exit(). */
void victim_kill_and_stop(struct victim *victim);
/*
 * Kills it while others have its memory reaped by process_mrelease() from before
 * the kill until it has none any more, and returns when it is dead.
 */
void victim_kill_contended(struct victim *victim);
/* Starts one, kills it; the entries it held. */
long victim_sacrifice(size_t size, enum order order);
/* Kills @count at the same time and returns when all are reaped. */
void victims_kill(struct victim *victims, int count);

#endif
