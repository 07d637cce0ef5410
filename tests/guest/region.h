/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Memory with a pattern that can be checked, which compresses about two to
 * one, and ways to have it swapped out.
 */
#ifndef REGION_H
#define REGION_H

#include <stdbool.h>
#include <stddef.h>

struct region {
	unsigned char *base;
	size_t size;
	unsigned long seed;	/* of the pattern it holds */
};

enum order { IN_ORDER, SCATTERED };

/* Anonymous memory of base pages, full of the pattern of @seed. */
struct region region_create(size_t size, unsigned long seed);
/* The same, of huge pages where the kernel is set to give them. */
struct region region_create_huge(size_t size, unsigned long seed);
/* The same in a file. */
struct region region_create_shared(size_t size, unsigned long seed, int fd);
void region_destroy(struct region *region);
void region_fill(struct region *region, unsigned long seed);
/* Fails the test at the first byte that is not the pattern's. */
void region_verify(const struct region *region);
void region_verify_page(const struct region *region, size_t index);
size_t region_pages(const struct region *region);
/* Entries of this process's page table for @region that are in swap. */
long region_swapped(const struct region *region);
/*
 * Swaps out what is mapped by nobody else, from first to last page or each
 * page by itself in random order. What is on its way to a list stays.
 */
void region_page_out_once(const struct region *region, enum order order);
/* Again and again until all is out; entries then in swap. */
long region_page_out(const struct region *region, enum order order);
/* The same; all of it must get there. */
void region_must_page_out(const struct region *region, enum order order);

unsigned long next_random(unsigned long *state);

#endif
