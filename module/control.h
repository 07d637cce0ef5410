/* SPDX-License-Identifier: GPL-2.0 */
/* What the sysfs files make the module do as a whole. */
#ifndef SWAPREAP_CONTROL_H
#define SWAPREAP_CONTROL_H

int control_enable(long enable);
int control_drain(void);
void control_pause(void);
void control_resume(void);

#endif
