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
#include <linux/kprobes.h>
#include <linux/minmax.h>
#include <linux/printk.h>
#include <linux/static_call.h>
#include <linux/swap.h>
#include <linux/swapops.h>

#include "batch.h"
#include "compat.h"
#include "target.h"

typedef void free_range_fn(swp_entry_t entry, int nr);
typedef int free_entry_fn(swp_entry_t entry);
typedef unsigned short cgroup_id_fn(swp_entry_t entry);

DEFINE_STATIC_CALL_NULL(free_range, free_range_fn);
DEFINE_STATIC_CALL_NULL(free_entry, free_entry_fn);
DEFINE_STATIC_CALL_NULL(cgroup_id, cgroup_id_fn);

struct target target __ro_after_init;

/**
 * symbol_address() - find a function that the kernel does not export
 * @name: the symbol
 * @address: where it is put
 *
 * Context: Process context, may sleep.
 * Return: 0, or -ENOENT if this kernel has no such function (it may have been
 * inlined away), or the errno of register_kprobe().
 */
int symbol_address(const char *name, unsigned long *address)
{
	struct kprobe probe = {
		.symbol_name = name,
		.flags = KPROBE_FLAG_DISABLED,
	};
	int err = register_kprobe(&probe);

	if (err)
		return err;
	*address = (unsigned long)probe.addr;
	unregister_kprobe(&probe);
	return 0;
}

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

/**
 * target_may_merge() - may two neighbours be freed in one call?
 * @left: key of an entry
 * @right: key of the entry after it
 *
 * Context: Any.
 */
bool target_may_merge(u64 left, u64 right)
{
	if (target.merge == MERGE_SAME_CGROUP)
		return static_call(cgroup_id)(key_entry(left)) ==
		       static_call(cgroup_id)(key_entry(right));
	return target.merge == MERGE_ALWAYS;
}

/**
 * target_free() - free the entries at the start of a run
 * @key: first entry
 * @nr: number of entries that may be freed in one call, at least 1
 *
 * Stops at the end of a cluster of slots: the kernel frees by cluster, 6.12
 * entry by entry where a range crosses into the next one, and the caller gets
 * a place to reschedule.
 *
 * Context: Process context. Takes the swap device's locks.
 * Return: how many entries were freed, at least 1 and at most @nr.
 */
unsigned int target_free(u64 key, u64 nr)
{
	unsigned int in_cluster = swp_offset(key_entry(key)) % SWAP_CLUSTER_SLOTS;
	unsigned int piece = min_t(u64, nr, SWAP_CLUSTER_SLOTS - in_cluster);
	unsigned int i;

	if (target.takes_range)
		static_call(free_range)(key_entry(key), piece);
	else
		for (i = 0; i < piece; i++)
			static_call(free_entry)(key_entry(key + i));
	return piece;
}
