/* SPDX-License-Identifier: GPL-2.0 */
/* The terminal as a screen of lines. */
#ifndef SCREEN_H
#define SCREEN_H

#include <stdbool.h>

int screen_start(void);
void screen_end(void);
void screen_begin(void);
void screen_line(bool bold, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void screen_text(const char *text);
void screen_bar(const char *label, double part, const char *text);
int screen_lines_left(void);
void screen_show(void);
bool screen_wants_to_quit(void);

#endif
