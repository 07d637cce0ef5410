/* SPDX-License-Identifier: GPL-2.0 */
/* Being told to stop, for what has to put things back first. */
#ifndef SIGNALS_H
#define SIGNALS_H

#include <signal.h>

extern volatile sig_atomic_t stopped;

void signals_catch(void);
void signals_release(void);

#endif
