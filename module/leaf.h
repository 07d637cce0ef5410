/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A leaf of the slot map: a bit for each of 32768 neighbouring slots of a swap
 * device. Nothing here depends on the kernel but its atomic operations: it is
 * also compiled and tested on the host.
 */
#ifndef SWAPREAP_LEAF_H
#define SWAPREAP_LEAF_H

#include <linux/atomic.h>
#include <linux/types.h>

#define WORD_SLOTS	64
#define CLUSTER_WORDS	8
#define CLUSTER_SLOTS	(WORD_SLOTS * CLUSTER_WORDS)
#define LEAF_CLUSTERS	64
#define LEAF_SLOTS	(CLUSTER_SLOTS * LEAF_CLUSTERS)
#define LEAF_WORDS	(LEAF_SLOTS / WORD_SLOTS)

/**
 * struct leaf - 32768 slots
 * @key: the first slot
 * @words: a bit for each slot that waits to be freed; set by one task at a time,
 *	cleared by any
 * @fresh: a bit for each cluster that got a slot since the last round began
 * @todo: a bit for each cluster that the present round has yet to take
 * @next_fresh: the next leaf with @fresh
 * @next_todo: the next leaf with @todo
 * @next: the next leaf of the map
 */
struct leaf {
	u64 key;
	atomic64_t *words;
	u64 fresh;
	u64 todo;
	struct leaf *next_fresh;
	struct leaf *next_todo;
	struct leaf *next;
};

static inline u64 bits_mask(unsigned int first, unsigned int nr)
{
	return (~0ULL >> (WORD_SLOTS - nr)) << first;
}

/**
 * bits_first_run() - take the first row of bits out of a word
 * @bits: the word, not 0
 * @first: where the number of its first bit is put
 *
 * Return: how many bits are in the row.
 */
static inline unsigned int bits_first_run(u64 *bits, unsigned int *first)
{
	unsigned int nr;
	u64 rest;

	*first = __builtin_ctzll(*bits);
	rest = ~(*bits >> *first);
	nr = rest ? __builtin_ctzll(rest) : WORD_SLOTS;
	*bits &= ~bits_mask(*first, nr);
	return nr;
}

/**
 * leaf_set() - set the bits of slots that lie in one word
 * @leaf: the leaf
 * @slot: the first slot, counted from the leaf's first
 * @nr: number of slots
 *
 * Return: those that were set already, shifted so that bit 0 stands for @slot:
 * slots with a reference more than the map can hold.
 */
static inline u64 leaf_set(struct leaf *leaf, unsigned int slot,
			   unsigned int nr)
{
	unsigned int bit = slot % WORD_SLOTS;
	u64 mask = bits_mask(bit, nr);
	u64 old = atomic64_fetch_or(mask, &leaf->words[slot / WORD_SLOTS]);

	leaf->fresh |= 1ULL << slot / CLUSTER_SLOTS;
	return (old & mask) >> bit;
}

/**
 * leaf_take() - take all slots of a word out of the leaf
 * @leaf: the leaf
 * @word: number of the word
 *
 * Return: a bit for each slot that the caller now has to free.
 */
static inline u64 leaf_take(struct leaf *leaf, unsigned int word)
{
	if (!atomic64_read(&leaf->words[word]))
		return 0;
	return atomic64_xchg(&leaf->words[word], 0);
}

#endif
