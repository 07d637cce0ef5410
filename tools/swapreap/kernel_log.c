// SPDX-License-Identifier: GPL-2.0
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kernel_log.h"
#include "output.h"
#include "root.h"

#define PREFIX	"swapreap: "

/* A record of /dev/kmsg is its header, a semicolon, its text, a newline, more. */
static const char *text_of_record(char *record)
{
	char *text = strchr(record, ';');

	if (!text || strncmp(text + 1, PREFIX, strlen(PREFIX)))
		return NULL;
	text += 1 + strlen(PREFIX);
	text[strcspn(text, "\n")] = '\0';
	return text;
}

static void each_record(char *records, void (*line)(const char *, void *),
			void *arg)
{
	char *record, *rest = records;

	while ((record = strsep(&rest, "\n"))) {
		const char *text = text_of_record(record);

		if (text)
			line(text, arg);
	}
}

/**
 * kernel_log_each() - look at each line of the module, oldest first
 * @line: called with what is behind "swapreap: "
 * @arg: for @line
 *
 * Return: whether the log may be read.
 */
bool kernel_log_each(void (*line)(const char *text, void *arg), void *arg)
{
	int fd = root_open("dev/kmsg", O_RDONLY | O_NONBLOCK);
	char record[16384];
	ssize_t length;

	if (fd < 0)
		return false;
	/* an overwritten record is an error of its own: the next one is there */
	while ((length = read(fd, record, sizeof(record) - 1)) > 0) {
		record[length] = '\0';
		each_record(record, line, arg);
	}
	close(fd);
	return true;
}

static void keep_last(const char *text, void *arg)
{
	char **last = arg;

	free(*last);
	*last = text_of("%s", text);
}

/**
 * module_file() - the module's file for a kernel
 * @release: of the kernel
 *
 * Return: its path without a leading slash, to be freed, or NULL.
 */
char *module_file(const char *release)
{
	char *list = text_of("lib/modules/%s/modules.dep", release);
	FILE *file = root_fopen(list);
	char line[4096];
	char *found = NULL;

	free(list);
	while (file && !found && fgets(line, sizeof(line), file)) {
		line[strcspn(line, ":")] = '\0';
		if (strstr(line, "/swapreap.ko"))
			found = text_of("lib/modules/%s/%s", release, line);
	}
	if (file)
		fclose(file);
	return found;
}

/**
 * kernel_log_reason() - why the module is not loaded, as far as can be seen
 * @release: of the kernel
 *
 * Return: a sentence, to be freed.
 */
char *kernel_log_reason(const char *release)
{
	char *last = NULL, *reason;
	char *installed = module_file(release);

	kernel_log_each(keep_last, &last);
	if (last && strcmp(last, "unloaded"))
		reason = text_of("the kernel's log says: %s", last);
	else if (installed)
		reason = text_of("modprobe swapreap loads it");
	else
		reason = text_of("it is not installed for this kernel; swapreap check says what is missing");
	free(installed);
	free(last);
	return reason;
}
