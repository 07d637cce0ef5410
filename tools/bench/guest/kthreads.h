/* SPDX-License-Identifier: GPL-2.0 */
/* The CPU time of each kernel thread during a measurement. */
#ifndef KTHREADS_H
#define KTHREADS_H

#include "spec.h"

struct kthreads {
	int count;
	struct kthread *all;
};

/* Finds them. Call it before settle(): the kernel defers what it frees for that. */
struct kthreads kthreads_find(const struct spec *spec);
/* Starts to count. */
void kthreads_start(struct kthreads *kthreads);
/* Stops, and records those that ran, if the description asks for it. */
void kthreads_stop(struct kthreads *kthreads, const struct spec *spec);

#endif
