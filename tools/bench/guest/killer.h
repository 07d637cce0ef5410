/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Kills as Android's lmkd does: one process after the other, each by SIGKILL
 * and then by process_mrelease(), which frees its memory in the killer.
 */
#ifndef KILLER_H
#define KILLER_H

#include "population.h"

struct kill_log;

struct killer {
	struct task task;
	struct kill_log *log;	/* shared with it */
};

/* It waits to be told. */
struct killer killer_prepare(const struct population *population, int count);
void killer_go(struct killer *killer);
/* When it killed the process of that number; 0: not yet. */
long killer_killed_at_ns(const struct killer *killer, int number);
/* Waits for it to be done, and adds what it took to the record. */
void killer_stop(struct killer *killer);

#endif
