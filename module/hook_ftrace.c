// SPDX-License-Identifier: GPL-2.0
/*
 * The way in through ftrace, as livepatch goes (kernel/livepatch/patch.c): the
 * callback may change where the traced function goes on. The target is sent to
 * an empty function when its entries are diverted, and otherwise runs with
 * nothing of ours on its stack. exit_mmap() and __oom_reap_task_mm() are sent
 * to functions of ours when a scope has begun.
 *
 * The callbacks run where the traced functions run. They do not sleep and call
 * nothing that is traced by these ops, so they need no protection against
 * recursion.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/ftrace.h>
#include <linux/printk.h>

#include "compat.h"
#include "hook.h"

static __always_inline swp_entry_t call_entry(struct ftrace_regs *fregs)
{
	return (swp_entry_t){ ftrace_regs_get_argument(fregs, 0) };
}

static __always_inline void skip_call(struct ftrace_regs *fregs)
{
	ftrace_regs_set_instruction_pointer(fregs,
					    (unsigned long)hook_target_skipped);
}

/* On its own, so that the fast way needs no register saved. */
static noinline void notrace divert_slow(struct scope *scope,
					 struct ftrace_regs *fregs,
					 unsigned int nr)
{
	if (scope_divert_slow(scope, call_entry(fregs), nr))
		skip_call(fregs);
}

/* For a target that takes a number of entries, and for one that does not. */
static void notrace on_range(unsigned long ip, unsigned long parent_ip,
			     struct ftrace_ops *ops, struct ftrace_regs *fregs)
{
	struct scope *scope;
	unsigned int nr;

	if (!scope_find(&scope))
		return;
	nr = ftrace_regs_get_argument(fregs, 1);
	if (likely(scope_try_divert(scope, call_entry(fregs), nr)))
		skip_call(fregs);
	else if (!scope_paused(scope, nr))
		divert_slow(scope, fregs, nr);
}

static void notrace on_entry(unsigned long ip, unsigned long parent_ip,
			     struct ftrace_ops *ops, struct ftrace_regs *fregs)
{
	struct scope *scope;

	if (!scope_find(&scope))
		return;
	if (likely(scope_try_divert_one(scope, call_entry(fregs))))
		skip_call(fregs);
	else if (!scope_paused(scope, 1))
		divert_slow(scope, fregs, 1);
}

static void notrace on_exit_mmap(unsigned long ip, unsigned long parent_ip,
				 struct ftrace_ops *ops,
				 struct ftrace_regs *fregs)
{
	struct mm_struct *mm = (void *)ftrace_regs_get_argument(fregs, 0);

	if (scope_begin(mm))
		ftrace_regs_set_instruction_pointer(fregs,
						    (unsigned long)hook_exit_mmap);
}

static void notrace on_reap(unsigned long ip, unsigned long parent_ip,
			    struct ftrace_ops *ops, struct ftrace_regs *fregs)
{
	struct mm_struct *mm = (void *)ftrace_regs_get_argument(fregs, 0);

	if (scope_begin_reap(mm))
		ftrace_regs_set_instruction_pointer(fregs,
						    (unsigned long)hook_reap);
}

static void notrace on_proof(unsigned long ip, unsigned long parent_ip,
			     struct ftrace_ops *ops, struct ftrace_regs *fregs)
{
	if (ftrace_regs_get_argument(fregs, 0) == HOOK_PROOF_ENTRY &&
	    ftrace_regs_get_argument(fregs, 1) == HOOK_PROOF_NR)
		skip_call(fregs);
}

/*
 * PERMANENT: while we are in, writing 0 to kernel.ftrace_enabled is refused
 * instead of switching us off unseen.
 */
static struct ftrace_ops target_ops = {
	.flags = FTRACE_OPS_FL_REDIRECT | FTRACE_OPS_FL_PERMANENT,
};

static struct ftrace_ops exit_mmap_ops = {
	.func = on_exit_mmap,
	.flags = FTRACE_OPS_FL_REDIRECT | FTRACE_OPS_FL_PERMANENT,
};

/* Without a callback where there is nothing to hook. */
static struct ftrace_ops reap_ops = {
	.flags = FTRACE_OPS_FL_REDIRECT | FTRACE_OPS_FL_PERMANENT,
};

static struct ftrace_ops proof_ops = {
	.func = on_proof,
	.flags = FTRACE_OPS_FL_REDIRECT | FTRACE_OPS_FL_PERMANENT,
};

static int __init ftrace_prove(void)
{
	bool holds;
	int err;

	err = ftrace_set_filter_ip(&proof_ops, (unsigned long)hook_proof, 0, 1);
	if (!err)
		err = register_ftrace_function(&proof_ops);
	if (err == -EBUSY || err == -ENODEV) {
		pr_err("ftrace is switched off; switch it on with sysctl kernel.ftrace_enabled=1\n");
		goto free_filter;
	}
	if (err) {
		pr_err("ftrace cannot redirect a function of this module (%d)\n",
		       err);
		err = hook_unsupported(err);
		goto free_filter;
	}
	holds = hook_proof_holds();
	unregister_ftrace_function(&proof_ops);
	if (!holds) {
		pr_err("ftrace does not redirect functions on this kernel\n");
		err = -EOPNOTSUPP;
	}
free_filter:
	ftrace_free_filter(&proof_ops);
	return err;
}

/* An ops whose filter was freed is spoilt, so this is not done in remove(). */
static void ftrace_release(void)
{
	ftrace_free_filter(&reap_ops);
	ftrace_free_filter(&exit_mmap_ops);
	ftrace_free_filter(&target_ops);
}

static void __init prepare_reap(void)
{
	unsigned long address;
	int err = -EOPNOTSUPP;

	if (!hook_find_reap(&address))
		return;
	if (STATIC_FUNCTIONS_CALLABLE)
		err = ftrace_set_filter_ip(&reap_ops, address, 0, 1);
	if (err) {
		hook_report_no_reap(err);
		return;
	}
	reap_ops.func = on_reap;
}

static int __init ftrace_prepare(void)
{
	unsigned long exit_mmap_address;
	int err = hook_find_exit_mmap(&exit_mmap_address);

	if (err)
		return err;
	target_ops.func = target.takes_range ? on_range : on_entry;
	err = ftrace_set_filter_ip(&target_ops, target.address, 0, 1) ?:
	      ftrace_set_filter_ip(&exit_mmap_ops, exit_mmap_address, 0, 1);
	if (!err) {
		prepare_reap();
		return 0;
	}
	pr_err("ftrace does not trace %s and exit_mmap on this kernel (%d)\n",
	       target.name, err);
	ftrace_release();
	return hook_unsupported(err);
}

static int ftrace_install(void)
{
	int err = hook_report(target.name,
			      register_ftrace_function(&target_ops));

	if (err)
		return err;
	err = hook_report("exit_mmap", register_ftrace_function(&exit_mmap_ops));
	if (err)
		goto remove_target;
	if (reap_ops.func)
		err = hook_report(REAP_NAME,
				  register_ftrace_function(&reap_ops));
	if (!err)
		return 0;
	unregister_ftrace_function(&exit_mmap_ops);
remove_target:
	unregister_ftrace_function(&target_ops);
	return err;
}

/*
 * Unregistering waits until nobody is in the callback, or on the way from
 * there to a function of ours, by synchronize_rcu_tasks() or, where the kernel
 * is not pre-emptible, by scheduling on every CPU (kernel/trace/ftrace.c,
 * ftrace_shutdown()). That also covers a task that has ended its scope and has
 * yet to leave the wrapper, for it does not sleep any more.
 */
static void ftrace_remove(void)
{
	if (reap_ops.func)
		unregister_ftrace_function(&reap_ops);
	unregister_ftrace_function(&exit_mmap_ops);
	unregister_ftrace_function(&target_ops);
}

static unsigned long ftrace_missed(void)
{
	return 0;
}

const struct hook hook_ftrace = {
	.name = "ftrace",
	.prove = ftrace_prove,
	.prepare = ftrace_prepare,
	.release = ftrace_release,
	.install = ftrace_install,
	.remove = ftrace_remove,
	.missed = ftrace_missed,
};
