/* SPDX-License-Identifier: GPL-2.0 */
/* The one interface to the ways into the kernel's exit and reap paths. */
#ifndef SWAPREAP_HOOK_H
#define SWAPREAP_HOOK_H

#include <linux/kprobes.h>
#include <linux/types.h>

#include "scope.h"
#include "target.h"

/**
 * struct hook - a way to see exit_mmap() and __oom_reap_task_mm() begin and end
 *	and to skip the target
 * @name: what the parameter and the sysfs file "hook" call it
 * @prove: shows that the way works here, on a function of the module's own where
 *	it can; 0, or -ENOENT where the kernel has nothing of the kind, or an
 *	errno with the reason in the log. Comes before target_init(), for a
 *	kprobe on a function that ftrace could trace, had it not been switched
 *	off, makes the kernel warn (kernel/trace/ftrace.c, ftrace_shutdown())
 * @prepare: finds what it needs beside the target; 0 or an errno with the
 *	reason in the log
 * @release: gives back what @prepare took
 * @install: hooks the target, exit_mmap(), and __oom_reap_task_mm() where it
 *	can be; 0 or an errno with the reason in the log
 * @remove: takes the hooks away, after gate_close(); returns when nobody is
 *	in the module's code any more
 * @see_target: hooks the target, or not, beside a sweep that needs it no more; 0 or
 *	an errno with the reason in the log. NULL where it is always hooked
 * @missed: entries and exits since load that the way failed to show us, which
 *	the kernel handled alone
 *
 * All are called in process context, one at a time, and may sleep.
 */
struct hook {
	const char *name;
	int (*prove)(void);
	int (*prepare)(void);
	void (*release)(void);
	int (*install)(void);
	void (*remove)(void);
	int (*see_target)(bool wanted);
	unsigned long (*missed)(void);
};

extern const struct hook hook_android;
extern const struct hook hook_ftrace;
extern const struct hook hook_kprobe;
extern const struct hook *hook;

int hook_choose(void);

/* Shared by the ways in, and called by nobody else. */
int hook_find_exit_mmap(unsigned long *address);
bool hook_find_reap(unsigned long *address);
void hook_report_no_reap(int err);
int hook_report(const char *name, int err);
int hook_unsupported(int err);
void hook_exit_mmap(struct mm_struct *mm);
bool hook_reap(struct mm_struct *mm);
int hook_target_skipped(void);
int hook_proof(unsigned long entry, int nr);
bool hook_proof_holds(void);
void hook_call_reap_by(bool (*function)(struct mm_struct *mm));

/* Shared by those of them that use kprobes (hook_probe.c). */
int hook_send_to(struct pt_regs *regs, unsigned long address);
int hook_probe_set(struct kprobe *probe, unsigned long address,
		   kprobe_pre_handler_t handler);
void hook_probe_unset(struct kprobe *probe);
int hook_probes_prove(void);
int hook_probes_prepare(void);
int hook_probes_install(void);
void hook_probes_remove(void);
unsigned long hook_probes_missed(void);

/* Frees the memory of a process that is dying (mm/oom_kill.c). */
#define REAP_NAME	"__oom_reap_task_mm"

/* Arguments of hook_proof() that a proof diverts. */
#define HOOK_PROOF_ENTRY	0x5377617052656170UL
#define HOOK_PROOF_NR		2

#endif
