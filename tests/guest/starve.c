// SPDX-License-Identifier: GPL-2.0
#include "module.h"
#include "starve.h"
#include "util.h"

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
	for (int cpu = 0; cpu < cpu_count(); cpu++) {
		struct task hog;

		pin_to_cpu(cpu);
		hog = task_start(spin, NULL);
		task_hear(&hog);
	}
	unpin();
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
