/* SPDX-License-Identifier: GPL-2.0 */
/* The parts of swapreap bench: a process to kill, what was measured, a picture. */
#ifndef BENCH_H
#define BENCH_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/**
 * struct victim - a process with memory in swap
 * @pid: of it
 * @pages: how many are in swap
 * @cpu: CPU time it had used before it was killed, in seconds
 */
struct victim {
	pid_t pid;
	long pages;
	double cpu;
};

/* What is measured of a kill, in seconds. */
enum quantity {
	DEAD,
	BACK,
	CPU,
	NR_QUANTITIES,
};

/**
 * struct kill - a victim's end
 * @on: whether the module diverted
 * @pages: that it had in swap
 * @diverted: of these, by the module
 * @time: until it was dead, until its swap was back, CPU time of it and of the
 *        module's workers
 */
struct kill {
	bool on;
	long pages;
	long diverted;
	double time[NR_QUANTITIES];
};

/**
 * struct bench - a whole run
 * @mib: size of a victim
 * @kills: all of them
 * @nr: how many
 */
struct bench {
	long mib;
	struct kill *kills;
	size_t nr;
};

double bench_median(const struct bench *bench, bool on, enum quantity quantity);
double bench_least(const struct bench *bench, bool on, enum quantity quantity);
double bench_most(const struct bench *bench, bool on, enum quantity quantity);

bool victim_start(struct victim *victim, long mib,
		  void (*progress)(int percent, void *arg), void *arg);
void victim_kill(struct victim *victim, struct kill *kill);

bool bench_can_plot(void);
int bench_plot(const struct bench *bench, const char *release,
	       const char *path);

#endif
