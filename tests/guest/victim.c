// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>

#include "util.h"
#include "victim.h"

#define REAPERS		3

struct order_form {
	size_t size;
	enum order order;
};

static void swap_out_and_wait(struct task *parent, void *arg)
{
	const struct order_form *form = arg;
	struct region region = region_create(form->size, getpid());

	region_must_page_out(&region, form->order);
	task_say(parent, region_pages(&region));
	task_hear(parent);
}

long victims_start(struct victim *victims, int count, size_t size,
		   enum order order)
{
	struct order_form form = { .size = size, .order = order };
	long entries = 0;

	for (int i = 0; i < count; i++)
		victims[i].task = task_start(swap_out_and_wait, &form);
	for (int i = 0; i < count; i++) {
		victims[i].entries = task_hear(&victims[i].task);
		entries += victims[i].entries;
	}
	return entries;
}

struct victim victim_start(size_t size, enum order order)
{
	struct victim victim;

	victims_start(&victim, 1, size, order);
	return victim;
}

long long victim_kill(struct victim *victim)
{
	return task_kill(&victim->task);
}

void victim_kill_and_stop(struct victim *victim)
{
	task_stop_at_exit(&victim->task);
	task_signal(&victim->task, SIGKILL);
	task_wait_stopped(&victim->task);
}

static void *reap_until_gone(void *arg)
{
	const struct victim *victim = arg;
	int err;

	do {
		err = task_mrelease(victim->task.pid);
		check(!err || err == -EINVAL || err == -EAGAIN || err == -ESRCH,
		      "process_mrelease: %s", strerror(-err));
	} while (err != -ESRCH);
	return NULL;
}

void victim_kill_contended(struct victim *victim)
{
	pthread_t threads[REAPERS];

	for (int i = 0; i < REAPERS; i++)
		check(!pthread_create(&threads[i], NULL, reap_until_gone,
				      victim), "cannot make a thread");
	task_signal(&victim->task, SIGKILL);
	for (int i = 0; i < REAPERS; i++)
		pthread_join(threads[i], NULL);
	task_reap(&victim->task);
}

long victim_sacrifice(size_t size, enum order order)
{
	struct victim victim = victim_start(size, order);

	victim_kill(&victim);
	return victim.entries;
}

void victims_kill(struct victim *victims, int count)
{
	for (int i = 0; i < count; i++)
		task_signal(&victims[i].task, SIGKILL);
	for (int i = 0; i < count; i++)
		task_reap(&victims[i].task);
}
