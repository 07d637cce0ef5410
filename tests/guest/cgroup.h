/* SPDX-License-Identifier: GPL-2.0 */
/* Memory cgroups below the root, by name. */
#ifndef CGROUP_H
#define CGROUP_H

#include <stddef.h>

#define ROOT_CGROUP	""

/* Skips the test where there is no memory.swap.max. */
void cgroup_create(const char *name);
void cgroup_remove(const char *name);
/* The calling process goes there; what it touches from now on is charged to it. */
void cgroup_enter(const char *name);
void cgroup_write(const char *name, const char *file, const char *text);
/* Sets one of its limits. */
void cgroup_limit(const char *name, const char *file, size_t bytes);
/* Reclaims memory of its processes, @bytes at most. */
void cgroup_reclaim(const char *name, size_t bytes);
/* The text in one of its files; its length or -errno. */
int cgroup_text(const char *name, const char *file, char *buf, size_t size);
/* The number in one of its files. */
long cgroup_read(const char *name, const char *file);
/* Bytes */
long cgroup_swap(const char *name);

#endif
