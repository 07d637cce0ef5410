/* SPDX-License-Identifier: GPL-2.0 */
#ifndef VERSION_H
#define VERSION_H

#include <stdbool.h>
#include <stdio.h>

#include "module.h"

bool version_differs(const struct snapshot *snapshot);
void version_text(FILE *file, const struct snapshot *snapshot);

#endif
