/* SPDX-License-Identifier: GPL-2.0 */
/* The threads that drain the nodes. When they run is for policy.c to say. */
#ifndef SWAPREAP_WORKER_H
#define SWAPREAP_WORKER_H

#include <linux/types.h>

struct reap_node;

int workers_start(void);
void workers_stop(void);
int workers_resize(long per_node);
void workers_refit(void);
void workers_set_nice(long nice);
void workers_wake(struct reap_node *node, unsigned int nr, int nice,
		  bool realtime);
u64 workers_cpu_ns(struct reap_node *node);

#endif
