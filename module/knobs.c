// SPDX-License-Identifier: GPL-2.0
/*
 * Values, ranges and defaults of the knobs. A parameter is taken at load only;
 * afterwards it shows what the file in sysfs was set to.
 */
#include <linux/kstrtox.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/string.h>
#include <linux/sysfs.h>

#include "compat.h"
#include "knobs.h"
#include "node.h"

/* Held while a new value is put into effect. */
DEFINE_MUTEX(knobs_lock);

/**
 * knob_parse() - read a value for a knob
 * @knob: the knob
 * @text: the value as text
 * @value: where it is put
 *
 * Context: Any.
 * Return: 0, or -EINVAL if it is no number or out of range.
 */
int knob_parse(const struct knob *knob, const char *text, long *value)
{
	if (kstrtol(text, 0, value))
		return -EINVAL;
	return *value < knob->min || *value > knob->max ? -EINVAL : 0;
}

static int param_set(const char *text, const struct kernel_param *param)
{
	struct knob *knob = param->arg;
	long value;
	int err = knob_parse(knob, text, &value);

	if (!err)
		knob->value = value;
	return err;
}

static int param_get(char *buf, const struct kernel_param *param)
{
	const struct knob *knob = param->arg;

	return sysfs_emit(buf, "%ld\n", READ_ONCE(knob->value));
}

static const struct kernel_param_ops param_ops = {
	.set = param_set,
	.get = param_get,
};

#define KNOB(_name, _value, _min, _max)					\
	struct knob knob_##_name = {					\
		.value = _value,					\
		.min = _min,						\
		.max = _max,						\
	};								\
	module_param_cb(_name, &param_ops, &knob_##_name, 0444)

KNOB(enabled, 1, 0, 1);
MODULE_PARM_DESC(enabled, "0: divert nothing (default 1)");

/*
 * A scope costs a table entry, a batch page and a wake-up, about as much as
 * freeing some ten entries; 1 MiB of 4 KiB pages is far above that, and below
 * what anybody notices.
 */
KNOB(exit_threshold, 256, 0, LONG_MAX);
MODULE_PARM_DESC(exit_threshold,
		 "swap entries (pages) an mm must hold at exit to be diverted (default 256)");

KNOB(min_exiting, 1, 0, INT_MAX);
MODULE_PARM_DESC(min_exiting,
		 "qualifying exits in flight from which diverting starts (default 1)");

KNOB(sweep, 1, 0, 1);
MODULE_PARM_DESC(sweep,
		 "1: take entries out of the page tables before the kernel walks them (default 1)");

/*
 * 64 MiB in order on 6.12: the call takes 2.1 million instructions, with 0 it
 * takes 5.1, for the victim diverts what it gets at, and without the module
 * 20.5; all swap is back after 25.6, 26.4 and 20.5 (docs/benchmarks.md).
 */
KNOB(divert_mrelease, 1, 0, 1);
MODULE_PARM_DESC(divert_mrelease,
		 "1: divert what process_mrelease() reaps (default 1)");

/*
 * The kernel looks for the next to kill as soon as the reaper is done
 * (mm/oom_kill.c, oom_reap_task()). On a phone's kernel with each CPU busy, 4
 * MiB that were diverted were free 0.6 s after that; and nobody waits for the
 * reaper.
 */
KNOB(divert_oom_reaper, 0, 0, 1);
MODULE_PARM_DESC(divert_oom_reaper,
		 "1: divert what the kernel's OOM reaper reaps (default 0)");

KNOB(workers, 0, 0, NODE_WORKERS_MAX);
MODULE_PARM_DESC(workers,
		 "threads per node, 0: one for each of its CPUs, up to 4 (default 0)");

KNOB(worker_nice, 19, MIN_NICE, MAX_NICE);
MODULE_PARM_DESC(worker_nice, "nice value of the workers (default 19)");

/*
 * Pending entries hold swap slots that nobody can use. A lone entry takes 2300
 * instructions to free (6.12; tests/guest "gone in a fraction" by boot -i), so
 * half of 8 GiB is a million entries and 2.4 s of a CPU that does 10^9 a second:
 * what one worker frees in about max_age_ms. Where swap is the bound,
 * admit_swap_is_low() sees to it. -1 stands for this default until knobs_init().
 */
KNOB(max_pending, -1, 0, LONG_MAX);
MODULE_PARM_DESC(max_pending,
		 "pages that may be pending in all (default: half of the pages of memory)");

/*
 * 2 s let a machine that is busy for a moment get over it before workers go before
 * ordinary tasks (module/policy.c: at 0.5 s), and at 1 s become real-time tasks.
 */
KNOB(max_age_ms, 2000, 1, 3600 * 1000);
MODULE_PARM_DESC(max_age_ms,
		 "longest time an entry may stay pending, in ms (default 2000)");

struct cpumask knob_worker_cpus;

/**
 * knob_parse_cpus() - read a list of CPUs
 * @text: the list; cpulist_parse() ends at a newline and does not look at what
 *	is behind it
 * @cpus: where they are put
 *
 * Context: Any.
 * Return: 0, or -EINVAL if it is no list or has none of this machine's CPUs.
 */
int knob_parse_cpus(const char *text, struct cpumask *cpus)
{
	const char *newline = strchr(text, '\n');

	if ((newline && newline[1]) || cpulist_parse(text, cpus))
		return -EINVAL;
	return cpumask_intersects(cpus, cpu_possible_mask) ? 0 : -EINVAL;
}

static int cpus_param_set(const char *text, const struct kernel_param *param)
{
	return knob_parse_cpus(text, &knob_worker_cpus);
}

static int cpus_param_get(char *buf, const struct kernel_param *param)
{
	return sysfs_emit(buf, "%*pbl\n", cpumask_pr_args(&knob_worker_cpus));
}

static const struct kernel_param_ops cpus_param_ops = {
	.set = cpus_param_set,
	.get = cpus_param_get,
};

module_param_cb(worker_cpus, &cpus_param_ops, NULL, 0444);
MODULE_PARM_DESC(worker_cpus,
		 "CPU list the workers run on (default: all that are not isolated)");

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
		housekeeping_cpus(&knob_worker_cpus);
	if (!cpumask_intersects(&knob_worker_cpus, cpu_online_mask))
		cpumask_copy(&knob_worker_cpus, cpu_possible_mask);
}
