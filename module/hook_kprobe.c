// SPDX-License-Identifier: GPL-2.0
/*
 * Hook through kprobes, for kernels without a function tracer. A probe on the target
 * costs an exception for each call, also in living processes, so it is set only while
 * the sweep is off.
 */
#include <linux/kprobes.h>
#include <linux/ptrace.h>

#include "hook.h"
#include "knobs.h"
#include "sweep.h"

static struct kprobe target_probe;

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
	return diverted ? hook_send_to(regs, (unsigned long)hook_target_skipped) : 0;
}

static void kprobe_release(void)
{
}

/* An exit sees the probe or the sweep, or both for a moment, so that it misses none. */
static int kprobe_see_target(bool wanted)
{
	int err;

	if (wanted != sweep_alone)
		return 0;
	if (!wanted) {
		WRITE_ONCE(sweep_alone, true);
		hook_probe_unset(&target_probe);
		return 0;
	}
	err = hook_report(target.name, hook_probe_set(&target_probe,
						      target.address,
						      on_target));
	if (!err)
		WRITE_ONCE(sweep_alone, false);
	return err;
}

static int kprobe_install(void)
{
	int err;

	WRITE_ONCE(sweep_alone, true);
	err = kprobe_see_target(!knob(sweep));
	if (err)
		return err;
	err = hook_probes_install();
	if (err)
		kprobe_see_target(false);
	return err;
}

static unsigned long kprobe_missed(void)
{
	return target_probe.nmissed + hook_probes_missed();
}

/* Those of scopes last: that waits for whoever was sent to a function of ours. */
static void kprobe_remove(void)
{
	kprobe_see_target(false);
	hook_probes_remove();
}

const struct hook hook_kprobe = {
	.name = "kprobe",
	.prove = hook_probes_prove,
	.prepare = hook_probes_prepare,
	.release = kprobe_release,
	.install = kprobe_install,
	.remove = kprobe_remove,
	.see_target = kprobe_see_target,
	.missed = kprobe_missed,
};
