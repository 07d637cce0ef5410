// SPDX-License-Identifier: GPL-2.0
/* swapreap version: of the command, and of the module if it is loaded. */
#include <stdio.h>
#include <string.h>

#include "command.h"
#include "module.h"
#include "output.h"
#include "version.h"

const char *version_warning(const struct snapshot *snapshot)
{
	static const char warning[] =
		"command and module are of different versions; install both of one, and load the module again (rmmod swapreap; modprobe swapreap)";
	const char *module = entries_text(&snapshot->facts, "version");

	if (!module || !strcmp(module, SWAPREAP_VERSION))
		return NULL;
	return warning;
}

void version_text(FILE *file, const struct snapshot *snapshot)
{
	const char *module = entries_text(&snapshot->facts, "version");

	fprintf(file, "command  %s\n", SWAPREAP_VERSION);
	fprintf(file, "module   %s\n", module ? module :
		snapshot->loaded ? "unknown" : "not loaded");
}

static int run(int argc, char **argv)
{
	struct snapshot snapshot;
	const char *warning;

	(void)argc;
	(void)argv;
	snapshot_take(&snapshot);
	version_text(stdout, &snapshot);
	warning = version_warning(&snapshot);
	if (warning)
		error("%s", warning);
	snapshot_free(&snapshot);
	return EXIT_FINE;
}

const struct command version_command = {
	.name = "version",
	.summary = "versions of the command and of the module",
	.run = run,
};
