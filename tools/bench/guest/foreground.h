/* SPDX-License-Identifier: GPL-2.0 */
/* A process that somebody waits for to start. */
#ifndef FOREGROUND_H
#define FOREGROUND_H

#include "spec.h"
#include "task.h"

struct foreground {
	struct task task;
};

/* It is there, and waits to be told to start. */
struct foreground foreground_prepare(const struct spec *spec);
void foreground_go(struct foreground *foreground);
/* Waits until it has started, ends it, and adds to the record. */
void foreground_stop(struct foreground *foreground);

#endif
