// SPDX-License-Identifier: GPL-2.0
/*
 * Measures what dying costs, in the guest of the bench:
 *	bench KEY=VALUE... [-- KEY=VALUE...]...
 * Each description of spec.h is measured in rounds, all of its arms in turn.
 * Prints an object of JSON a line: what the machine is, then every sample.
 */
#include <stdio.h>
#include <string.h>
#include <sys/sysinfo.h>
#include <sys/utsname.h>

#include "arm.h"
#include "backing.h"
#include "death.h"
#include "living.h"
#include "population.h"
#include "record.h"
#include "spec.h"
#include "swap.h"
#include "util.h"

#define WARM_UP_SIZE	MIB(2)

static void record_machine(void)
{
	struct utsname name;
	struct sysinfo info;

	uname(&name);
	sysinfo(&info);
	record_begin();
	record_string("kernel", name.release);
	record_string("machine", name.machine);
	record_long("cpus", cpu_count());
	record_long("nodes", node_count());
	record_long("memory", info.totalram * info.mem_unit);
	arm_init();
	record_end();
}

/*
 * Fills the pools and caches that a kill takes from. At first the guest's
 * memory has never been used, and is given back more cheaply than ever after.
 */
static void warm_up(const struct spec *spec, enum arm arm)
{
	static bool memory_was_used;
	long free_before = swap_free();
	struct spec small = *spec;
	struct population population;

	small.processes = 1;
	small.killed = 1;
	if (memory_was_used)
		small.size = WARM_UP_SIZE;
	memory_was_used = true;
	population = population_start(&small);
	population_kill(&population, 1, NULL);
	population_reap(&population, 1);
	population_end(&population, 1);
	if (arm != ARM_DROP)
		swap_must_be_back(free_before);
}

/* On a new device, for entries of a used one come in another order. */
static void sample(const struct spec *spec, enum arm arm, int round)
{
	backing_on(spec, arm);
	arm_enter(arm, spec->params);
	warm_up(spec, arm);
	record_begin();
	spec_record(spec);
	record_string("arm", arm_names[arm]);
	record_long("round", round);
	if (spec->measure == EXIT)
		death_measure(spec, arm, round);
	else
		living_measure(spec);
	record_end();
	arm_leave(arm);
	backing_off(spec, arm);
}

static void measure(const struct spec *spec)
{
	population_make_cgroups(spec);
	for (int round = 1; round <= spec->rounds; round++)
		for (int arm = 0; arm < ARMS; arm++)
			if (spec->arms[arm])
				sample(spec, arm, round);
}

int main(int argc, char **argv)
{
	swap_init();
	record_machine();
	for (int first = 1, end; first < argc; first = end + 1) {
		struct spec spec;

		for (end = first; end < argc && strcmp(argv[end], "--"); end++)
			;
		argv[end] = NULL;
		spec = spec_parse(argv + first);
		measure(&spec);
	}
	return 0;
}
