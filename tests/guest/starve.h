/* SPDX-License-Identifier: GPL-2.0 */
/* Keeps the workers from getting on, so that a backlog stays for a while. */
#ifndef STARVE_H
#define STARVE_H

#include "victim.h"

/* Every CPU is busy with something else, and the workers are the nicest. */
void starve_workers(void);
/* The CPUs are free again. */
void feed_workers(void);
/* Starves them, then kills a process of @size bytes; pages then pending. */
long make_backlog(size_t size);

#endif
