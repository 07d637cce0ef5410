/* SPDX-License-Identifier: GPL-2.0 */
/* The measurement of a living process that gives back or reads in its swap. */
#ifndef LIVING_H
#define LIVING_H

#include "spec.h"

/* Adds to the record what MUNMAP, DONTNEED or SWAPIN costs. */
void living_measure(const struct spec *spec);

#endif
