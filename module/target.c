// SPDX-License-Identifier: GPL-2.0
/*
 * Finds the target by its symbol, not by the kernel's version, and calls it.
 *
 * The calls go through static calls: on x86 these are direct calls, so they
 * may land behind the ENDBR of a function that IBT guards. kprobes report
 * that place as the function's address.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/build_bug.h>
#include <linux/minmax.h>
#include <linux/printk.h>
#include <linux/static_call.h>
#include <linux/swap.h>
#include <linux/swapops.h>

#include "batch.h"
#include "compat.h"
#include "symbol.h"
#include "target.h"

typedef void free_range_fn(swp_entry_t entry, int nr);
typedef int free_entry_fn(swp_entry_t entry);
typedef unsigned short cgroup_id_fn(swp_entry_t entry);

DEFINE_STATIC_CALL_NULL(free_range, free_range_fn);
DEFINE_STATIC_CALL_NULL(free_entry, free_entry_fn);
DEFINE_STATIC_CALL_NULL(cgroup_id, cgroup_id_fn);

struct target target __ro_after_init;

/*
 * From 7.0 on swap_put_entries_direct() splits a range by memory cgroup itself
 * (mm/swapfile.c, __swap_cluster_free_entries()). Before, the whole range was
 * uncharged from the cgroup of its first entry (mm/swap_cgroup.c of 6.12,
 * swap_cgroup_record()), so the caller has to compare.
 */
static int find_range_target(void)
{
	unsigned long cgroup_address;
	int err;

	target.name = "swap_put_entries_direct";
	target.merge = MERGE_ALWAYS;
	err = symbol_address(target.name, &target.address);
	if (err) {
		target.name = "free_swap_and_cache_nr";
		target.merge = MERGE_NEVER;
		err = symbol_address(target.name, &target.address);
	}
	if (err)
		return err;
	static_call_update(free_range, (free_range_fn *)target.address);
	target.takes_range = true;
	if (target.merge == MERGE_NEVER &&
	    !symbol_address("lookup_swap_cgroup_id", &cgroup_address)) {
		static_call_update(cgroup_id, (cgroup_id_fn *)cgroup_address);
		target.merge = MERGE_SAME_CGROUP;
	}
	return 0;
}

/* Up to 6.9: one entry a call, so a run is only a way to write entries down. */
static int find_entry_target(void)
{
	int err;

	target.name = "free_swap_and_cache";
	target.merge = MERGE_ALWAYS;
	err = symbol_address(target.name, &target.address);
	if (!err)
		static_call_update(free_entry, (free_entry_fn *)target.address);
	return err;
}

/**
 * target_init() - find the target of this kernel
 *
 * Context: Process context, may sleep.
 * Return: 0 or -EOPNOTSUPP, with the reason in the log.
 */
int __init target_init(void)
{
	if (!find_range_target() || !find_entry_target())
		return 0;
	pr_err("this kernel has none of swap_put_entries_direct, free_swap_and_cache_nr, free_swap_and_cache where a probe can find it; is CONFIG_SWAP set and is the kernel between 6.1 and 7.3?\n");
	return -EOPNOTSUPP;
}

static_assert(!(SWP_TYPE_SHIFT - RUN_NR_SHIFT - RUN_NR_BITS),
	      "a key is not the kernel's swap entry");

static swp_entry_t key_entry(u64 key)
{
	return (swp_entry_t){ key };
}

/* How many of neighbours may be freed in one call: at least 1, at most @nr. */
static unsigned int mergeable(u64 key, unsigned int nr)
{
	unsigned short id;
	unsigned int i;

	if (target.merge == MERGE_ALWAYS || nr == 1)
		return nr;
	if (target.merge == MERGE_NEVER)
		return 1;
	id = static_call(cgroup_id)(key_entry(key));
	for (i = 1; i < nr; i++)
		if (static_call(cgroup_id)(key_entry(key + i)) != id)
			break;
	return i;
}

/**
 * target_free() - free the entries at the start of a run
 * @key: first entry
 * @nr: number of entries, at least 1
 *
 * Stops where the kernel frees better, or only rightly, by two calls: at the end
 * of a cluster of slots, where the memory cgroup changes, and where a lock that
 * the whole device shares would be held for long.
 *
 * Context: Process context; pre-emption may be off, but on PREEMPT_RT. Takes the
 * swap device's locks.
 * Return: how many entries were freed, at least 1 and at most @nr.
 */
unsigned int target_free(u64 key, unsigned int nr)
{
	unsigned int in_cluster = swp_offset(key_entry(key)) % SWAP_CLUSTER_SLOTS;
	unsigned int i;

	nr = min3(nr, SWAP_CLUSTER_SLOTS - in_cluster, SWAP_FREE_SLOTS);
	if (!target.takes_range) {
		for (i = 0; i < nr; i++)
			static_call(free_entry)(key_entry(key + i));
		return nr;
	}
	nr = mergeable(key, nr);
	static_call(free_range)(key_entry(key), nr);
	return nr;
}
