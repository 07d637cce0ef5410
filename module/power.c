// SPDX-License-Identifier: GPL-2.0
/*
 * An image of the machine is made, or put in its place, with nothing pending
 * and nobody at work: what lies in swap then does not change behind it.
 * Sleeping with memory powered needs none of that.
 */
#include <linux/notifier.h>
#include <linux/suspend.h>

#include "control.h"
#include "power.h"

static int on_power(struct notifier_block *self, unsigned long event,
		    void *unused)
{
	switch (event) {
	case PM_HIBERNATION_PREPARE:
	case PM_RESTORE_PREPARE:
		control_pause();
		break;
	case PM_POST_HIBERNATION:
	case PM_POST_RESTORE:
		control_resume();
		break;
	}
	return NOTIFY_OK;
}

static struct notifier_block power_notifier = { .notifier_call = on_power };

/**
 * power_init() - ask to be told when the machine hibernates
 *
 * Context: Process context, sleeps.
 * Return: 0 or an errno.
 */
int __init power_init(void)
{
	return register_pm_notifier(&power_notifier);
}

/**
 * power_exit() - ask to be told no more
 *
 * Context: Process context, sleeps until nobody is in here.
 */
void power_exit(void)
{
	unregister_pm_notifier(&power_notifier);
}
