/* SPDX-License-Identifier: GPL-2.0 */
/* The kernel's trace buffer. */
#ifndef TRACE_H
#define TRACE_H

#include <stdbool.h>
#include <stdio.h>

/* Empty from now on, but for what is let in. */
void trace_clear(void);
/* Lets in an event, or all of a group of them: "swapreap/drain", "swapreap". */
void trace_let_in(const char *events, bool in);
FILE *trace_open(void);
/* The number that an event's @line gives for @field. */
long trace_field(const char *line, const char *field);

#endif
