// SPDX-License-Identifier: GPL-2.0
/*
 * Skips a function where dying tasks call it: with the function that frees
 * swap entries, what is left of an exit is the walk over the page tables and
 * the way into a hook. The entries are lost, and so is the guest.
 */
#include <linux/ftrace.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/string.h>

#include "../../../module/compat.h"

static char *function;
module_param(function, charp, 0444);
MODULE_PARM_DESC(function, "name of the function to skip");

/* 1: all is well with the entry, where there is somebody to be told. */
static noinline int nothing(void)
{
	return 1;
}

static void notrace skip(unsigned long ip, unsigned long parent_ip,
			 struct ftrace_ops *ops, struct ftrace_regs *fregs)
{
	if (current->flags & PF_EXITING)
		ftrace_regs_set_instruction_pointer(fregs,
						    (unsigned long)nothing);
}

static struct ftrace_ops dropper = {
	.func = skip,
	.flags = FTRACE_OPS_FL_REDIRECT,
};

static int __init drop_entries_init(void)
{
	int err;

	if (!function)
		return -EINVAL;
	err = ftrace_set_filter(&dropper, function, strlen(function), 1);
	if (err)
		return err;
	err = register_ftrace_function(&dropper);
	if (err)
		ftrace_free_filter(&dropper);
	return err;
}

module_init(drop_entries_init);

MODULE_DESCRIPTION("Drop the swap entries of dying tasks");
MODULE_LICENSE("GPL");
