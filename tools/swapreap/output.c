// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "command.h"
#include "output.h"

/**
 * error() - say on stderr what is wrong, and what can be done
 * @format: as printf's, without a newline
 */
void error(const char *format, ...)
{
	va_list args;

	fflush(stdout);
	fprintf(stderr, "swapreap: ");
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
}

/**
 * must() - memory that has to be there
 * @memory: what an allocation returned
 *
 * Return: @memory, which is not NULL.
 */
void *must(void *memory)
{
	if (memory)
		return memory;
	error("out of memory");
	exit(EXIT_ERROR);
}

/**
 * text_of() - a text of its own, to be freed
 * @format: as printf's
 */
char *text_of(const char *format, ...)
{
	char *text = NULL;
	va_list args;

	va_start(args, format);
	if (vasprintf(&text, format, args) < 0)
		text = NULL;
	va_end(args);
	return must(text);
}

bool output_has_colour(FILE *file)
{
	const char *no_color = getenv("NO_COLOR");
	const char *term = getenv("TERM");

	return isatty(fileno(file)) && !(no_color && *no_color) && term &&
	       *term && strcmp(term, "dumb");
}

/**
 * style() - what switches a style on
 * @file: where it is going to be printed
 * @style: PLAIN switches all others off
 *
 * Return: an escape sequence, or nothing where there is to be no colour.
 */
const char *style(FILE *file, enum style style)
{
	static const char *const sequences[] = {
		[PLAIN] = "\033[m",
		[BOLD] = "\033[1m",
		[FAINT] = "\033[2m",
		[GOOD] = "\033[32m",
		[BAD] = "\033[1;31m",
	};

	return output_has_colour(file) ? sequences[style] : "";
}

/**
 * format_size() - bytes for people
 * @text: room for FORMAT_MAX characters
 * @bytes: how many
 *
 * Return: @text.
 */
const char *format_size(char *text, double bytes)
{
	static const char *const units[] = { "B", "KiB", "MiB", "GiB", "TiB" };
	size_t unit = 0;

	while (fabs(bytes) >= 1024 && unit + 1 < ARRAY_SIZE(units)) {
		bytes /= 1024;
		unit++;
	}
	snprintf(text, FORMAT_MAX, unit ? "%.1f %s" : "%.0f %s", bytes,
		 units[unit]);
	return text;
}

/**
 * format_time() - seconds for people
 * @text: room for FORMAT_MAX characters
 * @seconds: how many
 *
 * Return: @text.
 */
const char *format_time(char *text, double seconds)
{
	if (seconds < 1)
		snprintf(text, FORMAT_MAX, "%.1f ms", seconds * 1e3);
	else if (seconds < 120)
		snprintf(text, FORMAT_MAX, "%.1f s", seconds);
	else
		snprintf(text, FORMAT_MAX, "%.0f min", seconds / 60);
	return text;
}

long page_size(void)
{
	return sysconf(_SC_PAGESIZE);
}

static bool finish_file(FILE *file)
{
	bool good = !ferror(file) && !fflush(file) && !fsync(fileno(file)) &&
		    !fchmod(fileno(file), 0644);

	return !fclose(file) && good;
}

/**
 * write_whole() - write a file so that nobody ever sees half of it
 * @path: where it is to be
 * @print: writes what is to be in it
 * @arg: for @print
 *
 * It is written beside @path and renamed.
 *
 * Return: 0, or EXIT_ERROR with the reason said.
 */
int write_whole(const char *path, void (*print)(FILE *file, void *arg),
		void *arg)
{
	char *temporary = text_of("%s.XXXXXX", path);
	int fd = mkostemp(temporary, O_CLOEXEC);
	FILE *file = fd < 0 ? NULL : fdopen(fd, "w");
	bool good = false;

	if (file) {
		print(file, arg);
		good = finish_file(file) && !rename(temporary, path);
	}
	if (!good) {
		error("cannot write %s: %s", path, strerror(errno));
		if (fd >= 0)
			unlink(temporary);
	}
	free(temporary);
	return good ? 0 : EXIT_ERROR;
}

/**
 * output_end() - see that all that was printed has arrived
 * @status: what the command is to exit with
 *
 * Return: @status, or EXIT_ERROR if what was printed is lost.
 */
int output_end(int status)
{
	if (!fflush(stdout) && !ferror(stdout))
		return status;
	error("cannot write to the standard output: %s", strerror(errno));
	return status ? status : EXIT_ERROR;
}
