// SPDX-License-Identifier: GPL-2.0
/*
 * What is pending is swap space that nobody can use, and in zram memory. So
 * whoever reclaims frees some of it, all of it is freed before anybody is
 * killed, and while swapoff runs nothing is added to it.
 *
 * The target may be called in reclaim: it takes no lock that the kernel's own
 * reclaim does not take, which frees swap slots in the same places (mm/vmscan.c,
 * shrink_folio_list(), folio_free_swap()). Only a task within a scope does not
 * help: it would divert what it is asked to free.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/capability.h>
#include <linux/kernel.h>
#include <linux/kprobes.h>
#include <linux/minmax.h>
#include <linux/notifier.h>
#include <linux/oom.h>
#include <linux/printk.h>
#include <linux/static_call.h>
#include <linux/swap.h>

#include "admit.h"
#include "compat.h"
#include "drain.h"
#include "events.h"
#include "node.h"
#include "policy.h"
#include "symbol.h"
#include "table.h"

/* What a task that reclaims for itself is asked to free at a time: one word. */
#define DIRECT_PAGES	WORD_SLOTS

/* More swapoffs than these at a time are not seen. */
#define SWAPOFFS_MAX	8

static bool may_help(void)
{
	struct scope *scope;

	return !scope_find(&scope);
}

static long freed_so_far(void)
{
	struct reap_node *node;
	long pages = 0;

	for_each_reap_node(node)
		pages += node_freed(node);
	return pages;
}

/*
 * If anything came free the kernel tries again before it kills (mm/oom_kill.c,
 * out_of_memory()).
 */
static int on_oom(struct notifier_block *self, unsigned long unused,
		  void *freed)
{
	long before;

	if (!may_help())
		return NOTIFY_DONE;
	before = freed_so_far();
	drain_all();
	*(unsigned long *)freed += freed_so_far() - before;
	return NOTIFY_OK;
}

static struct notifier_block oom_notifier = { .notifier_call = on_oom };

/*
 * kswapd is asked for half of all that is pending (@seeks is 0, mm/shrinker.c,
 * do_shrink_slab()). Whoever reclaims for himself pays for a word only, and goes
 * on: twice that much is what makes the kernel ask once.
 */
static unsigned long shrink_count(struct shrinker *shrinker,
				  struct shrink_control *control)
{
	unsigned long pending = nodes_pending();

	return current_is_kswapd() ? pending : min(pending, 2UL * DIRECT_PAGES);
}

static unsigned long shrink_scan(struct shrinker *shrinker,
				 struct shrink_control *control)
{
	unsigned long enough = current_is_kswapd() ? CLUSTER_SLOTS : DIRECT_PAGES;
	unsigned long freed = 0;
	struct reap_node *node;

	if (!may_help())
		return SHRINK_STOP;
	for_each_reap_node(node)
		if (freed < enough)
			freed += drain_some(node, enough - freed);
	control->nr_scanned = max(freed, control->nr_to_scan);
	return freed ?: SHRINK_STOP;
}

static struct shrinker *shrinker;

/*
 * swapoff() loops until no slot of the device is in use (mm/swapfile.c,
 * try_to_unuse()), and so waits, at the cost of a CPU, for what is pending. The
 * system call is entered before the caller's rights are looked at.
 */
static const char *const swapoff_names[] __initconst = {
	"try_to_unuse", "__x64_sys_swapoff", "__arm64_sys_swapoff",
};

DEFINE_STATIC_CALL_NULL(has_capability, has_capability_noaudit);

static bool checks_rights __ro_after_init;

/* Returning non-zero skips the return handler. */
static int on_swapoff(struct kretprobe_instance *instance,
		      struct pt_regs *regs)
{
	if (checks_rights && !static_call(has_capability)(current, CAP_SYS_ADMIN))
		return 1;
	admit_swapoff(true);
	policy_hurry();
	return 0;
}

static int on_swapoff_return(struct kretprobe_instance *instance,
			     struct pt_regs *regs)
{
	admit_swapoff(false);
	return 0;
}

static struct kretprobe swapoff_probe = {
	.entry_handler = on_swapoff,
	.handler = on_swapoff_return,
	.maxactive = SWAPOFFS_MAX,
};

static bool swapoff_probed;

static void __init probe_swapoff(void)
{
	bool knows_rights = symbol_find(has_capability, "has_capability_noaudit");
	unsigned long address;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(swapoff_names) && !swapoff_probed; i++) {
		if (symbol_address(swapoff_names[i], &address))
			continue;
		checks_rights = i > 0;
		if (checks_rights && !knows_rights)
			break;
		swapoff_probe.kp.addr = (kprobe_opcode_t *)address;
		swapoff_probed = !register_kretprobe(&swapoff_probe);
	}
	if (!swapoff_probed)
		pr_info("cannot probe swapoff; it will wait for pending entries\n");
}

/**
 * events_init() - ask to be told
 *
 * Context: Process context, sleeps.
 * Return: 0 or an errno.
 */
int __init events_init(void)
{
	int err;

	shrinker = reap_shrinker_alloc();
	if (!shrinker)
		return -ENOMEM;
	err = register_oom_notifier(&oom_notifier);
	if (err) {
		reap_shrinker_free(shrinker);
		return err;
	}
	shrinker->count_objects = shrink_count;
	shrinker->scan_objects = shrink_scan;
	shrinker->seeks = 0;
	shrinker->batch = DIRECT_PAGES;
	reap_shrinker_register(shrinker);
	probe_swapoff();
	return 0;
}

/**
 * events_exit() - unregister
 *
 * Context: Process context, sleeps until nobody is in here.
 */
void events_exit(void)
{
	if (swapoff_probed)
		unregister_kretprobe(&swapoff_probe);
	unregister_oom_notifier(&oom_notifier);
	reap_shrinker_free(shrinker);
}
