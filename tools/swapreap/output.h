/* SPDX-License-Identifier: GPL-2.0 */
/* What the command says, and how: messages, colour, sizes, files as a whole. */
#ifndef OUTPUT_H
#define OUTPUT_H

#include <stdbool.h>
#include <stdio.h>

#define PRINTF(nr, first)	__attribute__((format(printf, nr, first)))

#define ARRAY_SIZE(array)	(sizeof(array) / sizeof((array)[0]))

enum style {
	PLAIN,
	BOLD,
	FAINT,
	GOOD,
	BAD,
};

/* Long enough for what format_size() and format_time() make. */
#define FORMAT_MAX	32

void error(const char *format, ...) PRINTF(1, 2);
void *must(void *memory);
char *text_of(const char *format, ...) PRINTF(1, 2);
bool output_has_colour(FILE *file);
const char *style(FILE *file, enum style style);
const char *format_size(char *text, double bytes);
const char *format_time(char *text, double seconds);
long page_size(void);
int write_whole(const char *path, void (*print)(FILE *file, void *arg),
		void *arg);
int output_end(int status);

#endif
