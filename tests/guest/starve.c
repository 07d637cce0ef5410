// SPDX-License-Identifier: GPL-2.0
#include "module.h"
#include "starve.h"
#include "util.h"

#define MAX_HOGS 16

static struct task hogs[MAX_HOGS];
static int hog_count;

static void spin(struct task *parent, void *arg)
{
	(void)arg;
	task_say(parent, 0);
	for (;;)
		;
}

void starve_workers(void)
{
	knob_set("worker_nice", 19);
	for (int cpu = 0; cpu < cpu_count() && cpu < MAX_HOGS; cpu++) {
		pin_to_cpu(cpu);
		hogs[hog_count] = task_start(spin, NULL);
		task_hear(&hogs[hog_count++]);
	}
	unpin();
}

void feed_workers(void)
{
	while (hog_count)
		task_kill(&hogs[--hog_count]);
}

long make_backlog(size_t size)
{
	struct victim victim = victim_start(size, SCATTERED);
	long pending;

	starve_workers();
	victim_kill(&victim);
	pending = knob_get("stats/pending");
	check(pending > 0, "no backlog of %ld entries", victim.entries);
	return pending;
}
