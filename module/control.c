// SPDX-License-Identifier: GPL-2.0
#include <linux/notifier.h>
#include <linux/suspend.h>
#include <linux/workqueue.h>

#include "control.h"
#include "drain.h"
#include "gate.h"
#include "hook.h"
#include "knobs.h"
#include "sweep.h"

/*
 * To take the hooks away is to wait for every task that was pre-empted in the
 * kernel, however long it gets no CPU (synchronize_rcu_tasks()). Whoever
 * switches diverting off waits for what is pending, and not for that.
 */
static void unhook(struct work_struct *work)
{
	hook->remove();
}

static DECLARE_WORK(unhook_work, unhook);

/**
 * control_enable() - start or stop to divert
 * @enable: 1 or 0
 *
 * Context: Process context, sleeps. One caller at a time. With 0, returns when
 * all that was diverted has been freed; the hooks go a little later.
 * Return: 0, or the errno of the hook.
 */
int control_enable(long enable)
{
	int err = 0;

	if (!enable) {
		gate_close();
		drain_all();
		schedule_work(&unhook_work);
		return 0;
	}
	if (!cancel_work_sync(&unhook_work))
		err = hook->install();
	if (!err)
		gate_open();
	return err;
}

/**
 * control_disable() - stop to divert and take the hooks away
 *
 * Context: Process context, sleeps. One caller at a time.
 */
void control_disable(void)
{
	control_enable(0);
	flush_work(&unhook_work);
}

/**
 * control_sweep() - have the target hooked or not, as the sweep needs it
 * @sweep: 1 or 0, what the knob is about to be
 *
 * Context: Process context, sleeps. One caller at a time.
 * Return: 0, or the errno of the hook.
 */
int control_sweep(long sweep)
{
	/* hooks that are about to go would be hooks as they were when they stay */
	flush_work(&unhook_work);
	if (!hook->see_target || !knob(enabled))
		return 0;
	/* never neither of them */
	if (sweep)
		WRITE_ONCE(knob_sweep.value, sweep);
	return hook->see_target(!sweep);
}

/* What the sweep leaves alone from now on is for the hook again. */
static void on_sweep_failed(struct work_struct *work)
{
	mutex_lock(&knobs_lock);
	if (!control_sweep(0))
		WRITE_ONCE(knob_sweep.value, 0);
	knob_sweep.max = 0;
	mutex_unlock(&knobs_lock);
}

/*
 * An image of the machine is made, or put in its place, with nothing pending
 * and nobody at work: what lies in swap then does not change behind it.
 * Sleeping with memory powered needs none of that.
 */
static int on_power(struct notifier_block *self, unsigned long event,
		    void *unused)
{
	switch (event) {
	case PM_HIBERNATION_PREPARE:
	case PM_RESTORE_PREPARE:
		gate_pause();
		drain_all();
		break;
	case PM_POST_HIBERNATION:
	case PM_POST_RESTORE:
		gate_resume();
		break;
	}
	return NOTIFY_OK;
}

static struct notifier_block power_notifier = { .notifier_call = on_power };

/**
 * control_init() - ask to be told when the machine hibernates
 *
 * Context: Process context, sleeps.
 * Return: 0 or an errno.
 */
int __init control_init(void)
{
	INIT_WORK(&sweep_failed, on_sweep_failed);
	return register_pm_notifier(&power_notifier);
}

/**
 * control_exit() - unregister
 *
 * Context: Process context, sleeps until nobody is in here.
 */
void control_exit(void)
{
	cancel_work_sync(&sweep_failed);
	flush_work(&unhook_work);
	unregister_pm_notifier(&power_notifier);
}
