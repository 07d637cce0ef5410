// SPDX-License-Identifier: GPL-2.0
#include <linux/ktime.h>
#include <linux/minmax.h>
#include <linux/sched.h>

#include "admit.h"
#include "batch.h"
#include "compat.h"
#include "drain.h"
#include "node.h"
#include "stats.h"
#include "table.h"
#include "target.h"
#include "trace.h"

/* Runs that are put into the map at a time, with pre-emption off. */
#define FILL_RUNS	64

/**
 * turn_begin() - begin to count
 * @turn: the turn
 *
 * Context: Any.
 */
void turn_begin(struct turn *turn)
{
	*turn = (struct turn){ .begin = ktime_get_ns() };
}

/**
 * turn_end() - add what a task freed to what can be seen from outside
 * @turn: the turn
 * @node: the node
 *
 * Context: Any.
 */
void turn_end(struct turn *turn, struct reap_node *node)
{
	u64 now = ktime_get_ns();

	if (!turn->pages)
		return;
	stats_drained(turn->age);
	trace_drain(node->nid, turn->pages, turn->runs, turn->calls,
		    turn->age, now - turn->begin);
	turn_begin(turn);
}

static void free_run(struct turn *turn, u64 key, unsigned int nr)
{
	turn->pages += nr;
	turn->runs++;
	while (nr) {
		unsigned int piece = target_free(key, nr);

		key += piece;
		nr -= piece;
		turn->calls++;
	}
}

static void count_freed(struct reap_node *node, struct turn *turn,
			unsigned long pages, u64 stamp)
{
	turn->age = max(turn->age, ktime_get_ns() - stamp);
	atomic_long_add(pages, &node->freed);
	admit_release(pages);
	admit_account(node);
}

/* Puts some of a batch into the map; returns whether that was the last of it. */
static bool fill_some(struct reap_node *node, struct batch *batch,
		      struct turn *turn)
{
	unsigned long before = turn->pages;
	unsigned int i;

	for (i = 0; i < FILL_RUNS && batch->at < batch->nr_runs; i++) {
		u64 run = batch->runs[batch->at];
		u64 key = run_key(run) + batch->done, again;
		unsigned int nr = map_set(&node->map, key,
					  run_nr(run) - batch->done, &again);

		while (again) {
			unsigned int first;
			unsigned int length = bits_first_run(&again, &first);

			free_run(turn, key + first, length);
		}
		batch->done += nr;
		if (batch->done == run_nr(run)) {
			batch->at++;
			batch->done = 0;
		}
	}
	if (turn->pages != before)
		count_freed(node, turn, turn->pages - before, batch->stamp);
	return batch->at == batch->nr_runs;
}

/* Returns whether there was a batch. */
static bool fill(struct reap_node *node, struct turn *turn)
{
	struct batch *batch, *done = NULL;

	if (!queue_head(&node->queue))
		return false;
	spin_lock(&node->map.filling);
	batch = queue_head(&node->queue);
	if (batch) {
		WRITE_ONCE(node->map.fresh_stamp,
			   min(node->map.fresh_stamp, batch->stamp));
		if (fill_some(node, batch, turn)) {
			queue_remove_head(&node->queue);
			done = batch;
		}
	}
	spin_unlock(&node->map.filling);
	if (done)
		queue_return_batch(&node->queue, done);
	return batch;
}

/* Returns whether there is something to take. */
static bool begin_round(struct reap_node *node)
{
	bool any;

	spin_lock(&node->map.filling);
	any = map_begin_round(&node->map);
	spin_unlock(&node->map.filling);
	return any;
}

/*
 * Neighbours are joined across words, so a run is freed when the next slot is not
 * its neighbour. Returns whether words were left, as the CPU is wanted or enough
 * was freed; but something was freed then, so that whoever calls again gets on.
 */
static bool free_words(struct turn *turn, const struct piece *piece,
		       unsigned long enough)
{
	unsigned int word = piece->cluster * CLUSTER_WORDS;
	unsigned int end = word + CLUSTER_WORDS, nr = 0;
	u64 key = 0;

	do {
		u64 bits = leaf_take(piece->leaf, word);
		u64 base = piece->leaf->key + word * WORD_SLOTS;

		while (bits) {
			unsigned int first;
			unsigned int length = bits_first_run(&bits, &first);

			if (nr && key + nr != base + first) {
				free_run(turn, key, nr);
				nr = 0;
			}
			if (!nr)
				key = base + first;
			nr += length;
		}
	} while (++word < end && !(nr && need_resched()) &&
		 turn->pages + nr < enough);
	if (nr)
		free_run(turn, key, nr);
	return word < end;
}

/*
 * Frees a cluster of the present round, or some words of it if these are @enough
 * pages. Returns whether there was one.
 */
static bool take(struct reap_node *node, struct turn *turn,
		 unsigned long enough)
{
	struct hand *hand = map_take_hand(&node->map);
	unsigned long before = turn->pages;
	struct piece piece;
	bool took = map_take(&node->map, hand, &piece);

	if (took) {
		if (free_words(turn, &piece, enough))
			map_put_back(&node->map, hand, &piece);
		if (turn->pages != before)
			count_freed(node, turn, turn->pages - before,
				    hand->stamp);
	}
	map_give_hand(hand);
	return took;
}

/**
 * drain_step() - move some of what is pending on
 * @node: the node
 * @turn: where it is counted what was freed
 *
 * All that is queued goes into the map before a cluster is taken out of it, as
 * neighbours may come from anywhere.
 *
 * Context: Process context, may sleep. The caller must not be in a scope: the
 * hook would divert the entries again.
 * Return: false if nothing is left to do for now.
 */
bool drain_step(struct reap_node *node, struct turn *turn)
{
	bool moved = fill(node, turn) || take(node, turn, ULONG_MAX) ||
		     begin_round(node);

	cond_resched();
	return moved;
}

/**
 * drain_some() - free some of what is pending, at little cost
 * @node: the node
 * @enough: how many pages of swap are enough
 *
 * For tasks that need memory now. Takes what the map has first.
 *
 * Context: That of drain_step(); pre-emption may be off, but on PREEMPT_RT.
 * Needs no memory.
 * Return: how many pages were freed: less than @enough if no more are pending, and
 * less than a word's 64 more than that.
 */
unsigned long drain_some(struct reap_node *node, unsigned long enough)
{
	unsigned long pages;
	struct turn turn;

	turn_begin(&turn);
	while (turn.pages < enough &&
	       (take(node, &turn, enough) || begin_round(node) ||
		fill(node, &turn)))
		if (may_schedule())
			cond_resched();
	pages = turn.pages;
	turn_end(&turn, node);
	return pages;
}

/*
 * Frees all that the node has pending now, beside whoever else does. Waits for
 * nobody but tasks that hold a spinlock.
 */
static void drain_node(struct reap_node *node)
{
	unsigned long end = queue_end(&node->queue);
	struct turn turn;
	u64 now;

	turn_begin(&turn);
	while (!queue_passed(&node->queue, end)) {
		fill(node, &turn);
		cond_resched();
	}
	now = ktime_get_ns();
	while (map_oldest(&node->map) <= now) {
		/* what is left is in others' hands, who may put it back */
		if (!take(node, &turn, ULONG_MAX) && !begin_round(node))
			map_sync(&node->map);
		cond_resched();
	}
	turn_end(&turn, node);
}

/**
 * drain_all() - free all that is pending now, on all nodes
 *
 * Batches that exits in flight are filling are taken away from them first.
 *
 * Context: That of drain_step().
 */
void drain_all(void)
{
	struct reap_node *node;

	table_steal(0);
	for_each_reap_node(node)
		drain_node(node);
}
