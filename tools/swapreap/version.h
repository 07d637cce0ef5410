/* SPDX-License-Identifier: GPL-2.0 */
#ifndef VERSION_H
#define VERSION_H

#include <stdio.h>

#include "module.h"

const char *version_warning(const struct snapshot *snapshot);
void version_text(FILE *file, const struct snapshot *snapshot);

#endif
