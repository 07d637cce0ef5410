/* SPDX-License-Identifier: GPL-2.0 */
/* Takes what a dying mm has in swap out of its page tables. */
#ifndef SWAPREAP_SWEEP_H
#define SWAPREAP_SWEEP_H

#include <linux/types.h>
#include <linux/workqueue.h>

struct mm_struct;
struct scope;

/**
 * struct sweep - what is swept of an mm
 * @scope: the task's scope
 * @mm: the mm
 * @step: by how much the PTEs of neighbouring slots differ
 * @swept: entries taken out so far
 * @alone: whether nobody sees what it leaves
 * @left: entries that it left then
 */
struct sweep {
	struct scope *scope;
	struct mm_struct *mm;
	u64 step;
	unsigned long swept;
	bool alone;
	long left;
};

/* Whether the target is not hooked, so that nobody sees what a sweep leaves. */
extern bool sweep_alone;

/* Set up by control.c; queued when the sweep is found to be at fault. */
extern struct work_struct sweep_failed;

void sweep_prove(void);
void sweep_exit_begin(struct sweep *sweep, struct mm_struct *mm);
void sweep_exit_end(struct sweep *sweep);
void sweep_reap_begin(struct sweep *sweep, struct mm_struct *mm);
void sweep_reap_end(struct sweep *sweep);

#endif
