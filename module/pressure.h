/* SPDX-License-Identifier: GPL-2.0 */
/* What is done when memory or swap is short. */
#ifndef SWAPREAP_PRESSURE_H
#define SWAPREAP_PRESSURE_H

#include <linux/types.h>

int pressure_init(void);
void pressure_exit(void);
bool swap_is_low(long more);
void swap_hurry(void);
void swap_look(void);

#endif
