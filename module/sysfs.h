/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SWAPREAP_SYSFS_H
#define SWAPREAP_SYSFS_H

int sysfs_init(void);
void sysfs_exit(void);

#endif
