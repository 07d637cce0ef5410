// SPDX-License-Identifier: GPL-2.0
/*
 * The sweep: before the kernel takes an mm apart, its page tables are walked once
 * and the entries of swap slots in them diverted, so that the kernel finds none.
 * Called by the functions that run in place of exit_mmap() and
 * __oom_reap_task_mm(), in a scope, where they may sleep.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/align.h>
#include <linux/err.h>
#include <linux/gfp.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/pgtable.h>
#include <linux/printk.h>
#include <linux/sched.h>
#include <linux/uaccess.h>

#include "compat.h"
#include "knobs.h"
#include "scope.h"
#include "stats.h"
#include "sweep.h"
#include "walk.h"

/*
 * A PTE that holds no entry costs some 5 instructions to look at. An entry that is
 * swept saves 80 or more where the target is hooked, and else 1500.
 */
#define PTES_PER_ENTRY		16
#define PTES_PER_ENTRY_ALONE	256

bool sweep_alone;
struct work_struct sweep_failed;

/* Only private memory is in swap by PTEs, and it has an anon_vma then. */
static bool has_slots(const struct vm_area_struct *vma)
{
	return READ_ONCE(vma->anon_vma) &&
	       !(vma->vm_flags & (VM_SHARED | VM_PFNMAP | VM_HUGETLB));
}

static void sweep_mm(struct sweep *sweep)
{
	VMA_ITERATOR(vmas, sweep->mm, 0);
	struct vm_area_struct *vma;

	for_each_vma(vmas, vma) {
		/* where a fork ended that got no memory (kernel/fork.c) */
		if (xa_is_zero(vma))
			break;
		cond_resched();
		if (has_slots(vma))
			walk_range(sweep, vma->vm_start, vma->vm_end);
	}
}

/* Whether it is worth to look at all tables, however few entries they have. */
static bool is_worth_it(const struct sweep *sweep)
{
	unsigned long ptes = mm_pgtables_bytes(sweep->mm) / sizeof(pte_t);

	return ptes / (sweep->alone ? PTES_PER_ENTRY_ALONE : PTES_PER_ENTRY) <=
	       sweep->scope->entries;
}

static bool begin(struct sweep *sweep, struct mm_struct *mm)
{
	*sweep = (struct sweep) {
		.mm = mm,
		.step = own_pte_step(),
		.alone = READ_ONCE(sweep_alone),
	};
	return !WARN_ON_ONCE(!scope_find(&sweep->scope)) && knob(sweep) &&
	       is_worth_it(sweep);
}

/* What is queued now can be freed while the kernel goes on with the rest. */
static void hand_over(struct sweep *sweep)
{
	if (sweep->swept) {
		mm_sub_swap_entries(sweep->mm, sweep->swept);
		stats_swept(sweep->swept);
		scope_hand_over(sweep->scope);
	}
	if (sweep->alone)
		sweep->left = mm_swap_entries(sweep->mm);
}

/* What was left then is there no more, and nobody saw it go. */
static void count_left(struct sweep *sweep, long now)
{
	if (sweep->scope && sweep->alone && sweep->left > now)
		scope_leave(sweep->scope, sweep->left - now);
}

/**
 * sweep_exit_begin() - sweep an mm that nobody uses any more
 * @sweep: for sweep_exit_end()
 * @mm: the mm, in whose exit_mmap() the task is about to be
 *
 * rmap walkers and the OOM reaper may still be at it: page tables are locked, and
 * the reaper holds mmap_lock as we do. khugepaged was waited for
 * (kernel/fork.c, __mmput()).
 *
 * Context: Process context, in a scope; sleeps.
 */
void sweep_exit_begin(struct sweep *sweep, struct mm_struct *mm)
{
	if (begin(sweep, mm)) {
		mmap_read_lock(mm);
		sweep_mm(sweep);
		mmap_read_unlock(mm);
	}
	hand_over(sweep);
}

/**
 * sweep_exit_end() - the mm has been torn down
 * @sweep: from sweep_exit_begin()
 *
 * Nobody can change its counter any more, and it has to come out even, as
 * kernel/fork.c, check_mm(), demands. If not, there is no sweep from then on.
 *
 * Context: Process context, in the same scope; does not sleep.
 */
void sweep_exit_end(struct sweep *sweep)
{
	long now;

	if (!sweep->swept && !sweep->alone)
		return;
	now = mm_swap_entries(sweep->mm);
	count_left(sweep, now);
	if (likely(!now) || !sweep->swept || !knob(sweep))
		return;
	pr_err_once("an mm that was swept ends with %ld swap entries; sweep=0 from now on. Please report this with the kernel's version\n",
		    now);
	schedule_work(&sweep_failed);
}

/**
 * sweep_reap_begin() - sweep an mm that is reaped while its tasks die
 * @sweep: for sweep_reap_end()
 * @mm: the mm; the caller holds its mmap_lock
 *
 * Its tasks still run in the kernel, and what was swept reads as zeros:
 * MMF_UNSTABLE lets them fault instead, as it does when __oom_reap_task_mm()
 * sets it. When the last of them is in exit_mmap(), that one sweeps.
 *
 * Context: Process context, in a scope; sleeps.
 */
void sweep_reap_begin(struct sweep *sweep, struct mm_struct *mm)
{
	if (begin(sweep, mm) && atomic_read(&mm->mm_users)) {
		reap_mm_flag_set(MMF_UNSTABLE, mm);
		sweep_mm(sweep);
	}
	hand_over(sweep);
}

/**
 * sweep_reap_end() - the mm has been reaped
 * @sweep: from sweep_reap_begin()
 *
 * Context: Process context, in the same scope; does not sleep.
 */
void sweep_reap_end(struct sweep *sweep)
{
	if (sweep->alone)
		count_left(sweep, mm_swap_entries(sweep->mm));
}

/*
 * The proof is done on pages of the task that loads the module, of which all but
 * the first are not there: PTEs of a table that exists, and that nobody else looks
 * at while mmap_lock is held. The slots are of the last device there could be.
 */
#define PROOF_SIZE	(16 * PAGE_SIZE)
#define PROOF_WORD	0x7377656570UL

static const struct {
	unsigned int type;
	unsigned int offset;
} proof_slots[] = {
	{ MAX_SWAPFILES - 1, 10 }, { MAX_SWAPFILES - 1, 11 },
	{ MAX_SWAPFILES - 1, 12 }, {}, { MAX_SWAPFILES - 1, 13 },
	{ MAX_SWAPFILES - 1, 9 }, { MAX_SWAPFILES, 10 },
};

static void __init put_slots(pte_t *pte)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(proof_slots); i++, pte++) {
		swp_entry_t entry = swp_entry(proof_slots[i].type,
					      proof_slots[i].offset);

		if (proof_slots[i].offset)
			set_pte(pte, pte_swp_mkexclusive(swp_entry_to_pte(entry)));
	}
}

/* Three runs were taken; what is no slot is still there, and is taken away here. */
static bool __init slots_swept(struct mm_struct *mm, unsigned long addr,
			       pte_t *pte, const struct batch *batch)
{
	static const u64 runs[][2] = { { 10, 3 }, { 13, 1 }, { 9, 1 } };
	bool swept = true;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(proof_slots); i++, addr += PAGE_SIZE) {
		bool slot = proof_slots[i].type != MAX_SWAPFILES;

		swept &= pte_none(pte[i]) == slot;
		pte_clear(mm, addr, &pte[i]);
	}
	for (i = 0; i < ARRAY_SIZE(runs); i++)
		if (batch->runs[i] != run_make(swp_entry(MAX_SWAPFILES - 1,
							 runs[i][0]).val,
					       runs[i][1]))
			swept = false;
	return swept;
}

/* Whether it works on the page table of what is mapped at @addr. */
static bool __init proves(struct mm_struct *mm, unsigned long addr,
			  struct batch *batch)
{
	struct scope scope = { .budget = PROOF_SIZE };
	struct sweep sweep = {
		.scope = &scope,
		.mm = mm,
		.step = own_pte_step(),
	};
	unsigned long end = addr + PROOF_SIZE;
	pmd_t *pmd = walk_find_pmd(mm, addr, &end);
	pte_t *pte;

	if (!pmd || pmd_none(*pmd) || pmd_bad(*pmd) || end != addr + PROOF_SIZE)
		return false;
	pte = pte_offset_kernel(pmd, addr);
	if (!pte_present(*pte) ||
	    *(unsigned long *)page_address(pte_page(*pte)) != PROOF_WORD)
		return false;
	batch_init(batch, 0);
	cursor_open(&scope.cursor, batch);
	put_slots(pte + 1);
	walk_range(&sweep, addr + PAGE_SIZE, end);
	return slots_swept(mm, addr + PAGE_SIZE, pte + 1, batch) &&
	       sweep.swept == 5;
}

/*
 * A page with a word in it, and room behind it where nothing is ever mapped, all in
 * one table.
 */
static bool __init proves_within(struct mm_struct *mm, unsigned long room,
				 struct batch *batch)
{
	unsigned long addr = vm_mmap(NULL, ALIGN(room, PROOF_SIZE), PAGE_SIZE,
				     PROT_READ | PROT_WRITE,
				     MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, 0);
	bool works;

	if (IS_ERR_VALUE(addr) ||
	    put_user(PROOF_WORD, (unsigned long __user *)addr))
		return false;
	mmap_write_lock(mm);
	works = proves(mm, addr, batch);
	mmap_write_unlock(mm);
	return works;
}

/**
 * sweep_prove() - try the sweep before it is used
 *
 * Where it does not work the knob stays 0, and the log says so.
 *
 * Context: Process context of a task with memory of its own, sleeps.
 */
void __init sweep_prove(void)
{
	struct batch *batch = (void *)get_zeroed_page(GFP_KERNEL);
	struct mm_struct *mm = current->mm;
	unsigned long room = -ENOMEM;
	bool works = false;

	if (batch && mm && own_page_tables())
		room = vm_mmap(NULL, 0, 2 * PROOF_SIZE, PROT_NONE,
			       MAP_PRIVATE | MAP_ANONYMOUS, 0);
	if (!IS_ERR_VALUE(room)) {
		works = proves_within(mm, room, batch);
		vm_munmap(room, 2 * PROOF_SIZE);
	}
	free_page((unsigned long)batch);
	if (works)
		return;
	if (!own_page_tables())
		pr_notice("page tables are the hypervisor's here (Xen PV) and are not swept; sweep stays 0\n");
	else if (IS_ERR_VALUE(room))
		pr_notice("no memory to try the sweep on (%ld, a limit of the task that loads the module?); sweep stays 0\n",
			  (long)room);
	else
		pr_notice("page tables cannot be swept on this kernel; sweep stays 0\n");
	knob_sweep.max = 0;
	knob_sweep.value = 0;
}
