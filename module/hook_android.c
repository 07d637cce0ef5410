// SPDX-License-Identifier: GPL-2.0
/*
 * Hook through a vendor hook of Android kernels: before it calls the target,
 * zap_pte_range() asks this tracepoint for each entry whether to skip the call. So
 * entries that the sweep leaves cost no exception. Scopes start at kprobes.
 *
 * The tracepoint's probe runs with the page-table lock held.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/atomic.h>
#include <linux/kernel.h>
#include <linux/preempt.h>
#include <linux/printk.h>
#include <linux/rcupdate.h>
#include <linux/string.h>
#include <linux/tracepoint.h>

#include "compat.h"
#include "hook.h"

/* What the kernel calls to reach its probes, in both prototypes. */
typedef int ask_range_fn(void *data, struct mm_struct *mm, swp_entry_t entry,
			 int nr, bool *bypass);
typedef int ask_entry_fn(void *data, struct mm_struct *mm, swp_entry_t entry,
			 bool *bypass);

/* The hook, once found. */
static struct tracepoint *asking __ro_after_init;

/* Entries of scopes that were left to the kernel as somebody else was there. */
static atomic_long_t left;

/*
 * Somebody who comes after us has every entry, too, and may free it later as
 * we would. Only with a scope, for then our probe is registered.
 */
static __always_inline bool alone(void)
{
	return !rcu_dereference_raw(asking->funcs)[1].func;
}

static noinline bool leave(unsigned int nr)
{
	atomic_long_add(nr, &left);
	return false;
}

/*
 * The kernel asks about the entries of the living, too, and sets *bypass before
 * it walks a page of the page table, not before each entry: it is always
 * written here.
 */
static void on_range(void *data, struct mm_struct *mm, swp_entry_t entry,
		     int nr, bool *bypass)
{
	struct scope *scope;

	if (!scope_find(&scope))
		*bypass = false;
	else if (unlikely(!alone()))
		*bypass = leave(nr);
	else
		*bypass = scope_divert(scope, entry, nr);
}

static void on_entry(void *data, struct mm_struct *mm, swp_entry_t entry,
		     bool *bypass)
{
	struct scope *scope;

	if (!scope_find(&scope))
		*bypass = false;
	else if (unlikely(!alone()))
		*bypass = leave(1);
	else
		/* runs are made here only if the target takes them apart */
		*bypass = target.takes_range ? scope_divert(scope, entry, 1) :
					       scope_divert_one(scope, entry);
}

/* on_range() or on_entry() */
static void *probe __ro_after_init;

static int attach(void *function)
{
	int err = -EBUSY;

	if (!rcu_access_pointer(asking->funcs))
		err = tracepoint_probe_register(asking, function, NULL);
	if (err == -EBUSY)
		pr_err("Android's hook %s is already in use (by another module, probably the phone vendor's); unload that module, or use hook=kprobe\n",
		       asking->name);
	else if (err)
		pr_err("Android's hook %s cannot be used (%d)\n", asking->name,
		       err);
	return err;
}

static void detach(void *function)
{
	tracepoint_probe_unregister(asking, function, NULL);
	/*
	 * Waits until nobody is in a probe; from there a task goes back to the
	 * kernel, and through nothing else of ours.
	 */
	tracepoint_synchronize_unregister();
}

/* A scope begins when all else is there. */
static int android_install(void)
{
	int err = attach(probe);

	if (err)
		return err;
	err = hook_probes_install();
	if (err)
		detach(probe);
	return err;
}

static void android_remove(void)
{
	hook_probes_remove();
	detach(probe);
}

/* No mm: a question of ours, not of the kernel's. */
static bool __init is_proof(struct mm_struct *mm, swp_entry_t entry)
{
	return !mm && entry.val == HOOK_PROOF_ENTRY;
}

static void __init on_proof_range(void *data, struct mm_struct *mm,
				  swp_entry_t entry, int nr, bool *bypass)
{
	*bypass = is_proof(mm, entry) && nr == HOOK_PROOF_NR;
}

static void __init on_proof_entry(void *data, struct mm_struct *mm,
				  swp_entry_t entry, bool *bypass)
{
	*bypass = is_proof(mm, entry);
}

static int __init ask_range_model(void *data, struct mm_struct *mm,
				  swp_entry_t entry, int nr, bool *bypass)
{
	return 0;
}

static int __init ask_entry_model(void *data, struct mm_struct *mm,
				  swp_entry_t entry, bool *bypass)
{
	return 0;
}

static bool takes_range __initdata;

/* As the kernel asks: kCFI checks the type. */
static bool __init bypassed(unsigned long value, bool bypass)
{
	swp_entry_t entry = { value };

	preempt_disable();
	if (takes_range)
		((ask_range_fn *)asking->iterator)(NULL, NULL, entry,
						   HOOK_PROOF_NR, &bypass);
	else
		((ask_entry_fn *)asking->iterator)(NULL, NULL, entry, &bypass);
	preempt_enable();
	return bypass;
}

static int __init find_prototype(void)
{
	void *iterator = asking->iterator;

	if (same_type(iterator, ask_range_model, ANDROID_ASKS_BY_RANGE)) {
		takes_range = true;
		return 0;
	}
	if (same_type(iterator, ask_entry_model, !ANDROID_ASKS_BY_RANGE))
		return 0;
	pr_err("Android's hook %s has a prototype that is not known here\n",
	       asking->name);
	return -EOPNOTSUPP;
}

static int __init prove_asking(void)
{
	void *proof = takes_range ? (void *)on_proof_range :
				    (void *)on_proof_entry;
	int err = attach(proof);

	if (err)
		return err == -EBUSY ? err : hook_unsupported(err);
	if (!bypassed(HOOK_PROOF_ENTRY, false) ||
	    bypassed(HOOK_PROOF_ENTRY + 1, true)) {
		pr_err("Android's hook %s does not ask on this kernel\n",
		       asking->name);
		err = -EOPNOTSUPP;
	}
	detach(proof);
	return err;
}

static void __init find_asking(struct tracepoint *tracepoint, void *data)
{
	if (!strcmp(tracepoint->name, "android_vh_swapmem_gather_add_bypass"))
		asking = tracepoint;
}

static int __init android_prove(void)
{
	for_each_kernel_tracepoint(find_asking, NULL);
	if (!asking)
		return -ENOENT;
	return find_prototype() ?: prove_asking() ?: hook_probes_prove();
}

static int __init android_prepare(void)
{
	probe = takes_range ? (void *)on_range : (void *)on_entry;
	return hook_probes_prepare();
}

static void android_release(void)
{
}

static unsigned long android_missed(void)
{
	return atomic_long_read(&left) + hook_probes_missed();
}

const struct hook hook_android = {
	.name = "android",
	.prove = android_prove,
	.prepare = android_prepare,
	.release = android_release,
	.install = android_install,
	.remove = android_remove,
	.missed = android_missed,
};
