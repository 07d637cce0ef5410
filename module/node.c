// SPDX-License-Identifier: GPL-2.0
#include <linux/gfp.h>
#include <linux/kthread.h>
#include <linux/mm.h>
#include <linux/nodemask.h>
#include <linux/sched.h>
#include <linux/sched/task.h>
#include <linux/slab.h>
#include <linux/timekeeping.h>
#include <linux/timer.h>
#include <linux/topology.h>

#include "batch.h"
#include "compat.h"
#include "guard.h"
#include "idle.h"
#include "knobs.h"
#include "node.h"
#include "scope.h"
#include "stats.h"

/*
 * Empty batches kept per node. 32 pages hold 16 thousand runs: 64 MiB of
 * scattered entries, gigabytes of entries in order. Beyond it the hook asks
 * the page allocator, which may say no.
 */
#define POOL_BATCHES	32

/* How long workers wait for the dying where all CPUs are busy. */
#define GO_FIRST_NS	(50 * NSEC_PER_MSEC)

static struct reap_node *nodes[MAX_NUMNODES];

/* Pages diverted and not yet freed, and those that scopes may yet divert. */
static atomic_long_t reserved;

/**
 * node_next() - walk over the nodes
 * @node: a node, or NULL for the first
 *
 * Context: Any, from nodes_init() to nodes_exit().
 * Return: the next node, or NULL.
 */
struct reap_node *node_next(struct reap_node *node)
{
	int nid;

	for (nid = node ? node->nid + 1 : 0; nid < MAX_NUMNODES; nid++)
		if (nodes[nid])
			return nodes[nid];
	return NULL;
}

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
	return nodes[numa_node_id()] ?: node_next(NULL);
}

/**
 * pending_reserved() - pages pending, or reserved by scopes in flight
 *
 * Context: Any.
 */
long pending_reserved(void)
{
	return atomic_long_read(&reserved);
}

/**
 * pending_reserve() - take room for pages that are about to be diverted
 * @pages: how many
 *
 * Context: Any.
 * Return: false if max_pending would be exceeded; then nothing was taken.
 */
bool pending_reserve(long pages)
{
	long limit = knob(max_pending);
	long old = atomic_long_read(&reserved);

	do {
		if (old > limit - pages)
			return false;
	} while (!atomic_long_try_cmpxchg(&reserved, &old, old + pages));
	return true;
}

/**
 * pending_release() - give back room taken by pending_reserve()
 * @pages: how many pages were freed, or not diverted after all
 *
 * Context: Any.
 */
void pending_release(long pages)
{
	atomic_long_sub(pages, &reserved);
}

static struct batch *batch_alloc(struct reap_node *node, gfp_t gfp)
{
	struct page *page = alloc_pages_node(node->nid, gfp, 0);

	return page ? page_address(page) : NULL;
}

static void batches_free(struct batch *chain)
{
	while (chain) {
		struct batch *next = chain->next;

		free_page((unsigned long)chain);
		chain = next;
	}
}

/**
 * node_take_batch() - get an empty batch
 * @node: the node
 *
 * From the pool, else from the page allocator, which is asked not to reclaim,
 * not to warn and not to touch the reserves that an OOM victim may use.
 *
 * On PREEMPT_RT the page allocator takes sleeping locks, so it is not asked
 * where pre-emption is off, as in a kprobe's handler.
 *
 * Context: Any but hard interrupt; does not sleep.
 * Return: the batch, stamped with the present time, or NULL.
 */
struct batch *node_take_batch(struct reap_node *node)
{
	struct batch *batch;
	unsigned long flags;

	raw_spin_lock_irqsave(&node->lock, flags);
	batch = node->pool;
	if (batch) {
		node->pool = batch->next;
		node->pool_nr--;
	}
	raw_spin_unlock_irqrestore(&node->lock, flags);
	if (!batch && (!IS_ENABLED(CONFIG_PREEMPT_RT) || preemptible()))
		batch = batch_alloc(node, GFP_NOWAIT | __GFP_NOWARN |
					  __GFP_NOMEMALLOC);
	if (batch)
		batch_init(batch, ktime_get_ns());
	return batch;
}

/**
 * node_return_batches() - give batches back that are no longer needed
 * @node: the node they belong to
 * @chain: the batches; they go to the pool, and what it cannot hold is freed
 *
 * Context: Process context.
 */
void node_return_batches(struct reap_node *node, struct batch *chain)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&node->lock, flags);
	while (chain && node->pool_nr < POOL_BATCHES) {
		struct batch *next = chain->next;

		chain->next = node->pool;
		node->pool = chain;
		node->pool_nr++;
		chain = next;
	}
	raw_spin_unlock_irqrestore(&node->lock, flags);
	batches_free(chain);
}

/**
 * node_refill() - fill the pool
 * @node: the node
 *
 * Gives up when memory is short: the pool is filled again by what is drained.
 *
 * Context: Process context, may sleep.
 */
void node_refill(struct reap_node *node)
{
	while (READ_ONCE(node->pool_nr) < POOL_BATCHES) {
		struct batch *batch = batch_alloc(node, GFP_KERNEL |
						  __GFP_NORETRY |
						  __GFP_NOWARN);

		if (!batch)
			return;
		batch->next = NULL;
		node_return_batches(node, batch);
	}
}

/* Called with the node's lock held. */
static void leave_idle(struct worker *worker)
{
	if (list_empty(&worker->idle))
		return;
	list_del_init(&worker->idle);
	worker->node->nr_idle--;
}

/* Called with the node's lock held. */
static void wake_workers(struct reap_node *node, unsigned int nr)
{
	struct worker *worker, *next;

	list_for_each_entry_safe(worker, next, &node->idle, idle) {
		if (!nr--)
			return;
		leave_idle(worker);
		wake_up_process(worker->task);
	}
}

/*
 * A worker that has to share a CPU with the dying makes them die later, for as
 * long as it takes the scheduler to tell whom it is to favour. So it lets them
 * go first, for a while. Called with the node's lock held.
 */
static bool dying_go_first(struct reap_node *node, bool idle_cpu)
{
	return !idle_cpu && scopes_in_flight() &&
	       ktime_get_ns() < node->head->stamp + GO_FIRST_NS;
}

/*
 * With workers=0: one, and at each tick one more if the backlog grows or holds
 * a window for each that is at work already, and a CPU has nothing else to do.
 * Called with the node's lock held.
 */
static unsigned int workers_to_wake(struct reap_node *node)
{
	bool idle_cpu = cpu_idle_in(cpumask_of_node(node->nid),
				    &knob_worker_cpus);
	unsigned int awake = node->nr_workers - node->nr_idle;
	long pending = atomic_long_read(&node->pending);
	bool grows = pending > node->kick_pending;

	node->kick_pending = pending;
	if (dying_go_first(node, idle_cpu))
		return 0;
	if (knob(workers))
		return node->nr_idle;
	if (!awake)
		return 1;
	return idle_cpu && (grows || pending >= awake * WINDOW_PAGES);
}

static void kick(struct timer_list *timer)
{
	struct reap_node *node = container_of(timer, struct reap_node, kick);
	unsigned long flags;

	raw_spin_lock_irqsave(&node->lock, flags);
	if (node->head) {
		wake_workers(node, workers_to_wake(node));
		mod_timer(timer, jiffies);
	}
	raw_spin_unlock_irqrestore(&node->lock, flags);
}

/**
 * node_enqueue() - hand batches to the node's workers
 * @node: the node
 * @first: first batch of a chain
 * @last: last batch of the chain
 * @nr: number of batches
 * @pages: number of pages of swap in them
 *
 * The workers are woken at the next tick or later: woken now they would, where
 * no other CPU is idle, pre-empt the task that is about to be dead.
 *
 * Context: Any but hard interrupt; does not sleep.
 */
void node_enqueue(struct reap_node *node, struct batch *first,
		  struct batch *last, unsigned int nr, long pages)
{
	u64 stamp = first->stamp;
	unsigned long flags;

	atomic_long_add(pages, &node->pending);
	raw_spin_lock_irqsave(&node->lock, flags);
	if (node->tail)
		node->tail->next = first;
	else
		node->head = first;
	node->tail = last;
	node->enqueued += nr;
	raw_spin_unlock_irqrestore(&node->lock, flags);
	if (!timer_pending(&node->kick))
		mod_timer(&node->kick, jiffies);
	/* the batches may be gone by now */
	guard_watch(node, stamp);
}

/**
 * node_dequeue() - take batches off the queue
 * @node: the node
 * @haul: the caller's, to be given back by node_done() when all is freed
 * @max: how many batches at most
 *
 * Context: Process context.
 * Return: a chain of batches, or NULL; then there is no haul.
 */
struct batch *node_dequeue(struct reap_node *node, struct haul *haul,
			   unsigned int max)
{
	struct batch *chain, *last = NULL, *batch;
	unsigned int batches = 0;
	unsigned long flags;
	long pages = 0;

	raw_spin_lock_irqsave(&node->lock, flags);
	chain = node->head;
	haul->first = node->dequeued;
	haul->stamp = U64_MAX;
	for (batch = chain; batch && batches < max && pages < WINDOW_PAGES;
	     batch = batch->next) {
		haul->stamp = min(haul->stamp, batch->stamp);
		pages += batch->nr_pages;
		batches++;
		last = batch;
	}
	node->dequeued += batches;
	if (last) {
		list_add(&haul->list, &node->hauls);
		node->head = last->next;
		last->next = NULL;
	}
	if (!node->head)
		node->tail = NULL;
	raw_spin_unlock_irqrestore(&node->lock, flags);
	return chain;
}

/**
 * node_done() - say that all of a haul has been freed
 * @node: the node
 * @haul: the haul
 *
 * Context: Process context.
 */
void node_done(struct reap_node *node, struct haul *haul)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&node->lock, flags);
	list_del(&haul->list);
	if (!node->head && list_empty(&node->hauls))
		WRITE_ONCE(node->hurry, false);
	raw_spin_unlock_irqrestore(&node->lock, flags);
	wake_up_all(&node->drained);
}

/**
 * node_sleep() - sleep until there is something to do
 * @worker: the worker
 *
 * Returns when the queue is not empty or the thread is to stop, or early.
 *
 * Context: The worker's thread.
 */
void node_sleep(struct worker *worker)
{
	struct reap_node *node = worker->node;
	unsigned long flags;
	bool idle;

	set_current_state(TASK_IDLE);
	raw_spin_lock_irqsave(&node->lock, flags);
	idle = !node->head && !kthread_should_stop();
	if (idle) {
		list_add(&worker->idle, &node->idle);
		node->nr_idle++;
	}
	raw_spin_unlock_irqrestore(&node->lock, flags);
	if (idle)
		schedule();
	__set_current_state(TASK_RUNNING);

	raw_spin_lock_irqsave(&node->lock, flags);
	leave_idle(worker);
	raw_spin_unlock_irqrestore(&node->lock, flags);
}

/**
 * node_oldest() - when the oldest pending entry of a node was diverted
 * @node: the node
 *
 * Context: Any but hard interrupt; does not sleep.
 * Return: ns of CLOCK_MONOTONIC, or U64_MAX if nothing is pending.
 */
u64 node_oldest(struct reap_node *node)
{
	u64 oldest = U64_MAX;
	struct haul *haul;
	unsigned long flags;

	raw_spin_lock_irqsave(&node->lock, flags);
	if (node->head)
		oldest = node->head->stamp;
	list_for_each_entry(haul, &node->hauls, list)
		oldest = min(oldest, haul->stamp);
	raw_spin_unlock_irqrestore(&node->lock, flags);
	return oldest;
}

/**
 * node_worker_task() - the thread of a node's worker
 * @node: the node
 * @i: which of them, from 0
 *
 * Context: Any but hard interrupt; does not sleep.
 * Return: the thread, with a reference for the caller, or NULL.
 */
struct task_struct *node_worker_task(struct reap_node *node, unsigned int i)
{
	struct task_struct *task = NULL;
	unsigned long flags;

	raw_spin_lock_irqsave(&node->lock, flags);
	if (i < node->nr_workers)
		task = get_task_struct(node->workers[i]->task);
	raw_spin_unlock_irqrestore(&node->lock, flags);
	return task;
}

/* Are the first @end batches that ever entered the queue freed? */
static bool freed_up_to(struct reap_node *node, unsigned long end)
{
	unsigned long first;
	struct haul *haul;
	unsigned long flags;

	raw_spin_lock_irqsave(&node->lock, flags);
	first = node->dequeued;
	list_for_each_entry(haul, &node->hauls, list)
		first = min(first, haul->first);
	raw_spin_unlock_irqrestore(&node->lock, flags);
	return first >= end;
}

/* Returns the end of the queue. */
static unsigned long drain_begin(struct reap_node *node)
{
	unsigned long flags, end;

	raw_spin_lock_irqsave(&node->lock, flags);
	end = node->enqueued;
	wake_workers(node, node->nr_idle);
	raw_spin_unlock_irqrestore(&node->lock, flags);
	return end;
}

/**
 * node_drain() - wait until all that is queued now has been freed
 * @node: the node
 *
 * Context: Process context, sleeps.
 */
void node_drain(struct reap_node *node)
{
	unsigned long end = drain_begin(node);

	wait_event_idle(node->drained, freed_up_to(node, end));
}

/**
 * node_drain_killable() - like node_drain(), but gives up on a fatal signal
 * @node: the node
 *
 * Context: Process context, sleeps.
 * Return: 0 or -ERESTARTSYS.
 */
int node_drain_killable(struct reap_node *node)
{
	unsigned long end = drain_begin(node);

	return wait_event_killable(node->drained, freed_up_to(node, end));
}

/**
 * node_drain_timeout() - like node_drain(), but gives up after a while
 * @node: the node
 * @timeout: how long it may take, in jiffies
 *
 * Context: Process context, sleeps.
 */
void node_drain_timeout(struct reap_node *node, unsigned long timeout)
{
	unsigned long end = drain_begin(node);

	wait_event_idle_timeout(node->drained, freed_up_to(node, end), timeout);
}

/**
 * node_worker_cpu_ns() - CPU time used by a node's workers since load
 * @node: the node
 *
 * Context: Process context.
 * Return: ns. What a worker that runs now has used since the last tick may be
 * missing.
 */
u64 node_worker_cpu_ns(struct reap_node *node)
{
	unsigned int i;
	u64 ns;
	unsigned long flags;

	raw_spin_lock_irqsave(&node->lock, flags);
	ns = node->retired_cpu_ns;
	for (i = 0; i < node->nr_workers; i++)
		ns += READ_ONCE(node->workers[i]->task->se.sum_exec_runtime);
	raw_spin_unlock_irqrestore(&node->lock, flags);
	return ns;
}

static struct reap_node *node_create(int nid)
{
	struct reap_node *node = kzalloc_node(sizeof(*node), GFP_KERNEL, nid);

	if (!node)
		return NULL;
	node->nid = nid;
	raw_spin_lock_init(&node->lock);
	INIT_LIST_HEAD(&node->hauls);
	INIT_LIST_HEAD(&node->idle);
	init_waitqueue_head(&node->drained);
	timer_setup(&node->kick, kick, 0);
	guard_init_node(node);
	node_refill(node);
	return node;
}

/**
 * nodes_init() - make queue and pool of every node that has CPUs
 *
 * Context: Process context, may sleep.
 * Return: 0 or -ENOMEM.
 */
int __init nodes_init(void)
{
	int nid;

	for_each_node_state(nid, N_CPU) {
		nodes[nid] = node_create(nid);
		if (!nodes[nid]) {
			nodes_exit();
			return -ENOMEM;
		}
	}
	return 0;
}

/**
 * nodes_exit() - free the nodes
 *
 * Context: Process context; hooks and workers are gone, the queues are empty.
 */
void nodes_exit(void)
{
	int nid;

	for (nid = 0; nid < MAX_NUMNODES; nid++) {
		if (!nodes[nid])
			continue;
		timer_delete_sync(&nodes[nid]->kick);
		batches_free(nodes[nid]->pool);
		kfree(nodes[nid]);
		nodes[nid] = NULL;
	}
}
