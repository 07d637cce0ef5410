/* SPDX-License-Identifier: GPL-2.0 */
/* Memory cgroups: whose memory an mm is, and how much room its limits leave. */
#ifndef SWAPREAP_TENANT_H
#define SWAPREAP_TENANT_H

#include <linux/swap.h>

struct mem_cgroup;
struct mm_struct;

void tenant_init(void);
bool tenant_of_mm(struct mm_struct *mm, struct mem_cgroup **memcg);
bool tenant_of_entry(swp_entry_t entry, struct mem_cgroup **memcg);
void tenant_put(struct mem_cgroup *memcg);
bool tenant_admits(struct mem_cgroup *memcg, long pages);

#endif
