/* SPDX-License-Identifier: GPL-2.0 */
/* What is measured: the description that the command line gives. */
#ifndef SPEC_H
#define SPEC_H

#include <stdbool.h>
#include <stddef.h>

enum layout { LAYOUT_IN_ORDER, LAYOUT_SCATTERED, LAYOUT_INTERLEAVED, LAYOUTS };

/*
 * The module is not loaded; loaded with enabled=0; loaded; and in its place one
 * that drops the entries of the dying, after which nothing else can be measured.
 */
enum arm { ARM_OFF, ARM_DISABLED, ARM_ON, ARM_DROP, ARMS };

enum backing { ZRAM, ZSWAP, DISK, BACKINGS };

enum measure { EXIT, MUNMAP, DONTNEED, SWAPIN, MEASURES };

extern const char *const layout_names[LAYOUTS];
extern const char *const arm_names[ARMS];
extern const char *const backing_names[BACKINGS];
extern const char *const measure_names[MEASURES];

struct spec {
	enum measure measure;
	bool arms[ARMS];
	int rounds;
	int processes;
	size_t size;		/* of each process; bytes */
	int swapped;		/* percent of it */
	enum layout layout;
	enum backing swap;
	bool shared;		/* all by fork() from the first */
	int cgroups;		/* the processes take turns; 0: none */
	int threads;		/* of each process */
	int killed;		/* of the processes */
	bool mrelease;		/* by one who has their memory reaped, too */
	size_t foreground;	/* bytes that a process starts with meanwhile */
	bool kthreads;		/* record what each of them ran for */
	int watch_ms;		/* at least; frames, free memory and CPU */
	unsigned long seed;
	const char *params;	/* of the module */
};

/* Words of the form key=value; ends the program if one makes no sense. */
struct spec spec_parse(char **words);
/* Bytes of a process that are swapped out, whole pages. */
size_t spec_swapped_size(const struct spec *spec);
/* Bytes of swap that the population takes. */
size_t spec_swap_size(const struct spec *spec);
/* Adds the description to the record. */
void spec_record(const struct spec *spec);

#endif
