/* SPDX-License-Identifier: GPL-2.0 */
/* The target: the kernel's own function that frees swap entries. */
#ifndef SWAPREAP_TARGET_H
#define SWAPREAP_TARGET_H

#include <linux/types.h>

/**
 * enum target_merge - when may neighbours be freed in one call?
 * @MERGE_NEVER: not known to be safe
 * @MERGE_SAME_CGROUP: when they are charged to one memory cgroup
 * @MERGE_ALWAYS: the target sees to it
 */
enum target_merge {
	MERGE_NEVER,
	MERGE_SAME_CGROUP,
	MERGE_ALWAYS,
};

/**
 * struct target - what was found on this kernel
 * @name: symbol of the target
 * @address: of the target
 * @takes_range: whether it takes a number of entries beside the first
 * @merge: when neighbours may be freed in one call
 */
struct target {
	const char *name;
	unsigned long address;
	bool takes_range;
	enum target_merge merge;
};

extern struct target target;

int target_init(void);
unsigned int target_free(u64 key, unsigned int nr);

#endif
