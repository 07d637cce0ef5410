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
	char *names[] = {
		text_of("proc/config.gz"),
		text_of("boot/config-%s", release),
		text_of("lib/modules/%s/config", release),
		text_of("lib/modules/%s/build/.config", release),
	};
	gzFile file = NULL;

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		char *path = root_path("%s", names[i]);

		if (!file)
			file = gzopen(path, "re");
		free(path);
		free(names[i]);
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
