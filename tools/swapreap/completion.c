// SPDX-License-Identifier: GPL-2.0
/*
 * swapreap completion: what completes its command line in a shell.
 *
 * The shell's function asks `swapreap completion words --
 * WORD...' each time, which looks
 * at the same tables as the dispatch and the help. An answer is a line of the
 * word, a tab and what it means; ":files" stands for any file.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "knobs.h"
#include "module.h"
#include "output.h"

static const char bash_script[] =
	"_swapreap()\n"
	"{\n"
	"\tmapfile -t COMPREPLY < <(swapreap completion words -- \"${COMP_WORDS[@]:1:COMP_CWORD}\" 2>/dev/null)\n"
	"\tif [ \"${COMPREPLY[0]-}\" = :files ]; then\n"
	"\t\tmapfile -t COMPREPLY < <(compgen -f -- \"${COMP_WORDS[COMP_CWORD]}\")\n"
	"\t\tcompopt -o filenames\n"
	"\tfi\n"
	"\tCOMPREPLY=(\"${COMPREPLY[@]%%$'\\t'*}\")\n"
	"\t[[ ${COMPREPLY[0]-} != *= ]] || compopt -o nospace\n"
	"}\n"
	"complete -F _swapreap swapreap\n";

static const char zsh_script[] =
	"#compdef swapreap\n"
	"_swapreap()\n"
	"{\n"
	"\tlocal -a lines names nospace\n"
	"\tlines=(\"${(@f)$(swapreap completion words -- \"${(@)words[2,CURRENT]}\" 2>/dev/null)}\")\n"
	"\tif [[ ${lines[1]} == :files ]]; then\n"
	"\t\t_files\n"
	"\t\treturn\n"
	"\tfi\n"
	"\t[[ ${lines[1]%%$'\\t'*} != *= ]] || nospace=(-S '')\n"
	"\tnames=(\"${(@)lines%%$'\\t'*}\")\n"
	"\tlines=(\"${(@)lines/$'\\t'/  -- }\")\n"
	"\tcompadd -l -d lines \"${nospace[@]}\" -a names\n"
	"}\n"
	"if [[ $funcstack[1] == _swapreap ]]; then\n"
	"\t_swapreap \"$@\"\n"
	"else\n"
	"\tcompdef _swapreap swapreap\n"
	"fi\n";

static const struct {
	const char *name;
	const char *script;
} shells[] = {
	{ "bash", bash_script },
	{ "zsh", zsh_script },
};

/* Offers a word if it begins with what was typed. */
static void offer(const char *typed, const char *before, const char *word,
		  const char *behind, const char *meaning)
{
	char *whole = text_of("%s%s%s", before, word, behind);

	if (!strncmp(whole, typed, strlen(typed)))
		printf("%s\t%s\n", whole, meaning);
	free(whole);
}

static void offer_options(const char *typed, const struct option_desc *option)
{
	for (; option && option->name; option++)
		offer(typed, "--", option->name, "", option->summary);
}

static void offer_commands(const char *typed)
{
	for (int i = 0; commands[i]; i++)
		offer(typed, "", commands[i]->name, "", commands[i]->summary);
}

static void offer_shells(const char *typed)
{
	for (size_t i = 0; i < ARRAY_SIZE(shells); i++)
		offer(typed, "", shells[i].name, "", "its completion script");
}

static void offer_knobs(const char *typed, const char *behind)
{
	struct snapshot snapshot;

	snapshot_take(&snapshot);
	for (size_t i = 0; i < snapshot.knobs.nr; i++) {
		const char *name = snapshot.knobs.list[i].name;

		offer(typed, "", name, behind, knob_summary(name));
	}
	snapshot_free(&snapshot);
}

static void offer_operands(const char *typed, enum operands operands)
{
	if (operands == KNOB_NAMES)
		offer_knobs(typed, "");
	else if (operands == KNOB_ASSIGNMENTS)
		offer_knobs(typed, "=");
	else if (operands == SHELLS)
		offer_shells(typed);
}

static const struct option_desc *find_option(const struct option_desc *option,
					     const char *word)
{
	for (; option && option->name; option++)
		if (!strncmp(word, "--", 2) && !strcmp(word + 2, option->name))
			return option;
	return NULL;
}

static const struct option_desc *option_of(const struct command *command,
					   const char *word)
{
	const struct option_desc *option = find_option(command->options, word);

	return option ? option : find_option(common_options, word);
}

/* Which of the words is the subcommand's, or nr. */
static int find_word(int nr, char **words)
{
	int i;

	for (i = 0; i < nr && words[i][0] == '-'; i++) {
		const struct option_desc *option = find_option(common_options,
							       words[i]);

		if (option && option->arg)
			i++;
	}
	return i < nr ? i : nr;
}

/* The last of the words is the one being typed. */
static int complete(int argc, char **argv)
{
	const char *typed = argc ? argv[argc - 1] : "";
	int nr = argc ? argc - 1 : 0;
	int at = find_word(nr, argv);
	const struct command *command = at < nr ? command_find(argv[at]) :
						  &status_command;
	const struct option_desc *last;

	if (!command)
		return EXIT_USAGE;
	last = nr ? option_of(command, argv[nr - 1]) : NULL;
	if (last && last->arg) {
		puts(":files");
	} else if (typed[0] == '-') {
		offer_options(typed, command->options);
		offer_options(typed, common_options);
	} else if (at == nr) {
		offer_commands(typed);
	} else {
		offer_operands(typed, command->operands);
	}
	return EXIT_FINE;
}

static int run(int argc, char **argv)
{
	if (!strcmp(argv[0], "words"))
		return complete(argc - 1, argv + 1);
	for (size_t i = 0; argc == 1 && i < ARRAY_SIZE(shells); i++)
		if (!strcmp(argv[0], shells[i].name)) {
			fputs(shells[i].script, stdout);
			return EXIT_FINE;
		}
	error("completion needs one shell, bash or zsh");
	return EXIT_USAGE;
}

const struct command completion_command = {
	.name = "completion",
	.summary = "print what completes the command line in bash or zsh",
	.details =
	"bash: eval \"$(swapreap completion bash)\" in ~/.bashrc\n"
	"zsh:  eval \"$(swapreap completion zsh)\" in ~/.zshrc, behind compinit",
	.operands = SHELLS,
	.run = run,
};
