// SPDX-License-Identifier: GPL-2.0
/* swapreap get: the values of knobs. */
#include <stdio.h>
#include <string.h>

#include "command.h"
#include "module.h"
#include "output.h"

static int print_one(const struct entry *knob, bool with_name)
{
	if (!knob->text) {
		error("cannot read %s: %s", knob->name, strerror(knob->err));
		return EXIT_ERROR;
	}
	if (with_name)
		printf("%s=", knob->name);
	puts(knob->text);
	return EXIT_FINE;
}

static int print_all(const struct entries *knobs)
{
	int status = EXIT_FINE;

	for (size_t i = 0; i < knobs->nr; i++)
		if (print_one(&knobs->list[i], true))
			status = EXIT_ERROR;
	return status;
}

static int print_named(const struct entries *knobs, int argc, char **argv)
{
	int status = EXIT_FINE;

	for (int i = 0; i < argc; i++)
		if (!entries_find(knobs, argv[i])) {
			error("there is no knob '%s'; swapreap get shows all",
			      argv[i]);
			return EXIT_USAGE;
		}
	for (int i = 0; i < argc; i++)
		if (print_one(entries_find(knobs, argv[i]), argc > 1))
			status = EXIT_ERROR;
	return status;
}

static int run(int argc, char **argv)
{
	struct snapshot snapshot;
	int status = snapshot_need(&snapshot);

	if (status)
		return status;
	status = argc ? print_named(&snapshot.knobs, argc, argv) :
			print_all(&snapshot.knobs);
	snapshot_free(&snapshot);
	return status;
}

const struct command get_command = {
	.name = "get",
	.summary = "print the values of knobs",
	.details = "Prints NAME=VALUE lines, or of a single NAME the value alone.",
	.operands = KNOB_NAMES,
	.run = run,
};
