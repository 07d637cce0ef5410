/* SPDX-License-Identifier: GPL-2.0 */
/* Waits for the swap entries of killed processes. */
#ifndef BACK_H
#define BACK_H

#include "arm.h"
#include "spec.h"

/*
 * Waits until all @entries are free: swap_free() has reached @free_after and the
 * module has none pending. Returns nanoseconds since @start_ns.
 */
long back_wait(const struct spec *spec, enum arm arm, long entries,
	       long free_after, long start_ns);

#endif
