/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The knobs: values and ranges. Each is a module parameter, and a file of the same
 * name in sysfs (sysfs.c), where a new value is put into effect.
 */
#ifndef SWAPREAP_KNOBS_H
#define SWAPREAP_KNOBS_H

#include <linux/compiler.h>
#include <linux/cpumask.h>
#include <linux/mutex.h>
#include <linux/time64.h>
#include <linux/types.h>

/**
 * struct knob - a number that can be set while the module runs
 * @value: present value, read without a lock
 * @min: least value accepted
 * @max: greatest value accepted
 */
struct knob {
	long value;
	long min;
	long max;
};

extern struct knob knob_enabled;
extern struct knob knob_exit_threshold;
extern struct knob knob_min_exiting;
extern struct knob knob_sweep;
extern struct knob knob_divert_mrelease;
extern struct knob knob_divert_oom_reaper;
extern struct knob knob_workers;
extern struct knob knob_worker_nice;
extern struct knob knob_max_pending;
extern struct knob knob_max_age_ms;
extern struct cpumask knob_worker_cpus;

/* One knob changes at a time: workers come and go, hooks too. */
extern struct mutex knobs_lock;

void knobs_init(void);
int knob_parse(const struct knob *knob, const char *text, long *value);
int knob_parse_cpus(const char *text, struct cpumask *cpus);

/**
 * knob() - present value of a knob
 * @name: the knob's name
 */
#define knob(name)	READ_ONCE(knob_##name.value)

static inline u64 knob_max_age_ns(void)
{
	return knob(max_age_ms) * NSEC_PER_MSEC;
}

/* From this age on, entries go before all that is ordinary. */
static inline u64 knob_urgent_age_ns(void)
{
	return knob_max_age_ns() / 4;
}

#endif
