// SPDX-License-Identifier: GPL-2.0
#include <sys/prctl.h>
#include <unistd.h>

#include "back.h"
#include "module.h"
#include "swap.h"
#include "util.h"

#define BACK_MS		600000
/*
 * Each look takes some microseconds of CPU from those that are measured. The
 * kernel alone needs one or two per entry, so the longest sleep is a twentieth
 * to a fortieth of what it needs for all of them.
 */
#define ENTRIES_PER_US	20
#define LOOK_US_MIN	20
#define LOOK_US_MAX	1000

static long clamp(long value, long min, long max)
{
	return value < min ? min : value > max ? max : value;
}

/* A foreground process may have had something else swapped out. */
static long entries_left(const struct spec *spec, enum arm arm, long free_after)
{
	long left = spec->foreground ? 0 : free_after - swap_free();
	long pending = arm_has_module(arm) ? knob_get("stats/pending") : 0;

	return pending > left ? pending : left;
}

/* Sleeps half the time left at this pace: few looks, the last close together. */
static long next_look_us(long entries, long left, long freed, long took_ns)
{
	long max = clamp(entries / ENTRIES_PER_US, LOOK_US_MIN, LOOK_US_MAX);

	if (freed <= 0)
		return max;
	return clamp(left * took_ns / freed / 2000, LOOK_US_MIN, max);
}

long back_wait(const struct spec *spec, enum arm arm, long entries,
	       long free_after, long start_ns)
{
	long left_before = entries, before_ns = start_ns, left, ns;

	/* the default slack makes each look up to 50 us late */
	check(!prctl(PR_SET_TIMERSLACK, 1, 0, 0, 0), "PR_SET_TIMERSLACK: %m");
	while ((left = entries_left(spec, arm, free_after)) > 0) {
		ns = now_ns();
		check(ns - start_ns < patience(BACK_MS), "swap is not back");
		usleep(next_look_us(entries, left, left_before - left,
				    ns - before_ns));
		left_before = left;
		before_ns = ns;
	}
	ns = now_ns();
	prctl(PR_SET_TIMERSLACK, 0, 0, 0, 0);
	return ns - start_ns;
}
