/* SPDX-License-Identifier: GPL-2.0 */
/* Processes that swap out and are killed, one after the other, until told. */
#ifndef STORM_H
#define STORM_H

#include "task.h"

#define STORM_MAKERS 2

struct storm {
	struct task makers[STORM_MAKERS];
};

struct storm storm_start(void);
/* Returns when the last one is dead; how many died. */
long storm_stop(struct storm *storm);

#endif
