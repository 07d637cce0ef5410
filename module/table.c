// SPDX-License-Identifier: GPL-2.0
#include <linux/ktime.h>
#include <linux/minmax.h>
#include <linux/rcupdate.h>
#include <linux/string.h>

#include "admit.h"
#include "batch.h"
#include "compat.h"
#include "node.h"
#include "table.h"

struct scope scopes[1 << SCOPE_SET_BITS][SCOPE_WAYS];

atomic_t scopes_in_flight;
atomic_t living_scopes __read_mostly;

#define for_each_scope(scope) \
	for ((scope) = scopes[0]; (scope) < scopes[1 << SCOPE_SET_BITS]; (scope)++)

/**
 * table_claim() - get a place for a scope of this task
 *
 * Nothing is allocated: a scope that diverts nothing costs a place in the table.
 *
 * Context: Any but hard interrupt.
 * Return: the scope, all zero, or NULL if the task's set is full.
 */
struct scope *table_claim(void)
{
	struct scope *set = scopes[hash_ptr(current, SCOPE_SET_BITS)], *scope;
	int i;

	for (i = 0; i < SCOPE_WAYS; i++)
		if (!READ_ONCE(set[i].task) &&
		    !cmpxchg(&set[i].task, NULL, current))
			break;
	if (i == SCOPE_WAYS)
		return NULL;
	scope = &set[i];
	cursor_open(&scope->cursor, NULL);
	scope->budget = 0;
	scope->reserved = 0;
	scope->queued = 0;
	memset_after(scope, 0, lock);
	atomic_inc(&scopes_in_flight);
	if (scope_task_lives(current))
		atomic_inc(&living_scopes);
	return scope;
}

/**
 * table_release() - give the place back
 * @scope: the task's scope, without a batch
 *
 * Context: Any but hard interrupt.
 */
void table_release(struct scope *scope)
{
	atomic_dec(&scopes_in_flight);
	if (scope_task_lives(current))
		atomic_dec(&living_scopes);
	/* orders all use of the scope before the next claim of its place */
	smp_store_release(&scope->task, NULL);
}

/*
 * In one section, as a batch that is neither open nor queued would be overlooked.
 * Whoever calls it, the owner or a thief, knows that the other does not write.
 */
static void queue_batch(struct scope *scope)
{
	unsigned long diverted = scope->reserved - scope->budget;
	struct reap_node *node = scope->node;
	struct batch *batch = scope->batch;

	lockdep_assert_held(&scope->lock);
	if (batch) {
		cursor_close(&scope->cursor, batch, diverted - scope->queued);
		/* before it can be freed: pending is never below zero */
		atomic_long_add(batch->nr_pages, &node->diverted);
		queue_add(&node->queue, batch);
	}
	WRITE_ONCE(scope->queued, diverted);
	scope->batch = NULL;
	scope->stolen = false;
	cursor_open(&scope->cursor, NULL);
}

static void count_queued(struct reap_node *node)
{
	stats_pending(nodes_pending());
	admit_account(node);
}

/**
 * table_queue_batch() - queue what a scope has written down so far
 * @scope: the task's scope; it has no batch afterwards
 *
 * Context: Any but hard interrupt; does not sleep.
 */
void table_queue_batch(struct scope *scope)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&scope->lock, flags);
	queue_batch(scope);
	raw_spin_unlock_irqrestore(&scope->lock, flags);
	count_queued(scope->node);
}

/**
 * table_open_batch() - let a scope fill a batch
 * @scope: the task's scope, without a batch
 * @batch: the batch, empty
 *
 * Context: Any but hard interrupt.
 */
void table_open_batch(struct scope *scope, struct batch *batch)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&scope->lock, flags);
	scope->batch = batch;
	cursor_open(&scope->cursor, batch);
	raw_spin_unlock_irqrestore(&scope->lock, flags);
}

/**
 * table_set_budget() - change what a scope may yet divert
 * @scope: the task's scope
 * @budget: pages
 *
 * Context: Any but hard interrupt.
 */
void table_set_budget(struct scope *scope, unsigned long budget)
{
	unsigned long flags;

	/* a thief takes the difference of the two */
	raw_spin_lock_irqsave(&scope->lock, flags);
	scope->reserved += budget - scope->budget;
	scope->budget = budget;
	raw_spin_unlock_irqrestore(&scope->lock, flags);
}

/* Numbers marks, so that a thief takes what was marked before its grace period. */
static atomic_long_t marks;

static bool mark(struct scope *scope, u64 before)
{
	unsigned long flags;
	bool marked;

	raw_spin_lock_irqsave(&scope->lock, flags);
	marked = scope->batch && scope->batch->stamp <= before;
	if (marked && !scope->stolen) {
		scope->stolen = true;
		WRITE_ONCE(scope->cursor.end, NULL);
		scope->mark = atomic_long_inc_return(&marks);
	}
	raw_spin_unlock_irqrestore(&scope->lock, flags);
	return marked;
}

/* Takes the batch if @sure, or if the scope's task does not run. */
static bool take_marked(struct scope *scope, long last, bool sure)
{
	struct reap_node *node = NULL;
	unsigned long flags;
	bool left;

	raw_spin_lock_irqsave(&scope->lock, flags);
	left = scope->stolen && scope->mark - last <= 0;
	if (left && (sure || !may_walk_now(scope->task))) {
		node = scope->node;
		queue_batch(scope);
	}
	raw_spin_unlock_irqrestore(&scope->lock, flags);
	if (node)
		count_queued(node);
	return left && !node;
}

static bool take_all_marked(long last, bool sure)
{
	struct scope *scope;
	bool left = false;

	for_each_scope(scope)
		if (READ_ONCE(scope->stolen))
			left |= take_marked(scope, last, sure);
	return left;
}

/**
 * table_steal() - queue the batches that scopes in flight are filling
 * @age_ns: only those that are this old, in ns
 *
 * A scope writes into its batch in an RCU read side in which it cannot be
 * pre-empted, but on PREEMPT_RT (walks_page_table()). So once the cursor says that
 * the batch is full, and its task does not run or a grace period has passed, it
 * does not write any more until it has taken @lock and opened another. The former
 * comes first, as a task that gets no CPU can hold up a grace period for long.
 *
 * Context: Process context, sleeps.
 */
void table_steal(u64 age_ns)
{
	u64 before = ktime_get_ns() - age_ns;
	struct scope *scope;
	bool any = false;
	long last;

	if (!atomic_read(&scopes_in_flight))
		return;
	for_each_scope(scope)
		if (READ_ONCE(scope->task))
			any |= mark(scope, before);
	if (!any)
		return;
	last = atomic_long_read(&marks);
	/* pairs with the barrier of the scheduler before a task runs */
	smp_mb();
	if (!take_all_marked(last, false))
		return;
	synchronize_rcu_expedited();
	take_all_marked(last, true);
}

/**
 * table_open_pages() - pages in batches that scopes in flight are filling
 * @node: of this node
 *
 * Context: Any. Exact while no scope diverts.
 */
long table_open_pages(const struct reap_node *node)
{
	struct scope *scope;
	long pages = 0, open;

	if (!atomic_read(&scopes_in_flight))
		return 0;
	for_each_scope(scope) {
		if (!READ_ONCE(scope->task) || READ_ONCE(scope->node) != node)
			continue;
		open = READ_ONCE(scope->reserved) - READ_ONCE(scope->budget) -
		       READ_ONCE(scope->queued);
		/* a scope that takes room while it is read looks odd */
		pages += clamp(open, 0L, (long)RUN_NR_MAX);
	}
	return pages;
}

/**
 * table_oldest() - when the oldest entry in these batches was diverted
 * @node: of this node
 *
 * Context: Any but NMI; takes raw locks.
 * Return: ns of CLOCK_MONOTONIC, or U64_MAX if there is none.
 */
u64 table_oldest(const struct reap_node *node)
{
	u64 oldest = U64_MAX;
	struct scope *scope;
	unsigned long flags;

	if (!atomic_read(&scopes_in_flight))
		return oldest;
	for_each_scope(scope) {
		if (!READ_ONCE(scope->task))
			continue;
		raw_spin_lock_irqsave(&scope->lock, flags);
		if (scope->batch && scope->node == node)
			oldest = min(oldest, scope->batch->stamp);
		raw_spin_unlock_irqrestore(&scope->lock, flags);
	}
	return oldest;
}

/**
 * table_init() - make the table ready
 *
 * Context: Any.
 */
void __init table_init(void)
{
	struct scope *scope;

	for_each_scope(scope)
		raw_spin_lock_init(&scope->lock);
}
