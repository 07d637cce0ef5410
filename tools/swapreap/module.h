/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The module, as /sys/kernel/swapreap shows it. module.c is the only file that
 * knows where that is.
 *
 * What is there is found by looking, not from a list: an older module lacks
 * files, a newer one has more.
 */
#ifndef MODULE_H
#define MODULE_H

#include <stdbool.h>
#include <stddef.h>

/**
 * struct entry - a file of the module
 * @name: its name
 * @text: what is in it; NULL if it cannot be read
 * @err: why not, an errno
 */
struct entry {
	char *name;
	char *text;
	int err;
};

struct entries {
	struct entry *list;
	size_t nr;
};

struct node {
	int id;
	struct entries files;
};

/**
 * struct snapshot - all that the module shows at one time
 * @loaded: without it, all else is empty
 * @taken: CLOCK_MONOTONIC, in seconds
 * @facts: what can only be read: version, hook, target
 * @knobs: what can be set
 * @stats: what was counted
 * @nodes: by NUMA node, in order
 * @nr_nodes: how many
 */
struct snapshot {
	bool loaded;
	double taken;
	struct entries facts;
	struct entries knobs;
	struct entries stats;
	struct node *nodes;
	size_t nr_nodes;
};

void snapshot_take(struct snapshot *snapshot);
void snapshot_free(struct snapshot *snapshot);
bool snapshot_complain(const struct snapshot *snapshot);
int snapshot_need(struct snapshot *snapshot);

const struct entry *entries_find(const struct entries *entries,
				 const char *name);
const char *entries_text(const struct entries *entries, const char *name);
bool entries_number(const struct entries *entries, const char *name,
		    long long *value);
const char *fallback_reason(const struct entry *stat);
bool text_number(const char *text, long long *value);

int module_set(const char *knob, const char *text);
int module_drain(void);

#endif
