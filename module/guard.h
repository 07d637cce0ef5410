/* SPDX-License-Identifier: GPL-2.0 */
/* Keeps the bound on age: sees to it that workers get a CPU in time. */
#ifndef SWAPREAP_GUARD_H
#define SWAPREAP_GUARD_H

#include <linux/types.h>

struct reap_node;

int guard_start(void);
void guard_stop(void);
void guard_init_node(struct reap_node *node);
void guard_watch(struct reap_node *node, u64 stamp);
void guard_look(void);
void guard_hurry(void);
bool guard_wants_haste(struct reap_node *node);

#endif
