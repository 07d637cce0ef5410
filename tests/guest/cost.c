// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <stdlib.h>

#include "cost.h"
#include "swap.h"
#include "util.h"

#define BACK_MS	20000
/* looking often would cost those that are measured CPU and interrupts */
#define LOOK_US	5000

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

/* Sleeps first so that all of its own is accounted. */
double others_run_ms(void)
{
	usleep(1000);
	return (all_run_time() - own_run_time()) / 1e6;
}

struct cost victim_cost(struct victim *victim)
{
	long free_after = swap_free() + victim->entries - swap_slack();
	double cpu_before = others_run_ms();
	long long start = now_ns();
	struct cost cost;

	cost.dead_ms = victim_kill(victim) / 1e6;
	check(wait_until_every(LOOK_US, swap_free() >= free_after, BACK_MS),
	      "swap is not back");
	cost.back_ms = (now_ns() - start) / 1e6;
	cost.cpu_ms = others_run_ms() - cpu_before;
	return cost;
}
