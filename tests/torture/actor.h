/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A process that does at random what processes do to memory: maps, writes,
 * swaps out, forks, checks that it still holds what it wrote, dies.
 */
#ifndef ACTOR_H
#define ACTOR_H

#include <stdatomic.h>
#include <stdbool.h>
#include <sys/types.h>

/* Runs until @over, or until it is killed. It dies with its parent. */
pid_t actor_start(unsigned long seed, const _Atomic bool *over);
/* Whether a process that ended with @status found nothing wrong. */
bool actor_ended_well(int status);

#endif
