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
	}, {
		.name = "divert_mrelease",
		.good = { "0", "1" },
		.bad = { "-1", "2", "on", "y" },
	}, {
		.name = "divert_oom_reaper",
		.good = { "0", "1" },
		.bad = { "-1", "2", "on", "y" },
	},
};

static const char *const no_numbers[] = {
	"\n", " ", "text", "1x", "1 x", "1;2", "1\n2", "1.5", "0xg", "--1",
	"99999999999999999999", "-99999999999999999999",
};

static void check_accepted(const struct knob *knob)
{
	char text[64], now[64];

	for (size_t i = 0; i < ARRAY_SIZE(knobs->good) && knob->good[i]; i++) {
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
	for (size_t i = 0; i < ARRAY_SIZE(knobs->bad) && knob->bad[i]; i++)
		check_rejected(knob, knob->bad[i]);
	/* an empty write is no write, whatever the module says */
	knob_write(knob->name, "");
	knob_must_write(knob->name, before);
	victim_sacrifice(1024 * PAGE, IN_ORDER);
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

static void check_loading(const char *params, int expected)
{
	int err = module_load(params);

	check(err == expected, "loading with %s: %s, expected %s", params,
	      strerror(-err), strerror(-expected));
	check(module_is_loaded(MODULE) == !err, "loaded is not what it said");
}

/* All knobs at once: the first value of each, the second, and so on. */
static void params_accepted(const struct test *test)
{
	(void)test;
	for (size_t i = 0; i < ARRAY_SIZE(knobs->good); i++) {
		char params[512] = "", now[64];

		for (size_t j = 0; j < ARRAY_SIZE(knobs); j++)
			if (knobs[j].good[i])
				sprintf(params + strlen(params), "%s=%s ",
					knobs[j].name, knobs[j].good[i]);
		if (!*params)
			break;
		check_loading(params, 0);
		for (size_t j = 0; j < ARRAY_SIZE(knobs); j++) {
			const char *good = knobs[j].good[i];

			knob_read(knobs[j].name, now, sizeof(now));
			check(!good || !strcmp(now, good),
			      "%s is '%s' after loading with '%s'",
			      knobs[j].name, now, good);
		}
		module_must_unload();
	}
}

static void check_refused(const struct knob *knob, const char *value)
{
	char params[128];

	snprintf(params, sizeof(params), "%s=\"%s\"", knob->name, value);
	check_loading(params, -EINVAL);
}

static void params_rejected(const struct test *test)
{
	static const char *const junk[] = {
		"", "text", "1x", "99999999999999999999",
	};

	(void)test;
	for (size_t i = 0; i < ARRAY_SIZE(knobs); i++) {
		for (size_t j = 0; j < ARRAY_SIZE(junk); j++)
			check_refused(&knobs[i], junk[j]);
		for (size_t j = 0; j < ARRAY_SIZE(knobs->bad); j++)
			if (knobs[i].bad[j])
				check_refused(&knobs[i], knobs[i].bad[j]);
	}
}

static const char *const not_knobs[] = {
	SYSFS "version", SYSFS "hook", SYSFS "target", SYSFS "stats/diverted",
	SYSFS "stats/freed", SYSFS "stats/pending", SYSFS "stats/pending_max",
	SYSFS "stats/age_max_us", SYSFS "stats/scopes",
	SYSFS "stats/worker_cpu_ns", SYSFS "stats/fallback_*",
	SYSFS "node[0-9]*/pending", SYSFS "node[0-9]*/freed",
	SYSFS "node[0-9]*/workers", SYSFS "node[0-9]*/worker_cpu_ns",
};

/* Files that match @pattern below SYSFS; there must be some. */
static glob_t find(const char *pattern)
{
	glob_t found;

	check(!glob(pattern, 0, NULL, &found), "there is no %s", pattern);
	return found;
}

static void become_nobody(void)
{
	check(!setgid(NOBODY) && !setuid(NOBODY), "setuid: %m");
}

static void check_not_writable(const char *name)
{
	int err = knob_write(name, "1");

	check(err == -EACCES, "nobody writes %s: %s, expected EACCES", name,
	      strerror(-err));
}

static void not_written_by_others(struct task *parent, void *arg)
{
	(void)parent;
	(void)arg;
	become_nobody();
	for (int i = 0; i < KNOBS; i++)
		check_not_writable(knob_names[i]);
	check_not_writable("drain");
}

static void read_by_others(struct task *parent, void *arg)
{
	char text[128];

	(void)parent;
	(void)arg;
	become_nobody();
	for (int i = 0; i < KNOBS; i++)
		knob_read(knob_names[i], text, sizeof(text));
	for (size_t i = 0; i < ARRAY_SIZE(not_knobs); i++) {
		glob_t found = find(not_knobs[i]);

		for (size_t j = 0; j < found.gl_pathc; j++)
			check(read_file(found.gl_pathv[j], text,
					sizeof(text)) > 0,
			      "nobody cannot read %s", found.gl_pathv[j]);
	}
}

static void others(const struct test *test)
{
	struct task task = task_start(test->arg ? not_written_by_others :
						  read_by_others, NULL);

	task_join(&task);
}

static void only_knobs_are_writable(const struct test *test)
{
	struct stat stat_buf;

	(void)test;
	for (size_t i = 0; i < ARRAY_SIZE(not_knobs); i++) {
		glob_t found = find(not_knobs[i]);

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
	check(*text, "the hook is empty");
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
	KNOB_TEST(8, "divert_mrelease"),
	KNOB_TEST(9, "divert_oom_reaper"),
	{
		.name = "drain takes 1 and nothing else, and cannot be read",
		.run = check_drain,
	}, {
		.name = "every knob's range is accepted as a module parameter",
		.run = params_accepted,
		.module = UNLOADED,
		.no_swap = true,
	}, {
		.name = "a module parameter out of range makes loading fail with EINVAL",
		.run = params_rejected,
		.module = UNLOADED,
		.no_swap = true,
	}, {
		.name = "nobody but root writes any knob",
		.run = others,
		.arg = true,
		.no_swap = true,
	}, {
		.name = "everybody reads every file but drain",
		.run = others,
		.arg = false,
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
