/* SPDX-License-Identifier: GPL-2.0 */
/* The page tables of an mm that is swept. Called by sweep.c alone. */
#ifndef SWAPREAP_WALK_H
#define SWAPREAP_WALK_H

#include <linux/pgtable.h>
#include <linux/types.h>

struct mm_struct;
struct scope;

/**
 * struct sweep - a walk over the page tables of an mm
 * @scope: the task's scope
 * @mm: the mm
 * @step: by how much the PTEs of neighbouring slots differ
 * @swept: entries taken out so far
 */
struct sweep {
	struct scope *scope;
	struct mm_struct *mm;
	u64 step;
	unsigned long swept;
};

pmd_t *walk_find_pmd(struct mm_struct *mm, unsigned long addr,
		     unsigned long *end);
bool walk_range(struct sweep *sweep, unsigned long addr, unsigned long end);

#endif
