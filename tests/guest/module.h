/* SPDX-License-Identifier: GPL-2.0 */
/* swapreap.ko: loading, unloading, and its directory in sysfs. */
#ifndef MODULE_H
#define MODULE_H

#include <sched.h>
#include <stdbool.h>
#include <stddef.h>

#define MODULE		"swapreap"
#define MODULE_FILE	"/swapreap.ko"
#define SYSFS		"/sys/kernel/swapreap/"
#define OWNER		"ipmodify_owner"
#define OWNER_FILE	"/modules/ipmodify_owner.ko"
#define LIVEPATCH	"livepatch_target"
#define LIVEPATCH_FILE	"/modules/livepatch_target.ko"
#define HOLDER		"hold_mm"
#define HOLDER_FILE	"/modules/hold_mm.ko"
#define EXIT_HOLDER	"hold_exit"
#define EXIT_HOLDER_FILE "/modules/hold_exit.ko"
#define NEIGHBOUR	"hook_neighbour"
#define NEIGHBOUR_FILE	"/modules/hook_neighbour.ko"

/* Each returns 0 or -errno. */
int module_insert(const char *file, const char *params);
int module_remove(const char *name);
bool module_is_loaded(const char *name);
/* With the environment's "hook" and "sweep", unless @params name them. */
int module_load(const char *params);
int module_unload(void);
void module_must_load(const char *params);
void module_must_unload(void);
/* Removes every module a test may have left behind. */
void module_cleanup(void);

/* Files below SYSFS. 0 or -errno; the text is written as it is. */
int knob_write(const char *name, const char *text);
void knob_must_write(const char *name, const char *text);
void knob_set(const char *name, long value);
long knob_get(const char *name);
void knob_read(const char *name, char *buf, size_t size);

#define KNOBS		11
#define KNOB_SIZE	64

struct knobs {
	char values[KNOBS][KNOB_SIZE];
};

extern const char *const knob_names[KNOBS];
void knobs_save(struct knobs *knobs);
void knobs_restore(const struct knobs *knobs);

struct books {
	long diverted;
	long swept;	/* of these by the sweep */
	long freed;
	long pending;
	long fallbacks;	/* for whatever reason */
};

/* Drains; from now on books_read() counts from here. */
void books_open(void);
struct books books_read(void);
/* Drains; then nothing may be pending, and all that was diverted freed. */
struct books books_settle(void);
/* Since the module was loaded. */
long fallback(const char *reason);

/* Adds up node<N>/@name over all nodes. */
long nodes_sum(const char *name);
int node_directories(void);

/* The same as count_processes() for the workers. */
int count_workers(bool (*agrees)(const char *proc, const void *arg),
		  const void *arg);

#endif
