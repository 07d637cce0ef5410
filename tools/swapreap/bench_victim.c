// SPDX-License-Identifier: GPL-2.0
/* A process that fills memory, sends it to swap, and waits to be killed. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench.h"
#include "clock.h"
#include "output.h"
#include "signals.h"

#define SLICE		(8UL << 20)
#define SWAPPED		(1ULL << 62)
#define PAGE_OUT_TRIES	10

#ifndef MADV_PAGEOUT
#define MADV_PAGEOUT	21
#endif

/* What it tells its parent: how far it is, and when done what it has. */
struct message {
	int percent;
	long pages;
	double cpu;
};

static unsigned long next_random(unsigned long *state)
{
	*state = *state * 6364136223846793005UL + 1442695040888963407UL;
	return *state ^ (*state >> 29);
}

/*
 * Half noise, half a word that differs from page to page: compresses about two
 * to one, and is not the same-filled page that zram keeps for nothing.
 */
static void fill(unsigned char *base, size_t size)
{
	unsigned long state = getpid();
	size_t words = page_size() / sizeof(unsigned long);

	for (size_t at = 0; at < size; at += page_size()) {
		unsigned long *page = (unsigned long *)(base + at);

		for (size_t i = 0; i < words; i++)
			page[i] = i < words / 2 ? next_random(&state) : at + 1;
	}
}

static long count_swapped(const unsigned char *base, size_t size)
{
	uint64_t entries[512];
	off_t at = (uintptr_t)base / page_size() * sizeof(*entries);
	size_t left = size / page_size();
	int fd = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
	long swapped = 0;

	while (fd >= 0 && left) {
		size_t n = left < ARRAY_SIZE(entries) ? left :
							ARRAY_SIZE(entries);

		if (pread(fd, entries, n * sizeof(*entries), at) !=
		    (ssize_t)(n * sizeof(*entries)))
			break;
		for (size_t i = 0; i < n; i++)
			swapped += !!(entries[i] & SWAPPED);
		at += n * sizeof(*entries);
		left -= n;
	}
	if (fd >= 0)
		close(fd);
	return swapped;
}

static void tell(int pipe, int percent, long pages)
{
	struct message message = {
		.percent = percent,
		.pages = pages,
		.cpu = clock_seconds(CLOCK_PROCESS_CPUTIME_ID),
	};

	if (write(pipe, &message, sizeof(message)) != sizeof(message))
		_exit(1);
}

static void page_out(unsigned char *base, size_t size, int pipe)
{
	for (size_t at = 0; at < size; at += SLICE) {
		size_t slice = size - at < SLICE ? size - at : SLICE;

		if (madvise(base + at, slice, MADV_PAGEOUT))
			_exit(1);
		tell(pipe, at * 100 / size, 0);
	}
}

static void live(size_t size, int pipe)
{
	unsigned char *base = mmap(NULL, size, PROT_READ | PROT_WRITE,
				   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	long pages = size / page_size(), swapped = 0;

	if (base == MAP_FAILED)
		_exit(1);
	madvise(base, size, MADV_NOHUGEPAGE);
	fill(base, size);
	/* pages on their way to a list stay at the first time */
	for (int i = 0; i < PAGE_OUT_TRIES && swapped < pages; i++) {
		page_out(base, size, pipe);
		swapped = count_swapped(base, size);
	}
	tell(pipe, 100, swapped);
	for (;;)
		pause();
}

static bool listen_to(struct victim *victim, int pipe,
		      void (*progress)(int percent, void *arg), void *arg)
{
	struct message message = { };

	while (message.percent < 100) {
		if (read(pipe, &message, sizeof(message)) != sizeof(message))
			return false;
		progress(message.percent, arg);
	}
	victim->pages = message.pages;
	victim->cpu = message.cpu;
	return true;
}

static void reap(const struct victim *victim, struct rusage *usage)
{
	kill(victim->pid, SIGKILL);
	while (wait4(victim->pid, NULL, 0, usage) < 0 && errno == EINTR)
		;
}

/**
 * victim_start() - start a process and wait until its memory is in swap
 * @victim: where it is put
 * @mib: how much memory
 * @progress: told from time to time how far that is
 * @arg: for @progress
 *
 * Return: whether it is there; not if a signal came or it could not be.
 */
bool victim_start(struct victim *victim, long mib,
		  void (*progress)(int percent, void *arg), void *arg)
{
	int ends[2];
	bool good;

	if (pipe2(ends, O_CLOEXEC))
		return false;
	fflush(NULL);
	victim->pid = fork();
	if (!victim->pid) {
		signals_release();
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		close(ends[0]);
		live(mib << 20, ends[1]);
	}
	close(ends[1]);
	good = victim->pid > 0 && listen_to(victim, ends[0], progress, arg);
	close(ends[0]);
	if (!good && victim->pid > 0)
		reap(victim, NULL);
	return good;
}

static double rusage_seconds(const struct rusage *usage)
{
	return usage->ru_utime.tv_sec + usage->ru_stime.tv_sec +
	       (usage->ru_utime.tv_usec + usage->ru_stime.tv_usec) / 1e6;
}

/**
 * victim_kill() - kill it, and take the time
 * @victim: the process
 * @kill: whose time until it is dead and CPU time of the dying are filled in
 */
void victim_kill(struct victim *victim, struct kill *kill)
{
	struct rusage usage = { };
	double start = clock_now();

	reap(victim, &usage);
	kill->time[DEAD] = clock_now() - start;
	kill->time[CPU] = rusage_seconds(&usage) - victim->cpu;
	kill->pages = victim->pages;
}
