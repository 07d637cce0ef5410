/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A killer at work: a process grows where memory is short, and the killer kills
 * from a crowd until there is enough. How many survive, without and with the
 * module?
 */
#ifndef CONTEST_H
#define CONTEST_H

#include <stdbool.h>
#include <stddef.h>

#include "crowd.h"

/**
 * struct contest - what happens each time
 * @crowd: from whom the killer chooses
 * @busy: processes of nice 0 that never sleep, over all CPUs
 * @growth: bytes by which a process grows that the killer leaves alone
 * @locked: whether these cannot be swapped out
 * @enter: called first by this process, to enter a cgroup; or NULL
 * @prepare: makes memory short
 * @start: starts the killer; or NULL
 * @stop: ends it, and notes when it killed
 * @clean_up: undoes @prepare, when the crowd is gone
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
 * Has it happen several times each way. Fails if fewer survive with the module,
 * all told. What the test itself sets up has to be undone before: @finish.
 */
void contest_must_be_even(const struct contest *contest,
			  void (*finish)(void));

#endif
