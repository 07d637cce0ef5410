/* SPDX-License-Identifier: GPL-2.0 */
/* Asks everybody in the kernel for memory. */
#ifndef DEMAND_H
#define DEMAND_H

#include "task.h"

/* As a task that reclaims does: what shrinkers can free. */
void demand_slab(void);
/* A process that the OOM killer takes before all others. */
struct task offering_start(void);
/* Has the OOM killer take it; skips the test if that cannot be asked for. */
void offering_kill(struct task *offering);

#endif
