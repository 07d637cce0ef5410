/* SPDX-License-Identifier: GPL-2.0 */
/* Memory cgroups, known by their number. */
#ifndef CGROUP_H
#define CGROUP_H

/* Makes @count of them; once. */
void cgroups_create(int count);
/* The calling process becomes one of its members. */
void cgroup_enter(int number);

#endif
