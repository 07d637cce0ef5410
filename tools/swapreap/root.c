// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "output.h"
#include "root.h"

const char *root_dir = "/";

/**
 * root_is_real() - is it this machine that is looked at?
 */
bool root_is_real(void)
{
	return !strcmp(root_dir, "/");
}

/**
 * root_path() - path of a file of the system, to be freed
 * @format: as printf's; the path without a leading slash
 */
char *root_path(const char *format, ...)
{
	size_t length = strlen(root_dir);
	char *path, *whole;
	va_list args;

	va_start(args, format);
	if (vasprintf(&path, format, args) < 0)
		path = NULL;
	va_end(args);
	must(path);
	while (length && root_dir[length - 1] == '/')
		length--;
	whole = text_of("%.*s/%s", (int)length, root_dir, path);
	free(path);
	return whole;
}

bool root_exists(const char *path)
{
	char *whole = root_path("%s", path);
	bool exists = !access(whole, F_OK);

	free(whole);
	return exists;
}

/**
 * root_open() - open a file of the system
 * @path: without a leading slash
 * @flags: as open's; nothing is ever created
 *
 * Return: a file descriptor, or a negative errno.
 */
int root_open(const char *path, int flags)
{
	char *whole = root_path("%s", path);
	int fd = open(whole, flags | O_CLOEXEC);
	int err = errno;

	free(whole);
	return fd < 0 ? -err : fd;
}

FILE *root_fopen(const char *path)
{
	int fd = root_open(path, O_RDONLY);

	if (fd < 0)
		errno = -fd;
	return fd < 0 ? NULL : fdopen(fd, "r");
}

DIR *root_opendir(const char *path)
{
	char *whole = root_path("%s", path);
	DIR *dir = opendir(whole);
	int err = errno;

	free(whole);
	errno = err;
	return dir;
}

/**
 * root_read() - read a short file of the system, without the last newline
 * @path: without a leading slash
 * @text: where it is put, with a terminating zero
 * @size: of @text
 *
 * Return: its length, or a negative errno.
 */
ssize_t root_read(const char *path, char *text, size_t size)
{
	int fd = root_open(path, O_RDONLY);
	ssize_t length;

	if (fd < 0)
		return fd;
	length = read(fd, text, size - 1);
	if (length < 0)
		length = -errno;
	close(fd);
	if (length < 0)
		return length;
	if (length && text[length - 1] == '\n')
		length--;
	text[length] = '\0';
	return length;
}
