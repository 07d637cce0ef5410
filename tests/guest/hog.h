/* SPDX-License-Identifier: GPL-2.0 */
/* Tasks that each take a CPU and never sleep. */
#ifndef HOG_H
#define HOG_H

#include <sys/types.h>

#define HIGHEST		99

/* @priority is 0 for policies without one. */
void set_scheduler(pid_t pid, int policy, int priority);
void make_realtime(pid_t pid, int priority);
/*
 * @priority is a real-time priority, or not above 0 a nice value. One of the
 * highest priority still lets those of the kernel's own threads through without
 * which softirqs, timers and RCU stand still.
 */
void hog_start(int cpu, int priority);
/* The one started last becomes an ordinary task of the highest weight. */
void hog_tame(void);
void hogs_end(void);

#endif
