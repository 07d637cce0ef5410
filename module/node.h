/* SPDX-License-Identifier: GPL-2.0 */
/* What swapreap keeps for a NUMA node, and the walk over the nodes. */
#ifndef SWAPREAP_NODE_H
#define SWAPREAP_NODE_H

#include <linux/atomic.h>
#include <linux/hrtimer.h>
#include <linux/types.h>

#include "map.h"
#include "queue.h"

struct kobject;
struct reap_worker;

#define NODE_WORKERS_MAX	64

/**
 * struct crew - the workers of a node
 * @lock: protects all below that is not read or written once. Raw, and held for
 *	a few instructions: it is taken in a timer's interrupt
 * @workers: all workers; those who are awake need not be the first
 * @nr: how many
 * @nr_awake: how many of them are awake or have been woken
 * @nice: the nice value of those awake
 * @realtime: whether those awake are to make themselves SCHED_FIFO
 * @alive: when one of them last ran or was woken from quiet, ns
 * @retired_cpu_ns: CPU time of workers that are gone
 */
struct crew {
	raw_spinlock_t lock;
	struct reap_worker *workers[NODE_WORKERS_MAX];
	unsigned int nr;
	unsigned int nr_awake;
	int nice;
	bool realtime;
	u64 alive;
	u64 retired_cpu_ns;
};

/**
 * struct reap_node - what swapreap keeps for a NUMA node
 * @next: the next node
 * @nid: the node's number
 * @queue: batches on their way to the map
 * @map: slots that wait to be freed
 * @diverted: pages ever queued
 * @freed: pages freed; the rest of @diverted is pending
 * @reclaimable: pages of memory behind what is pending, as the kernel was told
 * @crew: the workers
 * @look: when policy.c looks at the node next
 * @weight: of the tasks whose memory is pending, as the scheduler has it
 * @urgent: all that was pending then has to be freed before anything ordinary, ns of
 *	CLOCK_MONOTONIC, or 0
 * @kobj: the node's directory in sysfs
 */
struct reap_node {
	struct reap_node *next;
	int nid;
	struct queue queue;
	struct map map;
	atomic_long_t diverted;
	atomic_long_t freed;
	atomic_long_t reclaimable;
	struct crew crew;
	struct hrtimer look;
	atomic_long_t weight;
	u64 urgent;
	struct kobject *kobj;
};

extern struct reap_node *reap_nodes;

#define for_each_reap_node(node) \
	for ((node) = reap_nodes; (node); (node) = (node)->next)

int nodes_init(void);
void nodes_exit(void);
struct reap_node *node_local(void);
long node_pending(struct reap_node *node);
long nodes_pending(void);
u64 node_oldest(struct reap_node *node);

static inline long node_freed(struct reap_node *node)
{
	return atomic_long_read(&node->freed);
}

#endif
