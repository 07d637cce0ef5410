/* SPDX-License-Identifier: GPL-2.0 */
/* The CPUs that workers may run on. */
#ifndef SWAPREAP_CPUS_H
#define SWAPREAP_CPUS_H

struct reap_node;
struct task_struct;

void cpus_set(struct reap_node *node, struct task_struct *task);
unsigned int cpus_of_workers(struct reap_node *node, unsigned int without);

#endif
