// SPDX-License-Identifier: GPL-2.0
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "region.h"
#include "util.h"

#define WORDS		(PAGE / sizeof(unsigned long))
#define PAGE_OUT_TRIES	20
#define PAGEMAP_SWAPPED	(1ULL << 62)

unsigned long next_random(unsigned long *state)
{
	*state = *state * 6364136223846793005UL + 1442695040888963407UL;
	return *state ^ (*state >> 29);
}

/* Half noise, half a word that differs from page to page. */
static void fill_page(unsigned long *page, unsigned long seed, size_t index)
{
	unsigned long state = seed * 1000003 + index;
	size_t words = WORDS, i;

	for (i = 0; i < words / 2; i++)
		page[i] = next_random(&state);
	for (; i < words; i++)
		page[i] = seed + index;
}

static struct region map(size_t size, int flags, int fd)
{
	struct region region = { .size = size };

	region.base = mmap(NULL, size, PROT_READ | PROT_WRITE, flags, fd, 0);
	check(region.base != MAP_FAILED, "mmap: %m");
	return region;
}

struct region region_create(size_t size, unsigned long seed)
{
	struct region region = map(size, MAP_PRIVATE | MAP_ANONYMOUS, -1);

	madvise(region.base, size, MADV_NOHUGEPAGE);
	region_fill(&region, seed);
	return region;
}

struct region region_create_huge(size_t size, unsigned long seed)
{
	size_t huge = huge_page_size();
	struct region region = map(size + huge, MAP_PRIVATE | MAP_ANONYMOUS,
				   -1);

	region.base += -(uintptr_t)region.base % huge;
	region.size = size;
	check(!madvise(region.base, size, MADV_HUGEPAGE), "madvise: %m");
	region_fill(&region, seed);
	return region;
}

struct region region_create_shared(size_t size, unsigned long seed, int fd)
{
	struct region region;

	check(!ftruncate(fd, size), "ftruncate: %m");
	region = map(size, MAP_SHARED, fd);
	region_fill(&region, seed);
	return region;
}

void region_destroy(struct region *region)
{
	check(!munmap(region->base, region->size), "munmap: %m");
}

size_t region_pages(const struct region *region)
{
	return region->size / PAGE;
}

void region_fill(struct region *region, unsigned long seed)
{
	region->seed = seed;
	for (size_t i = 0; i < region_pages(region); i++)
		fill_page((unsigned long *)(region->base + i * PAGE), seed, i);
}

void region_verify_page(const struct region *region, size_t index)
{
	unsigned long expected[WORDS];

	fill_page(expected, region->seed, index);
	check(!memcmp(region->base + index * PAGE, expected, PAGE),
	      "page %zu of seed %lu is corrupt in process %d", index,
	      region->seed, getpid());
}

void region_verify(const struct region *region)
{
	for (size_t i = 0; i < region_pages(region); i++)
		region_verify_page(region, i);
}

long region_swapped(const struct region *region)
{
	uint64_t entries[512];
	off_t at = (uintptr_t)region->base / PAGE * sizeof(*entries);
	size_t left = region_pages(region);
	long swapped = 0;
	int fd = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);

	check(fd >= 0, "cannot open /proc/self/pagemap: %m");
	while (left) {
		size_t n = left < ARRAY_SIZE(entries) ? left :
							ARRAY_SIZE(entries);
		ssize_t size = n * sizeof(*entries);

		check(pread(fd, entries, size, at) == size, "pagemap: %m");
		for (size_t i = 0; i < n; i++)
			swapped += !!(entries[i] & PAGEMAP_SWAPPED);
		at += size;
		left -= n;
	}
	close(fd);
	return swapped;
}

static void page_out(unsigned char *base, size_t size)
{
	check(!madvise(base, size, MADV_PAGEOUT), "MADV_PAGEOUT: %m");
}

static void page_out_scattered(const struct region *region)
{
	size_t pages = region_pages(region);
	unsigned int *order = malloc(pages * sizeof(*order));
	unsigned long state = region->seed;

	check(order, "malloc: %m");
	for (size_t i = 0; i < pages; i++) {
		size_t j = next_random(&state) % (i + 1);

		order[i] = order[j];
		order[j] = i;
	}
	for (size_t i = 0; i < pages; i++)
		page_out(region->base + order[i] * PAGE, PAGE);
	free(order);
}

void region_page_out_once(const struct region *region, enum order order)
{
	if (order == SCATTERED)
		page_out_scattered(region);
	else
		page_out(region->base, region->size);
}

/* The next of @cpus after @cpu, or the first. */
static int next_cpu(const cpu_set_t *cpus, int cpu)
{
	do
		cpu = (cpu + 1) % CPU_SETSIZE;
	while (!CPU_ISSET(cpu, cpus));
	return cpu;
}

long region_page_out(const struct region *region, enum order order)
{
	long pages = region_pages(region), swapped;
	cpu_set_t before, all;
	int cpu = -1;

	region_page_out_once(region, order);
	swapped = region_swapped(region);
	if (swapped == pages)
		return swapped;

	/* some may be on the way to a list, and each CPU looks after its own */
	check(!sched_getaffinity(0, sizeof(before), &before),
	      "sched_getaffinity: %m");
	unpin();
	check(!sched_getaffinity(0, sizeof(all), &all),
	      "sched_getaffinity: %m");
	for (int i = 0; i < PAGE_OUT_TRIES && swapped < pages; i++) {
		cpu = next_cpu(&all, cpu);
		pin_to_cpu(cpu);
		page_out(region->base, region->size);
		swapped = region_swapped(region);
	}
	pin_to_cpus(&before);
	return swapped;
}

void region_must_page_out(const struct region *region, enum order order)
{
	check_equal(region_page_out(region, order), region_pages(region),
		    "pages swapped out");
}
