/* SPDX-License-Identifier: GPL-2.0 */
/* Whether swap is being taken away. */
#ifndef SWAPREAP_SWAPOFF_H
#define SWAPREAP_SWAPOFF_H

#include <linux/types.h>

void swapoff_init(void);
void swapoff_exit(void);
bool swapoff_runs(void);

#endif
