/* SPDX-License-Identifier: GPL-2.0 */
/* Whether a CPU has nothing to do. */
#ifndef SWAPREAP_IDLE_H
#define SWAPREAP_IDLE_H

#include <linux/cpumask.h>

void idle_init(void);
bool cpu_idle_in(const struct cpumask *one, const struct cpumask *other);

#endif
