// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "module.h"
#include "util.h"

int module_insert(const char *file, const char *params)
{
	int fd = open(file, O_RDONLY | O_CLOEXEC);
	int err = 0;

	check(fd >= 0, "cannot open %s: %m", file);
	if (syscall(SYS_finit_module, fd, params, 0))
		err = -errno;
	close(fd);
	return err;
}

int module_remove(const char *name)
{
	return syscall(SYS_delete_module, name, O_NONBLOCK) ? -errno : 0;
}

bool module_is_loaded(const char *name)
{
	char path[64];

	snprintf(path, sizeof(path), "/sys/module/%s", name);
	return !access(path, F_OK);
}

/* What every load is to have that does not say otherwise: of the command line. */
int module_load(const char *params)
{
	static const char *const names[] = { "hook", "sweep" };
	char all[256];
	int used = snprintf(all, sizeof(all), "%s", params);

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		const char *value = getenv(names[i]);

		if (value && !strstr(params, names[i]))
			used += snprintf(all + used, sizeof(all) - used,
					 " %s=%s", names[i], value);
	}
	return module_insert(MODULE_FILE, all);
}

int module_unload(void)
{
	return module_remove(MODULE);
}

void module_must_load(const char *params)
{
	int err = module_load(params);

	check(!err, "cannot load %s with '%s': %s", MODULE, params,
	      strerror(-err));
}

void module_must_unload(void)
{
	int err = module_unload();

	check(!err, "cannot unload %s: %s", MODULE, strerror(-err));
}

void module_cleanup(void)
{
	static const char *const names[] = {
		MODULE, OWNER, HOLDER, EXIT_HOLDER, NEIGHBOUR
	};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		int err = module_remove(names[i]);

		check(!err || err == -ENOENT, "cannot unload %s: %s",
		      names[i], strerror(-err));
	}
}

static const char *knob_path(const char *name)
{
	static char path[128];

	snprintf(path, sizeof(path), SYSFS "%s", name);
	return path;
}

int knob_write(const char *name, const char *text)
{
	return write_file(knob_path(name), text);
}

void knob_must_write(const char *name, const char *text)
{
	int err = knob_write(name, text);

	check(!err, "cannot write '%s' to %s: %s", text, name, strerror(-err));
}

void knob_set(const char *name, long value)
{
	char text[32];

	snprintf(text, sizeof(text), "%ld", value);
	knob_must_write(name, text);
}

long knob_get(const char *name)
{
	return read_number(knob_path(name));
}

void knob_read(const char *name, char *buf, size_t size)
{
	int len = read_file(knob_path(name), buf, size);

	check(len >= 0, "cannot read %s: %s", name, strerror(-len));
}

const char *const knob_names[KNOBS] = {
	"enabled", "exit_threshold", "min_exiting", "workers", "worker_nice",
	"worker_cpus", "max_pending", "max_age_ms", "sweep", "divert_mrelease",
	"divert_oom_reaper",
};

void knobs_save(struct knobs *knobs)
{
	for (int i = 0; i < KNOBS; i++)
		knob_read(knob_names[i], knobs->values[i], KNOB_SIZE);
}

void knobs_restore(const struct knobs *knobs)
{
	char now[KNOB_SIZE];

	for (int i = 0; i < KNOBS; i++) {
		knob_read(knob_names[i], now, sizeof(now));
		if (strcmp(now, knobs->values[i]))
			knob_must_write(knob_names[i], knobs->values[i]);
	}
}

static long sum(const char *pattern, int *count)
{
	long total = 0;
	glob_t found;

	*count = 0;
	if (glob(pattern, 0, NULL, &found))
		return 0;
	for (size_t i = 0; i < found.gl_pathc; i++)
		total += read_number(found.gl_pathv[i]);
	*count = found.gl_pathc;
	globfree(&found);
	return total;
}

static struct books opening;

static struct books books_since_load(void)
{
	int reasons;
	struct books books = {
		.swept = knob_get("stats/swept"),
		.diverted = knob_get("stats/diverted"),
		.freed = knob_get("stats/freed"),
		.pending = knob_get("stats/pending"),
		.fallbacks = sum(SYSFS "stats/fallback_*", &reasons),
	};

	check(reasons, "no stats/fallback_*");
	return books;
}

void books_open(void)
{
	knob_set("drain", 1);
	opening = books_since_load();
}

struct books books_read(void)
{
	struct books books = books_since_load();

	books.diverted -= opening.diverted;
	books.swept -= opening.swept;
	books.freed -= opening.freed;
	books.fallbacks -= opening.fallbacks;
	return books;
}

struct books books_settle(void)
{
	struct books books;

	knob_set("drain", 1);
	books = books_read();
	check_equal(books.pending, 0, "pending after a drain");
	check_equal(books.freed, books.diverted, "freed after a drain");
	check(books.swept <= books.diverted, "swept %ld, but diverted %ld",
	      books.swept, books.diverted);
	return books;
}

long fallback(const char *reason)
{
	char name[64];

	snprintf(name, sizeof(name), "stats/fallback_%s", reason);
	return knob_get(name);
}

long nodes_sum(const char *name)
{
	char pattern[128];
	int count;
	long total;

	snprintf(pattern, sizeof(pattern), SYSFS "node[0-9]*/%s", name);
	total = sum(pattern, &count);
	check(count, "no node<N>/%s", name);
	return total;
}

int node_directories(void)
{
	int count;

	sum(SYSFS "node[0-9]*/pending", &count);
	return count;
}

int count_workers(bool (*agrees)(const char *proc, const void *arg),
		  const void *arg)
{
	return count_processes(MODULE "/*", agrees, arg);
}
