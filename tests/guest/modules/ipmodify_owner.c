// SPDX-License-Identifier: GPL-2.0
/*
 * Owns a kernel function the way a livepatch does, by an ftrace_ops that may
 * change the instruction pointer, and changes nothing.
 */
#include <linux/ftrace.h>
#include <linux/module.h>
#include <linux/string.h>

static char *function;
module_param(function, charp, 0444);
MODULE_PARM_DESC(function, "name of the function to own");

static void leave_alone(unsigned long ip, unsigned long parent_ip,
			struct ftrace_ops *ops, struct ftrace_regs *fregs)
{
}

static struct ftrace_ops owner = {
	.func = leave_alone,
	.flags = FTRACE_OPS_FL_IPMODIFY |
#ifndef CONFIG_HAVE_DYNAMIC_FTRACE_WITH_ARGS
		 FTRACE_OPS_FL_SAVE_REGS |
#endif
		 FTRACE_OPS_FL_DYNAMIC,
};

static int __init ipmodify_owner_init(void)
{
	int err;

	if (!function)
		return -EINVAL;
	err = ftrace_set_filter(&owner, function, strlen(function), 1);
	if (err)
		return err;
	err = register_ftrace_function(&owner);
	if (err)
		ftrace_free_filter(&owner);
	return err;
}

static void __exit ipmodify_owner_exit(void)
{
	unregister_ftrace_function(&owner);
	ftrace_free_filter(&owner);
}

module_init(ipmodify_owner_init);
module_exit(ipmodify_owner_exit);

MODULE_DESCRIPTION("Own a kernel function by an IPMODIFY ftrace_ops");
MODULE_LICENSE("GPL");
