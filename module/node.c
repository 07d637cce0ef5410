// SPDX-License-Identifier: GPL-2.0
#include <linux/mm.h>
#include <linux/nodemask.h>
#include <linux/slab.h>
#include <linux/topology.h>
#include <linux/vmstat.h>

#include "node.h"

struct reap_node *reap_nodes __ro_after_init;

static struct reap_node *by_number[MAX_NUMNODES] __ro_after_init;

/**
 * node_local() - the node of the CPU we are on
 *
 * A node that got its first CPU after load has no queue; its exits go to the
 * first node.
 *
 * Context: Any. May be out of date at once, which costs locality only.
 */
struct reap_node *node_local(void)
{
	return by_number[numa_node_id()] ?: reap_nodes;
}

/**
 * node_pending() - pages queued and not yet freed
 * @node: the node
 *
 * Context: Any.
 */
long node_pending(struct reap_node *node)
{
	long freed = atomic_long_read(&node->freed);

	/* in this order, so that it is never below zero */
	smp_rmb();
	return atomic_long_read(&node->diverted) - freed;
}

/**
 * nodes_pending() - the same for all nodes
 *
 * Context: Any.
 */
long nodes_pending(void)
{
	struct reap_node *node;
	long pages = 0;

	for_each_reap_node(node)
		pages += node_pending(node);
	return pages;
}

/**
 * node_oldest() - when the oldest pending entry of a node was diverted
 * @node: the node
 *
 * Context: Any.
 * Return: ns of CLOCK_MONOTONIC, at the earliest, or U64_MAX with nothing pending.
 */
u64 node_oldest(struct reap_node *node)
{
	return min(READ_ONCE(node->queue.stamp), map_oldest(&node->map));
}

static struct reap_node *node_create(int nid)
{
	struct reap_node *node = kzalloc_node(sizeof(*node), GFP_KERNEL, nid);

	if (!node)
		return NULL;
	node->nid = nid;
	queue_init(&node->queue, nid);
	map_init(&node->map);
	raw_spin_lock_init(&node->crew.lock);
	return node;
}

/**
 * nodes_init() - make every node that has CPUs
 *
 * Context: Process context, may sleep.
 * Return: 0 or -ENOMEM.
 */
int __init nodes_init(void)
{
	struct reap_node **last = &reap_nodes;
	int nid;

	for_each_node_state(nid, N_CPU) {
		*last = node_create(nid);
		if (!*last) {
			nodes_exit();
			return -ENOMEM;
		}
		by_number[nid] = *last;
		last = &(*last)->next;
	}
	return 0;
}

/**
 * nodes_exit() - free the nodes
 *
 * Context: Process context; hooks and workers are gone, nothing is pending.
 */
void nodes_exit(void)
{
	struct reap_node *node, *next;

	for (node = reap_nodes; node; node = next) {
		next = node->next;
		/* nothing is pending, and nobody counts it any more */
		mod_node_page_state(NODE_DATA(node->nid),
				    NR_KERNEL_MISC_RECLAIMABLE,
				    -atomic_long_read(&node->reclaimable));
		queue_exit(&node->queue);
		map_exit(&node->map);
		kfree(node);
	}
}
