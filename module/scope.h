/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A scope is one mm being torn down, from the begin of exit_mmap() to its end,
 * or one mm being reaped while its owners are still dying: by the kernel's OOM
 * reaper, or by process_mrelease() in a task that goes on to live. One task
 * does that from begin to end, so all that a scope fills is private to the
 * task: no lock, no per-CPU state. Shared is only the table in which a task
 * finds its scope. An mm may be in two scopes, one that reaps it and one that
 * exits: the page-table lock shows each entry to one of them.
 */
#ifndef SWAPREAP_SCOPE_H
#define SWAPREAP_SCOPE_H

#include <linux/atomic.h>
#include <linux/cache.h>
#include <linux/hash.h>
#include <linux/sched.h>
#include <linux/swap.h>
#include <linux/swapops.h>

#include "batch.h"
#include "stats.h"

struct mm_struct;
struct reap_node;

/**
 * struct scope - one mm being torn down or reaped
 * @task: who does it, NULL in a free place of the table
 * @cursor: where the next run is written
 * @budget: pages reserved under max_pending and not yet diverted; at most
 *	RUN_NR_MAX
 * @reserved: pages reserved in all, but for those given back
 * @batch: the batch being filled, last of the chain
 * @first: first batch of the chain
 * @node: where the chain goes
 * @begin: when it began, ns of CLOCK_MONOTONIC
 * @in_place: pages freed in place and counted under a reason
 * @uncounted: pages freed in place and not yet counted
 * @why: the reason
 * @pause: entries to free in place before diverting is tried again
 * @nr_batches: length of the chain
 * @closed: pages in its batches but for the one being filled
 * @srcu: index of the read side that scope_sync() waits for
 *
 * What each diverted entry needs comes first, in one cache line.
 */
struct scope {
	struct task_struct *task;
	struct cursor cursor;
	unsigned long budget;
	unsigned long reserved;
	struct batch *batch;
	struct batch *first;
	struct reap_node *node;
	u64 begin;
	unsigned long in_place;
	unsigned long uncounted;
	enum fallback why;
	unsigned int pause;
	unsigned int nr_batches;
	unsigned long closed;
	int srcu;
} ____cacheline_aligned;

/* A task may be in any of the places of its set. */
#define SCOPE_SET_BITS	7
#define SCOPE_WAYS	4

extern struct scope scopes[1 << SCOPE_SET_BITS][SCOPE_WAYS];

/* Scopes of living tasks in flight. */
extern atomic_t living_scopes;

/**
 * scope_task_lives() - is a task neither exiting nor a kernel thread?
 * @task: the task that asks
 *
 * Such a task has a scope only while process_mrelease() reaps in it.
 *
 * Context: Process context.
 */
static __always_inline bool scope_task_lives(const struct task_struct *task)
{
	return !(task->flags & (PF_EXITING | PF_KTHREAD));
}

/**
 * scope_find() - find the scope of the task that asks
 * @scope: where it is put
 *
 * Nearly all who ask are living tasks, when nobody reaps: for them this is a
 * look at two words. No ordering is needed: the one scope that a task looks for
 * is its own, and it has counted that itself, before.
 *
 * Context: Process context.
 * Return: whether the task has one.
 */
static __always_inline bool scope_find(struct scope **scope)
{
	struct task_struct *task = current;
	struct scope *set;
	int i;

	if (scope_task_lives(task) && !atomic_read(&living_scopes))
		return false;
	set = scopes[hash_ptr(task, SCOPE_SET_BITS)];
	for (i = 0; i < SCOPE_WAYS; i++) {
		if (READ_ONCE(set[i].task) != task)
			continue;
		*scope = &set[i];
		return true;
	}
	return false;
}

bool scope_begin(struct mm_struct *mm);
bool scope_begin_reap(struct mm_struct *mm);
void scope_end(void);
bool scope_divert_slow(struct scope *scope, swp_entry_t entry,
		       unsigned int nr);
bool scopes_in_flight(void);
void scope_sync(void);
void scopes_open(void);
void scopes_close(void);
void scopes_pause(void);
void scopes_resume(void);

/* The kernel keeps other things than swap slots where a swap entry could be. */
static __always_inline bool is_swap_slot(swp_entry_t entry)
{
	return entry.val < (unsigned long)MAX_SWAPFILES << SWP_TYPE_SHIFT;
}

/**
 * scope_try_divert() - take entries off the hands of an exiting task
 * @scope: the task's scope
 * @entry: first entry
 * @nr: number of entries
 *
 * Context: The scope's task, where it is about to call the target: under the
 * page-table lock. Does not sleep.
 * Return: true if the entries are now ours to free, and the target must not be
 * called for them; false if that is for scope_paused() and then for
 * scope_divert_slow() to decide.
 */
static __always_inline bool scope_try_divert(struct scope *scope,
					     swp_entry_t entry, unsigned int nr)
{
	/* the budget is never more than a run holds, and nr - 1 wraps for 0 */
	if (unlikely(!run_key_fits(entry.val) || !is_swap_slot(entry) ||
		     (unsigned long)nr - 1 >= scope->budget ||
		     cursor_full(&scope->cursor)))
		return false;
	cursor_push(&scope->cursor, entry.val, nr);
	scope->budget -= nr;
	return true;
}

/**
 * scope_paused() - count entries to be freed in place, after a refusal
 * @scope: the task's scope
 * @nr: number of entries
 *
 * For entries that scope_try_divert() or scope_try_divert_one() left: when no
 * more may be pending, that is all that most of them cost.
 *
 * Context: That of scope_try_divert().
 * Return: false if scope_divert_slow() is to decide.
 */
static __always_inline bool scope_paused(struct scope *scope, unsigned int nr)
{
	if (!scope->pause)
		return false;
	scope->pause--;
	scope->uncounted += nr;
	return true;
}

/**
 * scope_try_divert_one() - the same for one entry
 * @scope: the task's scope
 * @entry: the entry
 *
 * For targets that free one entry a call: neighbours that come one after the
 * other make one run.
 *
 * Context, return: those of scope_try_divert().
 */
static __always_inline bool scope_try_divert_one(struct scope *scope,
						 swp_entry_t entry)
{
	if (!scope->budget || !cursor_extend(&scope->cursor, entry.val))
		return scope_try_divert(scope, entry, 1);
	scope->budget--;
	return true;
}

/**
 * scope_divert() - divert entries or leave them to the target
 * @scope: the task's scope
 * @entry: first entry
 * @nr: number of entries
 *
 * Context: That of scope_try_divert().
 * Return: true if the entries are now ours to free, and the target must not be
 * called for them; false if it must.
 */
static __always_inline bool scope_divert(struct scope *scope,
					 swp_entry_t entry, unsigned int nr)
{
	return likely(scope_try_divert(scope, entry, nr)) ||
	       (!scope_paused(scope, nr) &&
		scope_divert_slow(scope, entry, nr));
}

/**
 * scope_divert_one() - the same for one entry
 * @scope: the task's scope
 * @entry: the entry
 *
 * Context, return: those of scope_divert().
 */
static __always_inline bool scope_divert_one(struct scope *scope,
					     swp_entry_t entry)
{
	return likely(scope_try_divert_one(scope, entry)) ||
	       (!scope_paused(scope, 1) && scope_divert_slow(scope, entry, 1));
}

#endif
