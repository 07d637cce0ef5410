// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>
#include <string.h>

#include "record.h"
#include "spec.h"
#include "util.h"

const char *const layout_names[LAYOUTS] = {
	"in-order", "scattered", "interleaved",
};

const char *const arm_names[ARMS] = { "off", "disabled", "on", "drop" };

const char *const backing_names[BACKINGS] = { "zram", "zswap", "disk" };

const char *const measure_names[MEASURES] = {
	"exit", "munmap", "dontneed", "swapin",
};

static long number(const char *key, const char *text, long min, long max)
{
	char *end;
	long value = strtol(text, &end, 10);

	check(*text && !*end && value >= min && value <= max,
	      "%s=%s: it takes %ld to %ld", key, text, min, max);
	return value;
}

static int choice(const char *key, const char *text, const char *const *names,
		  int count)
{
	for (int i = 0; i < count; i++)
		if (!strcmp(text, names[i]))
			return i;
	fail("%s=%s: no such %s", key, text, key);
}

static void choose_arms(struct spec *spec, char *list)
{
	memset(spec->arms, 0, sizeof(spec->arms));
	for (char *name = strtok(list, ","); name; name = strtok(NULL, ","))
		spec->arms[choice("arms", name, arm_names, ARMS)] = true;
}

static void take(struct spec *spec, const char *key, char *value)
{
	if (!strcmp(key, "measure"))
		spec->measure = choice(key, value, measure_names, MEASURES);
	else if (!strcmp(key, "arms"))
		choose_arms(spec, value);
	else if (!strcmp(key, "rounds"))
		spec->rounds = number(key, value, 1, 1000);
	else if (!strcmp(key, "processes"))
		spec->processes = number(key, value, 1, 1024);
	else if (!strcmp(key, "size"))
		spec->size = MIB(number(key, value, 1, 1 << 20));
	else if (!strcmp(key, "swapped"))
		spec->swapped = number(key, value, 1, 100);
	else if (!strcmp(key, "order"))
		spec->layout = choice(key, value, layout_names, LAYOUTS);
	else if (!strcmp(key, "swap"))
		spec->swap = choice(key, value, backing_names, BACKINGS);
	else if (!strcmp(key, "shared"))
		spec->shared = number(key, value, 0, 1);
	else if (!strcmp(key, "cgroups"))
		spec->cgroups = number(key, value, 0, 1024);
	else if (!strcmp(key, "threads"))
		spec->threads = number(key, value, 1, 1024);
	else if (!strcmp(key, "killed"))
		spec->killed = number(key, value, 1, 1024);
	else if (!strcmp(key, "mrelease"))
		spec->mrelease = number(key, value, 0, 1);
	else if (!strcmp(key, "foreground"))
		spec->foreground = MIB(number(key, value, 1, 1 << 20));
	else if (!strcmp(key, "watch"))
		spec->watch_ms = number(key, value, 0, 1000000);
	else if (!strcmp(key, "kthreads"))
		spec->kthreads = number(key, value, 0, 1);
	else if (!strcmp(key, "seed"))
		spec->seed = number(key, value, 0, 1L << 30);
	else if (!strcmp(key, "params"))
		spec->params = value;
	else
		fail("%s: there is nothing of that name to describe", key);
}

struct spec spec_parse(char **words)
{
	struct spec spec = {
		.arms = { [ARM_OFF] = true, [ARM_ON] = true },
		.rounds = 1,
		.processes = 1,
		.size = MIB(128),
		.swapped = 100,
		.threads = 1,
		.seed = 1,
		.params = "",
	};

	for (; *words; words++) {
		char *value = strchr(*words, '=');

		check(value, "%s: not of the form key=value", *words);
		*value++ = '\0';
		take(&spec, *words, value);
	}
	if (!spec.killed)
		spec.killed = spec.processes;
	check(spec.killed <= spec.processes, "killed=%d of processes=%d",
	      spec.killed, spec.processes);
	return spec;
}

size_t spec_swapped_size(const struct spec *spec)
{
	return spec->size / PAGE * spec->swapped / 100 * PAGE;
}

size_t spec_swap_size(const struct spec *spec)
{
	return spec_swapped_size(spec) * (spec->shared ? 1 : spec->processes);
}

void spec_record(const struct spec *spec)
{
	record_string("measure", measure_names[spec->measure]);
	record_long("processes", spec->processes);
	record_long("size", spec->size);
	record_long("swapped", spec->swapped);
	record_string("order", layout_names[spec->layout]);
	record_string("swap", backing_names[spec->swap]);
	record_long("shared", spec->shared);
	record_long("cgroups", spec->cgroups);
	record_long("threads", spec->threads);
	record_long("killed", spec->killed);
	record_long("mrelease", spec->mrelease);
	record_long("foreground", spec->foreground);
	record_long("watch_ms", spec->watch_ms);
	record_long("seed", spec->seed);
	record_string("params", spec->params);
}
