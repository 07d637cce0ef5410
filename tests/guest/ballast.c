// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include "ballast.h"
#include "util.h"

#define RAMFS		"/tmp/ramfs"
#define HUGE_PAGES	"/proc/sys/vm/nr_hugepages"

/* A watermark boosted after a large allocation would be in nobody's sums. */
void ballast_init(void)
{
	write_file("/proc/sys/vm/watermark_boost_factor", "0");
	check(!mkdir(RAMFS, 0700) || errno == EEXIST, "mkdir: %m");
	check(!mount("ramfs", RAMFS, "ramfs", 0, NULL), "mount: %m");
}

/* Pages of a ramfs stay where they are until the file is gone. */
void take_memory(size_t size)
{
	static char piece[MIB(1)];
	int file = open(RAMFS "/taken", O_WRONLY | O_CREAT | O_APPEND, 0600);

	check(file >= 0, "cannot open a file on a ramfs");
	for (size_t done = 0; done < size; done += sizeof(piece))
		check(write(file, piece, sizeof(piece)) == sizeof(piece),
		      "only %zu of %zu MiB can be taken", done >> 20,
		      size >> 20);
	close(file);
}

/* Free pages that CPUs keep for themselves: up to an eighth of all since 6.7. */
static size_t kept_by_cpus(void)
{
	FILE *file = fopen("/proc/zoneinfo", "re");
	long pages = 0, count;
	char line[128];

	check(file, "cannot open /proc/zoneinfo");
	while (fgets(line, sizeof(line), file))
		if (sscanf(line, " count: %ld", &count) == 1)
			pages += count;
	fclose(file);
	return pages * PAGE;
}

/*
 * What may be taken before the kernel has to do something about it. A ramfs
 * gets none of what is kept for devices (CMA).
 */
size_t memory_left(void)
{
	long kept = read_keyed("/proc/meminfo", "CmaFree");
	long left = read_keyed("/proc/meminfo", "MemFree") -
		read_number("/proc/sys/vm/min_free_kbytes");

	return ((kept < 0 ? left : left - kept) << 10) + kept_by_cpus();
}

/* Takes less if the kernel has fewer huge pages, or none. */
static void take_huge(size_t size)
{
	long kib = read_keyed("/proc/meminfo", "Hugepagesize");
	char text[32];

	if (kib <= 0)
		return;
	snprintf(text, sizeof(text), "%zu", size / ((size_t)kib << 10));
	write_file(HUGE_PAGES, text);
}

void take_all_but(size_t size)
{
	size_t left = memory_left();

	if (left > size)
		take_huge(left - size);
	/* what is in a CPU's hands can be taken twice: look again */
	while ((left = memory_left()) > size + MIB(1))
		take_memory((left - size) / 2);
}

static size_t excess(const char *key, size_t size)
{
	long kib = read_keyed("/proc/meminfo", key);

	check(kib >= 0, "/proc/meminfo has no %s", key);
	return (size_t)kib << 10 > size ? ((size_t)kib << 10) - size : 0;
}

void take_huge_until(const char *key, size_t size)
{
	take_huge(excess(key, size));
}

/* A CPU takes free pages in lots, so the value may jump: look again. */
void take_until(const char *key, size_t size)
{
	size_t more;

	while ((more = excess(key, size)) >= MIB(1))
		take_memory(more);
}

void ballast_drop(void)
{
	check(!umount(RAMFS), "umount: %m");
}

void give_all_back(void)
{
	write_file(HUGE_PAGES, "0");
	ballast_drop();
}
