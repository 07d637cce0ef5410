/* SPDX-License-Identifier: GPL-2.0 */
/* Which entries are diverted. Called by the hooks and the sweep. */
#ifndef SWAPREAP_SCOPE_H
#define SWAPREAP_SCOPE_H

#include <linux/swap.h>
#include <linux/swapops.h>

#include "batch.h"
#include "compat.h"
#include "table.h"

struct mm_struct;

bool scope_begin(struct mm_struct *mm);
bool scope_begin_reap(struct mm_struct *mm);
void scope_end(void);
void scope_hand_over(struct scope *scope);
void scope_leave(struct scope *scope, unsigned long nr);
bool scope_make_room(struct scope *scope, swp_entry_t entry, unsigned int nr);
bool scope_divert_slow(struct scope *scope, swp_entry_t entry,
		       unsigned int nr);

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
		     !walks_page_table() ||
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
	if (!scope->budget || !walks_page_table() ||
	    !cursor_extend(&scope->cursor, entry.val))
		return scope_try_divert(scope, entry, 1);
	scope->budget--;
	return true;
}

/**
 * scope_open_row() - let the sweep write down entries
 * @scope: the task's scope
 * @nr: how many at most
 *
 * Until scope_close_row(), under the same page-table lock, a batch that another task
 * wants to take away is still the scope's (table_steal()).
 *
 * Context: The scope's task, under the page-table lock.
 * Return: where; full if scope_make_room() has to come first.
 */
static __always_inline struct row scope_open_row(const struct scope *scope,
						 unsigned int nr)
{
	return (struct row) {
		.slot = scope->cursor.slot,
		.end = scope->budget < nr ? NULL : READ_ONCE(scope->cursor.end),
	};
}

/**
 * scope_close_row() - the sweep has written down entries
 * @scope: the task's scope
 * @row: what was opened
 *
 * Context: That of scope_open_row().
 */
static __always_inline void scope_close_row(struct scope *scope,
					    const struct row *row)
{
	scope->budget -= row->nr;
	scope->cursor.slot = row->slot;
	scope->cursor.next = CURSOR_NO_RUN;
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
