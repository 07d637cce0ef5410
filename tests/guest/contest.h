/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A process grows while memory is short, and a killer kills processes of a crowd
 * until there is enough. Counts survivors without and with the module.
 */
#ifndef CONTEST_H
#define CONTEST_H

#include <stdbool.h>
#include <stddef.h>

#include "crowd.h"

/**
 * struct contest - one round
 * @crowd: the processes that the killer chooses from
 * @busy: number of processes of nice 0 that never sleep, spread over all CPUs
 * @growth: bytes by which another process grows, which the killer must not kill
 * @locked: lock these bytes into memory
 * @enter: called by that process at its start, to enter a cgroup; or NULL
 * @prepare: make memory short
 * @start: start the killer; or NULL if that is the kernel
 * @stop: end the killer, and note when it killed
 * @clean_up: undo @prepare
 */
struct contest {
	struct crowd_form crowd;
	int busy;
	size_t growth;
	bool locked;
	void (*enter)(void);
	void (*prepare)(void);
	void (*start)(struct crowd *crowd);
	void (*stop)(struct crowd *crowd);
	void (*clean_up)(void);
};

/*
 * Play several rounds each way. Fails the test if fewer processes survive in all
 * rounds with the module than in all without it. @finish undoes what the test has
 * set up, and is called before the test can fail.
 */
void contest_must_be_even(const struct contest *contest,
			  void (*finish)(void));

#endif
