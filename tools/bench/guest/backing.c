// SPDX-License-Identifier: GPL-2.0
#include <string.h>

#include "backing.h"
#include "swap.h"
#include "util.h"

#define ZSWAP_PARAMETERS	"/sys/module/zswap/parameters/"
#define SPARE			MIB(8)
#define DROPPED_SIZE		MIB(4096)

static size_t size_of(const struct spec *spec)
{
	return spec_swap_size(spec) / 4 * 5 + SPARE;
}

static void set_zswap(const char *name, const char *value)
{
	char path[96] = ZSWAP_PARAMETERS;
	int err;

	strcat(path, name);
	err = write_file(path, value);
	check(!err, "cannot write %s to %s: %s; does the kernel have zswap?",
	      value, path, strerror(-err));
}

/* What was dropped stays in the swap, so that is never taken away. */
static void keep_on(void)
{
	static bool on;

	if (!on)
		swap_on(0, DROPPED_SIZE, ANY_PRIORITY);
	on = true;
}

void backing_on(const struct spec *spec, enum arm arm)
{
	if (arm == ARM_DROP) {
		keep_on();
		return;
	}
	switch (spec->swap) {
	case ZSWAP:
		set_zswap("compressor", "lz4");
		set_zswap("max_pool_percent", "90");
		set_zswap("enabled", "1");
		swap_on_disk(size_of(spec));
		break;
	case DISK:
		swap_on_disk(size_of(spec));
		break;
	default:
		swap_on(0, size_of(spec), ANY_PRIORITY);
	}
}

void backing_off(const struct spec *spec, enum arm arm)
{
	if (arm == ARM_DROP)
		return;
	if (spec->swap != ZRAM)
		swap_off_disk();
	if (spec->swap == ZSWAP)
		set_zswap("enabled", "0");
	swap_cleanup();
}
