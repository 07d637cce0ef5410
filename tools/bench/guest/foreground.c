// SPDX-License-Identifier: GPL-2.0
#include "foreground.h"
#include "record.h"
#include "region.h"
#include "util.h"

struct order_form {
	size_t size;
	unsigned long seed;
};

/* What starting comes to: filling memory, that may have to be found first. */
static void start(struct task *parent, void *arg)
{
	const struct order_form *form = arg;
	long long told;

	task_say(parent, 0);
	task_hear(parent);
	told = now_ns();
	region_create(form->size, form->seed);
	task_say(parent, now_ns() - told);
	task_hear(parent);
}

struct foreground foreground_prepare(const struct spec *spec)
{
	struct order_form form = { spec->foreground, spec->seed * 4096 - 1 };
	struct foreground foreground = { task_start(start, &form) };

	task_hear(&foreground.task);
	return foreground;
}

void foreground_go(struct foreground *foreground)
{
	task_say(&foreground->task, 0);
}

void foreground_stop(struct foreground *foreground)
{
	record_long("foreground_ns", task_hear(&foreground->task));
	task_kill(&foreground->task);
}
