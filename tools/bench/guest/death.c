// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>

#include "arm.h"
#include "back.h"
#include "bystander.h"
#include "cost.h"
#include "death.h"
#include "foreground.h"
#include "killer.h"
#include "kthreads.h"
#include "module.h"
#include "population.h"
#include "record.h"
#include "sampler.h"
#include "settle.h"
#include "swap.h"
#include "util.h"

#define TICK_US		4000
/* of a tick the golden section, which spreads any number of rounds evenly */
#define SPREAD_US	2472

/* Who else is there while processes die. */
struct company {
	struct bystander bystander;
	struct sampler sampler;
	struct foreground foreground;
	struct killer killer;
};

static struct company company_start(const struct spec *spec,
				    const struct population *population)
{
	struct company company = {};

	if (spec->foreground)
		company.foreground = foreground_prepare(spec);
	if (spec->mrelease)
		company.killer = killer_prepare(population, spec->killed);
	if (spec->watch_ms) {
		company.bystander = bystander_start();
		company.sampler = sampler_start();
	}
	return company;
}

static void company_stop(struct company *company, const struct spec *spec,
			 long start_ns)
{
	long left_ms = spec->watch_ms - (now_ns() - start_ns) / 1000000;

	if (spec->watch_ms) {
		if (left_ms > 0)
			usleep(left_ms * 1000);
		sampler_stop(&company->sampler, start_ns);
		bystander_stop(&company->bystander, start_ns);
	}
	if (spec->foreground)
		foreground_stop(&company->foreground);
	if (spec->mrelease)
		killer_stop(&company->killer);
}

static void record_members(const struct population *population, int count)
{
	long *values = calloc(count, sizeof(*values));

	check(values, "calloc: %m");
	for (int i = 0; i < count; i++)
		values[i] = population->members[i].dead_ns;
	record_longs("dead_ns", values, count);
	for (int i = 0; i < count; i++)
		values[i] = population->members[i].cpu_ns;
	record_longs("cpu_ns", values, count);
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

/* Entries of which nobody has a share who goes on living. */
static long entries_to_free(const struct population *population,
			    const struct spec *spec)
{
	long entries = 0;

	if (spec->shared)
		return spec->killed == spec->processes ?
		       population->members->entries : 0;
	for (int i = 0; i < spec->killed; i++)
		entries += population->members[i].entries;
	return entries;
}

/*
 * Before this the guest waited for grace periods of RCU, which end at a tick, so
 * each sample would start equally long after one. But what the module does at
 * the next tick should come sooner and later: spread the rounds over a tick.
 */
static void spread(int round)
{
	usleep(round * SPREAD_US % TICK_US);
}

void death_measure(const struct spec *spec, enum arm arm, int round)
{
	struct population population = population_start(spec);
	long entries = entries_to_free(&population, spec);
	struct company company = company_start(spec, &population);
	long workers_ns = arm_has_module(arm) ?
			  knob_get("stats/worker_cpu_ns") : 0;
	long free_after = swap_free() + entries - swap_slack(), start_ns;
	struct kthreads kthreads = kthreads_find(spec);
	double others_ms;

	settle();
	spread(round);
	kthreads_start(&kthreads);
	others_ms = others_run_ms();
	start_ns = now_ns();
	if (spec->foreground)
		foreground_go(&company.foreground);
	population_kill(&population, spec->killed,
			spec->mrelease ? &company.killer : NULL);
	if (arm != ARM_DROP)
		record_long("back_ns", back_wait(spec, arm, entries,
						 free_after, start_ns));
	company_stop(&company, spec, start_ns);
	settle();
	others_ms = others_run_ms() - others_ms;
	kthreads_stop(&kthreads, spec);
	population_reap(&population, spec->killed);
	record_long("entries", entries);
	record_long("all_dead_ns", population.dead_ns);
	record_long("all_cpu_ns", others_ms * 1e6);
	record_members(&population, spec->killed);
	if (arm_has_module(arm))
		record_module(workers_ns);
	population_end(&population, spec->killed);
}
