/* SPDX-License-Identifier: GPL-2.0 */
/* The measurement of processes that are killed. */
#ifndef DEATH_H
#define DEATH_H

#include "spec.h"

/* Adds to the record what it costs to kill a population. */
void death_measure(const struct spec *spec, enum arm arm, int round);

#endif
