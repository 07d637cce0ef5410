/* SPDX-License-Identifier: GPL-2.0 */
/* Processes that swap out and are killed, one after the other, until told. */
#ifndef STORM_H
#define STORM_H

#include "task.h"

/* They are small: to be diverted they need STORM_THRESHOLD. */
#define STORM_THRESHOLD "exit_threshold=1"

struct task storm_start(void);
/* Returns when the last one is dead; how many died. */
long storm_stop(struct task *storm);

#endif
