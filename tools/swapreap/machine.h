/* SPDX-License-Identifier: GPL-2.0 */
/* The machine around the module: kernel, memory, swap, CPUs. */
#ifndef MACHINE_H
#define MACHINE_H

#include <stdbool.h>
#include <stddef.h>

/**
 * struct swap_area - what is swapped to
 * @name: path of the device or file
 * @type: "partition" or "file"
 * @size: in bytes
 * @used: in bytes
 * @priority: the higher, the sooner
 * @compressor: of a zram device, else ""
 * @compressed: bytes of memory that a zram device takes, else 0
 */
struct swap_area {
	char name[256];
	char type[16];
	long long size;
	long long used;
	int priority;
	char compressor[32];
	long long compressed;
};

/**
 * struct memory - of /proc/meminfo, in bytes
 * @total: all that the kernel has
 * @available: what a process could take without swapping
 * @swap_total: all swap
 * @swap_free: what is free of it
 */
struct memory {
	long long total;
	long long available;
	long long swap_total;
	long long swap_free;
};

/**
 * struct machine - all of this
 * @release: of the kernel
 * @arch: as uname says it
 * @memory: and swap, in sum
 * @swaps: one by one
 * @nr_swaps: how many
 */
struct machine {
	char release[80];
	char arch[80];
	struct memory memory;
	struct swap_area *swaps;
	size_t nr_swaps;
};

void machine_look(struct machine *machine);
void machine_free(struct machine *machine);
void machine_kernel(struct machine *machine);
struct memory machine_memory(void);
long long machine_half_of_memory(void);
bool machine_default_cpus(const char *list);
int machine_cpus(void);
bool machine_uses_zswap(void);

#endif
