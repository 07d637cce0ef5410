// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "kernel_config.h"
#include "output.h"
#include "root.h"

/* zlib reads what is not compressed as it is. */
static gzFile open_config(const char *release)
{
	static const struct {
		const char *before;
		const char *behind;
	} places[] = {
		{ "boot/config-", "" },
		{ "lib/modules/", "/config" },
		{ "lib/modules/", "/build/.config" },
	};
	char *path = root_path("proc/config.gz");
	gzFile file = gzopen(path, "re");

	free(path);
	for (size_t i = 0; !file && i < ARRAY_SIZE(places); i++) {
		path = root_path("%s%s%s", places[i].before, release,
				 places[i].behind);
		file = gzopen(path, "re");
		free(path);
	}
	return file;
}

static void look_at(const char *line, struct kernel_option *options, size_t nr)
{
	for (size_t i = 0; i < nr; i++) {
		size_t length = strlen(options[i].name);

		if (!strncmp(line, options[i].name, length) &&
		    (!strncmp(line + length, "=y", 2) ||
		     !strncmp(line + length, "=m", 2)))
			options[i].set = true;
	}
}

/**
 * kernel_config_read() - look options up
 * @release: of the kernel
 * @options: of which @set is filled in
 * @nr: how many
 *
 * Return: whether the configuration was found.
 */
bool kernel_config_read(const char *release, struct kernel_option *options,
			size_t nr)
{
	gzFile file = open_config(release);
	char line[1024];

	if (!file)
		return false;
	while (gzgets(file, line, sizeof(line)))
		look_at(line, options, nr);
	gzclose(file);
	return true;
}
