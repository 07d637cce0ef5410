// SPDX-License-Identifier: GPL-2.0
#include <poll.h>

#include "storm.h"
#include "util.h"
#include "victim.h"

/* above the default exit_threshold, and soon swapped out */
#define SIZE MIB(2)

static bool told(struct task *other)
{
	struct pollfd fd = { .fd = other->line, .events = POLLIN };

	return poll(&fd, 1, 0) > 0;
}

static void make(struct task *parent, void *arg)
{
	long killed;

	(void)arg;
	for (killed = 0; !told(parent); killed++)
		victim_sacrifice(SIZE, IN_ORDER);
	task_say(parent, killed);
}

struct storm storm_start(void)
{
	struct storm storm;

	for (int i = 0; i < STORM_MAKERS; i++)
		storm.makers[i] = task_start(make, NULL);
	return storm;
}

long storm_stop(struct storm *storm)
{
	long killed = 0;

	for (int i = 0; i < STORM_MAKERS; i++)
		task_say(&storm->makers[i], 0);
	for (int i = 0; i < STORM_MAKERS; i++) {
		killed += task_hear(&storm->makers[i]);
		task_join(&storm->makers[i]);
	}
	return killed;
}
