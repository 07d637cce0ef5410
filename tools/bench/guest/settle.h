/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SETTLE_H
#define SETTLE_H

#include <unistd.h>

/*
 * What the kernel has put off until after a grace period of RCU or for a
 * kworker is done by then, and falls on nobody who is measured. There is
 * nothing that would tell.
 */
static inline void settle(void)
{
	usleep(100000);
}

#endif
