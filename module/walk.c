// SPDX-License-Identifier: GPL-2.0
/*
 * The page tables of an mm that is swept.
 *
 * What is not for a swap slot is left where it is: pages, migration entries,
 * markers. So is what lies in levels that are not tables of PTEs. An entry is
 * taken out of its PTE under the page-table lock, after it was written down:
 * nobody else has it then.
 */
#include <linux/mm.h>
#include <linux/pgtable.h>
#include <linux/sched.h>

#include "compat.h"
#include "scope.h"
#include "sweep.h"
#include "walk.h"

/* So many PTEs are swept under one lock: all of a table, but for large pages. */
#define STEP_PTES	512

/* What no PTE of a slot is. */
#define NO_PTE		(~0ULL)

/*
 * Whether a PTE holds a swap slot that a run can hold. Types and offsets are bits
 * of their own, so flags do not matter (asm/pgtable.h: __swp_type(), __swp_offset()).
 */
static __always_inline bool holds_slot(u64 value, swp_entry_t *entry)
{
	swp_entry_t arch_entry = { value };
	pte_t pte = own_pte(value);

	if (pte_none(pte) || pte_present(pte))
		return false;
	*entry = swp_entry(__swp_type(arch_entry), __swp_offset(arch_entry));
	return run_key_fits(entry->val) && is_swap_slot(*entry);
}

/*
 * Called with the lock of the page table held. A PTE is taken apart only if it is not
 * what the one before it lets expect.
 */
static void sweep_ptes(struct sweep *sweep, unsigned long addr, pte_t *table,
		       unsigned int nr)
{
	struct row row = scope_open_row(sweep->scope, nr);
	u64 next = NO_PTE;
	swp_entry_t entry;
	pte_t *pte;

	for (pte = table; pte < table + nr; pte++) {
		u64 value = own_pte_val(READ_ONCE(*pte));

		if (value == next) {
			row_lengthen(&row);
		} else if (holds_slot(value, &entry)) {
			if (unlikely(row_full(&row))) {
				sweep->swept += row.nr;
				scope_close_row(sweep->scope, &row);
				if (!scope_make_room(sweep->scope, entry, nr))
					return;
				row = scope_open_row(sweep->scope, nr);
			}
			row_add(&row, entry.val);
		} else {
			next = NO_PTE;
			continue;
		}
		own_pte_clear(sweep->mm, addr + (pte - table) * PAGE_SIZE, pte);
		next = value + sweep->step;
	}
	sweep->swept += row.nr;
	scope_close_row(sweep->scope, &row);
}

/*
 * As pte_offset_map_lock() does, which is not exported: a table that a reaped mm's
 * own tasks free beside us is freed by RCU (mm/pgtable-generic.c).
 */
static void sweep_step(struct sweep *sweep, pmd_t *pmdp, unsigned long addr,
		       unsigned long end)
{
	spinlock_t *lock; /* of the table of PTEs */
	pmd_t pmd;

	rcu_read_lock();
	pmd = READ_ONCE(*pmdp);
	if (pmd_none(pmd) || !pmd_present(pmd) || pmd_bad(pmd))
		goto unlock;
	lock = pte_lockptr(sweep->mm, &pmd);
	spin_lock(lock);
	if (pmd_same(pmd, READ_ONCE(*pmdp)))
		sweep_ptes(sweep, addr, pte_offset_kernel(&pmd, addr),
			   (end - addr) / PAGE_SIZE);
	spin_unlock(lock);
unlock:
	rcu_read_unlock();
}

/**
 * walk_find_pmd() - find the entry for a table of PTEs
 * @mm: the mm
 * @addr: an address
 * @end: end of the range that is of interest; becomes the end of what the entry, or
 *	the hole, is for
 *
 * Context: mmap_lock is held.
 * Return: the entry, which may be no table's, or NULL in a hole.
 */
pmd_t *walk_find_pmd(struct mm_struct *mm, unsigned long addr,
		     unsigned long *end)
{
	pgd_t *pgd = pgd_offset(mm, addr);
	p4d_t *p4d;
	pud_t *pud;

	*end = pgd_addr_end(addr, *end);
	if (pgd_none(*pgd) || pgd_bad(*pgd))
		return NULL;
	p4d = p4d_offset(pgd, addr);
	*end = p4d_addr_end(addr, *end);
	if (p4d_none(*p4d) || p4d_bad(*p4d))
		return NULL;
	pud = pud_offset(p4d, addr);
	*end = pud_addr_end(addr, *end);
	if (pud_none(*pud) || !pud_present(*pud) || pud_bad(*pud))
		return NULL;
	*end = pmd_addr_end(addr, *end);
	return pmd_offset(pud, addr);
}

/**
 * walk_range() - take the entries of swap slots out of a range of page tables
 * @sweep: the walk
 * @addr: where the range begins
 * @end: where it ends
 *
 * A table of which the scope may divert no more is left as it is; the next may fare
 * better.
 *
 * Context: The task of the scope, with mmap_lock held; sleeps.
 */
void walk_range(struct sweep *sweep, unsigned long addr, unsigned long end)
{
	unsigned long next;
	pmd_t *pmd;

	mmap_assert_locked(sweep->mm);
	for (; addr < end; addr = next) {
		cond_resched();
		next = end;
		pmd = walk_find_pmd(sweep->mm, addr, &next);
		if (!pmd)
			continue;
		next = min(next, addr + STEP_PTES * PAGE_SIZE);
		sweep_step(sweep, pmd, addr, next);
	}
}
