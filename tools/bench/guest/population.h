/* SPDX-License-Identifier: GPL-2.0 */
/* The processes that are to die, and what becomes of each. */
#ifndef POPULATION_H
#define POPULATION_H

#include <time.h>

#include "spec.h"
#include "task.h"

struct killer;

struct member {
	struct task task;
	int pidfd;
	clockid_t clock;	/* CPU time of all its threads */
	long entries;		/* in swap */
	long cpu_before_ns;
	long killed_at_ns;
	long dead_ns;		/* from SIGKILL until it can be reaped */
	long cpu_ns;		/* from SIGKILL to the end, of its own */
};

struct population {
	struct member *members;
	int count;
	long dead_ns;		/* from the first SIGKILL until all are dead */
};

/* Those that the processes will take turns in, if any. */
void population_make_cgroups(const struct spec *spec);
/* Returns when all have swapped out what they should. */
struct population population_start(const struct spec *spec);
/*
 * Kills the first @count, or has the killer do it if there is one; returns when
 * they are dead.
 */
void population_kill(struct population *population, int count,
		     struct killer *killer);
/* To be called when they had the time to leave the CPU; fills in cpu_ns. */
void population_reap(struct population *population, int count);
/* Kills those beyond the first @reaped, too. */
void population_end(struct population *population, int reaped);

#endif
