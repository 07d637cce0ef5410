/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What it costs that a process dies.
 *
 * The CPU time is what every task on every CPU ran for, by the scheduler's own
 * clock (rq_cpu_time in /proc/schedstat, exact to the last context switch),
 * from the kill until SwapFree is back, less what the measuring process ran
 * for. So nothing hides in a kworker or in ksoftirqd.
 */
#ifndef COST_H
#define COST_H

#include "victim.h"

struct cost {
	double dead_ms;	/* from SIGKILL until it is reaped */
	double back_ms;	/* from SIGKILL until SwapFree is back */
	double cpu_ms;
};

/* Of every task on every CPU but this process. */
double others_run_ms(void);
/* Kills it; returns when its swap is free. */
struct cost victim_cost(struct victim *victim);

#endif
