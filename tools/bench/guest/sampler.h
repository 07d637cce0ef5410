/* SPDX-License-Identifier: GPL-2.0 */
/* A process that looks every 20 ms how much memory is free and CPU busy. */
#ifndef SAMPLER_H
#define SAMPLER_H

#include "task.h"

struct looks;

struct sampler {
	struct task task;
	struct looks *looks;	/* what it saw, shared with it */
};

struct sampler sampler_start(void);
/* Ends it, and adds what it saw to the record, in times since @start_ns. */
void sampler_stop(struct sampler *sampler, long start_ns);

#endif
