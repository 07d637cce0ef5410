/* SPDX-License-Identifier: GPL-2.0 */
/* Who wants back what is pending: reclaim, the OOM killer, swapoff. */
#ifndef SWAPREAP_EVENTS_H
#define SWAPREAP_EVENTS_H

int events_init(void);
void events_exit(void);

#endif
