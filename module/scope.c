// SPDX-License-Identifier: GPL-2.0
#include <linux/atomic.h>
#include <linux/ktime.h>
#include <linux/mm.h>
#include <linux/oom.h>

#include "admit.h"
#include "compat.h"
#include "drain.h"
#include "gate.h"
#include "knobs.h"
#include "node.h"
#include "policy.h"
#include "scope.h"
#include "stats.h"
#include "tenant.h"
#include "trace.h"

/* Reserve in chunks so the global counter is rarely touched. */
#define BUDGET_PAGES	1024U

/* A batch with so many pages is queued although there is room for more runs. */
#define BATCH_PAGES	4096U

/* After a refusal this many entries are freed before the next try. */
#define PAUSE_ENTRIES	64

/* What a dying task frees where it may not be pre-empted. */
#define HELP_PAGES	2048

/* Why none of an mm's entries is diverted, or FALLBACK_NR. */
static enum fallback refuse_mm(unsigned long entries)
{
	if (entries < knob(exit_threshold))
		return FALLBACK_SMALL;
	if (tsk_is_oom_victim(current))
		return FALLBACK_OOM;
	if (admit_full())
		return FALLBACK_MAX_PENDING;
	return FALLBACK_NR;
}

/*
 * Where the workers are starved, those who die free what the dead have left, on
 * whichever node. By a kprobe or a tracepoint we are called with pre-emption off,
 * where it may not take long, and on PREEMPT_RT not be done at all.
 */
static void help_the_starved(void)
{
	struct reap_node *node;

	for_each_reap_node(node) {
		if (!policy_starved(node) || irqs_disabled())
			continue;
		if (may_schedule())
			drain_some(node, ULONG_MAX);
		else if (may_spin_lock())
			drain_some(node, HELP_PAGES);
	}
}

static bool may_begin(struct mm_struct *mm)
{
	struct scope *scope;

	/* an mm that ever had a swap entry is in a list of those (mm/rmap.c) */
	return gate_is_open() && !list_empty(&mm->mmlist) &&
	       !scope_find(&scope);
}

static struct scope *claim(struct mm_struct *mm, unsigned long entries)
{
	struct scope *scope;
	int ticket;

	if (!gate_enter(&ticket))
		return NULL;
	help_the_starved();
	scope = table_claim();
	if (!scope) {
		gate_leave(ticket);
		return NULL;
	}
	scope->ticket = ticket;
	scope->knows_memcg = tenant_of_mm(mm, &scope->memcg);
	scope->node = node_local();
	scope->begin = ktime_get_ns();
	scope->entries = entries;
	scope->why = FALLBACK_NR;
	return scope;
}

static bool begin(struct mm_struct *mm)
{
	struct scope *scope;
	enum fallback why;
	long entries;

	if (!may_begin(mm))
		return false;
	entries = mm_swap_entries(mm);
	if (entries <= 0)
		return false;
	why = refuse_mm(entries);
	if (why == FALLBACK_NR) {
		scope = claim(mm, entries);
		if (!scope)
			why = FALLBACK_COLLISION;
	}
	if (why != FALLBACK_NR) {
		stats_fallback(why, entries);
		return false;
	}
	if (admit_swap_changed() && may_spin_lock())
		admit_look();
	policy_watch(scope->node);
	trace_scope_begin(scope->node->nid, entries);
	return true;
}

/**
 * scope_begin() - an mm is about to be torn down
 * @mm: the mm, which nobody but the caller uses any more
 *
 * exit_mmap() runs in the task that drops the last reference: one in do_exit(),
 * a kworker (kernel/fork.c, mmput_async()), or a living task that looked at a
 * dying process's memory. Or it is the old mm of an exec, which is not diverted:
 * the task that does it has the new one already (fs/exec.c, exec_mmap()).
 *
 * Context: The task that calls exit_mmap(), before it does. Does not sleep.
 * Return: true if a scope was begun: the caller makes sure that scope_end() is
 * called in this task. False if this is an exec, the task is in a scope already,
 * or the mm does not qualify.
 */
bool scope_begin(struct mm_struct *mm)
{
	if (scope_task_lives(current) && current->in_execve)
		return false;
	return begin(mm);
}

/**
 * scope_begin_reap() - the memory of a dying process is about to be reaped
 * @mm: its mm, which may be in exit_mmap() soon
 *
 * __oom_reap_task_mm() runs in the kernel's OOM reaper, and in whoever calls
 * process_mrelease() (mm/oom_kill.c).
 *
 * Context: The task that calls __oom_reap_task_mm(), before it does. Does not
 * sleep.
 * Return: true if a scope was begun: the caller makes sure that scope_end() is
 * called in this task. False if the knob for it is off, the task is in a scope
 * already, or the mm does not qualify.
 */
bool scope_begin_reap(struct mm_struct *mm)
{
	bool wanted = scope_task_lives(current) ? knob(divert_mrelease) :
						  knob(divert_oom_reaper);

	return wanted && begin(mm);
}

static void count_in_place(struct scope *scope)
{
	if (!scope->uncounted)
		return;
	stats_fallback(scope->why, scope->uncounted);
	scope->in_place += scope->uncounted;
	scope->uncounted = 0;
}

static unsigned long diverted_by(const struct scope *scope)
{
	return scope->reserved - scope->budget;
}

/**
 * scope_hand_over() - queue what was diverted so far, while the scope goes on
 * @scope: the task's scope
 *
 * Context: The scope's task. Does not sleep.
 */
void scope_hand_over(struct scope *scope)
{
	table_queue_batch(scope);
	policy_queued(scope->node);
}

/**
 * scope_leave() - count what the kernel frees without our seeing it
 * @scope: the task's scope
 * @nr: number of entries
 *
 * Context: The scope's task. Does not sleep.
 */
void scope_leave(struct scope *scope, unsigned long nr)
{
	if (scope->why == FALLBACK_NR)
		scope->why = FALLBACK_UNSWEPT;
	scope->uncounted += nr;
}

/**
 * scope_end() - the mm has been torn down or reaped
 *
 * Context: The task for which scope_begin() or scope_begin_reap() returned
 * true, after exit_mmap() or __oom_reap_task_mm(). Does not sleep.
 */
void scope_end(void)
{
	unsigned long diverted;
	struct reap_node *node;
	struct scope *scope;
	u64 exit_ns;
	int ticket;

	if (WARN_ON_ONCE(!scope_find(&scope)))
		return;
	node = scope->node;
	ticket = scope->ticket;
	diverted = diverted_by(scope);
	exit_ns = ktime_get_ns() - scope->begin;
	count_in_place(scope);
	admit_release(scope->budget);
	trace_scope_end(node->nid, diverted, scope->in_place, exit_ns);
	table_queue_batch(scope);
	tenant_put(scope->memcg);
	table_release(scope);
	if (diverted) {
		stats_scope(diverted, exit_ns);
		policy_scope_ended(node);
	}
	if (admit_swap_is_low(0))
		policy_hurry();
	help_the_starved();
	gate_leave(ticket);
}

static bool reserve(struct scope *scope, unsigned int nr)
{
	unsigned long budget = max(nr, BUDGET_PAGES);

	if (scope->budget >= nr)
		return true;
	if (!admit_reserve(budget - scope->budget)) {
		budget = nr;
		if (!admit_reserve(budget - scope->budget))
			return false;
	}
	table_set_budget(scope, budget);
	return true;
}

/* Why no more of its entries are diverted, or FALLBACK_NR. */
static enum fallback refuse_more(struct scope *scope, swp_entry_t entry,
				 unsigned int nr)
{
	if (atomic_read(&scopes_in_flight) < knob(min_exiting))
		return FALLBACK_FEW_EXITING;
	if (admit_swap_is_low(max(nr, BUDGET_PAGES))) {
		policy_hurry();
		return FALLBACK_LOW_SWAP;
	}
	if (policy_too_late(scope->node) || policy_starved(scope->node))
		return FALLBACK_MAX_AGE;
	if (!scope->knows_memcg)
		scope->knows_memcg = tenant_of_entry(entry, &scope->memcg);
	if (!scope->knows_memcg ||
	    !tenant_admits(scope->memcg, max(nr, BUDGET_PAGES)))
		return FALLBACK_CGROUP;
	return FALLBACK_NR;
}

static bool open_batch(struct scope *scope)
{
	struct batch *batch;

	if (!cursor_full(&scope->cursor) &&
	    diverted_by(scope) - scope->queued < BATCH_PAGES)
		return true;
	table_queue_batch(scope);
	batch = queue_take_batch(&scope->node->queue);
	if (batch)
		table_open_batch(scope, batch);
	/* it may have found nothing to look at when it looked last */
	policy_watch(scope->node);
	return batch;
}

/* Gets what is missing; why it cannot be had, or FALLBACK_NR. */
static enum fallback make_room(struct scope *scope, swp_entry_t entry,
			       unsigned int nr)
{
	enum fallback why;

	if (scope->budget < nr) {
		/* asked first, as it costs least where it says no */
		if (!reserve(scope, nr))
			return FALLBACK_MAX_PENDING;
		why = refuse_more(scope, entry, nr);
		if (why != FALLBACK_NR)
			return why;
	}
	return open_batch(scope) ? FALLBACK_NR : FALLBACK_NOMEM;
}

/* Without a budget no entry is diverted on the fast path. */
static bool refuse(struct scope *scope, enum fallback why)
{
	admit_release(scope->budget);
	table_set_budget(scope, 0);
	scope->why = why;
	return false;
}

/**
 * scope_make_room() - get what is missing for the sweep to write down a run
 * @scope: the task's scope
 * @entry: what the run begins with
 * @nr: for how many entries there has to be room
 *
 * Context: The scope's task, under the page-table lock. Does not sleep.
 * Return: false if the entries are to stay where they are, and the kernel is to see
 * to them.
 */
bool scope_make_room(struct scope *scope, swp_entry_t entry, unsigned int nr)
{
	do {
		enum fallback why = make_room(scope, entry, nr);

		if (why != FALLBACK_NR)
			return refuse(scope, why);
		/* unless the batch was taken away at once */
	} while (cursor_full(&scope->cursor));
	return true;
}

/**
 * scope_divert_slow() - get what is missing and divert entries
 * @scope: the task's scope
 * @entry: first entry
 * @nr: number of entries
 *
 * For entries that were left by scope_try_divert() or scope_try_divert_one(),
 * and by scope_paused().
 *
 * Context: Theirs.
 * Return: true if the entries are now ours to free, and the target must not be
 * called for them; false if it must.
 */
bool scope_divert_slow(struct scope *scope, swp_entry_t entry,
		       unsigned int nr)
{
	enum fallback why;

	count_in_place(scope);
	scope->uncounted = nr;
	if (!run_fits(entry.val, nr) || !is_swap_slot(entry) ||
	    !walks_page_table()) {
		scope->why = FALLBACK_KIND;
		return false;
	}
	do {
		why = make_room(scope, entry, nr);
		if (why != FALLBACK_NR) {
			scope->pause = PAUSE_ENTRIES;
			return refuse(scope, why);
		}
		/* unless the batch was taken away at once */
	} while (!scope_try_divert(scope, entry, nr));
	scope->uncounted = 0;
	return true;
}
