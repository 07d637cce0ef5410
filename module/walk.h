/* SPDX-License-Identifier: GPL-2.0 */
/* The page tables of an mm that is swept. Called by sweep.c alone. */
#ifndef SWAPREAP_WALK_H
#define SWAPREAP_WALK_H

#include <linux/pgtable.h>
#include <linux/types.h>

struct mm_struct;
struct sweep;

pmd_t *walk_find_pmd(struct mm_struct *mm, unsigned long addr,
		     unsigned long *end);
void walk_range(struct sweep *sweep, unsigned long addr, unsigned long end);

#endif
