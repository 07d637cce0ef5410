/* SPDX-License-Identifier: GPL-2.0 */
/* The command line: parsed, and explained, by the tables of command.h. */
#ifndef OPTIONS_H
#define OPTIONS_H

#include "command.h"

/* options_parse() returns this where the subcommand is to be run. */
#define OPTIONS_GO_ON	(-1)

int options_parse(const struct command *command, int *argc, char ***argv);
int options_number(const char *name, const char *text, long min, long max,
		   long *value);
void help_all(void);

#endif
