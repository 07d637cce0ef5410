// SPDX-License-Identifier: GPL-2.0
#include <linux/atomic.h>
#include <linux/jiffies.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/static_call.h>
#include <linux/swap.h>

#include "admit.h"
#include "compat.h"
#include "knobs.h"
#include "node.h"
#include "symbol.h"

/*
 * Of all of swap a sixteenth is held free: less than the tenth at which Android's
 * lmkd begins to kill, so that what it kills is helped. Of what is pending an
 * eighth: swapping out takes 22 times the instructions of freeing (6.12, lz4;
 * tests/guest "freeing a backlog takes less time" by boot -i), so all of a
 * backlog is freed while that is used up, even by two at once.
 */
#define RESERVE_SHARE	16
#define PENDING_SHARE	8

/* How long what was seen of swap's size holds. */
#define LOOK_AGAIN	(HZ / 10)

/* The kernel is told of reclaimable memory in portions of so many pages. */
#define ACCOUNT_PAGES	64

DEFINE_STATIC_CALL_NULL(swap_size, si_swapinfo);

static bool knows_size __ro_after_init;

/* Pages pending, and those that scopes may yet divert. */
static atomic_long_t reserved;

/* Swapoffs that run. */
static atomic_t swapoffs;

/* Pages of swap, and when that was seen, in jiffies. */
static unsigned long total;
static unsigned long looked;

/**
 * admit_reserve() - take room for pages that are about to be diverted
 * @pages: how many
 *
 * Context: Any.
 * Return: false if max_pending would be exceeded; then nothing was taken.
 */
bool admit_reserve(long pages)
{
	long limit = knob(max_pending);
	long old = atomic_long_read(&reserved);

	do {
		if (old > limit - pages)
			return false;
	} while (!atomic_long_try_cmpxchg(&reserved, &old, old + pages));
	return true;
}

/**
 * admit_release() - give back room taken by admit_reserve()
 * @pages: how many pages were freed, or not diverted after all
 *
 * Context: Any.
 */
void admit_release(long pages)
{
	if (pages)
		atomic_long_sub(pages, &reserved);
}

/**
 * admit_full() - is there no room for a single page?
 *
 * Context: Any.
 */
bool admit_full(void)
{
	return atomic_long_read(&reserved) >= knob(max_pending);
}

/**
 * admit_swap_is_low() - is too little swap free to hold more of it back?
 * @more: how many pages more
 *
 * A part of swap is always held free, and more of it for a big backlog. While a
 * device is taken away all swap counts as low.
 *
 * Context: Any.
 */
bool admit_swap_is_low(long more)
{
	long pending = atomic_long_read(&reserved) + more;
	long reserve = READ_ONCE(total) / RESERVE_SHARE;

	return atomic_read(&swapoffs) ||
	       get_nr_swap_pages() < max(reserve, pending / PENDING_SHARE);
}

/**
 * admit_swapoff() - a swapoff begins or ends
 * @begins: which
 *
 * Context: Any.
 */
void admit_swapoff(bool begins)
{
	if (begins)
		atomic_inc(&swapoffs);
	else
		atomic_dec(&swapoffs);
}

/**
 * admit_swap_changed() - may swap have got another size since it was looked at?
 *
 * Context: Any.
 */
bool admit_swap_changed(void)
{
	return time_after(jiffies, READ_ONCE(looked) + LOOK_AGAIN);
}

/**
 * admit_look() - see how much swap there is
 *
 * Context: Process context; takes a spinlock of the kernel's.
 */
void admit_look(void)
{
	struct sysinfo info;

	if (!knows_size)
		return;
	WRITE_ONCE(looked, jiffies);
	static_call(swap_size)(&info);
	WRITE_ONCE(total, info.totalswap);
}

/**
 * admit_account() - tell the kernel how much memory comes back on demand
 * @node: the node whose pending pages have changed
 *
 * The memory behind pending entries is free as soon as anybody asks for it
 * (shrinker, OOM notifier), so it is counted as kernel memory that can be
 * reclaimed, of which MemAvailable is made: who kills for want of MemAvailable
 * does not kill again for memory that a process's death has set free. How much it
 * is follows from what zsmalloc holds for each page in swap; on a disk nothing.
 *
 * Context: Any but hard interrupt.
 */
void admit_account(struct reap_node *node)
{
	long used = (long)READ_ONCE(total) - get_nr_swap_pages();
	long pending, pages, old;

	do {
		pending = node_pending(node);
		pages = 0;
		if (pending && used > 0)
			pages = pending * min(zsmalloc_pages(), used) / used;
		old = atomic_long_read(&node->reclaimable);
		if (pending && abs(pages - old) < ACCOUNT_PAGES)
			return;
		old = atomic_long_xchg(&node->reclaimable, pages);
		if (pages != old)
			mod_node_page_state(NODE_DATA(node->nid),
					    NR_KERNEL_MISC_RECLAIMABLE,
					    pages - old);
		/* all may have been freed meanwhile, and nobody come again */
	} while (pages && !node_pending(node));
}

/**
 * admit_init() - find the kernel's functions and look at swap
 *
 * Context: Process context, may sleep.
 */
void __init admit_init(void)
{
	knows_size = symbol_find(swap_size, "si_swapinfo");
	admit_look();
}
