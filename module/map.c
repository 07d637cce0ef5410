// SPDX-License-Identifier: GPL-2.0
/* The slot map of a node. It wakes nobody and knows no knob. */
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/swap.h>
#include <linux/swapops.h>

#include "map.h"

/* More than these, 256 KiB, are not kept while nothing is pending. */
#define IDLE_LEAVES	64

static struct leaf *leaf_add(struct map *map, struct xarray *leaves,
			     unsigned long number, u64 key)
{
	const gfp_t gfp = GFP_NOWAIT | __GFP_NOWARN | __GFP_NOMEMALLOC;
	struct leaf *leaf = kzalloc(sizeof(*leaf), gfp);

	if (!leaf)
		return NULL;
	leaf->words = kzalloc(LEAF_SLOTS / 8, gfp);
	if (!leaf->words)
		goto free_leaf;
	if (xa_err(xa_store(leaves, number, leaf, gfp)))
		goto free_words;
	leaf->key = key;
	leaf->next = map->all;
	map->all = leaf;
	map->nr_leaves++;
	return leaf;

free_words:
	kfree(leaf->words);
free_leaf:
	kfree(leaf);
	return NULL;
}

/* The leaf of a slot; NULL if there is no memory for one. */
static struct leaf *leaf_of(struct map *map, u64 key)
{
	u64 first = key - key % LEAF_SLOTS;
	struct leaf **recent = &map->recent[first / LEAF_SLOTS % MAP_RECENT];
	swp_entry_t entry = { first };
	unsigned long number;
	struct xarray *leaves;

	if (likely(*recent && (*recent)->key == first))
		return *recent;
	leaves = &map->leaves[swp_type(entry)];
	number = swp_offset(entry) / LEAF_SLOTS;
	*recent = xa_load(leaves, number) ?:
		  leaf_add(map, leaves, number, first);
	return *recent;
}

/**
 * map_set() - put slots into the map
 * @map: the map
 * @key: the first slot
 * @nr: number of slots, at least 1
 * @again: where a bit is set, counted from @key, for each slot that the map
 *	cannot hold, as it holds it already or has no memory: free it now
 *
 * Context: Holds @map->filling.
 * Return: how many slots were looked at: those that share a word with the first.
 */
unsigned int map_set(struct map *map, u64 key, unsigned int nr, u64 *again)
{
	unsigned int slot = key % LEAF_SLOTS;
	struct leaf *leaf;
	bool listed;

	lockdep_assert_held(&map->filling);
	nr = min(nr, WORD_SLOTS - slot % WORD_SLOTS);
	leaf = leaf_of(map, key);
	if (!leaf) {
		*again = bits_mask(0, nr);
		return nr;
	}
	listed = leaf->fresh;
	*again = leaf_set(leaf, slot, nr);
	if (!listed) {
		leaf->next_fresh = map->fresh;
		map->fresh = leaf;
	}
	return nr;
}

static void add_todo(struct map *map, struct leaf *leaf, u64 clusters)
{
	lockdep_assert_held(&map->lock);
	if (!leaf->todo) {
		leaf->next_todo = map->todo;
		map->todo = leaf;
	}
	leaf->todo |= clusters;
}

/**
 * map_begin_round() - let all that the map holds be taken
 * @map: the map
 *
 * Unless there is something left to take of the present round, which may have
 * been begun by another task just now.
 *
 * Context: Holds @map->filling.
 * Return: false if there is nothing to take.
 */
bool map_begin_round(struct map *map)
{
	struct leaf *leaf, *next;
	unsigned long flags;
	bool any;

	lockdep_assert_held(&map->filling);
	raw_spin_lock_irqsave(&map->lock, flags);
	if (!map->todo && map->fresh) {
		for (leaf = map->fresh; leaf; leaf = next) {
			next = leaf->next_fresh;
			add_todo(map, leaf, leaf->fresh);
			leaf->fresh = 0;
		}
		map->fresh = NULL;
		map->todo_stamp = map->fresh_stamp;
	}
	/* of what was filled, all may have been freed at once for want of leaves */
	if (!map->fresh)
		WRITE_ONCE(map->fresh_stamp, U64_MAX);
	any = map->todo;
	raw_spin_unlock_irqrestore(&map->lock, flags);
	return any;
}

/**
 * map_take_hand() - get the right to take and free a cluster
 * @map: the map
 *
 * Context: Process context, not within a hand. Takes a spinlock.
 * Return: the hand, to be given back by map_give_hand().
 */
struct hand *map_take_hand(struct map *map) __acquires(map->hands)
{
	unsigned int first = raw_smp_processor_id() % MAP_HANDS, i;

	for (i = 0; i < MAP_HANDS; i++) {
		struct hand *hand = &map->hands[(first + i) % MAP_HANDS];

		if (spin_trylock(&hand->lock))
			return hand;
	}
	spin_lock(&map->hands[first].lock);
	return &map->hands[first];
}

/**
 * map_give_hand() - give a hand back
 * @hand: the hand
 *
 * Context: Process context.
 */
void map_give_hand(struct hand *hand) __releases(hand)
{
	/* whoever sees it sees all that was done with the leaf, too */
	smp_store_release(&hand->stamp, U64_MAX);
	spin_unlock(&hand->lock);
}

/**
 * map_take() - take a cluster of the present round
 * @map: the map
 * @hand: the caller's hand
 * @piece: where the cluster is put
 *
 * The caller takes the words one by one with leaf_take() and frees what it got
 * before it gives the hand back.
 *
 * Context: Holds @hand.
 * Return: false if there is none.
 */
bool map_take(struct map *map, struct hand *hand, struct piece *piece)
{
	unsigned long flags;
	struct leaf *leaf;

	lockdep_assert_held(&hand->lock);
	raw_spin_lock_irqsave(&map->lock, flags);
	leaf = map->todo;
	if (leaf) {
		piece->leaf = leaf;
		piece->cluster = __builtin_ctzll(leaf->todo);
		WRITE_ONCE(hand->stamp, map->todo_stamp);
		leaf->todo &= leaf->todo - 1;
		if (!leaf->todo)
			map->todo = leaf->next_todo;
		if (!map->todo)
			map->todo_stamp = U64_MAX;
	}
	raw_spin_unlock_irqrestore(&map->lock, flags);
	return leaf;
}

/**
 * map_put_back() - leave the rest of a cluster to others
 * @map: the map
 * @hand: the caller's hand
 * @piece: the cluster; some of its words were not taken
 *
 * Context: Holds @hand.
 */
void map_put_back(struct map *map, struct hand *hand, const struct piece *piece)
{
	unsigned long flags;

	lockdep_assert_held(&hand->lock);
	raw_spin_lock_irqsave(&map->lock, flags);
	add_todo(map, piece->leaf, 1ULL << piece->cluster);
	map->todo_stamp = min(map->todo_stamp, hand->stamp);
	raw_spin_unlock_irqrestore(&map->lock, flags);
}

/**
 * map_oldest() - when the oldest slot in the map was diverted, at the earliest
 * @map: the map
 *
 * That is exact in that nothing is overlooked: a slot goes from one place to the
 * next, a hand among them, with @map->lock or @map->filling held.
 *
 * Context: Any.
 * Return: ns of CLOCK_MONOTONIC, or U64_MAX if the map is empty.
 */
u64 map_oldest(struct map *map)
{
	unsigned long flags;
	u64 oldest;
	int i;

	raw_spin_lock_irqsave(&map->lock, flags);
	oldest = min(READ_ONCE(map->fresh_stamp), map->todo_stamp);
	for (i = 0; i < MAP_HANDS; i++)
		/* pairs with map_give_hand() */
		oldest = min(oldest, smp_load_acquire(&map->hands[i].stamp));
	raw_spin_unlock_irqrestore(&map->lock, flags);
	return oldest;
}

/**
 * map_sync() - wait until all that was taken before has been freed
 * @map: the map
 *
 * Context: Process context. Waits for spinlocks that are held for as long as it
 * takes to free a cluster.
 */
void map_sync(struct map *map)
{
	int i;

	for (i = 0; i < MAP_HANDS; i++) {
		spin_lock(&map->hands[i].lock);
		spin_unlock(&map->hands[i].lock);
	}
}

static void leaves_free(struct leaf *leaf)
{
	while (leaf) {
		struct leaf *next = leaf->next;

		kfree(leaf->words);
		kfree(leaf);
		leaf = next;
	}
}

/* The map is empty, and stays so. */
static struct leaf *detach_all(struct map *map)
{
	struct leaf *all = map->all;
	unsigned int type;

	for (type = 0; type < MAX_SWAPFILES; type++)
		xa_destroy(&map->leaves[type]);
	map->all = NULL;
	memset(map->recent, 0, sizeof(map->recent));
	map->nr_leaves = 0;
	return all;
}

/**
 * map_trim() - free leaves that are not worth keeping while nothing is pending
 * @map: the map
 *
 * Context: Process context, holds no hand.
 */
void map_trim(struct map *map)
{
	struct leaf *leaves = NULL;

	if (READ_ONCE(map->nr_leaves) <= IDLE_LEAVES)
		return;
	spin_lock(&map->filling);
	/* nothing comes into the map now, and nobody has any of it in hand */
	if (map_oldest(map) == U64_MAX)
		leaves = detach_all(map);
	spin_unlock(&map->filling);
	leaves_free(leaves);
}

/**
 * map_init() - make an empty map
 * @map: the map
 *
 * Context: Any.
 */
void map_init(struct map *map)
{
	unsigned int i;

	spin_lock_init(&map->filling);
	raw_spin_lock_init(&map->lock);
	for (i = 0; i < MAX_SWAPFILES; i++)
		xa_init(&map->leaves[i]);
	for (i = 0; i < MAP_HANDS; i++) {
		spin_lock_init(&map->hands[i].lock);
		map->hands[i].stamp = U64_MAX;
	}
	map->fresh_stamp = U64_MAX;
	map->todo_stamp = U64_MAX;
}

/**
 * map_exit() - free the leaves
 * @map: the map, empty; nobody uses it any more
 *
 * Context: Process context.
 */
void map_exit(struct map *map)
{
	leaves_free(detach_all(map));
}
