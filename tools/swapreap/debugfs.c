// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>
#include <string.h>

#include "debugfs.h"
#include "output.h"
#include "root.h"

#define DEBUGFS	"sys/kernel/debug/"

/* A line is a bucket: from, to (not in it), how many. */
static bool print_histogram(FILE *out, const char *name)
{
	char *path = text_of(DEBUGFS "swapreap/%s", name);
	FILE *file = root_fopen(path);
	long long from, to, count;
	char line[128];

	free(path);
	if (!file)
		return false;
	fprintf(out, "%s\n", name);
	while (fgets(line, sizeof(line), file))
		if (sscanf(line, "%lld %lld %lld", &from, &to, &count) == 3)
			fprintf(out, "%14lld .. %-14lld %10lld\n", from, to,
				count);
	fclose(file);
	return true;
}

/**
 * debugfs_histograms() - print what the module shows of sizes and times
 * @file: where to
 *
 * Return: whether there are any.
 */
bool debugfs_histograms(FILE *file)
{
	static const char *const names[] = {
		"scope_pages", "exit_us", "age_us"
	};
	bool any = false;

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		any |= print_histogram(file, names[i]);
	return any;
}

/**
 * debugfs_has_probe() - is there a kprobe on a function of the kernel?
 * @function: its name
 */
bool debugfs_has_probe(const char *function)
{
	FILE *file = root_fopen(DEBUGFS "kprobes/list");
	char line[256], name[128];
	bool found = false;

	/* ADDRESS TYPE NAME+OFFSET [FLAGS] */
	while (file && !found && fgets(line, sizeof(line), file))
		found = sscanf(line, "%*s %*s %127[^+ ]", name) == 1 &&
			!strcmp(name, function);
	if (file)
		fclose(file);
	return found;
}
