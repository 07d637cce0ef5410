/* SPDX-License-Identifier: GPL-2.0 */
/* Swap on zram, and on a disk if the guest has one. */
#ifndef SWAP_H
#define SWAP_H

#include <stdbool.h>
#include <stddef.h>

#define ANY_PRIORITY (-1)

/* Once, before all else here: learns about this kernel. */
void swap_init(void);
/* One device, big enough for every test. */
void swap_start(void);
/* Makes /dev/zram@device of @size bytes swap. */
void swap_on(int device, size_t size, int priority);
void swap_on_disk(size_t size);
void swap_off_disk(void);
/* 0 or -errno */
int swap_off(int device);
/*
 * Not swap any more, and of no size, as before swap_on(). Fails if a slot is still
 * in use without anybody to use it.
 */
void swap_remove(int device);
/* All devices. */
void swap_cleanup(void);

/* Pages */
long swap_free(void);
/* Pages of /dev/zram@device in use as /proc/swaps has it. */
long swap_used(int device);
/*
 * How many pages swap_free() may stay behind for good: up to 6.13 every CPU
 * keeps up to 64 slots to hand out, and 64 that were given back.
 */
long swap_slack(void);
void swap_must_be_back(long free_before);

#endif
