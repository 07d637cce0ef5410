// SPDX-License-Identifier: GPL-2.0
/* The directory /sys/kernel/swapreap, and how a new value is put into effect. */
#include <linux/kobject.h>
#include <linux/kstrtox.h>
#include <linux/module.h>
#include <linux/sysfs.h>

#include "control.h"
#include "drain.h"
#include "hook.h"
#include "knobs.h"
#include "node.h"
#include "stats.h"
#include "sysfs.h"
#include "table.h"
#include "target.h"
#include "worker.h"

static struct kobject *root;

/**
 * struct knob_attr - the file of a knob
 * @attr: the file
 * @knob: the knob
 * @apply: puts a new value into effect before it is stored; may sleep and fail
 */
struct knob_attr {
	struct kobj_attribute attr;
	struct knob *knob;
	int (*apply)(long value);
};

static ssize_t knob_show(struct kobject *kobj, struct kobj_attribute *attr,
			 char *buf)
{
	struct knob_attr *file = container_of(attr, struct knob_attr, attr);

	return sysfs_emit(buf, "%ld\n", READ_ONCE(file->knob->value));
}

static ssize_t knob_store(struct kobject *kobj, struct kobj_attribute *attr,
			  const char *buf, size_t len)
{
	struct knob_attr *file = container_of(attr, struct knob_attr, attr);
	long value;
	int err;

	mutex_lock(&knobs_lock);
	err = knob_parse(file->knob, buf, &value);
	if (!err && file->apply && value != file->knob->value)
		err = file->apply(value);
	if (!err)
		WRITE_ONCE(file->knob->value, value);
	mutex_unlock(&knobs_lock);
	return err ?: len;
}

/* If not all can be had, those that were are given back. */
static int apply_workers(long per_node)
{
	int err = workers_resize(per_node);

	if (err)
		workers_resize(knob(workers));
	return err;
}

static int apply_worker_nice(long nice)
{
	workers_set_nice(nice);
	return 0;
}

#define KNOB_ATTR(_name, _apply)					\
	static struct knob_attr knob_attr_##_name = {			\
		.attr = __ATTR(_name, 0644, knob_show, knob_store),	\
		.knob = &knob_##_name,					\
		.apply = _apply,					\
	}

KNOB_ATTR(enabled, control_enable);
KNOB_ATTR(exit_threshold, NULL);
KNOB_ATTR(min_exiting, NULL);
KNOB_ATTR(sweep, control_sweep);
KNOB_ATTR(divert_mrelease, NULL);
KNOB_ATTR(divert_oom_reaper, NULL);
KNOB_ATTR(workers, apply_workers);
KNOB_ATTR(worker_nice, apply_worker_nice);
KNOB_ATTR(max_pending, NULL);
KNOB_ATTR(max_age_ms, NULL);

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
	err = knob_parse_cpus(buf, cpus);
	if (!err) {
		mutex_lock(&knobs_lock);
		cpumask_copy(&knob_worker_cpus, cpus);
		workers_refit();
		mutex_unlock(&knobs_lock);
	}
	free_cpumask_var(cpus);
	return err ?: len;
}

static struct kobj_attribute worker_cpus_attr = __ATTR_RW(worker_cpus);

static struct attribute *knob_attrs[] = {
	&knob_attr_enabled.attr.attr,
	&knob_attr_exit_threshold.attr.attr,
	&knob_attr_min_exiting.attr.attr,
	&knob_attr_sweep.attr.attr,
	&knob_attr_divert_mrelease.attr.attr,
	&knob_attr_divert_oom_reaper.attr.attr,
	&knob_attr_workers.attr.attr,
	&knob_attr_worker_nice.attr.attr,
	&worker_cpus_attr.attr,
	&knob_attr_max_pending.attr.attr,
	&knob_attr_max_age_ms.attr.attr,
	NULL
};

static const struct attribute_group knob_group = { .attrs = knob_attrs };

#define TEXT(_name, _text)						\
	static ssize_t _name##_show(struct kobject *kobj,		\
				    struct kobj_attribute *attr, char *buf) \
	{								\
		return sysfs_emit(buf, "%s\n", _text);			\
	}								\
	static struct kobj_attribute _name##_attr = __ATTR_RO(_name)

TEXT(version, THIS_MODULE->version);
TEXT(hook, hook->name);
TEXT(target, target.name);

static ssize_t drain_store(struct kobject *kobj, struct kobj_attribute *attr,
			   const char *buf, size_t len)
{
	unsigned int one;

	if (kstrtouint(buf, 0, &one) || one != 1)
		return -EINVAL;
	drain_all();
	return len;
}

static struct kobj_attribute drain_attr = __ATTR_WO(drain);

static struct attribute *root_attrs[] = {
	&version_attr.attr,
	&hook_attr.attr,
	&target_attr.attr,
	&drain_attr.attr,
	NULL
};

static const struct attribute_group root_group = { .attrs = root_attrs };

struct counter_attr {
	struct kobj_attribute attr;
	atomic_long_t *value;
};

static ssize_t counter_show(struct kobject *kobj, struct kobj_attribute *attr,
			    char *buf)
{
	struct counter_attr *counter = container_of(attr, struct counter_attr,
						    attr);

	return sysfs_emit(buf, "%ld\n", atomic_long_read(counter->value));
}

#define COUNTER(_name, _value)						\
	static struct counter_attr counter_##_name = {			\
		.attr = __ATTR(_name, 0444, counter_show, NULL),	\
		.value = &stats._value,					\
	}

COUNTER(pending_max, pending_max);
COUNTER(age_max_us, age_max_us);
COUNTER(swept, swept);
COUNTER(scopes, scopes);
COUNTER(fallback_small, fallback[FALLBACK_SMALL]);
COUNTER(fallback_few_exiting, fallback[FALLBACK_FEW_EXITING]);
COUNTER(fallback_low_swap, fallback[FALLBACK_LOW_SWAP]);
COUNTER(fallback_max_pending, fallback[FALLBACK_MAX_PENDING]);
COUNTER(fallback_max_age, fallback[FALLBACK_MAX_AGE]);
COUNTER(fallback_cgroup, fallback[FALLBACK_CGROUP]);
COUNTER(fallback_oom, fallback[FALLBACK_OOM]);
COUNTER(fallback_nomem, fallback[FALLBACK_NOMEM]);
COUNTER(fallback_collision, fallback[FALLBACK_COLLISION]);
COUNTER(fallback_kind, fallback[FALLBACK_KIND]);
COUNTER(fallback_unswept, fallback[FALLBACK_UNSWEPT]);

/* With what exits in flight have yet to queue. */
static long node_all_pending(struct reap_node *node)
{
	return node_pending(node) + table_open_pages(node);
}

static long node_diverted(struct reap_node *node)
{
	return atomic_long_read(&node->diverted) + table_open_pages(node);
}

static long node_worker_cpu_ns(struct reap_node *node)
{
	return workers_cpu_ns(node);
}

/* Adds up what all nodes have. */
#define SUM(_name, _of_node)						\
	static ssize_t sum_##_name##_show(struct kobject *kobj,		\
					  struct kobj_attribute *attr,	\
					  char *buf)			\
	{								\
		struct reap_node *node;					\
		long sum = 0;						\
									\
		for_each_reap_node(node)				\
			sum += _of_node(node);				\
		return sysfs_emit(buf, "%ld\n", sum);			\
	}								\
	static struct kobj_attribute sum_##_name =			\
		__ATTR(_name, 0444, sum_##_name##_show, NULL)

SUM(diverted, node_diverted);
SUM(freed, node_freed);
SUM(pending, node_all_pending);
SUM(worker_cpu_ns, node_worker_cpu_ns);

/* What the hook did not see. Calls, not pages. */
static ssize_t missed_show(struct kobject *kobj, struct kobj_attribute *attr,
			   char *buf)
{
	return sysfs_emit(buf, "%lu\n", hook->missed());
}

static struct kobj_attribute missed_attr = __ATTR_RO(missed);

static struct attribute *stats_attrs[] = {
	&sum_diverted.attr,
	&sum_freed.attr,
	&sum_pending.attr,
	&counter_pending_max.attr.attr,
	&counter_age_max_us.attr.attr,
	&counter_swept.attr.attr,
	&counter_scopes.attr.attr,
	&counter_fallback_small.attr.attr,
	&counter_fallback_few_exiting.attr.attr,
	&counter_fallback_low_swap.attr.attr,
	&counter_fallback_max_pending.attr.attr,
	&counter_fallback_max_age.attr.attr,
	&counter_fallback_cgroup.attr.attr,
	&counter_fallback_oom.attr.attr,
	&counter_fallback_nomem.attr.attr,
	&counter_fallback_collision.attr.attr,
	&counter_fallback_kind.attr.attr,
	&counter_fallback_unswept.attr.attr,
	&sum_worker_cpu_ns.attr,
	&missed_attr.attr,
	NULL
};

static const struct attribute_group stats_group = {
	.name = "stats",
	.attrs = stats_attrs,
};

static const struct attribute_group *root_groups[] = {
	&root_group,
	&knob_group,
	&stats_group,
	NULL
};

static struct reap_node *node_of(const struct kobject *kobj)
{
	struct reap_node *node;

	for_each_reap_node(node)
		if (node->kobj == kobj)
			break;
	return node;
}

#define OF_NODE(_name, _value)						\
	static ssize_t node_##_name##_show(struct kobject *kobj,	\
					   struct kobj_attribute *attr,	\
					   char *buf)			\
	{								\
		struct reap_node *node = node_of(kobj);			\
									\
		return sysfs_emit(buf, "%ld\n", (long)(_value));	\
	}								\
	static struct kobj_attribute node_##_name##_attr =		\
		__ATTR(_name, 0444, node_##_name##_show, NULL)

OF_NODE(pending, node_all_pending(node));
OF_NODE(freed, node_freed(node));
OF_NODE(workers, READ_ONCE(node->crew.nr));
OF_NODE(worker_cpu_ns, node_worker_cpu_ns(node));

static struct attribute *node_attrs[] = {
	&node_pending_attr.attr,
	&node_freed_attr.attr,
	&node_workers_attr.attr,
	&node_worker_cpu_ns_attr.attr,
	NULL
};

static const struct attribute_group node_group = { .attrs = node_attrs };

static int node_dir_add(struct reap_node *node)
{
	char name[16];

	snprintf(name, sizeof(name), "node%d", node->nid);
	node->kobj = kobject_create_and_add(name, root);
	if (!node->kobj)
		return -ENOMEM;
	return sysfs_create_group(node->kobj, &node_group);
}

static void node_dirs_remove(void)
{
	struct reap_node *node;

	for_each_reap_node(node) {
		kobject_put(node->kobj);
		node->kobj = NULL;
	}
}

/**
 * sysfs_init() - make the directory
 *
 * Context: Process context, sleeps.
 * Return: 0 or an errno; then there is no directory.
 */
int __init sysfs_init(void)
{
	struct reap_node *node;
	int err;

	root = kobject_create_and_add(KBUILD_MODNAME, kernel_kobj);
	if (!root)
		return -ENOMEM;
	for_each_reap_node(node) {
		err = node_dir_add(node);
		if (err)
			goto remove;
	}
	err = sysfs_create_groups(root, root_groups);
	if (!err)
		return 0;
remove:
	node_dirs_remove();
	kobject_put(root);
	return err;
}

/**
 * sysfs_exit() - remove the directory
 *
 * Context: Process context, sleeps until all reads and writes of its files
 * have returned.
 */
void sysfs_exit(void)
{
	sysfs_remove_groups(root, root_groups);
	node_dirs_remove();
	kobject_put(root);
}
