/* SPDX-License-Identifier: GPL-2.0 */
/* What concerns the module as a whole: diverting or not, and freeing all. */
#ifndef SWAPREAP_CONTROL_H
#define SWAPREAP_CONTROL_H

int control_enable(long enable);
void control_disable(void);
int control_sweep(long sweep);
int control_init(void);
void control_exit(void);

#endif
