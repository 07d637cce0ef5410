/* SPDX-License-Identifier: GPL-2.0 */
/* Keeps the workers from getting on, so that a backlog stays for a while. */
#ifndef STARVE_H
#define STARVE_H

#include "victim.h"

/* Every CPU is busy with something else, and the workers are the nicest. */
void starve_workers(void);
/*
 * Every CPU belongs to a SCHED_FIFO task of @priority, 1 to 98, which never
 * sleeps. The caller goes above that.
 */
void starve_all(int priority);
/*
 * The workers may run on one CPU only, and that belongs to a task of the
 * highest priority: they get nowhere, whatever the module does for them. The
 * test and its children keep off it.
 */
void hold_workers(void);
/* The same by an ordinary task: they get on if they become real-time ones. */
void hold_ordinary_workers(void);
/* After hold_workers(): they are ordinary tasks again, and do not run as yet. */
void make_workers_ordinary(void);
/* Then: as hold_ordinary_workers() does. */
void loosen_hold(void);
/* The CPUs are free again. */
void feed_workers(void);
/* Starves them, then kills a process of @size bytes; pages then pending. */
long make_backlog(size_t size);

#endif
