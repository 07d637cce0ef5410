// SPDX-License-Identifier: GPL-2.0
#include <linux/gfp.h>
#include <linux/ktime.h>
#include <linux/minmax.h>
#include <linux/mm.h>

#include "batch.h"
#include "compat.h"
#include "queue.h"

/*
 * Empty batches kept per node, 48 KiB. A batch is back as soon as the slot map
 * has its entries. Beyond the pool the hook asks the page allocator.
 */
#define POOL_BATCHES	(48 * 1024 / PAGE_SIZE ?: 1)

static struct batch *batch_alloc(struct queue *queue, gfp_t gfp)
{
	struct page *page = alloc_pages_node(queue->nid, gfp, 0);

	return page ? page_address(page) : NULL;
}

/**
 * queue_take_batch() - get an empty batch
 * @queue: the queue
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
struct batch *queue_take_batch(struct queue *queue)
{
	struct batch *batch;
	unsigned long flags;

	raw_spin_lock_irqsave(&queue->lock, flags);
	batch = queue->pool;
	if (batch) {
		queue->pool = batch->next;
		queue->pool_nr--;
	}
	raw_spin_unlock_irqrestore(&queue->lock, flags);
	if (!batch && may_spin_lock())
		batch = batch_alloc(queue, GFP_NOWAIT | __GFP_NOWARN |
					   __GFP_NOMEMALLOC);
	if (batch)
		batch_init(batch, ktime_get_ns());
	return batch;
}

/**
 * queue_return_batch() - give a batch back
 * @queue: the queue
 * @batch: the batch; it goes to the pool, or is freed if that is full
 *
 * Context: Process context.
 */
void queue_return_batch(struct queue *queue, struct batch *batch)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&queue->lock, flags);
	if (queue->pool_nr < POOL_BATCHES) {
		batch->next = queue->pool;
		queue->pool = batch;
		queue->pool_nr++;
		batch = NULL;
	}
	raw_spin_unlock_irqrestore(&queue->lock, flags);
	if (batch)
		free_page((unsigned long)batch);
}

/**
 * queue_refill() - fill the pool
 * @queue: the queue
 *
 * Gives up when memory is short: batches come back to the pool anyway. It does
 * not reclaim, as whoever calls it may run at a real-time priority.
 *
 * Context: Process context.
 */
void queue_refill(struct queue *queue)
{
	while (READ_ONCE(queue->pool_nr) < POOL_BATCHES) {
		struct batch *batch = batch_alloc(queue, GFP_NOWAIT |
							 __GFP_NOWARN);

		if (!batch)
			return;
		queue_return_batch(queue, batch);
	}
}

/**
 * queue_add() - add a batch
 * @queue: the queue
 * @batch: the batch, closed
 *
 * Context: Any but hard interrupt; does not sleep.
 */
void queue_add(struct queue *queue, struct batch *batch)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&queue->lock, flags);
	if (queue->tail)
		queue->tail->next = batch;
	else
		queue->head = batch;
	queue->tail = batch;
	queue->added++;
	WRITE_ONCE(queue->stamp, min(queue->stamp, batch->stamp));
	raw_spin_unlock_irqrestore(&queue->lock, flags);
}

/**
 * queue_head() - first batch of the queue
 * @queue: the queue
 *
 * Context: Any. The batch stays there for as long as the caller holds what
 * lets it call queue_remove_head().
 * Return: the batch, or NULL.
 */
struct batch *queue_head(struct queue *queue)
{
	return READ_ONCE(queue->head);
}

/**
 * queue_remove_head() - take the first batch off the queue
 * @queue: the queue, not empty
 *
 * Context: One caller at a time (struct map, @filling).
 */
void queue_remove_head(struct queue *queue)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&queue->lock, flags);
	WRITE_ONCE(queue->head, queue->head->next);
	queue->removed++;
	if (!queue->head) {
		queue->tail = NULL;
		WRITE_ONCE(queue->stamp, U64_MAX);
	}
	raw_spin_unlock_irqrestore(&queue->lock, flags);
}

/**
 * queue_end() - the place of the last batch
 * @queue: the queue
 *
 * Context: Any.
 * Return: what queue_passed() takes.
 */
unsigned long queue_end(struct queue *queue)
{
	return READ_ONCE(queue->added);
}

/**
 * queue_passed() - have all batches up to a place left the queue?
 * @queue: the queue
 * @end: the place
 *
 * Context: Any.
 */
bool queue_passed(struct queue *queue, unsigned long end)
{
	return (long)(READ_ONCE(queue->removed) - end) >= 0;
}

/**
 * queue_init() - make an empty queue
 * @queue: the queue
 * @nid: the node its batches are allocated on
 *
 * Context: Process context.
 */
void queue_init(struct queue *queue, int nid)
{
	queue->nid = nid;
	raw_spin_lock_init(&queue->lock);
	queue->stamp = U64_MAX;
	queue_refill(queue);
}

/**
 * queue_exit() - free the pool
 * @queue: the queue, empty; nobody uses it any more
 *
 * Context: Any.
 */
void queue_exit(struct queue *queue)
{
	while (queue->pool) {
		struct batch *next = queue->pool->next;

		free_page((unsigned long)queue->pool);
		queue->pool = next;
	}
}
