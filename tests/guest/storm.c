// SPDX-License-Identifier: GPL-2.0
#include <signal.h>

#include "storm.h"
#include "util.h"
#include "victim.h"

#define SIZE (64 * PAGE)
#define PAUSE_MS 20	/* so that the others get on, too */

/* They die in two tasks at the same time, as what lmkd kills. */
static void sacrifice(void)
{
	struct victim victim = victim_start(SIZE, IN_ORDER);

	task_signal(&victim.task, SIGKILL);
	task_mrelease(victim.task.pid);
	task_reap(&victim.task);
}

static void make(struct task *parent, void *arg)
{
	long killed;

	(void)arg;
	for (killed = 0; !task_told(parent, PAUSE_MS); killed++)
		sacrifice();
	task_hear(parent);
	task_say(parent, killed);
}

struct task storm_start(void)
{
	return task_start(make, NULL);
}

long storm_stop(struct task *storm)
{
	long killed;

	task_say(storm, 0);
	killed = task_hear(storm);
	task_join(storm);
	return killed;
}
