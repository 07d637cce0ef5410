// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>

#include "hold.h"
#include "module.h"
#include "util.h"

#define DEVICE		"/dev/" EXIT_HOLDER
#define HELD		"/sys/module/" EXIT_HOLDER "/parameters/held"
#define HELD_MS		10000

static int holder = -1;

struct order_form {
	size_t size;
	enum order order;
};

void hold_begin(void)
{
	int err = module_insert(EXIT_HOLDER_FILE, "");

	check(!err || err == -EEXIST, "cannot load %s: %s", EXIT_HOLDER_FILE,
	      strerror(-err));
	holder = open(DEVICE, O_WRONLY | O_CLOEXEC);
	check(holder >= 0, "cannot open " DEVICE ": %m");
}

void *hold_map(void)
{
	int file = open(DEVICE, O_RDONLY | O_CLOEXEC);
	void *page;

	check(file >= 0, "cannot open " DEVICE ": %m");
	page = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE, file, 0);
	check(page != MAP_FAILED, "mmap " DEVICE ": %m");
	close(file);
	return page;
}

static void swap_out_and_wait(struct task *parent, void *arg)
{
	const struct order_form *form = arg;
	struct region region = region_create(form->size, getpid());

	region_must_page_out(&region, form->order);
	hold_map();
	task_say(parent, region_pages(&region));
	task_hear(parent);
}

struct victim hold_victim_start(size_t size, enum order order)
{
	struct order_form form = { .size = size, .order = order };
	struct victim victim = { .task = task_start(swap_out_and_wait, &form) };

	victim.entries = task_hear(&victim.task);
	return victim;
}

void hold_wait(int count)
{
	check(wait_until(read_number(HELD) == count, HELD_MS),
	      "%ld processes are held, not %d", read_number(HELD), count);
}

void hold_victim_kill(struct victim *victim)
{
	task_signal(&victim->task, SIGKILL);
	hold_wait(1);
}

void hold_end(void)
{
	close(holder);
	holder = -1;
	hold_wait(0);
}

void hold_clean_up(void)
{
	int err;

	/* a process that is dead may still be closing what it had mapped */
	check(wait_until(!(err = module_remove(EXIT_HOLDER)), HELD_MS),
	      "cannot unload %s: %s", EXIT_HOLDER, strerror(-err));
}
