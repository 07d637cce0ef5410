// SPDX-License-Identifier: GPL-2.0
/*
 * swapoff() loops until no slot of the device is in use (mm/swapfile.c,
 * try_to_unuse()), and so waits, at the cost of a CPU, for what is pending. While
 * it runs the workers hurry, and nothing is added.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/atomic.h>
#include <linux/kernel.h>
#include <linux/kprobes.h>
#include <linux/printk.h>

#include "guard.h"
#include "swapoff.h"
#include "target.h"

/* More than anybody has at a time; those beyond it are not seen. */
#define SWAPOFFS_MAX	8

/* The system call is entered before the caller's rights are looked at. */
static const char *const functions[] __initconst = {
	"try_to_unuse", "__x64_sys_swapoff", "__arm64_sys_swapoff",
};

static atomic_t running;

/* A value other than 0 would mean that the return is not to be seen. */
static int on_swapoff(struct kretprobe_instance *instance,
		      struct pt_regs *regs)
{
	atomic_inc(&running);
	guard_hurry();
	return 0;
}

static int on_swapoff_return(struct kretprobe_instance *instance,
			     struct pt_regs *regs)
{
	atomic_dec(&running);
	return 0;
}

static struct kretprobe probe = {
	.entry_handler = on_swapoff,
	.handler = on_swapoff_return,
	.maxactive = SWAPOFFS_MAX,
};

static bool registered;

/**
 * swapoff_runs() - is swap being taken away?
 *
 * Context: Any.
 */
bool swapoff_runs(void)
{
	return atomic_read(&running);
}

/**
 * swapoff_init() - watch out for swapoff()
 *
 * Where it cannot be seen it waits for the workers.
 *
 * Context: Process context, sleeps.
 */
void __init swapoff_init(void)
{
	unsigned long address;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(functions) && !registered; i++) {
		if (symbol_address(functions[i], &address))
			continue;
		probe.kp.addr = (kprobe_opcode_t *)address;
		registered = !register_kretprobe(&probe);
	}
	if (!registered)
		pr_info("swapoff cannot be seen by a probe, and has to wait for what is pending\n");
}

/**
 * swapoff_exit() - watch out no more
 *
 * Context: Process context, sleeps.
 */
void swapoff_exit(void)
{
	if (registered)
		unregister_kretprobe(&probe);
}
