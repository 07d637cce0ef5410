// SPDX-License-Identifier: GPL-2.0
/*
 * What is pending stays charged to the cgroup of the dead, and reclaim within a
 * cgroup does not call a shrinker like ours. So a cgroup whose limits leave less
 * room than its own pending entries take has its exits freed in place. No other
 * cgroup's pending entries count.
 */
#include <linux/hash.h>
#include <linux/ktime.h>
#include <linux/memcontrol.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/static_call.h>

#include "compat.h"
#include "node.h"
#include "symbol.h"
#include "table.h"
#include "tenant.h"

#ifdef CONFIG_MEMCG

/* Of their declarations only the types are used: not all are exported. */
DEFINE_STATIC_CALL_NULL(from_task, mem_cgroup_from_task);
DEFINE_STATIC_CALL_NULL(from_id, from_id_type);
DEFINE_STATIC_CALL_NULL(entry_id, entry_id_type);
DEFINE_STATIC_CALL_NULL(page_state, memcg_page_state);

static bool knows_tasks __ro_after_init;
static bool knows_entries __ro_after_init;
static bool knows_zswap __ro_after_init;

#define TENANT_BITS	6

/**
 * struct tenant - what a cgroup with a limit has pending, at most
 * @memcg: the cgroup; only compared, never followed
 * @since: a time, ns of CLOCK_MONOTONIC
 * @older: pages diverted before
 * @newer: pages diverted after it
 *
 * The slot map does not know whose a slot is. But it knows how old the oldest
 * is: if that is younger than @since, all of @older has been freed.
 */
struct tenant {
	struct mem_cgroup *memcg;
	u64 since;
	long older;
	long newer;
};

static struct tenant tenants[1 << TENANT_BITS];

static DEFINE_RAW_SPINLOCK(tenants_lock);

static u64 oldest_of_all(void)
{
	u64 oldest = U64_MAX;
	struct reap_node *node;

	for_each_reap_node(node)
		oldest = min3(oldest, node_oldest(node), table_oldest(node));
	return oldest;
}

/*
 * Two cgroups of one place count together, which is on the safe side, until one
 * of them has nothing pending.
 */
static struct tenant *find_tenant(struct mem_cgroup *memcg, u64 oldest)
{
	struct tenant *tenant = &tenants[hash_ptr(memcg, TENANT_BITS)];

	lockdep_assert_held(&tenants_lock);
	if (oldest > tenant->since) {
		tenant->older = oldest == U64_MAX ? 0 : tenant->newer;
		tenant->newer = 0;
		tenant->since = ktime_get_ns();
	}
	if (!tenant->older && !tenant->newer)
		tenant->memcg = memcg;
	return tenant;
}

/* Nothing pending is charged where nothing is charged at all. */
static long room_of(struct page_counter *counter)
{
	unsigned long limit = min(READ_ONCE(counter->max),
				  READ_ONCE(counter->high));
	long usage = page_counter_read(counter);

	if (!usage || limit >= PAGE_COUNTER_MAX)
		return LONG_MAX;
	return (long)limit - usage;
}

/*
 * In cgroup v1 @swap is the limit on memory and swap together. Memory has room to
 * lose only where what zswap keeps is charged to it.
 */
static long room_in(struct mem_cgroup *memcg)
{
	long room = room_of(&memcg->swap);

	if (!knows_zswap || static_call(page_state)(memcg, MEMCG_ZSWAP_B))
		room = min(room, room_of(&memcg->memory));
	return room;
}

/**
 * tenant_admits() - may more of a cgroup's entries be held back?
 * @memcg: the cgroup, or NULL for one without limits
 * @pages: how many more
 *
 * If so, they count as pending from now on.
 *
 * Context: Any but hard interrupt; does not sleep.
 */
bool tenant_admits(struct mem_cgroup *memcg, long pages)
{
	struct mem_cgroup *m;
	unsigned long flags;
	bool admits;
	u64 oldest;

	if (!memcg)
		return true;
	raw_spin_lock_irqsave(&tenants_lock, flags);
	oldest = oldest_of_all();
	for (m = memcg; m; m = parent_mem_cgroup(m)) {
		struct tenant *tenant = find_tenant(m, oldest);

		if (room_in(m) < tenant->older + tenant->newer + pages)
			break;
	}
	admits = !m;
	for (m = memcg; m && admits; m = parent_mem_cgroup(m))
		if (room_in(m) != LONG_MAX)
			find_tenant(m, oldest)->newer += pages;
	raw_spin_unlock_irqrestore(&tenants_lock, flags);
	return admits;
}

static bool has_limits(struct mem_cgroup *memcg)
{
	for (; memcg && parent_mem_cgroup(memcg); memcg = parent_mem_cgroup(memcg))
		if (room_in(memcg) != LONG_MAX)
			return true;
	return false;
}

/* A reference, but for a cgroup that nothing limits. */
static struct mem_cgroup *get_limited(struct mem_cgroup *memcg)
{
	if (!memcg || !has_limits(memcg) || !css_tryget(&memcg->css))
		return NULL;
	return memcg;
}

/**
 * tenant_of_mm() - find out whose memory an mm is
 * @mm: the mm, about to be torn down or reaped
 * @memcg: where the cgroup is put, to be given back by tenant_put(); NULL if
 *	nothing limits it
 *
 * For kernels that do not tell it by the entry: a process that has moved to
 * another cgroup has left what it has in swap behind. Once the last user of an mm
 * exits it has no owner (kernel/exit.c, mm_update_next_owner()). Then it is the mm
 * of the task that exits, if one does.
 *
 * Context: Any but hard interrupt; does not sleep.
 * Return: false if the mm does not tell; then try tenant_of_entry().
 */
bool tenant_of_mm(struct mm_struct *mm, struct mem_cgroup **memcg)
{
	struct task_struct *owner;

	*memcg = NULL;
	if (mem_cgroup_disabled())
		return true;
	if (knows_entries || !knows_tasks)
		return false;
	rcu_read_lock();
	owner = rcu_dereference(mm->owner);
	if (!owner && (current->flags & (PF_EXITING | PF_KTHREAD)) == PF_EXITING)
		owner = current;
	if (owner)
		*memcg = get_limited(static_call(from_task)(owner));
	rcu_read_unlock();
	return owner;
}

/**
 * tenant_of_entry() - find out to whom a swap entry is charged
 * @entry: the entry
 * @memcg: as above
 *
 * Context: Any but hard interrupt; does not sleep.
 * Return: false if that cannot be told: since 7.0 the kernel has no function for
 * it.
 */
bool tenant_of_entry(swp_entry_t entry, struct mem_cgroup **memcg)
{
	*memcg = NULL;
	if (!knows_entries)
		return mem_cgroup_disabled();
	rcu_read_lock();
	*memcg = get_limited(static_call(from_id)(static_call(entry_id)(entry)));
	rcu_read_unlock();
	return true;
}

/**
 * tenant_put() - give a cgroup back
 * @memcg: the cgroup, or NULL
 *
 * Context: Any but hard interrupt.
 */
void tenant_put(struct mem_cgroup *memcg)
{
	if (memcg)
		css_put(&memcg->css);
}

/**
 * tenant_init() - find the kernel's functions
 *
 * Context: Process context, may sleep.
 */
void __init tenant_init(void)
{
	knows_tasks = symbol_find(from_task, "mem_cgroup_from_task");
	knows_zswap = symbol_find(page_state, "memcg_page_state");
	knows_entries = symbol_find(from_id, "mem_cgroup_from_id") &&
			symbol_find(entry_id, "lookup_swap_cgroup_id");
}

#else

bool tenant_admits(struct mem_cgroup *memcg, long pages)
{
	return true;
}

bool tenant_of_mm(struct mm_struct *mm, struct mem_cgroup **memcg)
{
	*memcg = NULL;
	return true;
}

bool tenant_of_entry(swp_entry_t entry, struct mem_cgroup **memcg)
{
	return tenant_of_mm(NULL, memcg);
}

void tenant_put(struct mem_cgroup *memcg)
{
}

void __init tenant_init(void)
{
}

#endif
