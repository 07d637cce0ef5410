// SPDX-License-Identifier: GPL-2.0
/* The table of subcommands, and the way from the command line to one of them. */
#include <locale.h>
#include <stdio.h>
#include <string.h>

#include "options.h"
#include "output.h"

const struct command *const commands[] = {
	&status_command,
	&watch_command,
	&get_command,
	&set_command,
	&drain_command,
	&save_command,
	&check_command,
	&bench_command,
	&trace_command,
	&metrics_command,
	&report_command,
	&version_command,
	&completion_command,
	NULL
};

const struct command *command_find(const char *name)
{
	for (int i = 0; commands[i]; i++)
		if (!strcmp(commands[i]->name, name))
			return commands[i];
	return NULL;
}

/* Where the subcommand's word is, or argc: --root DIR may stand before it. */
static int find_word(int argc, char **argv)
{
	int i;

	for (i = 1; i < argc && argv[i][0] == '-'; i++)
		if (!strcmp(argv[i], "--root"))
			i++;
	return i < argc ? i : argc;
}

/* Without the word, argv reads as if the options had come behind it. */
static void remove_word(int *argc, char **argv, int at)
{
	memmove(argv + at, argv + at + 1, (*argc - at) * sizeof(*argv));
	(*argc)--;
}

int main(int argc, char **argv)
{
	const struct command *command = &status_command;
	int at = find_word(argc, argv);
	int status;

	setlocale(LC_CTYPE, "");
	if (at < argc) {
		command = command_find(argv[at]);
		if (!command) {
			error("there is no command '%s'; see swapreap --help",
			      argv[at]);
			return EXIT_USAGE;
		}
		remove_word(&argc, argv, at);
	} else if (argc == 2 && !strcmp(argv[1], "--help")) {
		help_all();
		return output_end(EXIT_FINE);
	} else if (argc == 2 && !strcmp(argv[1], "--version")) {
		command = &version_command;
		argc = 1;
	}
	status = options_parse(command, &argc, &argv);
	if (status == OPTIONS_GO_ON)
		status = command->run(argc, argv);
	return output_end(status);
}
