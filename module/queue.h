/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A node's queue of batches that wait for the slot map, and its pool of empty
 * ones. It wakes nobody and knows no knob.
 */
#ifndef SWAPREAP_QUEUE_H
#define SWAPREAP_QUEUE_H

#include <linux/spinlock.h>
#include <linux/types.h>

struct batch;

/**
 * struct queue - batches of a node
 * @nid: the node's number
 * @lock: protects every other field. Raw, and held for a few instructions: it
 *	is taken where pre-emption may be off
 * @head: first batch; it leaves the queue when the slot map has all of it
 * @tail: last batch
 * @stamp: how old the oldest of them is at most, ns of CLOCK_MONOTONIC
 * @added: batches ever added
 * @removed: batches ever removed
 * @pool: empty batches
 * @pool_nr: how many
 */
struct queue {
	int nid;
	raw_spinlock_t lock;
	struct batch *head;
	struct batch *tail;
	u64 stamp;
	unsigned long added;
	unsigned long removed;
	struct batch *pool;
	unsigned int pool_nr;
};

void queue_init(struct queue *queue, int nid);
void queue_exit(struct queue *queue);
struct batch *queue_take_batch(struct queue *queue);
void queue_return_batch(struct queue *queue, struct batch *batch);
void queue_refill(struct queue *queue);
void queue_add(struct queue *queue, struct batch *batch);
struct batch *queue_head(struct queue *queue);
void queue_remove_head(struct queue *queue);
unsigned long queue_end(struct queue *queue);
bool queue_passed(struct queue *queue, unsigned long end);

#endif
