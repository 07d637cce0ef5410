/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A scope is one mm being torn down, from the begin of exit_mmap() to its end.
 * One task does that from begin to end, so all that a scope fills is private
 * to the task: no lock, no per-CPU state. Shared is only the table in which a
 * task finds its scope.
 */
#ifndef SWAPREAP_SCOPE_H
#define SWAPREAP_SCOPE_H

#include <linux/cache.h>
#include <linux/hash.h>
#include <linux/sched.h>
#include <linux/swap.h>
#include <linux/swapops.h>

#include "batch.h"
#include "stats.h"
#include "target.h"

struct mm_struct;
struct reap_node;

/**
 * struct scope - one mm being torn down
 * @task: who does it, NULL in a free place of the table
 * @batch: the batch being filled, last of the chain
 * @budget: pages reserved under max_pending and not yet diverted
 * @diverted: pages diverted
 * @first: first batch of the chain
 * @node: where the chain goes
 * @nr_batches: length of the chain
 * @pause: entries to free in place before diverting is tried again
 * @why: why they are freed in place
 * @in_place: pages freed in place for that reason and not yet counted
 * @srcu: index of the read side that scope_sync() waits for
 *
 * One cache line.
 */
struct scope {
	struct task_struct *task;
	struct batch *batch;
	long budget;
	long diverted;
	struct batch *first;
	struct reap_node *node;
	unsigned int nr_batches;
	unsigned int in_place;
	u16 pause;
	u16 why;
	int srcu;
} ____cacheline_aligned;

/* A task may be in any of the places of its set. */
#define SCOPE_SET_BITS	7
#define SCOPE_WAYS	4

extern struct scope scopes[1 << SCOPE_SET_BITS][SCOPE_WAYS];

/**
 * scope_current() - find the scope of the task that asks
 *
 * Context: Process context.
 * Return: the scope, or NULL.
 */
static __always_inline struct scope *scope_current(void)
{
	struct task_struct *task = current;
	struct scope *set;
	int i;

	if (!(task->flags & PF_EXITING))
		return NULL;
	set = scopes[hash_ptr(task, SCOPE_SET_BITS)];
	for (i = 0; i < SCOPE_WAYS; i++)
		if (READ_ONCE(set[i].task) == task)
			return &set[i];
	return NULL;
}

/* Needs room for the run in the scope's budget. */
static __always_inline bool scope_append(struct scope *scope, u64 run,
					 unsigned int nr)
{
	if (!scope->batch ||
	    !batch_append(scope->batch, run, target.merge == MERGE_ALWAYS))
		return false;
	scope->budget -= nr;
	scope->diverted += nr;
	return true;
}

bool scope_begin(struct mm_struct *mm);
void scope_end(void);
bool scope_divert_slow(struct scope *scope, u64 run, unsigned int nr);
void scope_sync(void);
void scopes_open(void);
void scopes_close(void);

/**
 * scope_divert() - take entries off the hands of an exiting task
 * @scope: the task's scope
 * @entry: first entry
 * @nr: number of entries
 *
 * Context: The scope's task, where it is about to call the target: under the
 * page-table lock. Does not sleep.
 * Return: true if the entries are now ours to free, and the target must not be
 * called for them; false if it must.
 */
static __always_inline bool scope_divert(struct scope *scope, swp_entry_t entry,
					 unsigned int nr)
{
	unsigned int type = swp_type(entry);
	u64 run;

	if (unlikely(type >= MAX_SWAPFILES ||
		     !run_fits(type, swp_offset(entry), nr))) {
		stats_fallback(FALLBACK_KIND, nr);
		return false;
	}
	run = run_make(type, swp_offset(entry), nr);
	if (likely(scope->budget >= nr && scope_append(scope, run, nr)))
		return true;
	return scope_divert_slow(scope, run, nr);
}

#endif
