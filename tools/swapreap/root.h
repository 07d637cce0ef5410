/* SPDX-License-Identifier: GPL-2.0 */
/* Files of the system, or of a directory that looks like one (--root). */
#ifndef ROOT_H
#define ROOT_H

#include <dirent.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/types.h>

extern const char *root_dir;

bool root_is_real(void);
char *root_path(const char *format, ...)
	__attribute__((format(printf, 1, 2)));
bool root_exists(const char *path);
int root_open(const char *path, int flags);
FILE *root_fopen(const char *path);
DIR *root_opendir(const char *path);
ssize_t root_read(const char *path, char *text, size_t size);

#endif
