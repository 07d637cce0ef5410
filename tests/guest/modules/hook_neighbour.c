// SPDX-License-Identifier: GPL-2.0
/*
 * Sits at one of Android's vendor hooks, as a vendor's module may: changes
 * nothing, and counts what it is asked.
 */
#include <linux/module.h>
#include <linux/string.h>
#include <linux/swap.h>
#include <linux/tracepoint.h>

#include "../../../module/compat.h"

static char *hook;
module_param(hook, charp, 0444);
MODULE_PARM_DESC(hook, "name of the vendor hook");

static unsigned long asked;
module_param(asked, ulong, 0444);
MODULE_PARM_DESC(asked, "entries it was asked about");

static unsigned long bypassed;
module_param(bypassed, ulong, 0444);
MODULE_PARM_DESC(bypassed, "of these, those that somebody before it took");

static struct tracepoint *tracepoint;
static void *probe;

static void count(unsigned int nr, const bool *bypass)
{
	asked += nr;
	if (*bypass)
		bypassed += nr;
}

static void on_range(void *data, struct mm_struct *mm, swp_entry_t entry,
		     int nr, bool *bypass)
{
	count(nr, bypass);
}

static void on_entry(void *data, struct mm_struct *mm, swp_entry_t entry,
		     bool *bypass)
{
	count(1, bypass);
}

static void on_mm(void *data, struct mm_struct *mm)
{
}

static int ask_range(void *data, struct mm_struct *mm, swp_entry_t entry,
		     int nr, bool *bypass)
{
	return 0;
}

static void find(struct tracepoint *candidate, void *data)
{
	if (!strcmp(candidate->name, hook))
		tracepoint = candidate;
}

static int __init hook_neighbour_init(void)
{
	if (hook)
		for_each_kernel_tracepoint(find, NULL);
	if (!tracepoint)
		return -ENOENT;
	probe = on_mm;
	if (strstr(hook, "add_bypass"))
		probe = same_type(tracepoint->iterator, ask_range,
				  ANDROID_ASKS_BY_RANGE) ?
			(void *)on_range : (void *)on_entry;
	return tracepoint_probe_register(tracepoint, probe, NULL);
}

static void __exit hook_neighbour_exit(void)
{
	tracepoint_probe_unregister(tracepoint, probe, NULL);
	tracepoint_synchronize_unregister();
}

module_init(hook_neighbour_init);
module_exit(hook_neighbour_exit);

MODULE_DESCRIPTION("Sit at one of Android's vendor hooks");
MODULE_LICENSE("GPL");
