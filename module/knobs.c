// SPDX-License-Identifier: GPL-2.0
/*
 * Values, ranges and defaults of the knobs, and the two ways to set them. A
 * parameter is taken at load only; afterwards the sysfs file is the one way,
 * and /sys/module/swapreap/parameters shows what it holds.
 */
#include <linux/kstrtox.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/string.h>

#include "control.h"
#include "guard.h"
#include "knobs.h"
#include "node.h"
#include "worker.h"

/* One knob changes at a time: workers come and go, hooks too. */
static DEFINE_MUTEX(knobs_lock);

static int knob_parse(const struct knob *knob, const char *text, long *value)
{
	if (kstrtol(text, 0, value))
		return -EINVAL;
	return *value < knob->min || *value > knob->max ? -EINVAL : 0;
}

static ssize_t knob_show(struct kobject *kobj, struct kobj_attribute *attr,
			 char *buf)
{
	struct knob *knob = container_of(attr, struct knob, attr);

	return sysfs_emit(buf, "%ld\n", READ_ONCE(knob->value));
}

static ssize_t knob_store(struct kobject *kobj, struct kobj_attribute *attr,
			  const char *buf, size_t len)
{
	struct knob *knob = container_of(attr, struct knob, attr);
	long value;
	int err = knob_parse(knob, buf, &value);

	if (err)
		return err;
	mutex_lock(&knobs_lock);
	if (knob->apply && value != knob->value)
		err = knob->apply(value);
	if (!err)
		WRITE_ONCE(knob->value, value);
	mutex_unlock(&knobs_lock);
	return err ?: len;
}

static int knob_param_set(const char *text, const struct kernel_param *param)
{
	struct knob *knob = param->arg;
	long value;
	int err = knob_parse(knob, text, &value);

	if (!err)
		knob->value = value;
	return err;
}

static int knob_param_get(char *buf, const struct kernel_param *param)
{
	return knob_show(NULL, &((struct knob *)param->arg)->attr, buf);
}

static const struct kernel_param_ops knob_param_ops = {
	.set = knob_param_set,
	.get = knob_param_get,
};

#define KNOB(_name, _value, _min, _max, _apply)				\
	struct knob knob_##_name = {					\
		.attr = __ATTR(_name, 0644, knob_show, knob_store),	\
		.value = _value,					\
		.min = _min,						\
		.max = _max,						\
		.apply = _apply,					\
	};								\
	module_param_cb(_name, &knob_param_ops, &knob_##_name, 0444)

KNOB(enabled, 1, 0, 1, control_enable);
MODULE_PARM_DESC(enabled, "0: divert nothing (default 1)");

/*
 * A scope costs a table entry, a batch page and a wake-up, about as much as
 * freeing some ten entries; 1 MiB of 4 KiB pages is far above that, and below
 * what anybody notices.
 */
KNOB(exit_threshold, 256, 0, LONG_MAX, NULL);
MODULE_PARM_DESC(exit_threshold,
		 "swap entries (pages) an mm must hold at exit to be diverted (default 256)");

KNOB(min_exiting, 1, 0, INT_MAX, NULL);
MODULE_PARM_DESC(min_exiting,
		 "qualifying exits in flight from which diverting starts (default 1)");

/*
 * 64 MiB in order on 6.12: the call takes 2.1 million instructions, with 0 it
 * takes 5.1, for the victim diverts what it gets at, and without the module
 * 20.5; all swap is back after 25.6, 26.4 and 20.5 (docs/benchmarks.md).
 */
KNOB(divert_mrelease, 1, 0, 1, NULL);
MODULE_PARM_DESC(divert_mrelease,
		 "1: divert what process_mrelease() reaps (default 1)");

/*
 * The kernel looks for the next to kill as soon as the reaper is done
 * (mm/oom_kill.c, oom_reap_task()). On a phone's kernel with each CPU busy, 4
 * MiB that were diverted were free 0.6 s after that; and nobody waits for the
 * reaper.
 */
KNOB(divert_oom_reaper, 0, 0, 1, NULL);
MODULE_PARM_DESC(divert_oom_reaper,
		 "1: divert what the kernel's OOM reaper reaps (default 0)");

/* If not all can be had, those that were are given back. */
static int workers_apply(long per_node)
{
	int err = workers_resize(per_node);

	if (err)
		workers_resize(knob(workers));
	return err;
}

KNOB(workers, 0, 0, NODE_WORKERS_MAX, workers_apply);
MODULE_PARM_DESC(workers,
		 "threads per node, 0: as many as the backlog and the node's CPUs call for (default 0)");

KNOB(worker_nice, 19, MIN_NICE, MAX_NICE, workers_set_nice);
MODULE_PARM_DESC(worker_nice, "nice value of the workers (default 19)");

/*
 * Pending entries hold swap slots that nobody can use. A lone entry takes 2300
 * instructions to free (6.12; tests/guest "gone in a fraction" by boot -i), so
 * half of 8 GiB is a million entries and 2.4 s of a CPU that does 10^9 a second:
 * what one worker frees in about max_age_ms. Where swap is the bound,
 * swap_is_low() sees to it. -1 stands for this default until knobs_init().
 */
KNOB(max_pending, -1, 0, LONG_MAX, NULL);
MODULE_PARM_DESC(max_pending,
		 "pages that may be pending in all (default: half of the pages of memory)");

/*
 * 2 s let a machine that is busy for a moment get over it before workers are
 * lifted (module/guard.c: at 1 s). The last quarter, in which they are above
 * all else, is enough for 210 thousand lone entries or 800 MiB, by the measure
 * of max_pending.
 *
 * The guard looks at what is pending by the new limit.
 */
static int max_age_apply(long value)
{
	WRITE_ONCE(knob_max_age_ms.value, value);
	guard_look();
	return 0;
}

KNOB(max_age_ms, 2000, 1, 3600 * 1000, max_age_apply);
MODULE_PARM_DESC(max_age_ms,
		 "longest time an entry may stay pending, in ms (default 2000)");

struct cpumask knob_worker_cpus;

/* cpulist_parse() ends at a newline and does not look at what is behind it. */
static int cpus_parse(const char *text, struct cpumask *cpus)
{
	const char *newline = strchr(text, '\n');

	if ((newline && newline[1]) || cpulist_parse(text, cpus))
		return -EINVAL;
	return cpumask_intersects(cpus, cpu_possible_mask) ? 0 : -EINVAL;
}

static ssize_t worker_cpus_show(struct kobject *kobj,
				struct kobj_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%*pbl\n", cpumask_pr_args(&knob_worker_cpus));
}

static ssize_t worker_cpus_store(struct kobject *kobj,
				 struct kobj_attribute *attr, const char *buf,
				 size_t len)
{
	cpumask_var_t cpus;
	int err;

	if (!alloc_cpumask_var(&cpus, GFP_KERNEL))
		return -ENOMEM;
	err = cpus_parse(buf, cpus);
	if (!err) {
		mutex_lock(&knobs_lock);
		cpumask_copy(&knob_worker_cpus, cpus);
		workers_set_cpus();
		mutex_unlock(&knobs_lock);
	}
	free_cpumask_var(cpus);
	return err ?: len;
}

static struct kobj_attribute worker_cpus_attr = __ATTR_RW(worker_cpus);

static int worker_cpus_param_set(const char *text,
				 const struct kernel_param *param)
{
	return cpus_parse(text, &knob_worker_cpus);
}

static int worker_cpus_param_get(char *buf, const struct kernel_param *param)
{
	return worker_cpus_show(NULL, NULL, buf);
}

static const struct kernel_param_ops worker_cpus_param_ops = {
	.set = worker_cpus_param_set,
	.get = worker_cpus_param_get,
};

module_param_cb(worker_cpus, &worker_cpus_param_ops, NULL, 0444);
MODULE_PARM_DESC(worker_cpus, "CPU list the workers run on (default: all)");

static struct attribute *knob_attrs[] = {
	&knob_enabled.attr.attr,
	&knob_exit_threshold.attr.attr,
	&knob_min_exiting.attr.attr,
	&knob_divert_mrelease.attr.attr,
	&knob_divert_oom_reaper.attr.attr,
	&knob_workers.attr.attr,
	&knob_worker_nice.attr.attr,
	&worker_cpus_attr.attr,
	&knob_max_pending.attr.attr,
	&knob_max_age_ms.attr.attr,
	NULL
};

const struct attribute_group knob_group = { .attrs = knob_attrs };

/**
 * knobs_init() - fill in the defaults that depend on the machine
 *
 * Context: Once, at load, after the parameters were read.
 */
void __init knobs_init(void)
{
	if (knob_max_pending.value < 0)
		knob_max_pending.value = totalram_pages() / 2;
	if (cpumask_empty(&knob_worker_cpus))
		cpumask_copy(&knob_worker_cpus, cpu_possible_mask);
}
