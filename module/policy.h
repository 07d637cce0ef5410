/* SPDX-License-Identifier: GPL-2.0 */
/* When the workers run, how many of them, and at what weight. */
#ifndef SWAPREAP_POLICY_H
#define SWAPREAP_POLICY_H

#include <linux/types.h>

struct reap_node;

void policy_init(void);
void policy_exit(void);
void policy_watch(struct reap_node *node);
void policy_queued(struct reap_node *node);
void policy_scope_ended(struct reap_node *node);
void policy_hurry(void);
bool policy_too_late(struct reap_node *node);
bool policy_starved(struct reap_node *node);

#endif
