// SPDX-License-Identifier: GPL-2.0
/*
 * swapreap report: an archive for a bug report. What goes in is made here,
 * file by file; nothing of the machine is copied as it is, so that no names of
 * processes, users or hosts, no addresses and no serial numbers get in.
 */
#include <archive.h>
#include <archive_entry.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "check.h"
#include "command.h"
#include "debugfs.h"
#include "to_json.h"
#include "kernel_config.h"
#include "kernel_log.h"
#include "output.h"
#include "root.h"
#include "status.h"
#include "version.h"

/**
 * struct source - what the files are made of
 * @snapshot: the module
 * @machine: around it
 */
struct source {
	struct snapshot snapshot;
	struct machine machine;
};

/* Of a swap file or a mapped device the name says whose it is. */
static void hide_names(struct machine *machine)
{
	for (size_t i = 0; i < machine->nr_swaps; i++) {
		struct swap_area *area = &machine->swaps[i];

		if (strncmp(area->name, "/dev/zram", 9))
			snprintf(area->name, sizeof(area->name), "(a %s)",
				 area->type);
	}
}

static void print_version(FILE *file, const struct source *source)
{
	version_text(file, &source->snapshot);
}

static void print_status(FILE *file, const struct source *source)
{
	status_text(file, &source->snapshot, &source->machine);
}

static void print_json(FILE *file, const struct source *source)
{
	json_print(file, status_json(&source->snapshot, &source->machine));
}

static void print_check(FILE *file, const struct source *source)
{
	(void)source;
	check_text(file);
}

static void print_machine(FILE *file, const struct source *source)
{
	const struct memory *memory = &source->machine.memory;

	fprintf(file, "kernel %s\narch %s\npage_size %ld\ncpus_online %d\n",
		source->machine.release, source->machine.arch, page_size(),
		machine_cpus());
	fprintf(file, "memory_bytes %lld\navailable_bytes %lld\nswap_bytes %lld\nswap_free_bytes %lld\nzswap %s\n",
		memory->total, memory->available, memory->swap_total,
		memory->swap_free, machine_uses_zswap() ? "yes" : "no");
}

static void print_config(FILE *file, const struct source *source)
{
	struct kernel_option options[] = {
		{ "CONFIG_SWAP", false }, { "CONFIG_ZRAM", false },
		{ "CONFIG_ZSWAP", false }, { "CONFIG_NUMA", false },
		{ "CONFIG_MEMCG", false }, { "CONFIG_THP_SWAP", false },
		{ "CONFIG_KPROBES", false }, { "CONFIG_LIVEPATCH", false },
		{ "CONFIG_DYNAMIC_FTRACE_WITH_REGS", false },
		{ "CONFIG_DYNAMIC_FTRACE_WITH_ARGS", false },
		{ "CONFIG_EVENT_TRACING", false }, { "CONFIG_DEBUG_FS", false },
		{ "CONFIG_PREEMPT", false }, { "CONFIG_PREEMPT_RT", false },
		{ "CONFIG_PREEMPT_DYNAMIC", false },
		{ "CONFIG_MODULE_SIG_FORCE", false }, { "CONFIG_CFI_CLANG", false },
	};

	if (!kernel_config_read(source->machine.release, options,
				ARRAY_SIZE(options)))
		fprintf(file, "not found\n");
	else
		for (size_t i = 0; i < ARRAY_SIZE(options); i++)
			fprintf(file, "%s=%c\n", options[i].name,
				options[i].set ? 'y' : 'n');
}

/* Whatever looks like an address is not passed on. */
static void print_line(const char *text, void *arg)
{
	FILE *file = arg;

	while (*text) {
		size_t digits = strspn(text, "0123456789abcdefABCDEF");

		if (digits >= 8) {
			fputs("(address)", file);
			text += digits;
		} else if (isalnum((unsigned char)*text)) {
			do {
				fputc(*text++, file);
			} while (isalnum((unsigned char)*text) || *text == '_');
		} else {
			fputc(*text++, file);
		}
	}
	fputc('\n', file);
}

static void print_log(FILE *file, const struct source *source)
{
	(void)source;
	if (!kernel_log_each(print_line, file))
		fprintf(file, "only root may read the kernel's log\n");
}

static void print_histograms(FILE *file, const struct source *source)
{
	(void)source;
	if (!debugfs_histograms(file))
		fprintf(file, "none: no debugfs, an older module, or not root\n");
}

static const struct part {
	const char *name;
	const char *meaning;
	void (*print)(FILE *file, const struct source *source);
} parts[] = {
	{ "version.txt", "versions of command and module", print_version },
	{ "status.txt", "what swapreap status prints", print_status },
	{ "status.json", "the same as JSON", print_json },
	{ "check.txt", "what swapreap check prints", print_check },
	{ "machine.txt", "kernel, number of CPUs, sizes of memory and swap",
	  print_machine },
	{ "config.txt", "how the kernel was configured, where it matters",
	  print_config },
	{ "log.txt", "the module's own lines of the kernel's log", print_log },
	{ "histograms.txt", "sizes and times of exits, ages of entries",
	  print_histograms },
};

static bool add_part(struct archive *archive, const char *directory,
		     const struct part *part, const struct source *source)
{
	struct archive_entry *entry = must(archive_entry_new());
	char *text, *name = text_of("%s/%s", directory, part->name);
	size_t size;
	FILE *file = must(open_memstream(&text, &size));
	bool good;

	part->print(file, source);
	fclose(file);
	archive_entry_set_pathname(entry, name);
	archive_entry_set_filetype(entry, AE_IFREG);
	archive_entry_set_perm(entry, 0644);
	archive_entry_set_mtime(entry, time(NULL), 0);
	archive_entry_set_size(entry, size);
	good = archive_write_header(archive, entry) == ARCHIVE_OK &&
	       archive_write_data(archive, text, size) == (la_ssize_t)size;
	archive_entry_free(entry);
	free(name);
	free(text);
	return good;
}

static int write_archive(const char *path, const char *directory,
			 const struct source *source)
{
	struct archive *archive = must(archive_write_new());
	bool good;

	archive_write_add_filter_gzip(archive);
	archive_write_set_format_ustar(archive);
	good = archive_write_open_filename(archive, path) == ARCHIVE_OK;
	for (size_t i = 0; good && i < ARRAY_SIZE(parts); i++)
		good = add_part(archive, directory, &parts[i], source);
	if (good)
		good = archive_write_close(archive) == ARCHIVE_OK;
	if (!good)
		error("cannot write %s: %s", path,
		      archive_error_string(archive));
	archive_write_free(archive);
	return good ? EXIT_FINE : EXIT_ERROR;
}

static void print_contents(const char *path)
{
	printf("wrote %s, in which are:\n", path);
	for (size_t i = 0; i < ARRAY_SIZE(parts); i++)
		printf("  %-16s %s\n", parts[i].name, parts[i].meaning);
	printf("No names of processes, users or machines, no addresses, no serial numbers.\n");
}

static const char *output;

static const struct option_desc options[] = {
	{ "output", "FILE", "write this file (swapreap-report-TIME.tar.gz)",
	  .value = &output },
	{ }
};

static int run(int argc, char **argv)
{
	char directory[64];
	struct source source;
	time_t now = time(NULL);
	char *path;
	int status;

	(void)argc;
	(void)argv;
	strftime(directory, sizeof(directory),
		 "swapreap-report-%Y%m%d-%H%M%S", localtime(&now));
	path = output ? text_of("%s", output) : text_of("%s.tar.gz", directory);
	snapshot_take(&source.snapshot);
	machine_look(&source.machine);
	hide_names(&source.machine);
	status = write_archive(path, directory, &source);
	if (!status)
		print_contents(path);
	machine_free(&source.machine);
	snapshot_free(&source.snapshot);
	free(path);
	return status;
}

const struct command report_command = {
	.name = "report",
	.summary = "write an archive for a bug report, with nothing private in it",
	.details = "Root sees a little more than others: the kernel's log and the histograms.",
	.options = options,
	.run = run,
};
