// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "options.h"
#include "output.h"
#include "root.h"

#define MAX_OPTIONS	16

static bool help;

const struct option_desc common_options[] = {
	{ "root", "DIR", "look at the files below DIR instead of /",
	  .value = &root_dir },
	{ "help", NULL, "print this", .flag = &help },
	{ }
};

static const struct option_desc no_options[] = { { } };

static const char *const operand_usage[] = {
	[NO_OPERANDS] = "",
	[KNOB_NAMES] = " [NAME...]",
	[KNOB_ASSIGNMENTS] = " NAME=VALUE...",
	[SHELLS] = " bash|zsh",
};

static const struct option_desc *own_options(const struct command *command)
{
	return command->options ? command->options : no_options;
}

static void help_option(const struct option_desc *option)
{
	char text[64];

	snprintf(text, sizeof(text), "--%s%s%s", option->name,
		 option->arg ? " " : "", option->arg ? option->arg : "");
	printf("  %-18s %s\n", text, option->summary);
}

static void help_command(const struct command *command)
{
	const struct option_desc *option;

	printf("usage: swapreap %s [OPTIONS]%s\n\n%s\n", command->name,
	       operand_usage[command->operands], command->summary);
	if (command->details)
		printf("\n%s\n", command->details);
	printf("\nOptions:\n");
	for (option = own_options(command); option->name; option++)
		help_option(option);
	for (option = common_options; option->name; option++)
		help_option(option);
}

void help_all(void)
{
	const struct option_desc *option;

	printf("usage: swapreap [--root DIR] [COMMAND] [OPTIONS]\n\n"
	       "Shows and sets what the kernel module swapreap does.\n\n"
	       "Commands:\n");
	for (int i = 0; commands[i]; i++)
		printf("  %-12s %s\n", commands[i]->name, commands[i]->summary);
	printf("\nOptions:\n");
	for (option = common_options; option->name; option++)
		help_option(option);
	printf("\n`swapreap COMMAND --help' tells more of a command.\n"
	       "Exit status: 0 fine, 1 error, 2 usage, 3 not loaded, 4 not supported here.\n");
}

static int add_options(struct option *table, const struct option_desc **descs,
		       int nr, const struct option_desc *option)
{
	for (; option->name; option++, nr++) {
		descs[nr] = option;
		table[nr] = (struct option) {
			.name = option->name,
			.has_arg = option->arg ? required_argument : no_argument,
		};
	}
	return nr;
}

static int usage_error(const struct command *command, const char *what,
		       const char *about)
{
	error("%s: %s%s; see swapreap %s --help", command->name, what, about,
	      command->name);
	return EXIT_USAGE;
}

static int check_operands(const struct command *command, int argc, char **argv)
{
	if (command->operands == NO_OPERANDS && argc)
		return usage_error(command, "takes no operand, but got ",
				   argv[0]);
	if (command->operands == KNOB_ASSIGNMENTS && !argc)
		return usage_error(command, "needs NAME=VALUE", "");
	if (command->operands == SHELLS && !argc)
		return usage_error(command, "needs the shell, bash or zsh", "");
	return OPTIONS_GO_ON;
}

/**
 * options_parse() - take the options of a subcommand from its command line
 * @command: the subcommand
 * @argc: length of @argv; becomes the number of operands
 * @argv: the subcommand's word and what follows; becomes the operands
 *
 * Return: OPTIONS_GO_ON, or the status to exit with.
 */
int options_parse(const struct command *command, int *argc, char ***argv)
{
	const struct option_desc *descs[MAX_OPTIONS];
	struct option table[MAX_OPTIONS] = { };
	int nr, which, found;

	nr = add_options(table, descs, 0, own_options(command));
	add_options(table, descs, nr, common_options);
	opterr = 0;
	while ((found = getopt_long(*argc, *argv, ":", table, &which)) != -1) {
		if (found == ':')
			return usage_error(command, "an argument is missing behind ",
					   (*argv)[optind - 1]);
		if (found)
			return usage_error(command, "there is no option ",
					   (*argv)[optind - 1]);
		if (descs[which]->flag)
			*descs[which]->flag = true;
		else
			*descs[which]->value = optarg;
	}
	if (help) {
		help_command(command);
		return EXIT_FINE;
	}
	*argc -= optind;
	*argv += optind;
	return check_operands(command, *argc, *argv);
}

/**
 * options_number() - the number that an option was given
 * @name: the option
 * @text: its argument, or NULL if it was not given: @value is kept then
 * @min: least number accepted
 * @max: greatest number accepted
 * @value: where it is put
 *
 * Return: 0 or EXIT_USAGE.
 */
int options_number(const char *name, const char *text, long min, long max,
		   long *value)
{
	char *end;
	long number;

	if (!text)
		return 0;
	errno = 0;
	number = strtol(text, &end, 10);
	if (errno || end == text || *end || number < min || number > max) {
		error("--%s needs a number from %ld to %ld, not '%s'", name,
		      min, max, text);
		return EXIT_USAGE;
	}
	*value = number;
	return 0;
}
