// SPDX-License-Identifier: GPL-2.0
/* swapreap version: of the command, and of the module if it is loaded. */
#include <stdio.h>
#include <string.h>

#include "command.h"
#include "module.h"
#include "output.h"
#include "version.h"

/**
 * version_differs() - is the module loaded, and of another version?
 * @snapshot: the module
 */
bool version_differs(const struct snapshot *snapshot)
{
	const char *module = entries_text(&snapshot->facts, "version");

	return module && strcmp(module, SWAPREAP_VERSION);
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

	(void)argc;
	(void)argv;
	snapshot_take(&snapshot);
	version_text(stdout, &snapshot);
	if (version_differs(&snapshot))
		error("these are different versions; install both of one, then rmmod swapreap; modprobe swapreap");
	snapshot_free(&snapshot);
	return EXIT_FINE;
}

const struct command version_command = {
	.name = "version",
	.summary = "versions of the command and of the module",
	.run = run,
};
