// SPDX-License-Identifier: GPL-2.0
#include <linux/cpumask.h>
#include <linux/gfp.h>
#include <linux/sched.h>
#include <linux/topology.h>

#include "cpus.h"
#include "knobs.h"
#include "node.h"

/*
 * Those of the node and of worker_cpus, online or not: cpumask_of_node() has only
 * those that are online. A list that has no CPU of the node online wins over the
 * node.
 */
static bool get_allowed(struct reap_node *node, cpumask_var_t *cpus)
{
	int cpu;

	if (!zalloc_cpumask_var(cpus, GFP_KERNEL))
		return false;
	for_each_cpu(cpu, &knob_worker_cpus)
		if (cpu_possible(cpu) && cpu_to_node(cpu) == node->nid)
			cpumask_set_cpu(cpu, *cpus);
	if (!cpumask_intersects(*cpus, cpu_online_mask))
		cpumask_copy(*cpus, &knob_worker_cpus);
	return true;
}

/**
 * cpus_set() - put a thread on the CPUs that workers may run on
 * @node: its node
 * @task: the thread
 *
 * Context: Process context, may sleep.
 */
void cpus_set(struct reap_node *node, struct task_struct *task)
{
	cpumask_var_t cpus;

	if (!get_allowed(node, &cpus))
		return;
	if (!cpumask_equal(cpus, task->cpus_ptr) &&
	    set_cpus_allowed_ptr(task, cpus))
		set_cpus_allowed_ptr(task, cpu_possible_mask);
	free_cpumask_var(cpus);
}

/**
 * cpus_of_workers() - how many of these CPUs are online
 * @node: the node
 * @without: not counting this one, which goes off; UINT_MAX for none
 *
 * Context: Process context, may sleep.
 */
unsigned int cpus_of_workers(struct reap_node *node, unsigned int without)
{
	unsigned int nr = 0, cpu;
	cpumask_var_t cpus;

	if (!get_allowed(node, &cpus))
		return 0;
	for_each_cpu_and(cpu, cpus, cpu_online_mask)
		nr += cpu != without;
	free_cpumask_var(cpus);
	return nr;
}
