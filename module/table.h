/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The scopes in flight, and the look-up from a task to its own. A scope is one
 * mm being torn down, from entry to exit of exit_mmap(), or one mm being reaped
 * while its owners are still dying: by the kernel's OOM reaper, or by
 * process_mrelease() in a task that goes on to live. One task does that from
 * start to end, so it fills its batch without a lock. An mm may be in two
 * scopes, one that reaps it and one that exits: the page-table lock shows each
 * entry to one of them.
 *
 * Another task can take a batch away that is partly filled (table_steal()).
 */
#ifndef SWAPREAP_TABLE_H
#define SWAPREAP_TABLE_H

#include <linux/atomic.h>
#include <linux/cache.h>
#include <linux/hash.h>
#include <linux/sched.h>
#include <linux/spinlock.h>

#include "batch.h"
#include "stats.h"

struct mem_cgroup;
struct reap_node;

/**
 * struct scope - one mm being torn down or reaped
 * @task: who does it, NULL in a free place of the table
 * @cursor: where the next run is written
 * @budget: pages reserved under max_pending and not yet diverted; at most
 *	RUN_NR_MAX
 * @reserved: pages reserved in all, but for those given back
 * @queued: pages in batches that were queued
 * @lock: protects @batch, @stolen and @mark, and all above but @task off the fast
 *	path. Raw, and held for a few instructions
 * @batch: the batch being filled, or NULL
 * @stolen: another task waits to take it away
 * @mark: when it said so, by number
 * @node: where batches go
 * @memcg: whose memory it is, NULL if it has no limits
 * @knows_memcg: whether that could be told
 * @begin: when it began, ns of CLOCK_MONOTONIC
 * @entries: swap entries that the mm had then
 * @in_place: pages freed in place and counted under a reason
 * @uncounted: pages freed in place and not yet counted
 * @why: the reason, of the last refusal; FALLBACK_NR before the first
 * @pause: entries to free in place before diverting is tried again
 * @ticket: for gate_leave()
 *
 * What each diverted entry needs comes first, in one cache line.
 */
struct scope {
	struct task_struct *task;
	struct cursor cursor;
	unsigned long budget;
	unsigned long reserved;
	unsigned long queued;
	raw_spinlock_t lock;
	struct batch *batch;
	bool stolen;
	long mark;
	struct reap_node *node;
	struct mem_cgroup *memcg;
	bool knows_memcg;
	u64 begin;
	unsigned long entries;
	unsigned long in_place;
	unsigned long uncounted;
	enum fallback why;
	unsigned int pause;
	int ticket;
} ____cacheline_aligned;

/* A task may be in any of the places of its set. */
#define SCOPE_SET_BITS	7
#define SCOPE_WAYS	4

extern struct scope scopes[1 << SCOPE_SET_BITS][SCOPE_WAYS];

/* Scopes in flight, and those of living tasks among them. */
extern atomic_t scopes_in_flight;
extern atomic_t living_scopes;

/**
 * scope_task_lives() - is a task neither exiting nor a kernel thread?
 * @task: the task that asks
 *
 * Such a task has a scope only while process_mrelease() reaps in it, or when it
 * dropped the last reference to an mm that it had looked at.
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
 * Almost every caller is a live task with no reap in progress: for it this is a
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

struct scope *table_claim(void);
void table_release(struct scope *scope);
void table_open_batch(struct scope *scope, struct batch *batch);
void table_queue_batch(struct scope *scope);
void table_set_budget(struct scope *scope, unsigned long budget);
void table_steal(u64 age_ns);
long table_open_pages(const struct reap_node *node);
u64 table_oldest(const struct reap_node *node);
void table_init(void);

#endif
