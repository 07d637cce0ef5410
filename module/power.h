/* SPDX-License-Identifier: GPL-2.0 */
/* What is done when the machine hibernates. */
#ifndef SWAPREAP_POWER_H
#define SWAPREAP_POWER_H

int power_init(void);
void power_exit(void);

#endif
