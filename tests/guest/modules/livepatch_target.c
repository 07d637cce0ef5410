// SPDX-License-Identifier: GPL-2.0
/*
 * A livepatch that has a kernel function do nothing. Memory in swap is lost to
 * it, so there should be none.
 */
#include <linux/livepatch.h>
#include <linux/module.h>

static char *function;
module_param(function, charp, 0444);
MODULE_PARM_DESC(function, "name of the function to patch");

static int do_nothing(void)
{
	return 0;
}

static struct klp_func funcs[] = {
	{ .new_func = do_nothing },
	{}
};

static struct klp_object objects[] = {
	{ .funcs = funcs },	/* of the kernel itself */
	{}
};

static struct klp_patch patch = { .mod = THIS_MODULE, .objs = objects };

static int __init livepatch_target_init(void)
{
	if (!function)
		return -EINVAL;
	funcs[0].old_name = function;
	return klp_enable_patch(&patch);
}

static void __exit livepatch_target_exit(void)
{
}

module_init(livepatch_target_init);
module_exit(livepatch_target_exit);

MODULE_DESCRIPTION("Patch a kernel function by one that does nothing");
MODULE_INFO(livepatch, "Y");
MODULE_LICENSE("GPL");
