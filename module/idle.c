// SPDX-License-Identifier: GPL-2.0
/* The kernel's idle_cpu(), which is not exported (kernel/sched/syscalls.c). */
#include <linux/init.h>
#include <linux/static_call.h>

#include "idle.h"
#include "target.h"

typedef int idle_cpu_fn(int cpu);

DEFINE_STATIC_CALL_NULL(idle_cpu_original, idle_cpu_fn);

static bool known __ro_after_init;

/**
 * idle_init() - find the kernel's idle_cpu()
 *
 * Where it cannot be found, all CPUs count as busy.
 *
 * Context: Process context, may sleep.
 */
void __init idle_init(void)
{
	unsigned long address;

	known = !symbol_address("idle_cpu", &address);
	if (known)
		static_call_update(idle_cpu_original, (idle_cpu_fn *)address);
}

/**
 * cpu_idle_in() - does a CPU of two sets have nothing to do?
 * @one: a set
 * @other: a set
 *
 * Context: Any. May be out of date at once.
 * Return: whether an online CPU that is in both sets is idle.
 */
bool cpu_idle_in(const struct cpumask *one, const struct cpumask *other)
{
	unsigned int cpu;

	if (!known)
		return false;
	for_each_cpu_and(cpu, one, other)
		if (cpu_online(cpu) && static_call(idle_cpu_original)(cpu))
			return true;
	return false;
}
