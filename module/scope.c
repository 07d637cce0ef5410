// SPDX-License-Identifier: GPL-2.0
#include <linux/atomic.h>
#include <linux/mm.h>
#include <linux/srcu.h>
#include <linux/timekeeping.h>

#include "batch.h"
#include "guard.h"
#include "knobs.h"
#include "node.h"
#include "pressure.h"
#include "scope.h"
#include "stats.h"
#include "trace.h"

/* Room under max_pending is taken in portions, to touch the total rarely. */
#define BUDGET_PAGES	1024U

/* After a refusal this many entries are freed before the next try. */
#define PAUSE_ENTRIES	64

struct scope scopes[1 << SCOPE_SET_BITS][SCOPE_WAYS];

atomic_t living_scopes __read_mostly;

/* Read side: from the begin of a scope to scope_end(). */
DEFINE_STATIC_SRCU(scopes_srcu);

/* Whether scopes may begin. */
static bool open;

/* Whether they may not for a while. */
static bool paused;

/* Scopes in flight, diverting or not. */
static atomic_t exiting;

static struct scope *scope_claim(unsigned long entries)
{
	struct scope *set = scopes[hash_ptr(current, SCOPE_SET_BITS)];
	int i;

	for (i = 0; i < SCOPE_WAYS; i++)
		if (!READ_ONCE(set[i].task) &&
		    !cmpxchg(&set[i].task, NULL, current))
			return &set[i];
	stats_fallback(FALLBACK_COLLISION, entries);
	return NULL;
}

/*
 * Nothing is allocated here: a scope that diverts nothing costs a place in the
 * table. The number of swap entries is the sum that the kernel keeps cheaply,
 * which may be wrong by some tens of entries per CPU (lib/percpu_counter.c).
 */
static bool begin(struct mm_struct *mm)
{
	unsigned long entries;
	struct scope *scope;
	int srcu;

	if (scope_find(&scope))
		return false;
	entries = get_mm_counter(mm, MM_SWAPENTS);
	if (!entries)
		return false;
	if (entries < knob(exit_threshold)) {
		stats_fallback(FALLBACK_SMALL, entries);
		return false;
	}
	srcu = srcu_read_lock(&scopes_srcu);
	scope = READ_ONCE(open) && !READ_ONCE(paused) ?
		scope_claim(entries) : NULL;
	if (!scope) {
		srcu_read_unlock(&scopes_srcu, srcu);
		return false;
	}
	scope->srcu = srcu;
	__release(&scopes_srcu); /* for sparse: held until scope_end() */
	cursor_open(&scope->cursor, NULL);
	scope->budget = 0;
	scope->reserved = 0;
	scope->batch = NULL;
	scope->first = NULL;
	scope->node = node_local();
	scope->begin = ktime_get_ns();
	scope->in_place = 0;
	scope->uncounted = 0;
	scope->pause = 0;
	scope->nr_batches = 0;
	scope->closed = 0;
	atomic_inc(&exiting);
	if (scope_task_lives(current))
		atomic_inc(&living_scopes);
	trace_scope_begin(scope->node->nid, entries);
	return true;
}

/**
 * scope_begin() - an mm is about to be torn down
 * @mm: the mm, which nobody but the caller uses any more
 *
 * exit_mmap() runs in the task that drops the last reference: one in do_exit(),
 * or a kworker (kernel/fork.c, mmput_async()). A living task gets there by exec,
 * which is not diverted, or where it looked at a dying process's memory.
 *
 * Context: The task that calls exit_mmap(), before it does. Does not sleep.
 * Return: true if a scope was begun: the caller makes sure that scope_end() is
 * called in this task. False if the task lives, is in a scope already, or the
 * mm does not qualify.
 */
bool scope_begin(struct mm_struct *mm)
{
	return !scope_task_lives(current) && begin(mm);
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

static void scope_close_batch(struct scope *scope)
{
	unsigned long diverted = scope->reserved - scope->budget;

	cursor_close(&scope->cursor, scope->batch, diverted - scope->closed);
	scope->closed = diverted;
}

static void count_in_place(struct scope *scope)
{
	if (!scope->uncounted)
		return;
	stats_fallback(scope->why, scope->uncounted);
	scope->in_place += scope->uncounted;
	scope->uncounted = 0;
}

/**
 * scope_end() - the mm has been torn down or reaped
 *
 * Hands what was diverted to the node's workers.
 *
 * Context: The task for which scope_begin() or scope_begin_reap() returned
 * true, after exit_mmap() or __oom_reap_task_mm(). Does not sleep.
 */
void scope_end(void)
{
	unsigned long diverted;
	struct scope *scope;
	u64 exit_ns;
	int srcu;

	if (WARN_ON_ONCE(!scope_find(&scope)))
		return;
	diverted = scope->reserved - scope->budget;
	exit_ns = ktime_get_ns() - scope->begin;
	srcu = scope->srcu;
	atomic_dec(&exiting);
	if (scope_task_lives(current))
		atomic_dec(&living_scopes);
	count_in_place(scope);
	pending_release(scope->budget);
	trace_scope_end(scope->node->nid, diverted, scope->in_place, exit_ns);
	if (diverted) {
		scope_close_batch(scope);
		stats_scope(diverted, exit_ns);
		node_enqueue(scope->node, scope->first, scope->batch,
			     scope->nr_batches, diverted);
	}
	swap_hurry();
	/* orders all use of the scope before the next claim of its place */
	smp_store_release(&scope->task, NULL);
	__acquire(&scopes_srcu);
	srcu_read_unlock(&scopes_srcu, srcu);
}

static bool too_old(struct reap_node *node)
{
	u64 oldest = node_oldest(node);

	return oldest != U64_MAX &&
	       ktime_get_ns() > oldest + knob(max_age_ms) * NSEC_PER_MSEC;
}

static bool scope_reserve(struct scope *scope, unsigned int nr)
{
	unsigned long budget = max(nr, BUDGET_PAGES);

	if (scope->budget >= nr)
		return true;
	if (!pending_reserve(budget - scope->budget)) {
		budget = nr;
		if (!pending_reserve(budget - scope->budget))
			return false;
	}
	scope->reserved += budget - scope->budget;
	scope->budget = budget;
	return true;
}

static bool scope_add_batch(struct scope *scope)
{
	struct batch *batch = node_take_batch(scope->node);

	if (!batch)
		return false;
	if (scope->batch) {
		scope_close_batch(scope);
		scope->batch->next = batch;
	} else {
		scope->first = batch;
	}
	cursor_open(&scope->cursor, batch);
	scope->batch = batch;
	scope->nr_batches++;
	return true;
}

/* Without a budget no entry is diverted on the fast path. */
static bool scope_refuse(struct scope *scope, enum fallback why,
			 unsigned int nr)
{
	pending_release(scope->budget);
	scope->reserved -= scope->budget;
	scope->budget = 0;
	scope->why = why;
	scope->pause = PAUSE_ENTRIES;
	scope->uncounted += nr;
	return false;
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
	if (!run_fits(entry.val, nr) || !is_swap_slot(entry)) {
		stats_fallback(FALLBACK_KIND, nr);
		scope->in_place += nr;
		return false;
	}
	count_in_place(scope);
	if (atomic_read(&exiting) < knob(min_exiting))
		return scope_refuse(scope, FALLBACK_FEW_EXITING, nr);
	if (swap_is_low(max(nr, BUDGET_PAGES))) {
		guard_hurry();
		return scope_refuse(scope, FALLBACK_LOW_SWAP, nr);
	}
	if (too_old(scope->node))
		return scope_refuse(scope, FALLBACK_MAX_AGE, nr);
	if (!scope_reserve(scope, nr))
		return scope_refuse(scope, FALLBACK_MAX_PENDING, nr);
	if (cursor_full(&scope->cursor) && !scope_add_batch(scope))
		return scope_refuse(scope, FALLBACK_NOMEM, nr);
	return scope_try_divert(scope, entry, nr);
}

/**
 * scopes_in_flight() - is an mm being torn down that may be diverted?
 *
 * Context: Any. May be out of date at once.
 */
bool scopes_in_flight(void)
{
	return atomic_read(&exiting);
}

/**
 * scope_sync() - wait until all scopes that have begun have ended
 *
 * Context: Process context, sleeps.
 */
void scope_sync(void)
{
	synchronize_srcu(&scopes_srcu);
}

/**
 * scopes_open() - let scopes begin
 *
 * Context: Any.
 */
void scopes_open(void)
{
	WRITE_ONCE(open, true);
}

/**
 * scopes_close() - let no more scopes begin and wait for the last to end
 *
 * Context: Process context, sleeps as long as it takes to tear down an mm.
 */
void scopes_close(void)
{
	WRITE_ONCE(open, false);
	scope_sync();
}

/**
 * scopes_pause() - let no more scopes begin for a while
 *
 * Returns when the last has ended.
 *
 * Context: Process context, sleeps as long as it takes to tear down an mm.
 */
void scopes_pause(void)
{
	WRITE_ONCE(paused, true);
	scope_sync();
}

/**
 * scopes_resume() - let them begin again, unless scopes_close() was called
 *
 * Context: Any.
 */
void scopes_resume(void)
{
	WRITE_ONCE(paused, false);
}
