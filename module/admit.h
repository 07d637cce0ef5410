/* SPDX-License-Identifier: GPL-2.0 */
/* How much may be pending: max_pending, and what is left of swap. */
#ifndef SWAPREAP_ADMIT_H
#define SWAPREAP_ADMIT_H

#include <linux/types.h>

struct reap_node;

void admit_init(void);
bool admit_reserve(long pages);
void admit_release(long pages);
bool admit_full(void);
bool admit_swap_is_low(long more);
void admit_swapoff(bool begins);
bool admit_swap_changed(void);
void admit_look(void);
void admit_account(struct reap_node *node);

#endif
