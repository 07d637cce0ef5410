// SPDX-License-Identifier: GPL-2.0
/*
 * The way in through kprobes, for kernels without a function tracer: a kprobe
 * on the target whose handler changes where it goes on, and kretprobes around
 * exit_mmap() and __oom_reap_task_mm(). It costs an exception for each call of
 * the target.
 *
 * The handlers run with pre-emption off. A probe that is hit while another is
 * being handled on the CPU is skipped and counted by the kernel, and so is an
 * exit or a reap beyond the kretprobe's places; what they would have shown us
 * the kernel handles alone.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/kprobes.h>
#include <linux/printk.h>
#include <linux/ptrace.h>

#include "hook.h"

/* A kretprobe needs a place for each call in flight: as many as scopes. */
#define EXITS_MAX	(SCOPE_WAYS << SCOPE_SET_BITS)

/* Who reaps is one kernel thread, and on a phone one thread of lmkd's. */
#define REAPS_MAX	64

static int skip_call(struct pt_regs *regs)
{
	instruction_pointer_set(regs, (unsigned long)hook_target_skipped);
	return 1;
}

static int on_target(struct kprobe *probe, struct pt_regs *regs)
{
	struct scope *scope;
	swp_entry_t entry;
	bool diverted;

	if (!scope_find(&scope))
		return 0;
	entry.val = regs_get_kernel_argument(regs, 0);
	if (target.takes_range)
		diverted = scope_divert(scope, entry,
					regs_get_kernel_argument(regs, 1));
	else
		diverted = scope_divert_one(scope, entry);
	return diverted ? skip_call(regs) : 0;
}

static int on_proof(struct kprobe *probe, struct pt_regs *regs)
{
	if (regs_get_kernel_argument(regs, 0) != HOOK_PROOF_ENTRY ||
	    regs_get_kernel_argument(regs, 1) != HOOK_PROOF_NR)
		return 0;
	return skip_call(regs);
}

/*
 * On x86 only a probe with a post_handler may change the instruction pointer:
 * it is not optimised into a jump, and it goes through an IPMODIFY ops where
 * the function begins with a call of ftrace (kernel/kprobes.c,
 * __arm_kprobe_ftrace()).
 */
static void after_target(struct kprobe *probe, struct pt_regs *regs,
			 unsigned long flags)
{
}

/* A non-zero value means that the return is not to be seen. */
static int on_exit_mmap(struct kretprobe_instance *instance,
			struct pt_regs *regs)
{
	return !scope_begin((void *)regs_get_kernel_argument(regs, 0));
}

static int on_reap(struct kretprobe_instance *instance, struct pt_regs *regs)
{
	return !scope_begin_reap((void *)regs_get_kernel_argument(regs, 0));
}

static int on_return(struct kretprobe_instance *instance, struct pt_regs *regs)
{
	scope_end();
	return 0;
}

static struct kprobe target_probe;
static struct kretprobe exit_mmap_probe;
static struct kretprobe reap_probe;

static unsigned long missed_before;

static bool returned __initdata;

static int __init on_proof_return(struct kretprobe_instance *instance,
				  struct pt_regs *regs)
{
	returned = true;
	return 0;
}

static int __init prove_return(void)
{
	struct kretprobe probe = {
		.kp.addr = (kprobe_opcode_t *)hook_proof,
		.handler = on_proof_return,
	};
	int err = register_kretprobe(&probe);

	if (err)
		return err;
	hook_proof(0, 0);
	unregister_kretprobe(&probe);
	return returned ? 0 : -EOPNOTSUPP;
}

static int __init kprobe_prove(void)
{
	struct kprobe probe = {
		.addr = (kprobe_opcode_t *)hook_proof,
		.pre_handler = on_proof,
		.post_handler = after_target,
	};
	int err = register_kprobe(&probe);

	if (!err) {
		if (!hook_proof_holds())
			err = -EOPNOTSUPP;
		unregister_kprobe(&probe);
	}
	if (!err)
		err = prove_return();
	if (!err)
		return 0;
	pr_err("kprobes cannot redirect a function of this module (%d)\n", err);
	return hook_unsupported(err);
}

static unsigned long exit_mmap_address __ro_after_init;
/* 0: there is nothing to probe. */
static unsigned long reap_address __ro_after_init;

static int __init kprobe_prepare(void)
{
	int err = hook_find_exit_mmap(&exit_mmap_address);

	if (!err)
		hook_find_reap(&reap_address);
	return err;
}

static void kprobe_release(void)
{
}

/* A probe that was registered once cannot be registered as it is. */
static int kprobe_install(void)
{
	int err;

	target_probe = (struct kprobe) {
		.addr = (kprobe_opcode_t *)target.address,
		.pre_handler = on_target,
		.post_handler = after_target,
	};
	exit_mmap_probe = (struct kretprobe) {
		.kp.addr = (kprobe_opcode_t *)exit_mmap_address,
		.entry_handler = on_exit_mmap,
		.handler = on_return,
		.maxactive = EXITS_MAX,
	};
	reap_probe = (struct kretprobe) {
		.kp.addr = (kprobe_opcode_t *)reap_address,
		.entry_handler = on_reap,
		.handler = on_return,
		.maxactive = REAPS_MAX,
	};
	err = hook_report(target.name, register_kprobe(&target_probe));
	if (err)
		return err;
	err = hook_report("exit_mmap", register_kretprobe(&exit_mmap_probe));
	if (err)
		goto remove_target;
	if (reap_address)
		err = hook_report(REAP_NAME, register_kretprobe(&reap_probe));
	if (!err)
		return 0;
	unregister_kretprobe(&exit_mmap_probe);
remove_target:
	unregister_kprobe(&target_probe);
	return err;
}

static unsigned long kprobe_missed(void)
{
	return missed_before + target_probe.nmissed +
	       exit_mmap_probe.nmissed + exit_mmap_probe.kp.nmissed +
	       reap_probe.nmissed + reap_probe.kp.nmissed;
}

/*
 * Unregistering waits for the handlers by synchronize_rcu(). A task may still
 * be pre-empted in hook_target_skipped(), on the way back from there to the
 * kernel: that is what synchronize_rcu_tasks() waits for.
 */
static void kprobe_remove(void)
{
	if (reap_address)
		unregister_kretprobe(&reap_probe);
	unregister_kretprobe(&exit_mmap_probe);
	unregister_kprobe(&target_probe);
	missed_before = kprobe_missed();
	target_probe.nmissed = 0;
	exit_mmap_probe.nmissed = 0;
	exit_mmap_probe.kp.nmissed = 0;
	reap_probe.nmissed = 0;
	reap_probe.kp.nmissed = 0;
	synchronize_rcu_tasks();
}

const struct hook hook_kprobe = {
	.name = "kprobe",
	.prove = kprobe_prove,
	.prepare = kprobe_prepare,
	.release = kprobe_release,
	.install = kprobe_install,
	.remove = kprobe_remove,
	.missed = kprobe_missed,
};
