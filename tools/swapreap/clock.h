/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CLOCK_H
#define CLOCK_H

#include <time.h>

/* What a clock shows, in seconds. */
static inline double clock_seconds(clockid_t clock)
{
	struct timespec time;

	clock_gettime(clock, &time);
	return time.tv_sec + time.tv_nsec / 1e9;
}

/* For the time between two moments. */
static inline double clock_now(void)
{
	return clock_seconds(CLOCK_MONOTONIC);
}

#endif
