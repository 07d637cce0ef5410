// SPDX-License-Identifier: GPL-2.0
/*
 * How much sooner a killed process is gone, and what that costs in all.
 *
 * The cost is the time that every task on every CPU ran for, by the
 * scheduler's own clock (rq_cpu_time in /proc/schedstat, exact to the last
 * context switch), from the kill until SwapFree is back, less what the
 * measuring process ran for. So nothing hides in a kworker or in ksoftirqd.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#include "module.h"
#include "runner.h"
#include "swap.h"
#include "util.h"
#include "victim.h"

#define KILLS		5	/* each way, and as many again while in doubt */
#define MAX_KILLS	15
#define BACK_MS		20000

/* What is measured with, and what may come out, in parts of the kernel's own. */
struct terms {
	size_t size;
	double time;
	double cpu;
};

struct sample {
	double time_ms;
	double cpu_ms;
};

enum way { OWN, DIVERTED, WAYS };

struct series {
	struct sample samples[WAYS][MAX_KILLS];
	int count;
};

static long long all_run_time(void)
{
	char line[512];
	long long total = 0, run;
	FILE *file = fopen("/proc/schedstat", "re");

	check(file, "cannot read /proc/schedstat: %m");
	while (fgets(line, sizeof(line), file))
		if (sscanf(line, "cpu%*d %*s %*s %*s %*s %*s %*s %lld",
			   &run) == 1)
			total += run;
	fclose(file);
	return total;
}

static long long own_run_time(void)
{
	char text[128];

	check(read_file("/proc/self/schedstat", text, sizeof(text)) > 0,
	      "cannot read /proc/self/schedstat");
	return strtoll(text, NULL, 10);
}

/* Of all but this process, which sleeps first so that its own is accounted. */
static double others_run_ms(void)
{
	usleep(1000);
	return (all_run_time() - own_run_time()) / 1e6;
}

static struct sample measure(struct victim *victim)
{
	long free_after = swap_free() + victim->entries;
	double cpu_before = others_run_ms();
	struct sample sample;

	sample.time_ms = victim_kill(victim) / 1e6;
	check(swap_is_back(free_after, BACK_MS), "swap is not back");
	sample.cpu_ms = others_run_ms() - cpu_before;
	return sample;
}

static struct sample measure_diverted(struct victim *victim)
{
	struct sample sample;

	module_must_load("");
	sample = measure(victim);
	knob_set("drain", 1);
	diag("  workers %.1f ms, %ld diverted of %ld",
	     knob_get("stats/worker_cpu_ns") / 1e6, knob_get("stats/diverted"),
	     victim->entries);
	module_must_unload();
	return sample;
}

static void measure_in_turn(struct series *series, size_t size)
{
	struct victim victims[WAYS];

	for (int i = 0; i < KILLS; i++, series->count++) {
		struct sample own, diverted;

		victims_start(victims, WAYS, size, IN_ORDER);
		own = measure(&victims[OWN]);
		diverted = measure_diverted(&victims[DIVERTED]);
		series->samples[OWN][series->count] = own;
		series->samples[DIVERTED][series->count] = diverted;
		diag("kernel alone %.2f ms, CPU %.1f ms; diverted %.2f ms, CPU %.1f ms",
		     own.time_ms, own.cpu_ms, diverted.time_ms,
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

static struct sample medians(const struct sample *samples, int count)
{
	double times[MAX_KILLS], cpus[MAX_KILLS];

	for (int i = 0; i < count; i++) {
		times[i] = samples[i].time_ms;
		cpus[i] = samples[i].cpu_ms;
	}
	return (struct sample){ median(times, count), median(cpus, count) };
}

/*
 * Up to 6.9 every entry comes by itself, and a kernel for real time is not one
 * for throughput: there the gain is smaller.
 */
static struct terms terms(void)
{
	struct utsname name;

	uname(&name);
	if (kernel_has_symbol("free_swap_and_cache") ||
	    strstr(name.release, "-rt-"))
		return (struct terms){ .size = MIB(32), .time = 0.5, .cpu = 1.5 };
	return (struct terms){ .size = MIB(128), .time = 0.1, .cpu = 1.1 };
}

static void speed(const struct test *test)
{
	struct terms terms_here = terms();
	struct sample own, diverted;
	struct series series = {};
	double time, cpu;

	(void)test;
	do {
		measure_in_turn(&series, terms_here.size);
		own = medians(series.samples[OWN], series.count);
		diverted = medians(series.samples[DIVERTED], series.count);
		time = diverted.time_ms / own.time_ms;
		cpu = diverted.cpu_ms / own.cpu_ms;
		diag("medians of %d: kernel alone %.2f ms, CPU %.1f ms; diverted %.2f ms, CPU %.1f ms",
		     series.count, own.time_ms, own.cpu_ms, diverted.time_ms,
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
		.alone = true,
		.seconds = 180,
	},
	{}
};
