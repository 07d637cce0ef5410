// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include "cgroup.h"
#include "util.h"

#define MOUNT_POINT	"/tmp/cgroups"

static const char *path_of(const char *name, const char *file)
{
	static char path[128];

	snprintf(path, sizeof(path), MOUNT_POINT "/%s/%s", name, file);
	return path;
}

static void mount_once(void)
{
	if (!mkdir(MOUNT_POINT, 0700) &&
	    mount("cgroup2", MOUNT_POINT, "cgroup2", 0, NULL))
		skip("this kernel has no cgroups");
	if (write_file(path_of(ROOT_CGROUP, "cgroup.subtree_control"),
		       "+memory"))
		skip("this kernel has no memory cgroups");
}

void cgroup_create(const char *name)
{
	mount_once();
	check(!mkdir(path_of(name, ""), 0700) || errno == EEXIST, "mkdir: %m");
	if (write_file(path_of(name, "memory.swap.max"), "max"))
		skip("this kernel has no memory.swap.max");
}

void cgroup_remove(const char *name)
{
	check(!rmdir(path_of(name, "")), "rmdir %s: %m", path_of(name, ""));
}

void cgroup_write(const char *name, const char *file, const char *text)
{
	int err = write_file(path_of(name, file), text);

	check(!err, "cannot write %s to %s: %s", text, path_of(name, file),
	      strerror(-err));
}

void cgroup_limit(const char *name, const char *file, size_t bytes)
{
	char text[32];

	snprintf(text, sizeof(text), "%zu", bytes);
	cgroup_write(name, file, text);
}

void cgroup_enter(const char *name)
{
	cgroup_write(name, "cgroup.procs", "0");
}

void cgroup_reclaim(const char *name, size_t bytes)
{
	char text[32];

	snprintf(text, sizeof(text), "%zu", bytes);
	/* says no if it was less, too */
	write_file(path_of(name, "memory.reclaim"), text);
}

int cgroup_text(const char *name, const char *file, char *buf, size_t size)
{
	return read_file(path_of(name, file), buf, size);
}

long cgroup_read(const char *name, const char *file)
{
	return read_number(path_of(name, file));
}

long cgroup_swap(const char *name)
{
	return cgroup_read(name, "memory.swap.current");
}
