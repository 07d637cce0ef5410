// SPDX-License-Identifier: GPL-2.0
/* Load and unload: one ladder up, its mirror down. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/module.h>
#include <linux/printk.h>
#include <linux/stringify.h>

#include "admit.h"
#include "tenant.h"
#include "control.h"
#include "debugfs.h"
#include "drain.h"
#include "events.h"
#include "hook.h"
#include "knobs.h"
#include "node.h"
#include "policy.h"
#include "sweep.h"
#include "sysfs.h"
#include "table.h"
#include "target.h"
#include "worker.h"

static int __init swapreap_init(void)
{
	int err;

	knobs_init();
	table_init();
	err = hook_choose();
	if (err)
		return err;
	sweep_prove();
	err = target_init();
	if (err)
		return err;
	err = hook->prepare();
	if (err)
		return err;
	admit_init();
	tenant_init();
	err = nodes_init();
	if (err)
		goto release_hook;
	policy_init();
	err = workers_start();
	if (err)
		goto free_nodes;
	err = events_init();
	if (err)
		goto stop_workers;
	err = control_init();
	if (err)
		goto leave_events;
	if (knob(enabled)) {
		err = control_enable(1);
		if (err)
			goto leave_control;
	}
	err = sysfs_init();
	if (err)
		goto disable;
	debugfs_init();
	pr_info("version %s diverts %s by %s\n", THIS_MODULE->version,
		target.name, hook->name);
	return 0;

disable:
	if (knob(enabled))
		control_disable();
leave_control:
	control_exit();
leave_events:
	events_exit();
stop_workers:
	policy_exit();
	workers_stop();
	drain_all();
free_nodes:
	nodes_exit();
release_hook:
	hook->release();
	return err;
}

static void __exit swapreap_exit(void)
{
	debugfs_exit();
	sysfs_exit();
	if (knob(enabled))
		control_disable();
	control_exit();
	events_exit();
	policy_exit();
	workers_stop();
	/* what a worker may have put back into the map */
	drain_all();
	nodes_exit();
	hook->release();
	pr_info("unloaded\n");
}

module_init(swapreap_init);
module_exit(swapreap_exit);
MODULE_DESCRIPTION("Frees the swap entries of dying processes in the background");
MODULE_LICENSE("GPL");
MODULE_VERSION(SWAPREAP_VERSION);
/* insmod does not notice a module built for pages of another size. */
MODULE_INFO(page_shift, __stringify(PAGE_SHIFT));
