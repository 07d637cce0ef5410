/* SPDX-License-Identifier: GPL-2.0 */
/* The module's histograms, and the kernel's list of probes, below debugfs. */
#ifndef DEBUGFS_H
#define DEBUGFS_H

#include <stdbool.h>
#include <stdio.h>

bool debugfs_histograms(FILE *file);
bool debugfs_has_probe(const char *function);

#endif
