// SPDX-License-Identifier: GPL-2.0
/* The directory /sys/kernel/swapreap; its knobs are in knobs.c. */
#include <linux/kobject.h>
#include <linux/kstrtox.h>
#include <linux/module.h>
#include <linux/sysfs.h>

#include "control.h"
#include "hook.h"
#include "knobs.h"
#include "node.h"
#include "stats.h"
#include "sysfs.h"
#include "target.h"

static struct kobject *root;

static ssize_t version_show(struct kobject *kobj, struct kobj_attribute *attr,
			    char *buf)
{
	return sysfs_emit(buf, "%s\n", THIS_MODULE->version);
}

static ssize_t hook_show(struct kobject *kobj, struct kobj_attribute *attr,
			 char *buf)
{
	return sysfs_emit(buf, "%s\n", hook->name);
}

static ssize_t target_show(struct kobject *kobj, struct kobj_attribute *attr,
			   char *buf)
{
	return sysfs_emit(buf, "%s\n", target.name);
}

static ssize_t drain_store(struct kobject *kobj, struct kobj_attribute *attr,
			   const char *buf, size_t len)
{
	unsigned int one;

	if (kstrtouint(buf, 0, &one) || one != 1)
		return -EINVAL;
	return control_drain() ?: len;
}

static struct kobj_attribute version_attr = __ATTR_RO(version);
static struct kobj_attribute hook_attr = __ATTR_RO(hook);
static struct kobj_attribute target_attr = __ATTR_RO(target);
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

COUNTER(diverted, diverted);
COUNTER(freed, freed);
COUNTER(pending, pending);
COUNTER(pending_max, pending_max);
COUNTER(age_max_us, age_max_us);
COUNTER(scopes, scopes);
COUNTER(fallback_small, fallback[FALLBACK_SMALL]);
COUNTER(fallback_few_exiting, fallback[FALLBACK_FEW_EXITING]);
COUNTER(fallback_low_swap, fallback[FALLBACK_LOW_SWAP]);
COUNTER(fallback_max_pending, fallback[FALLBACK_MAX_PENDING]);
COUNTER(fallback_max_age, fallback[FALLBACK_MAX_AGE]);
COUNTER(fallback_nomem, fallback[FALLBACK_NOMEM]);
COUNTER(fallback_collision, fallback[FALLBACK_COLLISION]);
COUNTER(fallback_kind, fallback[FALLBACK_KIND]);

static ssize_t all_worker_cpu_ns_show(struct kobject *kobj,
				      struct kobj_attribute *attr, char *buf)
{
	struct reap_node *node;
	u64 ns = 0;

	for_each_reap_node(node)
		ns += node_worker_cpu_ns(node);
	return sysfs_emit(buf, "%llu\n", ns);
}

static struct kobj_attribute all_worker_cpu_ns_attr =
	__ATTR(worker_cpu_ns, 0444, all_worker_cpu_ns_show, NULL);

/* What the way in did not show us. Calls, not pages. */
static ssize_t missed_show(struct kobject *kobj, struct kobj_attribute *attr,
			   char *buf)
{
	return sysfs_emit(buf, "%lu\n", hook->missed());
}

static struct kobj_attribute missed_attr = __ATTR_RO(missed);

static struct attribute *stats_attrs[] = {
	&counter_diverted.attr.attr,
	&counter_freed.attr.attr,
	&counter_pending.attr.attr,
	&counter_pending_max.attr.attr,
	&counter_age_max_us.attr.attr,
	&counter_scopes.attr.attr,
	&counter_fallback_small.attr.attr,
	&counter_fallback_few_exiting.attr.attr,
	&counter_fallback_low_swap.attr.attr,
	&counter_fallback_max_pending.attr.attr,
	&counter_fallback_max_age.attr.attr,
	&counter_fallback_nomem.attr.attr,
	&counter_fallback_collision.attr.attr,
	&counter_fallback_kind.attr.attr,
	&all_worker_cpu_ns_attr.attr,
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

static ssize_t pending_show(struct kobject *kobj, struct kobj_attribute *attr,
			    char *buf)
{
	return sysfs_emit(buf, "%ld\n",
			  atomic_long_read(&node_of(kobj)->pending));
}

static ssize_t freed_show(struct kobject *kobj, struct kobj_attribute *attr,
			  char *buf)
{
	return sysfs_emit(buf, "%ld\n", atomic_long_read(&node_of(kobj)->freed));
}

static ssize_t workers_show(struct kobject *kobj, struct kobj_attribute *attr,
			    char *buf)
{
	return sysfs_emit(buf, "%u\n", READ_ONCE(node_of(kobj)->nr_workers));
}

static ssize_t worker_cpu_ns_show(struct kobject *kobj,
				  struct kobj_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%llu\n", node_worker_cpu_ns(node_of(kobj)));
}

static struct kobj_attribute pending_attr = __ATTR_RO(pending);
static struct kobj_attribute freed_attr = __ATTR_RO(freed);
static struct kobj_attribute workers_attr = __ATTR_RO(workers);
static struct kobj_attribute worker_cpu_ns_attr = __ATTR_RO(worker_cpu_ns);

static struct attribute *node_attrs[] = {
	&pending_attr.attr,
	&freed_attr.attr,
	&workers_attr.attr,
	&worker_cpu_ns_attr.attr,
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
