// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>

#include "arm.h"
#include "bystander.h"
#include "cost.h"
#include "death.h"
#include "module.h"
#include "population.h"
#include "record.h"
#include "swap.h"
#include "util.h"

#define BACK_MS	600000
/* looking often would cost those that are measured CPU and interrupts */
#define LOOK_US	1000

static bool is_back(enum arm arm, long free_after)
{
	return swap_free() >= free_after &&
	       (!arm_has_module(arm) || !knob_get("stats/pending"));
}

static void record_members(const struct population *population)
{
	long *values = calloc(population->count, sizeof(*values));

	check(values, "calloc: %m");
	for (int i = 0; i < population->count; i++)
		values[i] = population->members[i].dead_ns;
	record_longs("dead_ns", values, population->count);
	for (int i = 0; i < population->count; i++)
		values[i] = population->members[i].cpu_ns;
	record_longs("cpu_ns", values, population->count);
	free(values);
}

static void record_module(long workers_before_ns)
{
	record_long("workers_ns",
		    knob_get("stats/worker_cpu_ns") - workers_before_ns);
	record_long("diverted", knob_get("stats/diverted"));
	record_long("pending_max", knob_get("stats/pending_max"));
	record_long("age_max_us", knob_get("stats/age_max_us"));
}

void death_measure(const struct spec *spec, enum arm arm)
{
	long free_after = swap_free() - swap_slack(), workers_ns = 0;
	struct population population = population_start(spec);
	struct bystander bystander;
	double others_ms;

	if (spec->bystander)
		bystander = bystander_start();
	others_ms = others_run_ms();
	if (arm_has_module(arm))
		workers_ns = knob_get("stats/worker_cpu_ns");
	population_kill(&population, population.count);
	if (arm != ARM_DROP) {
		check(wait_until_every(LOOK_US, is_back(arm, free_after),
				       BACK_MS), "swap is not back");
		record_long("back_ns",
			    now_ns() - population.members->killed_at_ns);
	}
	others_ms = others_run_ms() - others_ms;
	if (spec->bystander)
		bystander_stop(&bystander);
	population_reap(&population, population.count);
	record_long("entries", population.entries);
	record_long("all_dead_ns", population.dead_ns);
	record_long("all_cpu_ns", others_ms * 1e6);
	record_members(&population);
	if (arm_has_module(arm))
		record_module(workers_ns);
	free(population.members);
}
