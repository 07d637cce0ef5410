/* SPDX-License-Identifier: GPL-2.0 */
/* A NUMA node's pool of batch pages, its queue, and the limit on pending. */
#ifndef SWAPREAP_NODE_H
#define SWAPREAP_NODE_H

#include <linux/atomic.h>
#include <linux/hrtimer.h>
#include <linux/list.h>
#include <linux/mm.h>
#include <linux/spinlock.h>
#include <linux/timer.h>
#include <linux/types.h>
#include <linux/wait.h>

struct batch;
struct kobject;
struct task_struct;

#define NODE_WORKERS_MAX	64

/*
 * What a worker takes off the queue at a time: neighbours are found within it
 * if they lie alone, and another worker finds something to do if they do not.
 */
#define WINDOW_BATCHES	64
#define WINDOW_PAGES	(128L << 20 >> PAGE_SHIFT)

/**
 * struct haul - what was taken off a node's queue and is not yet freed
 * @list: in the node's list of all hauls
 * @first: place in the queue of the first batch
 * @stamp: when the oldest entry was diverted, ns of CLOCK_MONOTONIC
 */
struct haul {
	struct list_head list;
	unsigned long first;
	u64 stamp;
};

/**
 * struct worker - a thread that drains a node's queue
 * @node: the node
 * @task: the thread
 * @idle: in the node's list of idle workers while it sleeps
 * @haul: what it holds
 * @runs: the runs of it
 * @spare: room to sort them
 * @buckets: likewise
 */
struct worker {
	struct reap_node *node;
	struct task_struct *task;
	struct list_head idle;
	struct haul haul;
	u64 *runs;
	u64 *spare;
	u32 *buckets;
};

/**
 * struct reap_node - what swapreap keeps for a NUMA node
 * @nid: the node's number
 * @lock: guards all below that is not atomic. Raw, and held for a few
 *	instructions only: it is taken where pre-emption may be off, and in
 *	the timer
 * @head: first batch of the queue
 * @tail: last batch of the queue
 * @enqueued: batches ever added to the queue
 * @dequeued: batches ever taken from it
 * @pool: empty batches
 * @pool_nr: how many
 * @kick: wakes workers for what was enqueued, tick by tick until it is taken
 * @kick_pending: @pending when it did so last
 * @deadline: when the guard has to look at the node
 * @hurry: whether all that is pending is to be freed before anything ordinary
 * @hauls: what was taken off the queue and is not yet freed
 * @idle: workers asleep
 * @nr_idle: how many
 * @workers: all workers
 * @nr_workers: how many
 * @retired_cpu_ns: CPU time of workers that are gone
 * @pending: pages in the queue or in a haul
 * @freed: pages freed
 * @drained: woken whenever a haul has been freed
 * @kobj: the node's directory in sysfs
 */
struct reap_node {
	int nid;
	raw_spinlock_t lock;
	struct batch *head;
	struct batch *tail;
	unsigned long enqueued;
	unsigned long dequeued;
	struct batch *pool;
	unsigned int pool_nr;
	struct timer_list kick;
	long kick_pending;
	struct hrtimer deadline;
	bool hurry;
	struct list_head hauls;
	struct list_head idle;
	unsigned int nr_idle;
	struct worker *workers[NODE_WORKERS_MAX];
	unsigned int nr_workers;
	u64 retired_cpu_ns;
	atomic_long_t pending;
	atomic_long_t freed;
	wait_queue_head_t drained;
	struct kobject *kobj;
};

struct reap_node *node_next(struct reap_node *node);

#define for_each_reap_node(node) \
	for ((node) = node_next(NULL); (node); (node) = node_next(node))

int nodes_init(void);
void nodes_exit(void);
struct reap_node *node_local(void);

long pending_reserved(void);
bool pending_reserve(long pages);
void pending_release(long pages);

struct batch *node_take_batch(struct reap_node *node);
void node_return_batches(struct reap_node *node, struct batch *chain);
void node_refill(struct reap_node *node);

void node_enqueue(struct reap_node *node, struct batch *first,
		  struct batch *last, unsigned int nr, long pages);
struct batch *node_dequeue(struct reap_node *node, struct haul *haul,
			   unsigned int max);
void node_done(struct reap_node *node, struct haul *haul);
void node_sleep(struct worker *worker);
u64 node_oldest(struct reap_node *node);
struct task_struct *node_worker_task(struct reap_node *node, unsigned int i);
void node_drain(struct reap_node *node);
int node_drain_killable(struct reap_node *node);
void node_drain_timeout(struct reap_node *node, unsigned long timeout);
u64 node_worker_cpu_ns(struct reap_node *node);

#endif
