// SPDX-License-Identifier: GPL-2.0
/*
 * Scopes by kprobes, for ways in that cannot use ftrace: the handlers send
 * exit_mmap() and __oom_reap_task_mm() to functions of ours when a scope has begun.
 * These call them, and the probes let that pass.
 *
 * The handlers run with pre-emption off. A probe that is hit while another is being
 * handled on the CPU is skipped and counted by the kernel, which handles alone what
 * it would have shown us.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/kprobes.h>
#include <linux/printk.h>
#include <linux/ptrace.h>

#include "compat.h"
#include "hook.h"

static unsigned long exit_mmap_address __ro_after_init;
/* 0: there is nothing to probe. */
static unsigned long reap_address __ro_after_init;

static struct kprobe exit_mmap_probe;
static struct kprobe reap_probe;
static struct kprobe reap_call_probe;

static unsigned long missed_before;

/**
 * hook_send_to() - have a probed function go on elsewhere
 * @regs: registers of its call
 * @address: where
 *
 * Context: A kprobe's handler.
 * Return: what the handler has to return then.
 */
int hook_send_to(struct pt_regs *regs, unsigned long address)
{
	instruction_pointer_set(regs, address);
	return 1;
}

/*
 * On x86 only a probe with a post_handler may change the instruction pointer: it is
 * not optimised into a jump, and it goes through an IPMODIFY ops where the function
 * begins with a call of ftrace (kernel/kprobes.c, __arm_kprobe_ftrace()).
 */
static void after_probe(struct kprobe *probe, struct pt_regs *regs,
			unsigned long flags)
{
}

static int on_exit_mmap(struct kprobe *probe, struct pt_regs *regs)
{
	if (!scope_begin((void *)regs_get_kernel_argument(regs, 0)))
		return 0;
	return hook_send_to(regs, (unsigned long)hook_exit_mmap);
}

static int on_reap(struct kprobe *probe, struct pt_regs *regs)
{
	if (!scope_begin_reap((void *)regs_get_kernel_argument(regs, 0)))
		return 0;
	return hook_send_to(regs, (unsigned long)hook_reap);
}

/*
 * What hook_reap() calls where the kernel's function is not callable from here: an
 * exception goes anywhere.
 */
static noinline bool call_reap(struct mm_struct *mm)
{
	OPTIMIZER_HIDE_VAR(mm);
	return !mm;
}

static int on_call_reap(struct kprobe *probe, struct pt_regs *regs)
{
	return hook_send_to(regs, reap_address);
}

/**
 * hook_probe_set() - probe a function
 * @probe: for this
 * @address: the function's address
 * @handler: is called where it begins
 *
 * Context: Process context, sleeps.
 * Return: 0 or an errno.
 */
int hook_probe_set(struct kprobe *probe, unsigned long address,
		   kprobe_pre_handler_t handler)
{
	/* a probe that was registered once cannot be registered as it is */
	*probe = (struct kprobe) {
		.addr = (kprobe_opcode_t *)address,
		.pre_handler = handler,
		.post_handler = after_probe,
	};
	return register_kprobe(probe);
}

/**
 * hook_probe_unset() - remove a probe and keep count of what it missed
 * @probe: set by hook_probe_set()
 *
 * Context: Process context, sleeps.
 */
void hook_probe_unset(struct kprobe *probe)
{
	unregister_kprobe(probe);
	missed_before += probe->nmissed;
	probe->nmissed = 0;
}

static int on_proof(struct kprobe *probe, struct pt_regs *regs)
{
	if (regs_get_kernel_argument(regs, 0) != HOOK_PROOF_ENTRY ||
	    regs_get_kernel_argument(regs, 1) != HOOK_PROOF_NR)
		return 0;
	return hook_send_to(regs, (unsigned long)hook_target_skipped);
}

/**
 * hook_probes_prove() - show that probes work on a function of the module's own
 *
 * Context: Process context, sleeps.
 * Return: 0 or an errno with the reason in the log.
 */
int __init hook_probes_prove(void)
{
	int err = hook_probe_set(&exit_mmap_probe, (unsigned long)hook_proof,
				 on_proof);

	if (!err) {
		if (!hook_proof_holds())
			err = -EOPNOTSUPP;
		unregister_kprobe(&exit_mmap_probe);
	}
	if (!err)
		return 0;
	pr_err("kprobes cannot redirect a function of this module (%d)\n", err);
	return hook_unsupported(err);
}

/**
 * hook_probes_prepare() - find the functions to probe
 *
 * Context: Process context, sleeps.
 * Return: 0 or an errno with the reason in the log.
 */
int __init hook_probes_prepare(void)
{
	int err = hook_find_exit_mmap(&exit_mmap_address);

	if (!err && hook_find_reap(&reap_address) && !STATIC_FUNCTIONS_CALLABLE)
		hook_call_reap_by(call_reap);
	return err;
}

static int install_reap(void)
{
	int err = 0;

	if (!reap_address)
		return 0;
	if (!STATIC_FUNCTIONS_CALLABLE)
		err = hook_probe_set(&reap_call_probe, (unsigned long)call_reap,
				     on_call_reap);
	if (err)
		return err;
	err = hook_probe_set(&reap_probe, reap_address, on_reap);
	if (err && !STATIC_FUNCTIONS_CALLABLE)
		unregister_kprobe(&reap_call_probe);
	return err;
}

/**
 * hook_probes_install() - let scopes begin
 *
 * Context: Process context, sleeps.
 * Return: 0 or an errno with the reason in the log.
 */
int hook_probes_install(void)
{
	int err = hook_report("exit_mmap",
			      hook_probe_set(&exit_mmap_probe,
					     exit_mmap_address, on_exit_mmap));

	if (err)
		return err;
	err = hook_report(REAP_NAME, install_reap());
	if (err)
		unregister_kprobe(&exit_mmap_probe);
	return err;
}

/**
 * hook_probes_remove() - take the probes away
 *
 * Unregistering waits for the handlers by synchronize_rcu(). A task may still be
 * pre-empted in a function of ours that it was sent to, on the way back from there
 * to the kernel: that is what synchronize_rcu_tasks() waits for.
 *
 * Context: Process context, sleeps. After gate_close().
 */
void hook_probes_remove(void)
{
	if (reap_address) {
		hook_probe_unset(&reap_probe);
		if (!STATIC_FUNCTIONS_CALLABLE)
			hook_probe_unset(&reap_call_probe);
	}
	hook_probe_unset(&exit_mmap_probe);
	synchronize_rcu_tasks();
}

/**
 * hook_probes_missed() - calls that probes missed since load
 *
 * Context: Process context.
 */
unsigned long hook_probes_missed(void)
{
	return missed_before + exit_mmap_probe.nmissed + reap_probe.nmissed +
	       reap_call_probe.nmissed;
}
