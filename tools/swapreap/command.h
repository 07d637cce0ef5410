/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a subcommand is. The table of them in main.c is the one source of the
 * dispatch, of --help and of what completes on the command line.
 */
#ifndef COMMAND_H
#define COMMAND_H

#include <stdbool.h>

enum exit_code {
	EXIT_FINE,
	EXIT_ERROR,
	EXIT_USAGE,
	EXIT_NOT_LOADED,
	EXIT_UNSUPPORTED,
};

/* What may stand behind a subcommand's options. */
enum operands {
	NO_OPERANDS,
	KNOB_NAMES,
	KNOB_ASSIGNMENTS,
	SHELLS,
};

/**
 * struct option_desc - an option, with or without an argument
 * @name: without the dashes
 * @arg: what the argument is called in the help; NULL if there is none
 * @summary: a line for the help
 * @flag: set if the option is given
 * @value: where its argument is put
 */
struct option_desc {
	const char *name;
	const char *arg;
	const char *summary;
	bool *flag;
	const char **value;
};

/**
 * struct command - a subcommand
 * @name: its word on the command line
 * @summary: a line for the help
 * @details: more lines for its own help, or NULL
 * @operands: what it takes besides options
 * @options: ends with an empty one; NULL if there are none
 * @run: gets the operands, returns an enum exit_code
 */
struct command {
	const char *name;
	const char *summary;
	const char *details;
	enum operands operands;
	const struct option_desc *options;
	int (*run)(int argc, char **argv);
};

extern const struct command bench_command;
extern const struct command check_command;
extern const struct command completion_command;
extern const struct command drain_command;
extern const struct command get_command;
extern const struct command metrics_command;
extern const struct command report_command;
extern const struct command save_command;
extern const struct command set_command;
extern const struct command status_command;
extern const struct command trace_command;
extern const struct command version_command;
extern const struct command watch_command;

/* All of them, in the order of the help; ends with NULL. */
extern const struct command *const commands[];

/* The options that each of them has; ends with an empty one. */
extern const struct option_desc common_options[];

const struct command *command_find(const char *name);

#endif
