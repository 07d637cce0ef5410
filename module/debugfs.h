/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SWAPREAP_DEBUGFS_H
#define SWAPREAP_DEBUGFS_H

void debugfs_init(void);
void debugfs_exit(void);

#endif
