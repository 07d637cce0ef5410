// SPDX-License-Identifier: GPL-2.0
/* How much sooner a killed process is gone, and what that costs in all. */
#include <stdio.h>
#include <stdlib.h>

#include "cost.h"
#include "module.h"
#include "runner.h"
#include "swap.h"
#include "util.h"
#include "victim.h"

#define KILLS		3	/* each way, and as many again while in doubt */
#define MAX_KILLS	15
#define WARM_UPS	2
#define WARM_UP_SIZE	(512 * PAGE)

/* What is measured with, and what may come out, in parts of the kernel's own. */
struct terms {
	size_t size;
	double time;
	double cpu;
};

enum way { OWN, DIVERTED, WAYS };

struct series {
	struct cost samples[WAYS][MAX_KILLS];
	int count;
};

/*
 * The emulator translates code when it first runs, and again after it was
 * patched, as the module's hook does. That is no part of what is measured.
 */
static void warm_up(void)
{
	long free_before = swap_free();

	for (int i = 0; i < WARM_UPS; i++) {
		victim_sacrifice(WARM_UP_SIZE, IN_ORDER);
		swap_must_be_back(free_before);
	}
}

/*
 * One victim at a time: where two share zram's pages, the second to die has
 * them to free.
 */
static struct cost measure(size_t size)
{
	struct victim victim;

	warm_up();
	victim = victim_start(size, IN_ORDER);
	return victim_cost(&victim);
}

static struct cost measure_diverted(size_t size)
{
	struct cost sample;

	module_must_load("");
	sample = measure(size);
	knob_set("drain", 1);
	diag("  workers %.1f ms, %ld diverted",
	     knob_get("stats/worker_cpu_ns") / 1e6, knob_get("stats/diverted"));
	module_must_unload();
	return sample;
}

static void measure_in_turn(struct series *series, size_t size)
{
	for (int i = 0; i < KILLS; i++, series->count++) {
		struct cost own = measure(size);
		struct cost diverted = measure_diverted(size);

		series->samples[OWN][series->count] = own;
		series->samples[DIVERTED][series->count] = diverted;
		diag("kernel alone %.2f ms, CPU %.1f ms; diverted %.2f ms, CPU %.1f ms",
		     own.dead_ms, own.cpu_ms, diverted.dead_ms,
		     diverted.cpu_ms);
	}
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double median(double *values, int count)
{
	qsort(values, count, sizeof(*values), compare);
	return (values[(count - 1) / 2] + values[count / 2]) / 2;
}

static struct cost medians(const struct cost *samples, int count)
{
	double times[MAX_KILLS], cpus[MAX_KILLS];

	for (int i = 0; i < count; i++) {
		times[i] = samples[i].dead_ms;
		cpus[i] = samples[i].cpu_ms;
	}
	return (struct cost){
		.dead_ms = median(times, count),
		.cpu_ms = median(cpus, count),
	};
}

/*
 * Where the clocks count instructions (tests/boot/boot -i), the terms are what
 * was seen and some room: time is about 0.1 of the kernel's own and CPU about 1.
 * The wall clock of emulated CPUs on a busy machine is no measure of cost.
 */
static struct terms terms(void)
{
	bool counted = getenv("counted");
	struct terms terms = {
		.size = MIB(64),
		.time = counted ? 0.15 : 0.33,
		.cpu = counted ? 1.3 : 3,
	};

	/* one entry at a time, and locks that may sleep: there is less to gain */
	if (kernel_has_symbol("free_swap_and_cache") || kernel_is_rt()) {
		terms.size = MIB(32);
		terms.time = counted ? 0.25 : 0.5;
	}
	return terms;
}

static void speed(const struct test *test)
{
	struct terms terms_here = terms();
	struct cost own, diverted;
	struct series series = {};
	double time, cpu;

	(void)test;
	if (kernel_is_slow())
		skip("what a kernel with checkers takes says nothing");
	do {
		measure_in_turn(&series, terms_here.size);
		own = medians(series.samples[OWN], series.count);
		diverted = medians(series.samples[DIVERTED], series.count);
		time = diverted.dead_ms / own.dead_ms;
		cpu = diverted.cpu_ms / own.cpu_ms;
		diag("medians of %d: kernel alone %.2f ms, CPU %.1f ms; diverted %.2f ms, CPU %.1f ms",
		     series.count, own.dead_ms, own.cpu_ms, diverted.dead_ms,
		     diverted.cpu_ms);
		diag("time %.3f of the kernel's own (%.2f allowed), CPU %.3f (%.2f allowed)",
		     time, terms_here.time, cpu, terms_here.cpu);
	} while ((time > terms_here.time || cpu > terms_here.cpu) &&
		 series.count + KILLS <= MAX_KILLS);
	check(time <= terms_here.time, "it takes too long to die");
	check(cpu <= terms_here.cpu, "it takes too much CPU in all");
}

const struct test speed_tests[] = {
	{
		.name = "a killed process with swap in order is gone in a fraction of the time, for hardly more CPU in all",
		.run = speed,
		.module = UNLOADED,
		.on_request = true,
		.seconds = 400,
	},
	{}
};
