/* SPDX-License-Identifier: GPL-2.0 */
/* What goes on around those processes. */
#ifndef DISTURB_H
#define DISTURB_H

/* Each in a process of its own, until told; what they change they undo. */
void disturbances_start(unsigned long seed);
/* Returns when all have ended; tells what they did. */
void disturbances_stop(void);
/* Pages diverted in all, up to the last unloading. */
long diverted_before(void);

#endif
