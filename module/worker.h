/* SPDX-License-Identifier: GPL-2.0 */
/* The threads that drain the nodes' queues. */
#ifndef SWAPREAP_WORKER_H
#define SWAPREAP_WORKER_H

int workers_start(void);
void workers_stop(void);
unsigned long workers_help(unsigned long enough);
int workers_resize(long per_node);
int workers_set_nice(long nice);
void workers_set_cpus(void);

#endif
