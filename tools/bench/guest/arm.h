/* SPDX-License-Identifier: GPL-2.0 */
/* Who frees the entries of the dying. */
#ifndef ARM_H
#define ARM_H

#include "spec.h"

/* Once: what the module says about itself. */
void arm_init(void);
void arm_enter(enum arm arm, const char *params);
void arm_leave(enum arm arm);
/* Whether the module is there to be asked for its statistics. */
bool arm_has_module(enum arm arm);

#endif
