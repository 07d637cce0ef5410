/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The module's trace events, through an instance of our own below tracefs:
 * nobody else's tracing is disturbed. tracefs.c alone knows where that is.
 */
#ifndef TRACEFS_H
#define TRACEFS_H

#include <stdbool.h>
#include <stddef.h>

/**
 * struct tracer - events being followed
 * @instance: directory of the instance
 * @pipe: to be polled; -1 if there is none
 * @text: what was read and not yet given out
 * @length: of @text
 */
struct tracer {
	char *instance;
	int pipe;
	char text[16384];
	size_t length;
};

/**
 * struct trace_event - one of them
 * @time: since boot, in seconds
 * @pid: of the task
 * @name: of the event
 * @fields: NAME=VALUE, apart by blanks
 */
struct trace_event {
	double time;
	int pid;
	char name[32];
	char fields[256];
};

int tracer_start(struct tracer *tracer, char **why);
bool tracer_read(struct tracer *tracer);
bool tracer_next(struct tracer *tracer, struct trace_event *event);
void tracer_stop(struct tracer *tracer);
bool trace_number(const struct trace_event *event, const char *name,
		  long long *value);
bool tracefs_has_owner(const char *function);

#endif
