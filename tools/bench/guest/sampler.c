// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <sys/sysinfo.h>
#include <time.h>

#include "record.h"
#include "sampler.h"
#include "shared.h"
#include "util.h"

#define PERIOD_NS	20000000L
#define MAX_LOOKS	8192

struct looks {
	int count;
	long at_ns[MAX_LOOKS];
	long free_bytes[MAX_LOOKS];
	long idle_ticks[MAX_LOOKS];	/* of all CPUs, 10 ms each */
};

static long idle_ticks(void)
{
	char text[256];
	long idle;

	check(read_file("/proc/stat", text, sizeof(text)) > 0,
	      "cannot read /proc/stat");
	check(sscanf(text, "cpu %*d %*d %*d %ld", &idle) == 1,
	      "/proc/stat begins with '%s'", text);
	return idle;
}

static void look(struct looks *looks)
{
	struct sysinfo info;
	int i = looks->count;

	sysinfo(&info);
	looks->at_ns[i] = now_ns();
	looks->free_bytes[i] = info.freeram * info.mem_unit;
	looks->idle_ticks[i] = idle_ticks();
	looks->count = i + 1;
}

static void look_often(struct task *parent, void *arg)
{
	struct looks *looks = arg;

	look(looks);
	task_say(parent, 0);
	while (looks->count < MAX_LOOKS) {
		long next = looks->at_ns[looks->count - 1] + PERIOD_NS;
		struct timespec until = { next / 1000000000L,
					  next % 1000000000L };

		clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL);
		look(looks);
	}
	task_hear(parent);
}

struct sampler sampler_start(void)
{
	struct sampler sampler = {
		.looks = shared_create(sizeof(struct looks)),
	};

	sampler.task = task_start(look_often, sampler.looks);
	task_hear(&sampler.task);
	return sampler;
}

void sampler_stop(struct sampler *sampler, long start_ns)
{
	struct looks *looks = sampler->looks;

	task_kill(&sampler->task);
	for (int i = 0; i < looks->count; i++)
		looks->at_ns[i] -= start_ns;
	record_longs("look_at_ns", looks->at_ns, looks->count);
	record_longs("free_bytes", looks->free_bytes, looks->count);
	record_longs("idle_ticks", looks->idle_ticks, looks->count);
	shared_destroy(looks, sizeof(*looks));
}
