// SPDX-License-Identifier: GPL-2.0
/* Every file of the directory: what it takes, what it refuses, who may. */
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "module.h"
#include "runner.h"
#include "util.h"
#include "victim.h"

#define NOBODY	65534
#define MAX_LONG	"9223372036854775807"
#define MAX_INT		"2147483647"

struct knob {
	const char *name;
	const char *good[4];	/* as they read back; at least both ends */
	const char *bad[8];	/* beside what no number is */
};

static const struct knob knobs[] = {
	{
		.name = "enabled",
		.good = { "0", "1" },
		.bad = { "-1", "2", "on", "y" },
	}, {
		.name = "exit_threshold",
		.good = { "0", "1000", MAX_LONG },
		.bad = { "-1", "9223372036854775808" },
	}, {
		.name = "min_exiting",
		.good = { "0", "2", MAX_INT },
		.bad = { "-1", "2147483648", "4294967297" },
	}, {
		.name = "workers",
		.good = { "0", "3", "64" },
		.bad = { "-1", "65", "4294967297" },
	}, {
		.name = "worker_nice",
		.good = { "-20", "5", "19" },
		.bad = { "-21", "20", "4294967296" },
	}, {
		.name = "worker_cpus",
		.good = { "0" },
		.bad = { "-1", "0-", "1-0", "0,x", "5000", "0-5000" },
	}, {
		.name = "max_pending",
		.good = { "0", "100000", MAX_LONG },
		.bad = { "-1", "9223372036854775808" },
	}, {
		.name = "max_age_ms",
		.good = { "1", "2000", "3600000" },
		.bad = { "-1", "0", "3600001", "4294967297" },
	},
};

static const char *const no_numbers[] = {
	"\n", " ", "text", "1x", "1 x", "1 2", "1\n2", "1.5", "0xg", "--1",
	"99999999999999999999", "-99999999999999999999",
};

static void check_accepted(const struct knob *knob)
{
	char text[64], now[64];

	for (size_t i = 0; i < ARRAY_SIZE(knob->good) && knob->good[i]; i++) {
		knob_must_write(knob->name, knob->good[i]);
		knob_read(knob->name, now, sizeof(now));
		check(!strcmp(now, knob->good[i]), "%s is '%s' after '%s'",
		      knob->name, now, knob->good[i]);
		snprintf(text, sizeof(text), "%s\n", knob->good[i]);
		knob_must_write(knob->name, text);
	}
}

static void check_rejected(const struct knob *knob, const char *text)
{
	char before[64], after[64];
	int err;

	knob_read(knob->name, before, sizeof(before));
	err = knob_write(knob->name, text);
	check(err == -EINVAL, "'%s' to %s: %s, expected EINVAL", text,
	      knob->name, strerror(-err));
	knob_read(knob->name, after, sizeof(after));
	check(!strcmp(before, after), "%s went from '%s' to '%s' by '%s'",
	      knob->name, before, after, text);
}

static void check_knob(const struct test *test)
{
	const struct knob *knob = &knobs[test->arg];
	char before[64];

	knob_read(knob->name, before, sizeof(before));
	check_accepted(knob);
	for (size_t i = 0; i < ARRAY_SIZE(no_numbers); i++)
		check_rejected(knob, no_numbers[i]);
	for (size_t i = 0; i < ARRAY_SIZE(knob->bad) && knob->bad[i]; i++)
		check_rejected(knob, knob->bad[i]);
	/* an empty write is no write, whatever the module says */
	knob_write(knob->name, "");
	knob_must_write(knob->name, before);
	victim_sacrifice(MIB(4), IN_ORDER);
	check(books_settle().diverted > 0, "it does not work any more");
}

static void check_drain(const struct test *test)
{
	static const char *const bad[] = { "0", "2", "-1", "on" };
	int err, fd;

	(void)test;
	knob_must_write("drain", "1");
	knob_must_write("drain", "1\n");
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		err = knob_write("drain", bad[i]);
		check(err == -EINVAL, "'%s': %s", bad[i], strerror(-err));
	}
	for (size_t i = 0; i < ARRAY_SIZE(no_numbers); i++) {
		err = knob_write("drain", no_numbers[i]);
		check(err == -EINVAL, "'%s': %s", no_numbers[i],
		      strerror(-err));
	}
	fd = open(SYSFS "drain", O_RDONLY | O_CLOEXEC);
	check(fd < 0, "drain can be read");
}

static void check_param(const struct knob *knob, const char *value,
			int expected)
{
	char param[128];
	int err;

	snprintf(param, sizeof(param), "%s=\"%s\"", knob->name, value);
	err = module_load(param);
	check(err == expected, "loading with %s: %s, expected %s", param,
	      strerror(-err), strerror(-expected));
	check(module_is_loaded(MODULE) == !err, "loaded is not what it said");
}

static void params_accepted(const struct test *test)
{
	char now[64];

	(void)test;
	for (size_t i = 0; i < ARRAY_SIZE(knobs); i++) {
		const struct knob *knob = &knobs[i];

		for (int j = 0; j < 4 && knob->good[j]; j++) {
			check_param(knob, knob->good[j], 0);
			knob_read(knob->name, now, sizeof(now));
			check(!strcmp(now, knob->good[j]),
			      "%s is '%s' after loading with '%s'", knob->name,
			      now, knob->good[j]);
			module_must_unload();
		}
	}
}

static void params_rejected(const struct test *test)
{
	(void)test;
	for (size_t i = 0; i < ARRAY_SIZE(knobs); i++) {
		const struct knob *knob = &knobs[i];

		check_param(knob, "", -EINVAL);
		for (size_t j = 0; j < ARRAY_SIZE(no_numbers); j++)
			check_param(knob, no_numbers[j], -EINVAL);
		for (int j = 0; j < 8 && knob->bad[j]; j++)
			check_param(knob, knob->bad[j], -EINVAL);
	}
}

/* Exit status 0 if every file can be opened for @flags, else errno. */
static int open_all_as_nobody(const char *const *patterns, size_t count,
			      int flags)
{
	glob_t found = {};

	check(!setgid(NOBODY) && !setuid(NOBODY), "setuid: %m");
	for (size_t i = 0; i < count; i++)
		check(!glob(patterns[i], i ? GLOB_APPEND : 0, NULL, &found),
		      "there is no %s", patterns[i]);
	for (size_t i = 0; i < found.gl_pathc; i++) {
		bool opened = open(found.gl_pathv[i], flags) >= 0;
		bool may = flags == O_RDONLY;

		check(opened == may && (opened || errno == EACCES),
		      "nobody %s open %s: %m", opened ? "can" : "cannot",
		      found.gl_pathv[i]);
	}
	return found.gl_pathc;
}

static const char *const writable[] = {
	SYSFS "enabled", SYSFS "exit_threshold", SYSFS "min_exiting",
	SYSFS "workers", SYSFS "worker_nice", SYSFS "worker_cpus",
	SYSFS "max_pending", SYSFS "max_age_ms", SYSFS "drain",
};

static const char *const readable[] = {
	SYSFS "enabled", SYSFS "exit_threshold", SYSFS "min_exiting",
	SYSFS "workers", SYSFS "worker_nice", SYSFS "worker_cpus",
	SYSFS "max_pending", SYSFS "max_age_ms", SYSFS "version",
	SYSFS "hook", SYSFS "target", SYSFS "stats/diverted",
	SYSFS "stats/freed", SYSFS "stats/pending", SYSFS "stats/pending_max",
	SYSFS "stats/age_max_us", SYSFS "stats/scopes",
	SYSFS "stats/worker_cpu_ns", SYSFS "stats/fallback_*",
	SYSFS "node[0-9]*/*",
};

static void not_written_by_others(const struct test *test)
{
	(void)test;
	open_all_as_nobody(writable, ARRAY_SIZE(writable), O_WRONLY);
}

static void read_by_others(const struct test *test)
{
	int count = open_all_as_nobody(readable, ARRAY_SIZE(readable),
				       O_RDONLY);

	(void)test;
	diag("%d files", count);
}

static void only_knobs_are_writable(const struct test *test)
{
	static const char *const patterns[] = {
		SYSFS "version", SYSFS "hook", SYSFS "target", SYSFS "stats/*",
		SYSFS "node[0-9]*/*",
	};

	(void)test;
	for (size_t i = 0; i < ARRAY_SIZE(patterns); i++) {
		struct stat stat_buf;
		glob_t found;

		check(!glob(patterns[i], 0, NULL, &found), "there is no %s",
		      patterns[i]);
		for (size_t j = 0; j < found.gl_pathc; j++) {
			check(!stat(found.gl_pathv[j], &stat_buf), "stat: %m");
			check(!(stat_buf.st_mode & 0222), "%s has mode %o",
			      found.gl_pathv[j], stat_buf.st_mode & 0777);
		}
	}
}

static void names(const struct test *test)
{
	char text[128], loaded[128];

	(void)test;
	knob_read("hook", text, sizeof(text));
	check(!strcmp(text, "ftrace"), "hook is '%s'", text);
	knob_read("target", text, sizeof(text));
	check(kernel_has_symbol(text), "the target '%s' is no symbol", text);
	diag("target %s", text);
	knob_read("version", text, sizeof(text));
	check(*text, "the version is empty");
	check(read_file("/sys/module/" MODULE "/version", loaded,
			sizeof(loaded)) > 0, "the module has no version");
	check(!strcmp(text, loaded), "version is '%s', the module's '%s'",
	      text, loaded);
}

#define KNOB_TEST(number, knob)						\
	{								\
		.name = knob " accepts its range and refuses the rest with EINVAL and no change", \
		.run = check_knob,					\
		.arg = number,						\
	}

const struct test knobs_tests[] = {
	KNOB_TEST(0, "enabled"),
	KNOB_TEST(1, "exit_threshold"),
	KNOB_TEST(2, "min_exiting"),
	KNOB_TEST(3, "workers"),
	KNOB_TEST(4, "worker_nice"),
	KNOB_TEST(5, "worker_cpus"),
	KNOB_TEST(6, "max_pending"),
	KNOB_TEST(7, "max_age_ms"),
	{
		.name = "drain takes 1 and nothing else, and cannot be read",
		.run = check_drain,
	}, {
		.name = "every knob's range is accepted as a module parameter",
		.run = params_accepted,
		.unloaded = true,
		.no_swap = true,
	}, {
		.name = "a module parameter out of range makes loading fail with EINVAL",
		.run = params_rejected,
		.unloaded = true,
		.no_swap = true,
	}, {
		.name = "nobody but root writes any knob",
		.run = not_written_by_others,
		.no_swap = true,
	}, {
		.name = "everybody reads every file but drain",
		.run = read_by_others,
		.no_swap = true,
	}, {
		.name = "version, hook, target, stats and node<N> are read-only",
		.run = only_knobs_are_writable,
		.no_swap = true,
	}, {
		.name = "version, hook and target tell what is loaded",
		.run = names,
		.no_swap = true,
	},
	{}
};
