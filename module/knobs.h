/* SPDX-License-Identifier: GPL-2.0 */
/* The knobs: each is a sysfs file and a module parameter of the same name. */
#ifndef SWAPREAP_KNOBS_H
#define SWAPREAP_KNOBS_H

#include <linux/compiler.h>
#include <linux/cpumask.h>
#include <linux/kobject.h>
#include <linux/sysfs.h>

/**
 * struct knob - a number that can be set while the module runs
 * @attr: its sysfs file
 * @value: present value, read without a lock
 * @min: least value accepted
 * @max: greatest value accepted
 * @apply: makes a new value true before it becomes @value; may sleep and fail
 */
struct knob {
	struct kobj_attribute attr;
	long value;
	long min;
	long max;
	int (*apply)(long value);
};

extern struct knob knob_enabled;
extern struct knob knob_exit_threshold;
extern struct knob knob_min_exiting;
extern struct knob knob_divert_mrelease;
extern struct knob knob_divert_oom_reaper;
extern struct knob knob_workers;
extern struct knob knob_worker_nice;
extern struct knob knob_max_pending;
extern struct knob knob_max_age_ms;
extern struct cpumask knob_worker_cpus;

extern const struct attribute_group knob_group;

void knobs_init(void);

/**
 * knob() - present value of a knob
 * @name: the knob's name
 */
#define knob(name)	READ_ONCE(knob_##name.value)

#endif
