// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/swap.h>
#include <sys/sysinfo.h>

#include "swap.h"
#include "util.h"

#define DEVICES		2
#define DISK		"/dev/vda"
#define DEFAULT_SIZE	(81920 * PAGE)
#define SLOT_CACHES	(2 * 64)
#define BACK_MS		20000
#define OFF_MS		120000

/* In the first page of a swap device; mm/swapfile.c: union swap_header */
struct swap_header {
	char boot[1024];
	unsigned int version;
	unsigned int last_page;
	unsigned int bad_pages;
};

/* the last bytes of the page */
#define SWAP_MAGIC	"SWAPSPACE2"
#define SWAP_MAGIC_SIZE	(sizeof(SWAP_MAGIC) - 1)

static long slack;

void swap_init(void)
{
	if (kernel_has_symbol("disable_swap_slots_cache_lock"))
		slack = SLOT_CACHES * cpu_count();
}

static const char *device_path(int device)
{
	static char path[32];

	snprintf(path, sizeof(path), "/dev/zram%d", device);
	return path;
}

static int write_attribute(int device, const char *name, const char *text)
{
	char path[64];

	snprintf(path, sizeof(path), "/sys/block/zram%d/%s", device, name);
	return write_file(path, text);
}

static void set_size(int device, size_t size)
{
	char text[32];
	int err;

	/* the quickest where there is a choice */
	write_attribute(device, "comp_algorithm", "lz4");
	snprintf(text, sizeof(text), "%zu", size);
	err = write_attribute(device, "disksize", text);
	check(!err, "cannot size %s: %s", device_path(device), strerror(-err));
}

static void write_header(const char *path, size_t size)
{
	struct swap_header *header = calloc(1, PAGE);
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	check(header, "calloc: %m");
	header->version = 1;
	header->last_page = size / PAGE - 1;
	memcpy((char *)header + PAGE - SWAP_MAGIC_SIZE, SWAP_MAGIC,
	       SWAP_MAGIC_SIZE);
	check(fd >= 0, "cannot open %s: %m", path);
	check(write(fd, header, PAGE) == (ssize_t)PAGE, "cannot write %s: %m",
	      path);
	check(!fsync(fd), "fsync: %m");
	close(fd);
	free(header);
}

static void swap_on_path(const char *path, size_t size, int flags)
{
	write_header(path, size);
	check(!swapon(path, flags), "swapon %s: %m", path);
}

void swap_on(int device, size_t size, int priority)
{
	int flags = priority == ANY_PRIORITY ? 0 : SWAP_FLAG_PREFER | priority;

	set_size(device, size);
	swap_on_path(device_path(device), size, flags);
}

void swap_on_disk(size_t size)
{
	swap_on_path(DISK, size, 0);
}

void swap_off_disk(void)
{
	check(!swapoff(DISK), "swapoff %s: %m", DISK);
}

void swap_start(void)
{
	swap_on(0, DEFAULT_SIZE, ANY_PRIORITY);
}

int swap_off(int device)
{
	return swapoff(device_path(device)) ? -errno : 0;
}

static void wake_up(int signal)
{
	(void)signal;
}

/*
 * A better proof than the slots that are free. Where one process just reads a
 * page in, in advance, when the last owner of its slot dies, the kernel leaves
 * it in the swap cache until memory is wanted: mm/swapfile.c,
 * __try_to_reclaim_swap(). swapoff wants it; of a slot that is nobody's it looks
 * for the owner for ever.
 */
void swap_remove(int device)
{
	int err;

	sigaction(SIGALRM, &(struct sigaction){ .sa_handler = wake_up }, NULL);
	alarm(patience(OFF_MS) / 1000000000);
	err = swap_off(device);
	alarm(0);
	check(err != -EINTR, "%ld pages of %s are in use and nobody's",
	      swap_used(device), device_path(device));
	check(!err || err == -EINVAL, "swapoff %s: %s", device_path(device),
	      strerror(-err));
	err = write_attribute(device, "reset", "1");
	check(!err, "cannot reset %s: %s", device_path(device),
	      strerror(-err));
}

void swap_cleanup(void)
{
	for (int i = 0; i < DEVICES; i++)
		swap_remove(i);
}

long swap_free(void)
{
	struct sysinfo info;

	sysinfo(&info);
	return info.freeswap * info.mem_unit / PAGE;
}

long swap_used(int device)
{
	char line[256], path[64];
	long kib, used = 0;
	FILE *file = fopen("/proc/swaps", "re");

	check(file, "cannot read /proc/swaps: %m");
	while (fgets(line, sizeof(line), file))
		if (sscanf(line, "%63s %*s %*s %ld", path, &kib) == 2 &&
		    !strcmp(path, device_path(device)))
			used = kib * 1024 / PAGE;
	fclose(file);
	return used;
}

long swap_slack(void)
{
	return slack;
}

void swap_must_be_back(long free_before)
{
	check(wait_until(swap_free() >= free_before - slack, BACK_MS),
	      "%ld pages of swap are not back", free_before - swap_free());
}
