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

struct batch;
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
 */
struct scope {
	struct task_struct *task;
	struct batch *batch;
	long budget;
	long diverted;
	struct batch *first;
	struct reap_node *node;
	unsigned int nr_batches;
	unsigned int pause;
	unsigned int why;
	int srcu;
	long in_place;
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

bool scope_begin(struct mm_struct *mm);
void scope_end(void);
bool scope_divert(struct scope *scope, swp_entry_t entry, unsigned int nr);
void scope_sync(void);
void scopes_open(void);
void scopes_close(void);

#endif
