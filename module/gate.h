/* SPDX-License-Identifier: GPL-2.0 */
/* Whether scopes may begin, and who waits until the last has ended. */
#ifndef SWAPREAP_GATE_H
#define SWAPREAP_GATE_H

#include <linux/types.h>

bool gate_is_open(void);
bool gate_enter(int *ticket);
void gate_leave(int ticket);
void gate_open(void);
void gate_close(void);
void gate_pause(void);
void gate_resume(void);

#endif
