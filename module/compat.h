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
#include <linux/printk.h>
#include <linux/shrinker.h>
#include <linux/slab.h>
#include <linux/timer.h>
#include <linux/version.h>

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

#define ftrace_regs_set_instruction_pointer(fregs, ip)	\
	ftrace_instruction_pointer_set(fregs, ip)
#endif

/*
 * del_timer_sync() got its present name in 6.2. Later 6.1.y have both names,
 * but of Android's 6.1 a module may only import the old one.
 */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 2, 0)
#define timer_delete_sync(timer)	del_timer_sync(timer)
#endif

/* Since 6.13 a timer gets its function when it is set up. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 13, 0)
static inline void
hrtimer_setup(struct hrtimer *timer,
	      enum hrtimer_restart (*function)(struct hrtimer *),
	      clockid_t clock, enum hrtimer_mode mode)
{
	hrtimer_init(timer, clock, mode);
	timer->function = function;
}
#endif

/* Since 6.7 the kernel allocates shrinkers. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 7, 0)
static inline struct shrinker *shrinker_alloc(unsigned int flags,
					      const char *name)
{
	return kzalloc(sizeof(struct shrinker), GFP_KERNEL);
}

/* Without memory it is not registered, which unregister_shrinker() sees. */
#define shrinker_register(shrinker)					\
	do {								\
		if (register_shrinker(shrinker, KBUILD_MODNAME))	\
			pr_warn("no memory for a shrinker\n");		\
	} while (0)

static inline void shrinker_free(struct shrinker *shrinker)
{
	unregister_shrinker(shrinker);
	kfree(shrinker);
}
#endif

/* mm/swap.h, not visible to modules: slots that share one lock. */
#if IS_ENABLED(CONFIG_THP_SWAP)
#define SWAP_CLUSTER_SLOTS	HPAGE_PMD_NR
#else
#define SWAP_CLUSTER_SLOTS	256
#endif

#endif
