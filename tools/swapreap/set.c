// SPDX-License-Identifier: GPL-2.0
/* swapreap set: sets all of the knobs named, or none. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "knobs.h"
#include "module.h"
#include "output.h"

/**
 * struct change - a knob that is to be set
 * @name: of the knob
 * @value: what to
 * @before: what it is set to
 */
struct change {
	char *name;
	const char *value;
	const char *before;
};

static int parse(struct change *change, char *operand,
		 const struct entries *knobs)
{
	char *equals = strchr(operand, '=');
	const struct entry *knob;
	char *refusal;

	if (!equals || equals == operand || !equals[1]) {
		error("'%s' is not NAME=VALUE", operand);
		return EXIT_USAGE;
	}
	*equals = '\0';
	*change = (struct change) { .name = operand, .value = equals + 1 };
	knob = entries_find(knobs, operand);
	if (!knob) {
		error("there is no knob '%s'; swapreap get shows all", operand);
		return EXIT_USAGE;
	}
	if (!knob->text) {
		error("cannot read %s: %s; nothing was set", operand,
		      strerror(knob->err));
		return EXIT_ERROR;
	}
	change->before = knob->text;
	refusal = knob_refuses(change->name, change->value);
	if (refusal) {
		error("%s %s, not '%s'; nothing was set", change->name, refusal,
		      change->value);
		free(refusal);
		return EXIT_USAGE;
	}
	return EXIT_FINE;
}

static int parse_all(struct change *changes, int nr, char **operands,
		     const struct entries *knobs)
{
	for (int i = 0; i < nr; i++) {
		int status = parse(&changes[i], operands[i], knobs);

		if (status)
			return status;
		for (int j = 0; j < i; j++)
			if (!strcmp(changes[i].name, changes[j].name)) {
				error("%s is given twice; nothing was set",
				      changes[i].name);
				return EXIT_USAGE;
			}
	}
	return EXIT_FINE;
}

static const char *explain(int err)
{
	switch (err) {
	case EACCES:
	case EPERM:
		return "only root may do that (sudo)";
	case EINVAL:
		return "the module does not take this value";
	case EBUSY:
		return "a livepatch or another module is in the way; see swapreap check";
	default:
		return strerror(err);
	}
}

static void undo(const struct change *changes, int nr)
{
	while (nr--) {
		int err = module_set(changes[nr].name, changes[nr].before);

		if (err)
			error("cannot set %s back to %s: %s", changes[nr].name,
			      changes[nr].before, explain(err));
	}
}

static int apply(const struct change *changes, int nr)
{
	for (int i = 0; i < nr; i++) {
		int err = module_set(changes[i].name, changes[i].value);

		if (!err)
			continue;
		error("cannot set %s to %s: %s%s", changes[i].name,
		      changes[i].value, explain(err),
		      i ? "; what was set before it is set back" : "");
		undo(changes, i);
		return EXIT_ERROR;
	}
	return EXIT_FINE;
}

static int run(int argc, char **argv)
{
	struct change *changes = must(calloc(argc, sizeof(*changes)));
	struct snapshot snapshot;
	int status = snapshot_need(&snapshot);

	if (!status) {
		status = parse_all(changes, argc, argv, &snapshot.knobs);
		if (!status)
			status = apply(changes, argc);
		snapshot_free(&snapshot);
	}
	free(changes);
	return status;
}

const struct command set_command = {
	.name = "set",
	.summary = "set knobs: all that are named, or none (root)",
	.details =
	"Values are looked at before any is set; if the module refuses one, those set\n"
	"before it are set back. It lasts until the module is unloaded: see save.",
	.operands = KNOB_ASSIGNMENTS,
	.run = run,
};
