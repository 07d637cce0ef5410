// SPDX-License-Identifier: GPL-2.0
/* Which way in is taken, and the functions of ours that calls are sent to. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/printk.h>
#include <linux/static_call.h>
#include <linux/string.h>

#include "compat.h"
#include "hook.h"
#include "sweep.h"
#include "symbol.h"

typedef void exit_mmap_fn(struct mm_struct *mm);

typedef bool reap_fn(struct mm_struct *mm);

DEFINE_STATIC_CALL_NULL(exit_mmap_original, exit_mmap_fn);
DEFINE_STATIC_CALL_NULL(reap_original, reap_fn);

/* The one that is taken. */
const struct hook *hook;

static const struct hook *const hooks[] = {
	HOOK_ANDROID, HOOK_FTRACE, &hook_kprobe
};

static char wanted[16] = "auto";
module_param_string(hook, wanted, sizeof(wanted), 0444);
MODULE_PARM_DESC(hook, "way in: auto, android, ftrace or kprobe (default auto)");

/**
 * hook_choose() - choose the way in
 *
 * Takes the first that proves to work, or the one that the parameter asks for.
 * Where ftrace is there and switched off, nothing is taken: a kprobe on a
 * function that ftrace could trace makes the kernel warn then.
 *
 * Context: Process context, sleeps.
 * Return: 0 or an errno, with the reason in the log.
 */
int __init hook_choose(void)
{
	bool any = !strcmp(wanted, "auto"), known = any;
	int proved, err = -EOPNOTSUPP;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(hooks); i++) {
		if (!hooks[i] || (!any && strcmp(wanted, hooks[i]->name)))
			continue;
		proved = hooks[i]->prove();
		if (proved == -ENOENT)
			continue;
		known = true;
		err = proved;
		if (!err)
			hook = hooks[i];
		if (err != -EOPNOTSUPP)
			return err;
	}
	if (known)
		return err;
	pr_err("hook=%s is not known on this kernel; take auto, android (where the kernel has Android's vendor hooks), ftrace (where it has dynamic ftrace) or kprobe\n",
	       wanted);
	return -EINVAL;
}

/**
 * hook_find_exit_mmap() - find the function whose begin and end make a scope
 * @address: where its address is put
 *
 * Context: Process context, sleeps.
 * Return: 0, -ENOMEM or -EOPNOTSUPP, with the reason in the log.
 */
int __init hook_find_exit_mmap(unsigned long *address)
{
	int err = symbol_address("exit_mmap", address);

	if (!err) {
		static_call_update(exit_mmap_original, (exit_mmap_fn *)*address);
		return 0;
	}
	pr_err("exit_mmap cannot be found by a probe (%d); this kernel cannot be served\n",
	       err);
	return hook_unsupported(err);
}

/**
 * hook_find_reap() - find the function that reaps an mm from outside
 * @address: where its address is put, or 0
 *
 * It is static, so a compiler may have made it part of its callers; the module
 * does without it then.
 *
 * Context: Process context, sleeps.
 * Return: whether it was found; if not, the log says what that means.
 */
bool __init hook_find_reap(unsigned long *address)
{
	int err = symbol_address(REAP_NAME, address);

	if (!err) {
		static_call_update(reap_original, (reap_fn *)*address);
		return true;
	}
	*address = 0;
	hook_report_no_reap(err);
	return false;
}

/**
 * hook_call_reap_by() - have hook_reap() call another function
 * @function: the function
 *
 * Context: Process context, sleeps.
 */
void __init hook_call_reap_by(bool (*function)(struct mm_struct *mm))
{
	static_call_update(reap_original, function);
}

/**
 * hook_report_no_reap() - say in the log what is lost without the reap path
 * @err: why
 */
void __init hook_report_no_reap(int err)
{
	pr_notice("%s cannot be hooked (%d); what process_mrelease() and the OOM reaper free is not diverted\n",
		  REAP_NAME, err);
}

/**
 * hook_report() - say in the log why a function could not be hooked
 * @name: the function
 * @err: 0, or the errno
 *
 * Return: @err.
 */
int hook_report(const char *name, int err)
{
	if (err == -EBUSY)
		pr_err("%s is redirected by somebody else already (a livepatch, or a module like this one: see flag I in /sys/kernel/tracing/enabled_functions); unload that first\n",
		       name);
	else if (err)
		pr_err("%s cannot redirect %s (%d)\n", hook->name, name, err);
	return err;
}

/**
 * hook_unsupported() - what it means that a step of a way in failed
 * @err: its errno
 *
 * Return: -ENOMEM as it is, for the next try may get memory; else -EOPNOTSUPP,
 * with which another way in is tried.
 */
int __init hook_unsupported(int err)
{
	return err == -ENOMEM ? err : -EOPNOTSUPP;
}

/**
 * hook_exit_mmap() - runs in place of exit_mmap() when a scope has begun
 * @mm: the mm
 *
 * exit_mmap() is called from here, and sees no scope to begin then.
 *
 * Context: That of exit_mmap(): process context, sleeps.
 */
noinline void hook_exit_mmap(struct mm_struct *mm)
{
	struct sweep sweep;

	sweep_exit_begin(&sweep, mm);
	static_call(exit_mmap_original)(mm);
	/* who called it drops the mm after that */
	sweep_exit_end(&sweep);
	scope_end();
}

/**
 * hook_reap() - runs in place of __oom_reap_task_mm() when a scope has begun
 * @mm: the mm
 *
 * What is called has no type for kCFI to check.
 *
 * Context: That of __oom_reap_task_mm(): process context, sleeps.
 * Return: what that returns.
 */
noinline __nocfi bool hook_reap(struct mm_struct *mm)
{
	struct sweep sweep;
	bool done;

	sweep_reap_begin(&sweep, mm);
	done = static_call(reap_original)(mm);
	sweep_reap_end(&sweep);
	scope_end();
	return done;
}

/**
 * hook_target_skipped() - runs in place of the target
 *
 * Return: 1, where the target returns an int: 0 would mean a bad entry.
 */
noinline int hook_target_skipped(void)
{
	return 1;
}

/**
 * hook_proof() - the function on which a way in is proved
 * @entry: like the target's
 * @nr: like the target's
 *
 * Return: @nr if nobody diverts the call.
 */
noinline __noclone int hook_proof(unsigned long entry, int nr)
{
	OPTIMIZER_HIDE_VAR(entry);
	OPTIMIZER_HIDE_VAR(nr);
	return entry ? nr : 0;
}

/**
 * hook_proof_holds() - call hook_proof() while a way in is set on it
 *
 * Return: whether the call that is to be diverted was, and the other was not.
 */
bool __init hook_proof_holds(void)
{
	return hook_proof(HOOK_PROOF_ENTRY, HOOK_PROOF_NR) == 1 &&
	       hook_proof(HOOK_PROOF_ENTRY, HOOK_PROOF_NR + 1) ==
	       HOOK_PROOF_NR + 1;
}
