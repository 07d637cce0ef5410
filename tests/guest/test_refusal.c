// SPDX-License-Identifier: GPL-2.0
/* When the module must not load, and says why. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "kmsg.h"
#include "module.h"
#include "runner.h"
#include "swap.h"
#include "util.h"
#include "victim.h"

/* In the kernel's log the module starts its lines so. */
#define SAYS		MODULE ": "
#define PATCH_MS	30000

static const char *const targets[] = {
	"free_swap_and_cache",
	"free_swap_and_cache_nr",
	"swap_put_entries_direct",
};

static const char *const exit_mmap[] = { "exit_mmap" };

struct image {
	char *bytes;
	size_t size;
};

static struct image image_read(void)
{
	int fd = open(MODULE_FILE, O_RDONLY | O_CLOEXEC);
	struct image image;
	struct stat stat_buf;

	check(fd >= 0 && !fstat(fd, &stat_buf), "cannot open %s: %m",
	      MODULE_FILE);
	image.size = stat_buf.st_size;
	image.bytes = malloc(image.size);
	check(read(fd, image.bytes, image.size) == stat_buf.st_size,
	      "cannot read %s: %m", MODULE_FILE);
	close(fd);
	return image;
}

/* Spoils the first letter of every string in @image that is @name. */
static int image_spoil(struct image *image, const char *name)
{
	size_t len = strlen(name) + 1;
	int count = 0;

	for (size_t i = 1; i + len <= image->size; i++)
		if (!image->bytes[i - 1] &&
		    !memcmp(image->bytes + i, name, len)) {
			image->bytes[i] = 'X';
			count++;
		}
	return count;
}

static int image_load(const struct image *image, const char *params)
{
	return syscall(SYS_init_module, image->bytes, image->size, params) ?
	       -errno : 0;
}

static void missing(const char *const *names, size_t count, const char *params)
{
	struct image image = image_read();
	int spoilt = 0, err, kmsg = kmsg_open();

	for (size_t i = 0; i < count; i++)
		spoilt += image_spoil(&image, names[i]);
	check(spoilt, "%s does not name %s", MODULE_FILE, names[0]);
	err = image_load(&image, params);
	check(err == -EOPNOTSUPP, "loading: %s, expected EOPNOTSUPP",
	      strerror(-err));
	/* the module may say the spoilt name */
	check(kmsg_says(kmsg, SAYS, names[count - 1] + 1),
	      "the kernel's log does not name %s", names[count - 1]);
	check(!module_is_loaded(MODULE), "it is loaded all the same");
}

static void no_target(const struct test *test)
{
	(void)test;
	missing(targets, ARRAY_SIZE(targets), "");
}

/* Android's hooks do without it. */
static void no_exit_mmap(const struct test *test)
{
	(void)test;
	missing(exit_mmap, ARRAY_SIZE(exit_mmap),
		kernel_has_vendor_hooks() ? "hook=kprobe" : "");
}

static void need_ftrace(void)
{
	if (!kernel_has_ftrace())
		skip("the kernel has no function tracer");
}

/* 0 or -errno */
static int ftrace_enable(bool on)
{
	return write_file(FTRACE_ENABLED, on ? "1" : "0");
}

static void ftrace_off(const struct test *test)
{
	int err, kmsg = kmsg_open();

	(void)test;
	need_ftrace();
	if (ftrace_enable(false) == -EOPNOTSUPP)
		skip("this kernel's ftrace cannot be switched off");
	check_equal(read_number(FTRACE_ENABLED), 0, FTRACE_ENABLED);
	err = module_load("");
	check(!ftrace_enable(true), "cannot switch ftrace on again");
	check(err == -EBUSY || err == -ENODEV,
	      "loading: %s, expected EBUSY or ENODEV", strerror(-err));
	check(kmsg_says(kmsg, SAYS, "ftrace"),
	      "the kernel's log does not name ftrace");
}

static void ftrace_stays_on(const struct test *test)
{
	long entries;
	int err;

	(void)test;
	need_ftrace();
	err = ftrace_enable(false);
	check(err == -EBUSY || err == -EOPNOTSUPP,
	      "switching ftrace off: %s, expected EBUSY", strerror(-err));
	check_equal(read_number(FTRACE_ENABLED), 1, FTRACE_ENABLED);
	entries = victim_sacrifice(1024 * PAGE, IN_ORDER);
	check_equal(books_settle().diverted, entries, "diverted");
}

static int own(const char *function, const char *file)
{
	char params[128];

	snprintf(params, sizeof(params), "function=%s", function);
	return module_insert(file, params);
}

static void find_target(char *target, size_t size)
{
	module_must_load("");
	knob_read("target", target, size);
	module_must_unload();
}

static void refused_where_owned(const char *target)
{
	int err, kmsg = kmsg_open();

	err = module_load("");
	check(err == -EBUSY, "loading: %s, expected EBUSY", strerror(-err));
	check(kmsg_says(kmsg, SAYS, target),
	      "the kernel's log does not name %s", target);
}

static void owned_before(const struct test *test)
{
	char target[64];
	int err;

	(void)test;
	need_ftrace();
	find_target(target, sizeof(target));
	err = own(target, OWNER_FILE);
	check(!err, "cannot own %s: %s", target, strerror(-err));
	refused_where_owned(target);
	check(!module_remove(OWNER), "cannot unload %s", OWNER);
	module_must_load("");
}

static void need_livepatches(void)
{
	if (access(LIVEPATCH_FILE, F_OK))
		skip("the kernel cannot be patched live (CONFIG_LIVEPATCH)");
}

/* Once every task has been seen outside the function. */
static bool livepatch_in_force(void)
{
	char transition[8];

	return read_file("/sys/kernel/livepatch/" LIVEPATCH "/transition",
			 transition, sizeof(transition)) > 0 &&
	       !strcmp(transition, "0");
}

/* A patch that is in force no more has no directory. */
static bool livepatch_ended(void)
{
	return access("/sys/kernel/livepatch/" LIVEPATCH, F_OK);
}

static void patched_before(const struct test *test)
{
	char target[64];
	int err;

	(void)test;
	need_livepatches();
	find_target(target, sizeof(target));
	err = own(target, LIVEPATCH_FILE);
	check(!err, "cannot patch %s: %s", target, strerror(-err));
	check(wait_until(livepatch_in_force(), PATCH_MS),
	      "the livepatch does not get into force");
	refused_where_owned(target);
	err = write_file("/sys/kernel/livepatch/" LIVEPATCH "/enabled", "0");
	check(!err, "cannot end the livepatch: %s", strerror(-err));
	check(wait_until(livepatch_ended(), PATCH_MS),
	      "the livepatch does not end");
	/* the kernel lets go of it a moment later */
	check(wait_until(!module_remove(LIVEPATCH), PATCH_MS),
	      "cannot unload %s", LIVEPATCH);
	module_must_load("");
}

static void not_owned(const char *file)
{
	long entries;
	char target[64];
	int err;

	knob_read("target", target, sizeof(target));
	err = own(target, file);
	check(err == -EBUSY, "owning %s: %s, expected EBUSY", target,
	      strerror(-err));
	entries = victim_sacrifice(1024 * PAGE, IN_ORDER);
	check_equal(books_settle().diverted, entries, "diverted");
}

static void owned_after(const struct test *test)
{
	(void)test;
	need_ftrace();
	not_owned(OWNER_FILE);
}

static void patched_after(const struct test *test)
{
	(void)test;
	need_livepatches();
	not_owned(LIVEPATCH_FILE);
}

static void twice(const struct test *test)
{
	int err = module_load("");

	(void)test;
	check(err == -EEXIST, "loading: %s, expected EEXIST", strerror(-err));
	check(module_is_loaded(MODULE), "the first is gone");
}

const struct test refusal_tests[] = {
	{
		.name = "where no target is found, loading fails with EOPNOTSUPP and names it",
		.run = no_target,
		.module = UNLOADED,
		.no_swap = true,
	}, {
		.name = "where exit_mmap is not found, loading fails with EOPNOTSUPP and names it",
		.run = no_exit_mmap,
		.module = UNLOADED,
		.no_swap = true,
	}, {
		.name = "where ftrace is off, loading fails with EBUSY or ENODEV and says so",
		.run = ftrace_off,
		.module = UNLOADED,
		.no_swap = true,
	}, {
		.name = "while loaded, ftrace cannot be switched off",
		.run = ftrace_stays_on,
	}, {
		.name = "where another IPMODIFY user owns the target, loading fails with EBUSY and names it",
		.run = owned_before,
		.module = UNLOADED,
		.no_swap = true,
	}, {
		.name = "while loaded, no other IPMODIFY user gets the target",
		.run = owned_after,
	}, {
		.name = "where the target is patched live, loading fails with EBUSY and names it, until the patch ends",
		.run = patched_before,
		.module = UNLOADED,
		.no_swap = true,
	}, {
		.name = "while loaded, a livepatch of the target is refused, and we divert",
		.run = patched_after,
	}, {
		.name = "a second copy is refused with EEXIST",
		.run = twice,
		.no_swap = true,
	},
	{}
};
