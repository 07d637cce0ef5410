/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Moves entries on, a step at a time: from the queue into the slot map, and from
 * there, cluster by cluster, to the target. Anybody may, at any time and beside
 * others: workers, whoever reclaims, whoever waits for all to be freed. Between
 * two steps nobody holds anything.
 */
#ifndef SWAPREAP_DRAIN_H
#define SWAPREAP_DRAIN_H

#include <linux/types.h>

struct reap_node;

/**
 * struct turn - what a task freed of a node, step by step
 * @begin: when it began, ns of CLOCK_MONOTONIC
 * @age: how long the oldest of the entries was pending, at most, ns
 * @pages: pages freed
 * @runs: rows of neighbours among them
 * @calls: calls of the target
 */
struct turn {
	u64 begin;
	u64 age;
	unsigned long pages;
	unsigned long runs;
	unsigned long calls;
};

void turn_begin(struct turn *turn);
void turn_end(struct turn *turn, struct reap_node *node);
bool drain_step(struct reap_node *node, struct turn *turn);
unsigned long drain_some(struct reap_node *node, unsigned long enough);
void drain_all(void);

#endif
