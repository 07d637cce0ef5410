/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the module's sources say about its knobs: meaning, range, default. A
 * newer module may have knobs that are not known here; those are left to it.
 */
#ifndef KNOBS_H
#define KNOBS_H

#include <stdbool.h>

const char *knob_summary(const char *name);
bool knob_is_number(const char *name);
bool knob_is_list(const char *name);
bool knob_is_default(const char *name, const char *text);
char *knob_refuses(const char *name, const char *text);
int knob_compare(const char *left, const char *right);

#endif
