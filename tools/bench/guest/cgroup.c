// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include "cgroup.h"
#include "util.h"

#define ROOT	"/sys/fs/cgroup"

static void must_write(const char *path, const char *text)
{
	int err = write_file(path, text);

	check(!err, "cannot write '%s' to %s: %s", text, path, strerror(-err));
}

void cgroups_create(int count)
{
	char path[64];

	check(!mount("none", ROOT, "cgroup2", 0, NULL) || errno == EBUSY,
	      "cannot mount cgroup2: %m");
	must_write(ROOT "/cgroup.subtree_control", "+memory");
	for (int i = 0; i < count; i++) {
		snprintf(path, sizeof(path), ROOT "/%d", i);
		check(!mkdir(path, 0755) || errno == EEXIST,
		      "cannot make %s: %m", path);
	}
}

void cgroup_enter(int number)
{
	char path[64];

	snprintf(path, sizeof(path), ROOT "/%d/cgroup.procs", number);
	must_write(path, "0");
}
