/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Where kernels differ. The only file that looks at kernel versions and at
 * configuration; everything else is written for the newest kernel.
 */
#ifndef SWAPREAP_COMPAT_H
#define SWAPREAP_COMPAT_H

#include <linux/ftrace.h>
#include <linux/hrtimer.h>
#include <linux/huge_mm.h>
#include <linux/kconfig.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/preempt.h>
#include <linux/printk.h>
#include <linux/rcupdate.h>
#include <linux/ptrace.h>
#include <linux/sched/coredump.h>
#include <linux/sched/isolation.h>
#include <linux/shrinker.h>
#include <linux/slab.h>
#include <linux/swap.h>
#include <linux/swapops.h>
#include <linux/version.h>
#include <linux/vmstat.h>

#if !IS_ENABLED(CONFIG_64BIT)
#error "swapreap needs a 64-bit kernel: a run of entries is one 64-bit word"
#endif
#if !IS_ENABLED(CONFIG_SWAP)
#error "swapreap needs CONFIG_SWAP=y: without swap there is nothing to divert"
#endif
#if !IS_ENABLED(CONFIG_KPROBES)
#error "swapreap needs CONFIG_KPROBES=y: it looks up unexported functions"
#endif

/* Phones have no function tracer; Kbuild leaves hook_ftrace.c out then. */
#if IS_ENABLED(CONFIG_DYNAMIC_FTRACE_WITH_REGS) || \
	IS_ENABLED(CONFIG_DYNAMIC_FTRACE_WITH_ARGS)
#define HOOK_FTRACE	(&hook_ftrace)
#else
#define HOOK_FTRACE	NULL
#endif

#if IS_ENABLED(CONFIG_TRACEPOINTS)
#define HOOK_ANDROID	(&hook_android)
#else
#define HOOK_ANDROID	NULL
#endif

/*
 * Android's hook names a number of entries since its 6.6. Where kCFI has a hash
 * of its type before each function, that is looked at instead of believed; x86
 * may have rewritten the hash (FineIBT).
 */
#define ANDROID_ASKS_BY_RANGE	(LINUX_VERSION_CODE >= KERNEL_VERSION(6, 6, 0))

static inline bool same_type(const void *function, const void *model,
			     bool otherwise)
{
#if IS_ENABLED(CONFIG_ARM64) && \
	(IS_ENABLED(CONFIG_CFI_CLANG) || IS_ENABLED(CONFIG_CFI))
	/* What is before a function is nothing that the compiler knows of. */
	OPTIMIZER_HIDE_VAR(function);
	OPTIMIZER_HIDE_VAR(model);
	return ((const u32 *)function)[-1] == ((const u32 *)model)[-1];
#else
	return otherwise;
#endif
}

/*
 * With ARGS every ops may change the instruction pointer, without it only one
 * that saves all registers (kernel/livepatch/patch.c does the same).
 */
#if IS_ENABLED(CONFIG_DYNAMIC_FTRACE_WITH_ARGS)
#define FTRACE_OPS_FL_REDIRECT	FTRACE_OPS_FL_IPMODIFY
#else
#define FTRACE_OPS_FL_REDIRECT	\
	(FTRACE_OPS_FL_IPMODIFY | FTRACE_OPS_FL_SAVE_REGS)
#endif

/*
 * Where BTI guards the kernel, a static function whose address nobody takes has
 * no place where an indirect call may land, and static calls are such calls on
 * arm64.
 */
#define STATIC_FUNCTIONS_CALLABLE	!IS_ENABLED(CONFIG_ARM64_BTI_KERNEL)

/* Accessors of struct ftrace_regs got their present names in 6.2. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 2, 0) && \
	IS_ENABLED(CONFIG_FUNCTION_TRACER)
static __always_inline unsigned long
ftrace_regs_get_argument(struct ftrace_regs *fregs, unsigned int n)
{
	return regs_get_kernel_argument(&fregs->regs, n);
}

/* The kernel's own of 6.1 does nothing on arm64 without WITH_ARGS. */
#define ftrace_regs_set_instruction_pointer(fregs, ip)	\
	instruction_pointer_set(&(fregs)->regs, ip)
#endif

/* Since 6.13 a timer gets its function when it is set up. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 13, 0)
#define reap_hrtimer_setup(timer, callback, clock, mode)	\
	do {							\
		hrtimer_init(timer, clock, mode);		\
		(timer)->function = callback;			\
	} while (0)
#else
#define reap_hrtimer_setup(timer, callback, clock, mode)	\
	hrtimer_setup(timer, callback, clock, mode)
#endif

/*
 * Since 6.7 the kernel allocates shrinkers. Names of our own, as distributions
 * backport the kernel's.
 */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 7, 0)
static inline struct shrinker *reap_shrinker_alloc(void)
{
	return kzalloc(sizeof(struct shrinker), GFP_KERNEL);
}

/* Without memory it is not registered, which unregister_shrinker() sees. */
static inline void reap_shrinker_register(struct shrinker *shrinker)
{
	if (register_shrinker(shrinker, KBUILD_MODNAME))
		pr_warn("no memory for a shrinker\n");
}

static inline void reap_shrinker_free(struct shrinker *shrinker)
{
	unregister_shrinker(shrinker);
	kfree(shrinker);
}
#else
#define reap_shrinker_alloc()			shrinker_alloc(0, KBUILD_MODNAME)
#define reap_shrinker_register(shrinker)	shrinker_register(shrinker)
#define reap_shrinker_free(shrinker)		shrinker_free(shrinker)
#endif

/* mm/swap.h, not visible to modules: slots that share one lock. */
#if IS_ENABLED(CONFIG_THP_SWAP)
#define SWAP_CLUSTER_SLOTS	((unsigned int)HPAGE_PMD_NR)
#else
#define SWAP_CLUSTER_SLOTS	256U
#endif

/*
 * Up to 6.13 slots are freed under a lock of the whole device, of which the
 * kernel's own exit frees at most 64 at a time (mm/swapfile.c,
 * swap_entry_range_free()); more workers than one wait for each other there.
 */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 14, 0)
#define SWAP_FREE_SLOTS		64U
#define SWAP_FREE_SCALES	false
#else
#define SWAP_FREE_SLOTS		SWAP_CLUSTER_SLOTS
#define SWAP_FREE_SCALES	true
#endif

/*
 * How many swap entries an mm has that nobody uses any more: below zero it is a
 * fault. Since 6.2 the cheap sum may be wrong by twice the square of the number of
 * CPUs (lib/percpu_counter.c, percpu_counter_batch); the kernel's function for the
 * exact one is not exported to phones.
 */
static inline long mm_swap_entries(struct mm_struct *mm)
{
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 2, 0)
	return atomic_long_read(&mm->rss_stat.count[MM_SWAPENTS]);
#else
	struct percpu_counter *counter = &mm->rss_stat[MM_SWAPENTS];
	s64 sum;
#if IS_ENABLED(CONFIG_SMP)
	unsigned long flags;
	int cpu;

	raw_spin_lock_irqsave(&counter->lock, flags);
	sum = counter->count;
	for_each_possible_cpu(cpu)
		sum += *per_cpu_ptr(counter->counters, cpu);
	raw_spin_unlock_irqrestore(&counter->lock, flags);
#else
	sum = counter->count;
#endif
	return sum;
#endif
}

/* As add_mm_counter(), the trace event of which is not exported. */
static inline void mm_sub_swap_entries(struct mm_struct *mm, long nr)
{
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 2, 0)
	atomic_long_sub(nr, &mm->rss_stat.count[MM_SWAPENTS]);
#else
	percpu_counter_sub(&mm->rss_stat[MM_SWAPENTS], nr);
#endif
}

/* Since 6.18 flags of an mm have functions of their own. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 18, 0)
#define reap_mm_flag_set(flag, mm)	set_bit(flag, &(mm)->flags)
#else
#define reap_mm_flag_set(flag, mm)	mm_flags_set(flag, mm)
#endif

/*
 * PTEs as they lie in memory. A guest of Xen's without virtualised page tables asks
 * the hypervisor about each (arch/x86/xen/mmu_pv.c) and is not swept; others go
 * through a call of paravirtualisation that costs more than what it does.
 */
#if IS_ENABLED(CONFIG_X86_64)
#define own_page_tables()	!boot_cpu_has(X86_FEATURE_XENPV)
#define own_pte_val		native_pte_val
#define own_pte_clear		native_pte_clear
#define own_pte			native_make_pte
#else
#define own_page_tables()	true
#define own_pte_val(pte)	pte_val(pte)
#define own_pte_clear		pte_clear
#define own_pte			__pte
#endif

/* By how much the PTEs of two neighbouring slots differ. */
static inline u64 own_pte_step(void)
{
	return pte_val(swp_entry_to_pte(swp_entry(0, 2))) -
	       pte_val(swp_entry_to_pte(swp_entry(0, 1)));
}

/*
 * Whether the caller holds a page-table lock or the like, which is an RCU read
 * side: with pre-emption off, or, on PREEMPT_RT, by rt_spin_lock(). Where
 * pre-emption is not counted the kernel is not pre-empted.
 */
static __always_inline bool walks_page_table(void)
{
	if (IS_ENABLED(CONFIG_PREEMPT_RT))
		return preempt_count() || rcu_preempt_depth();
	return !IS_ENABLED(CONFIG_PREEMPT_COUNT) || preempt_count();
}

/* Whether another task may be where walks_page_table() is true. */
static inline bool may_walk_now(const struct task_struct *task)
{
	if (IS_ENABLED(CONFIG_PREEMPT_RT))
		return true;
#if IS_ENABLED(CONFIG_SMP)
	/* pairs with finish_task() in kernel/sched/core.c */
	return smp_load_acquire(&task->on_cpu);
#else
	return false;
#endif
}

/* Where pre-emption is not counted, it is not known to be off. */
static inline bool may_schedule(void)
{
	return IS_ENABLED(CONFIG_PREEMPT_COUNT) ? preemptible() :
						  !irqs_disabled();
}

/*
 * Types of lookup_swap_cgroup_id() and mem_cgroup_from_id(), which the kernel has
 * up to 6.19 (mm/swap_cgroup.c, mm/memcontrol.c). There are no such functions.
 */
unsigned short entry_id_type(swp_entry_t entry);
struct mem_cgroup *from_id_type(unsigned short id);

/* Whether spinlocks may be taken: on PREEMPT_RT they sleep. */
static inline bool may_spin_lock(void)
{
	return !IS_ENABLED(CONFIG_PREEMPT_RT) || preemptible();
}

/* Pages of zsmalloc, which zram and zswap keep what is swapped out in. */
static inline long zsmalloc_pages(void)
{
#if IS_ENABLED(CONFIG_ZSMALLOC)
	return global_zone_page_state(NR_ZSPAGES);
#else
	return 0;
#endif
}

/*
 * CPUs that isolcpus= and nohz_full= leave to threads like ours. Since 6.18 or
 * so the type for threads is that of the scheduler's domains.
 */
static inline void housekeeping_cpus(struct cpumask *cpus)
{
	cpumask_and(cpus, housekeeping_cpumask(HK_TYPE_DOMAIN),
		    housekeeping_cpumask(HK_TYPE_KTHREAD));
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 14, 0)
	cpumask_and(cpus, cpus, housekeeping_cpumask(HK_TYPE_KERNEL_NOISE));
#endif
}

#endif
