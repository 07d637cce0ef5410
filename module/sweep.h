/* SPDX-License-Identifier: GPL-2.0 */
/* Takes what a dying mm has in swap out of its page tables. */
#ifndef SWAPREAP_SWEEP_H
#define SWAPREAP_SWEEP_H

#include <linux/types.h>

struct mm_struct;

/* Whether nobody sees what it leaves, for the target is not hooked. */
extern bool sweep_alone;

void sweep_prove(void);
void sweep_exit(struct mm_struct *mm);
void sweep_reap(struct mm_struct *mm);

#endif
