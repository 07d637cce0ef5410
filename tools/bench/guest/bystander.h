/* SPDX-License-Identifier: GPL-2.0 */
/* A process that wants to be done with some work every 16 ms. */
#ifndef BYSTANDER_H
#define BYSTANDER_H

#include "task.h"

struct frames;

struct bystander {
	struct task task;
	struct frames *frames;	/* what it saw, shared with it */
};

struct bystander bystander_start(void);
/* Ends it, and adds what it saw to the record, in times since @start_ns. */
void bystander_stop(struct bystander *bystander, long start_ns);

#endif
