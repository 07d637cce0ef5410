/* SPDX-License-Identifier: GPL-2.0 */
/* What the kernel says from a moment on. */
#ifndef KMSG_H
#define KMSG_H

#include <stdbool.h>

struct kmsg_line {
	char text[8192];
	long long ns;	/* by the kernel's log */
};

int kmsg_open(void);
/* Return now_ns() less the time by the log. */
long long kmsg_offset(int kmsg);
/* Get the next line with @words in it. Return false if there is none yet. */
bool kmsg_next(int kmsg, const char *words, struct kmsg_line *line);
/* True if a line since the last look holds both. */
bool kmsg_says(int kmsg, const char *one, const char *other);

#endif
