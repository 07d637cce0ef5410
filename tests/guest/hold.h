/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Processes that get no further for as long as the test wants, but for 30 seconds
 * at most, by modules/hold_exit.c.
 */
#ifndef HOLD_H
#define HOLD_H

#include "victim.h"

/* Before the first process that is held. */
void hold_begin(void);
/*
 * A page that holds the process that has mapped it, when it touches the page and
 * when it dies.
 */
void *hold_map(void);
/* Starts a process that is held when it dies, once it has diverted all. */
struct victim hold_victim_start(size_t size, enum order order);
/* Waits until @count processes are held. */
void hold_wait(int count);
/* Kills it; returns when it is held. */
void hold_victim_kill(struct victim *victim);
/* Lets all of them go. */
void hold_end(void);
/* After hold_end(), when all of them are dead. */
void hold_clean_up(void);

#endif
