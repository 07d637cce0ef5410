// SPDX-License-Identifier: GPL-2.0
/*
 * swapreap save: writes the knobs to the module's options, so that they are
 * the same the next time it is loaded. Other lines of the file are the user's.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "knobs.h"
#include "module.h"
#include "output.h"
#include "root.h"

#define OPTIONS_FILE	"etc/modprobe.d/swapreap.conf"
#define BLANKS		" \t\n"

/**
 * struct options - the file
 * @before: lines up to our options
 * @after: lines from there on
 * @old: the arguments that were there, " NAME=VALUE" each
 */
struct options {
	char *before;
	char *after;
	char *old;
};

static void append(char **text, const char *more)
{
	char *longer = text_of("%s%s", *text, more);

	free(*text);
	*text = longer;
}

/* Arguments if this is a line of our options, else NULL. */
static char *our_arguments(char *line)
{
	char *rest = line + strspn(line, BLANKS);
	char *word = strsep(&rest, BLANKS);

	if (strcmp(word, "options") || !rest)
		return NULL;
	rest += strspn(rest, BLANKS);
	word = strsep(&rest, BLANKS);
	if (strcmp(word, "swapreap"))
		return NULL;
	return rest ? rest : word + strlen(word);
}

/* A line, with those that a backslash at its end joins to it. */
static bool read_line(FILE *file, char **line)
{
	char *part = NULL;
	size_t size = 0;
	bool any = false;
	ssize_t length;

	*line = text_of("%s", "");
	while ((length = getline(&part, &size, file)) > 0) {
		any = true;
		append(line, part);
		if (length < 2 || strcmp(part + length - 2, "\\\n"))
			break;
	}
	free(part);
	return any;
}

static void take_arguments(struct options *options, char *arguments)
{
	char *word;

	while ((word = strsep(&arguments, BLANKS "\\")))
		if (*word) {
			append(&options->old, " ");
			append(&options->old, word);
		}
}

static int read_options(struct options *options)
{
	FILE *file = root_fopen(OPTIONS_FILE);
	char *line;

	*options = (struct options) {
		.before = text_of("%s", ""),
		.after = text_of("%s", ""),
		.old = text_of("%s", ""),
	};
	if (!file)
		return errno == ENOENT ? 0 : errno;
	while (read_line(file, &line)) {
		char *copy = text_of("%s", line);
		char *arguments = our_arguments(copy);

		if (arguments)
			take_arguments(options, arguments);
		else
			append(options->old[0] ? &options->after :
						 &options->before, line);
		free(copy);
		free(line);
	}
	free(line);
	fclose(file);
	return 0;
}

static void free_options(struct options *options)
{
	free(options->before);
	free(options->after);
	free(options->old);
}

static bool names(const char *arguments, const char *name)
{
	char *wanted = text_of(" %s=", name);
	bool found = strstr(arguments, wanted);

	free(wanted);
	return found;
}

/* Parameters that are no knobs, such as hook, stay as they were. */
static char *other_arguments(const char *arguments,
			     const struct entries *knobs)
{
	char *copy = text_of("%s", arguments), *rest = copy, *word;
	char *others = text_of("%s", "");

	while ((word = strsep(&rest, " "))) {
		char *name = text_of("%.*s", (int)strcspn(word, "="), word);

		if (*word && !entries_find(knobs, name)) {
			append(&others, " ");
			append(&others, word);
		}
		free(name);
	}
	free(copy);
	return others;
}

/* What is as the module would have it is left to the module. */
static char *new_arguments(const char *old, const struct entries *knobs)
{
	char *arguments = other_arguments(old, knobs);

	for (size_t i = 0; i < knobs->nr; i++) {
		const struct entry *knob = &knobs->list[i];
		char *argument;

		if (knob_is_default(knob->name, knob->text) &&
		    !names(old, knob->name))
			continue;
		argument = text_of(" %s=%s", knob->name, knob->text);
		append(&arguments, argument);
		free(argument);
	}
	return arguments;
}

struct file_text {
	const struct options *options;
	const char *arguments;
};

static void print_options(FILE *file, void *arg)
{
	const struct file_text *text = arg;
	size_t length = strlen(text->options->before);

	fputs(text->options->before, file);
	if (length && text->options->before[length - 1] != '\n')
		fputc('\n', file);
	if (text->arguments[0])
		fprintf(file, "options swapreap%s\n", text->arguments);
	fputs(text->options->after, file);
}

static int write_options(const struct options *options,
			 const struct entries *knobs)
{
	char *arguments = new_arguments(options->old, knobs);
	struct file_text text = { options, arguments };
	char *path = root_path(OPTIONS_FILE);
	int status = write_whole(path, print_options, &text);

	if (!status && arguments[0])
		printf("saved in /" OPTIONS_FILE ":%s\n", arguments);
	else if (!status)
		printf("all knobs are at their defaults; no options in /" OPTIONS_FILE "\n");
	free(path);
	free(arguments);
	return status;
}

static int save(const struct entries *knobs)
{
	struct options options;
	int status = EXIT_ERROR;
	int err;

	for (size_t i = 0; i < knobs->nr; i++)
		if (!knobs->list[i].text) {
			error("cannot read %s: %s; nothing was saved",
			      knobs->list[i].name,
			      strerror(knobs->list[i].err));
			return EXIT_ERROR;
		}
	err = read_options(&options);
	if (err)
		error("cannot read /" OPTIONS_FILE ": %s; nothing was saved",
		      strerror(err));
	else
		status = write_options(&options, knobs);
	free_options(&options);
	return status;
}

static int run(int argc, char **argv)
{
	struct snapshot snapshot;
	int status = snapshot_need(&snapshot);

	(void)argc;
	(void)argv;
	if (status)
		return status;
	status = save(&snapshot.knobs);
	snapshot_free(&snapshot);
	return status;
}

const struct command save_command = {
	.name = "save",
	.summary = "keep the knobs as they are for the next load (root)",
	.details =
	"Writes those that differ from the defaults to /" OPTIONS_FILE ".\n"
	"Comments and other options in it stay.",
	.run = run,
};
