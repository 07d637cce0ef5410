// SPDX-License-Identifier: GPL-2.0
/* Hands that mean no good, or know no better: whatever they do, it holds. */
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "module.h"
#include "region.h"
#include "runner.h"
#include "storm.h"
#include "swap.h"
#include "util.h"
#include "victim.h"

#define TRIES		300	/* texts for each knob */
#define TEXT_MAX	5000
#define HANDS		2	/* of each kind, at the same time */
#define HAND_MS		3000
#define RELOADS		3
#define NOBODY		65534

static const struct {
	const char *name;
	long min;
	long max;
} ranges[] = {
	{ "enabled", 0, 1 },
	{ "exit_threshold", 0, LONG_MAX },
	{ "min_exiting", 0, INT_MAX },
	{ "sweep", 0, 1 },
	{ "divert_mrelease", 0, 1 },
	{ "divert_oom_reaper", 0, 1 },
	{ "workers", 0, 64 },
	{ "worker_nice", -20, 19 },
	{ "max_pending", 0, LONG_MAX },
	{ "max_age_ms", 1, 3600000 },
};

static unsigned long pick(unsigned long *state, unsigned long below)
{
	return (next_random(state) >> 16) % below;
}

/* Numbers near a limit, any numbers, lists, and what is nothing at all. */
static size_t make_text(unsigned long *state, char *text)
{
	static const char *const forms[] = {
		"%ld", "%ld\n", "0x%lx", "%lo", " %ld", "%ld ", "%ld,1", "-%ld",
		"0-%ld", "%ldk", "+%ld", "%ld.0",
	};
	long number = next_random(state) >> pick(state, 64);
	size_t len;

	if (pick(state, 8))
		return sprintf(text, forms[pick(state, ARRAY_SIZE(forms))],
			       pick(state, 2) ? number : number % 70);
	len = pick(state, 4) ? pick(state, 64) : pick(state, TEXT_MAX);
	for (size_t i = 0; i < len; i++)
		text[i] = next_random(state) >> 24;
	return len;
}

static int write_bytes(const char *path, const char *bytes, size_t len)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC), err = 0;

	if (fd < 0)
		return -errno;
	if (write(fd, bytes, len) < 0)
		err = -errno;
	close(fd);
	return err;
}

static void random_texts(const struct test *test)
{
	char path[128], text[TEXT_MAX + 1];
	unsigned long state = 1;
	long taken = 0;

	(void)test;
	for (size_t i = 0; i < ARRAY_SIZE(ranges) * TRIES; i++) {
		const char *name = ranges[i / TRIES].name;
		long before = knob_get(name), after, number;
		size_t len = make_text(&state, text);
		int err;

		text[len] = '\0';
		snprintf(path, sizeof(path), SYSFS "%s", name);
		err = write_bytes(path, text, len);
		after = knob_get(name);
		if (err || !len) {
			check_equal(after, before, name);
			continue;
		}
		number = strtol(text, NULL, 0);
		check(after == number, "%s is %ld after '%s'", name, after,
		      text);
		check(number >= ranges[i / TRIES].min &&
		      number <= ranges[i / TRIES].max,
		      "%s took '%s', which is out of range", name, text);
		taken++;
	}
	diag("%ld of %zu texts were numbers in range", taken,
	     ARRAY_SIZE(ranges) * TRIES);
	check(taken > 0, "nothing was ever taken");
}

static glob_t find_files(void)
{
	glob_t found;

	check(!glob(SYSFS "*", 0, NULL, &found) &&
	      !glob(SYSFS "*/*", GLOB_APPEND, NULL, &found),
	      "there is no " SYSFS);
	return found;
}

static void become_nobody(void)
{
	check(!setgid(NOBODY) && !setuid(NOBODY), "setuid: %m");
}

static void touch(const char *path, unsigned long *state)
{
	static const int modes[] = { O_RDONLY, O_WRONLY, O_RDWR };
	int fd = open(path, modes[pick(state, 3)] | O_CLOEXEC | O_NONBLOCK);
	char text[TEXT_MAX + 1];
	size_t len;

	if (fd < 0)
		return;
	len = make_text(state, text);
	/* what it says to that is not asked */
	if (pick(state, 2))
		pread(fd, text, 1 + pick(state, TEXT_MAX), pick(state, 100));
	else
		pwrite(fd, text, len, pick(state, 4) ? 0 : pick(state, 100));
	close(fd);
}

/* Until told. */
static void be_hostile(struct task *parent, void *arg)
{
	unsigned long state = getpid();
	glob_t files = find_files();

	if (arg)
		become_nobody();
	task_say(parent, 0);
	while (!task_told(parent, 0))
		for (int i = 0; i < 10; i++)
			touch(files.gl_pathv[pick(&state, files.gl_pathc)],
			      &state);
}

struct hands {
	struct task tasks[2 * HANDS];
};

/* Half of them root's, half nobody's. */
static struct hands hands_start(void)
{
	static bool nobody;
	struct hands hands;

	for (int i = 0; i < 2 * HANDS; i++)
		hands.tasks[i] = task_start(be_hostile,
					    i % 2 ? &nobody : NULL);
	/* they have the files' names before any of these goes away */
	for (int i = 0; i < 2 * HANDS; i++)
		task_hear(&hands.tasks[i]);
	return hands;
}

static void hands_stop(struct hands *hands)
{
	for (int i = 0; i < 2 * HANDS; i++)
		task_say(&hands->tasks[i], 0);
	for (int i = 0; i < 2 * HANDS; i++)
		task_join(&hands->tasks[i]);
}

static void all_at_once(const struct test *test)
{
	struct task storm = storm_start();
	struct hands hands = hands_start();
	long free_before, entries;

	(void)test;
	usleep(HAND_MS * 1000);
	hands_stop(&hands);
	storm_stop(&storm);
	for (size_t i = 0; i < ARRAY_SIZE(ranges); i++) {
		long value = knob_get(ranges[i].name);

		check(value >= ranges[i].min && value <= ranges[i].max,
		      "%s is %ld", ranges[i].name, value);
	}
	module_must_unload();
	module_must_load("");
	books_open();
	free_before = swap_free();
	entries = victim_sacrifice(1024 * PAGE, IN_ORDER);
	check_equal(books_settle().diverted, entries, "diverted");
	swap_must_be_back(free_before);
}

static void reload(const struct test *test)
{
	struct task storm = storm_start();
	struct hands hands = hands_start();

	(void)test;
	for (int i = 0; i < RELOADS; i++) {
		module_must_unload();
		module_must_load(STORM_THRESHOLD);
	}
	hands_stop(&hands);
	storm_stop(&storm);
	books_settle();
}

static void check_gone(int fd, const char *path)
{
	char text[64];

	check(pread(fd, text, sizeof(text), 0) < 0, "%s can be read", path);
	check(pwrite(fd, "1", 1, 0) < 0, "%s can be written", path);
}

static void files_outlive(const struct test *test)
{
	glob_t files = find_files();
	int fds[128];
	size_t i;

	(void)test;
	check(files.gl_pathc <= ARRAY_SIZE(fds), "too many files");
	for (i = 0; i < files.gl_pathc; i++) {
		fds[i] = open(files.gl_pathv[i], O_RDWR | O_CLOEXEC);
		if (fds[i] < 0)
			fds[i] = open(files.gl_pathv[i], O_RDONLY | O_CLOEXEC);
	}
	module_must_unload();
	for (i = 0; i < files.gl_pathc; i++)
		check_gone(fds[i], files.gl_pathv[i]);
	module_must_load("");
	for (i = 0; i < files.gl_pathc; i++) {
		check_gone(fds[i], files.gl_pathv[i]);
		close(fds[i]);
	}
}

/* So long a number in base 16 is an address, or looks like one. */
#define ADDRESS_DIGITS	12

static bool has_address(const char *text)
{
	int digits = 0;
	bool letters = false;

	for (; *text; text++) {
		bool digit = *text >= '0' && *text <= '9';
		bool letter = *text >= 'a' && *text <= 'f';

		digits = digit || letter ? digits + 1 : 0;
		letters = digits && (letters || letter);
		if (digits >= ADDRESS_DIGITS && letters)
			return true;
	}
	return false;
}

/*
 * Of one line, so that no list of anything fits in. Files of the kernel's own
 * for every module are not ours to judge.
 */
static void tell_nothing(struct task *parent, void *arg)
{
	static const char *const places[] = {
		SYSFS "*", SYSFS "*/*", "/sys/module/" MODULE "/parameters/*",
	};
	char text[256];

	(void)parent;
	(void)arg;
	become_nobody();
	check(access("/sys/kernel/debug/" MODULE, F_OK),
	      "nobody gets into debugfs");
	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		glob_t files;

		check(!glob(places[i], 0, NULL, &files), "no %s", places[i]);
		for (size_t j = 0; j < files.gl_pathc; j++) {
			const char *path = files.gl_pathv[j];

			if (read_file(path, text, sizeof(text)) <= 0)
				continue;
			check(!strchr(text, '\n'), "%s has lines", path);
			check(!has_address(text), "%s has an address: %s",
			      path, text);
		}
		globfree(&files);
	}
}

static void secrets(const struct test *test)
{
	struct task task;

	(void)test;
	victim_sacrifice(1024 * PAGE, IN_ORDER);
	task = task_start(tell_nothing, NULL);
	task_join(&task);
}

const struct test hostile_tests[] = {
	{
		.name = "of random texts, a knob takes numbers in its range and no others",
		.run = random_texts,
		.no_swap = true,
	}, {
		.name = "root and nobody read and write every file at random, all at once, while processes die: it still works",
		.run = all_at_once,
		.module = FRESH,
		.params = STORM_THRESHOLD,
	}, {
		.name = "it is unloaded and loaded while root and nobody read and write every file at random",
		.run = reload,
		.module = FRESH,
		.params = STORM_THRESHOLD,
	}, {
		.name = "files that were open when it was unloaded can be neither read nor written, and hold up nothing",
		.run = files_outlive,
		.module = FRESH,
		.no_swap = true,
	}, {
		.name = "what everybody may read is one line without an address",
		.run = secrets,
	},
	{}
};
