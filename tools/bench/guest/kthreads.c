// SPDX-License-Identifier: GPL-2.0
#include <fcntl.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kthreads.h"
#include "record.h"
#include "util.h"

#define PF_KTHREAD	0x00200000
#define NAME_SIZE	64

struct kthread {
	pid_t pid;
	int schedstat;	/* kept open, so that reading it defers no work */
	long before_ns;
};

static bool is_kthread(const char *proc)
{
	char path[64], text[512], *rest;
	unsigned int flags;

	snprintf(path, sizeof(path), "%s/stat", proc);
	if (read_file(path, text, sizeof(text)) <= 0)
		return false;
	/* the name may contain anything, parentheses too */
	rest = strrchr(text, ')');
	return rest &&
	       sscanf(rest + 1, " %*c %*d %*d %*d %*d %*d %u", &flags) == 1 &&
	       flags & PF_KTHREAD;
}

/* 0 if it has exited since. */
static long run_ns(const struct kthread *kthread)
{
	char text[128];
	ssize_t len = pread(kthread->schedstat, text, sizeof(text) - 1, 0);

	if (len <= 0)
		return 0;
	text[len] = '\0';
	return strtol(text, NULL, 10);
}

static bool is_known(const struct kthreads *kthreads, pid_t pid)
{
	for (int i = 0; i < kthreads->count; i++)
		if (kthreads->all[i].pid == pid)
			return true;
	return false;
}

/* Adds those not known yet, which have run for 0 ns before. */
static void find(struct kthreads *kthreads)
{
	char path[64];
	glob_t found;

	glob("/proc/[0-9]*", 0, NULL, &found);
	kthreads->all = realloc(kthreads->all,
				(kthreads->count + found.gl_pathc) *
				sizeof(*kthreads->all));
	check(kthreads->all, "realloc: %m");
	for (size_t i = 0; i < found.gl_pathc; i++) {
		struct kthread kthread = {
			.pid = process_id(found.gl_pathv[i]),
		};

		if (is_known(kthreads, kthread.pid) ||
		    !is_kthread(found.gl_pathv[i]))
			continue;
		snprintf(path, sizeof(path), "%s/schedstat", found.gl_pathv[i]);
		kthread.schedstat = open(path, O_RDONLY | O_CLOEXEC);
		if (kthread.schedstat >= 0)
			kthreads->all[kthreads->count++] = kthread;
	}
	globfree(&found);
}

struct kthreads kthreads_find(const struct spec *spec)
{
	struct kthreads kthreads = {};

	if (spec->kthreads)
		find(&kthreads);
	return kthreads;
}

void kthreads_start(struct kthreads *kthreads)
{
	for (int i = 0; i < kthreads->count; i++)
		kthreads->all[i].before_ns = run_ns(&kthreads->all[i]);
}

static void name_of(const struct kthread *kthread, char *name)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/comm", kthread->pid);
	if (read_file(path, name, NAME_SIZE) <= 0)
		snprintf(name, NAME_SIZE, "?");
}

/* Several may share a name, so the key has the PID. */
static void record_kthread(const struct kthread *kthread, long ns)
{
	char name[NAME_SIZE], key[NAME_SIZE + 16];

	name_of(kthread, name);
	snprintf(key, sizeof(key), "%s %d", name, kthread->pid);
	record_long(key, ns);
}

void kthreads_stop(struct kthreads *kthreads, const struct spec *spec)
{
	int known = kthreads->count;
	long *ran_ns;

	if (!spec->kthreads)
		return;
	ran_ns = calloc(known, sizeof(*ran_ns));
	check(ran_ns, "calloc: %m");
	for (int i = 0; i < known; i++)
		ran_ns[i] = run_ns(&kthreads->all[i]) -
			    kthreads->all[i].before_ns;
	find(kthreads);
	record_open("kthreads_ns");
	for (int i = 0; i < kthreads->count; i++) {
		long ns = i < known ? ran_ns[i] : run_ns(&kthreads->all[i]);

		if (ns > 0)
			record_kthread(&kthreads->all[i], ns);
		close(kthreads->all[i].schedstat);
	}
	record_close();
	free(ran_ns);
	free(kthreads->all);
}
