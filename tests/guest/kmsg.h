/* SPDX-License-Identifier: GPL-2.0 */
/* What the kernel says from a moment on. */
#ifndef KMSG_H
#define KMSG_H

#include <stdbool.h>

int kmsg_open(void);
/* True if a line since the last look holds both. */
bool kmsg_says(int kmsg, const char *one, const char *other);

#endif
