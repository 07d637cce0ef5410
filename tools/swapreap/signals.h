/* SPDX-License-Identifier: GPL-2.0 */
/* Being told to stop, for what has to put things back first. */
#ifndef SIGNALS_H
#define SIGNALS_H

#include <stdatomic.h>

/* The signal that asked to stop, or 0. */
extern atomic_int stopped;

void signals_catch(void);
void signals_release(void);

#endif
