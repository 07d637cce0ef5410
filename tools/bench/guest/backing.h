/* SPDX-License-Identifier: GPL-2.0 */
/* What is swapped to; new for each sample. */
#ifndef BACKING_H
#define BACKING_H

#include "spec.h"

void backing_on(const struct spec *spec, enum arm arm);
void backing_off(const struct spec *spec, enum arm arm);

#endif
