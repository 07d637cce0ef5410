/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A node's slot map: the slots that wait to be freed, whoever held them. The
 * map is freed in rounds: all that it holds when a round begins is freed before
 * the next one begins. Any task may take a cluster of the present round and free
 * it, but only while it holds one of the map's hands, a spinlock: so nobody
 * holds slots while it sleeps or is pre-empted (on PREEMPT_RT whoever waits for
 * the hand lends the holder its priority).
 */
#ifndef SWAPREAP_MAP_H
#define SWAPREAP_MAP_H

#include <linux/spinlock.h>
#include <linux/swap.h>
#include <linux/xarray.h>

#include "leaf.h"

/* As many tasks can free at the same time; more wait for each other. */
#define MAP_HANDS	16

#define MAP_RECENT	64

/**
 * struct hand - the right to take a cluster and free it
 * @lock: held from taking the cluster until it has been freed
 * @stamp: how old it is at most, ns of CLOCK_MONOTONIC; U64_MAX with none
 */
struct hand {
	spinlock_t lock; /* see above */
	u64 stamp;
} ____cacheline_aligned_in_smp;

/**
 * struct map - a node's slot map
 * @filling: held to fill the map, to begin a round and to free leaves. Taken
 *	before a hand's lock
 * @leaves: for each device, its leaves by their number
 * @recent: leaves that were filled lately, by their number
 * @all: all leaves
 * @nr_leaves: how many
 * @fresh: leaves with slots for the next round
 * @fresh_stamp: how old these are at most
 * @lock: protects all below. Raw, and taken last, for a few instructions
 * @todo: leaves with clusters of the present round
 * @todo_stamp: how old these are at most
 * @hands: see struct hand
 */
struct map {
	spinlock_t filling; /* see above */
	struct xarray leaves[MAX_SWAPFILES];
	struct leaf *recent[MAP_RECENT];
	struct leaf *all;
	unsigned int nr_leaves;
	struct leaf *fresh;
	u64 fresh_stamp;
	raw_spinlock_t lock;
	struct leaf *todo;
	u64 todo_stamp;
	struct hand hands[MAP_HANDS];
};

/**
 * struct piece - a cluster that was taken to be freed
 * @leaf: its leaf
 * @cluster: its number in the leaf
 */
struct piece {
	struct leaf *leaf;
	unsigned int cluster;
};

void map_init(struct map *map);
void map_exit(struct map *map);
unsigned int map_set(struct map *map, u64 key, unsigned int nr, u64 *again);
bool map_begin_round(struct map *map);
struct hand *map_take_hand(struct map *map) __acquires(map->hands);
void map_give_hand(struct hand *hand) __releases(hand);
bool map_take(struct map *map, struct hand *hand, struct piece *piece);
void map_put_back(struct map *map, struct hand *hand,
		  const struct piece *piece);
u64 map_oldest(struct map *map);
void map_sync(struct map *map);
void map_trim(struct map *map);

#endif
