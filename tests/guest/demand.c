// SPDX-License-Identifier: GPL-2.0
#include <unistd.h>

#include "demand.h"
#include "util.h"

void demand_slab(void)
{
	check(!write_file("/proc/sys/vm/drop_caches", "2"), "drop_caches");
}

static void be_killed_first(struct task *parent, void *arg)
{
	(void)arg;
	check(!write_file("/proc/self/oom_score_adj", "1000"),
	      "cannot write oom_score_adj");
	task_say(parent, 0);
	for (;;)
		pause();
}

struct task offering_start(void)
{
	return task_start(be_killed_first, NULL);
}

/* The kernel asks everybody for memory before it kills, even on request. */
void offering_kill(struct task *offering)
{
	task_hear(offering);
	if (write_file("/proc/sysrq-trigger", "f"))
		skip("this kernel has no sysrq");
	task_reap(offering);
}
