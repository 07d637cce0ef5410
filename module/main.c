// SPDX-License-Identifier: GPL-2.0
/* Load, unload, and what concerns the module as a whole. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/module.h>
#include <linux/printk.h>
#include <linux/stringify.h>

#include "control.h"
#include "debugfs.h"
#include "guard.h"
#include "hook.h"
#include "idle.h"
#include "knobs.h"
#include "node.h"
#include "power.h"
#include "pressure.h"
#include "scope.h"
#include "swapoff.h"
#include "sysfs.h"
#include "target.h"
#include "worker.h"

/**
 * control_enable() - start or stop to divert
 * @enable: 1 or 0
 *
 * Context: Process context, sleeps. One caller at a time. With 0, returns when
 * all that was diverted has been freed.
 * Return: 0, or the errno of the hook.
 */
int control_enable(long enable)
{
	struct reap_node *node;

	if (enable) {
		int err = hook->install();

		if (!err)
			scopes_open();
		return err;
	}
	scopes_close();
	hook->remove();
	for_each_reap_node(node)
		node_drain(node);
	return 0;
}

/**
 * control_drain() - wait until all that is pending has been freed
 *
 * That includes what exits in flight have diverted so far.
 *
 * Context: Process context, sleeps.
 * Return: 0, or -ERESTARTSYS on a fatal signal.
 */
int control_drain(void)
{
	struct reap_node *node;

	scope_sync();
	for_each_reap_node(node) {
		int err = node_drain_killable(node);

		if (err)
			return err;
	}
	return 0;
}

/**
 * control_pause() - free all that is pending, and divert nothing for a while
 *
 * Whatever "enabled" says, until control_resume().
 *
 * Context: Process context, sleeps.
 */
void control_pause(void)
{
	struct reap_node *node;

	scopes_pause();
	guard_hurry();
	for_each_reap_node(node)
		node_drain(node);
}

/**
 * control_resume() - go on after control_pause()
 *
 * Context: Any.
 */
void control_resume(void)
{
	scopes_resume();
}

static int __init swapreap_init(void)
{
	int err;

	knobs_init();
	err = hook_choose();
	if (err)
		return err;
	err = target_init();
	if (err)
		return err;
	err = hook->prepare();
	if (err)
		return err;
	idle_init();
	err = nodes_init();
	if (err)
		goto release_hook;
	err = guard_start();
	if (err)
		goto free_nodes;
	err = workers_start();
	if (err)
		goto stop_guard;
	err = pressure_init();
	if (err)
		goto stop_workers;
	err = power_init();
	if (err)
		goto leave_pressure;
	swapoff_init();
	if (knob(enabled)) {
		err = control_enable(1);
		if (err)
			goto leave_swapoff;
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
		control_enable(0);
leave_swapoff:
	swapoff_exit();
	power_exit();
leave_pressure:
	pressure_exit();
stop_workers:
	workers_stop();
stop_guard:
	guard_stop();
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
		control_enable(0);
	swapoff_exit();
	power_exit();
	pressure_exit();
	workers_stop();
	guard_stop();
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
