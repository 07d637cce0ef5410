// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>

#include "record.h"

static const char *separator;

static void name_next(const char *name)
{
	printf("%s\"%s\": ", separator, name);
	separator = ", ";
}

void record_begin(void)
{
	printf("{");
	separator = "";
}

void record_long(const char *name, long value)
{
	name_next(name);
	printf("%ld", value);
}

void record_longs(const char *name, const long *values, int count)
{
	name_next(name);
	printf("[");
	for (int i = 0; i < count; i++)
		printf("%s%ld", i ? ", " : "", values[i]);
	printf("]");
}

void record_string(const char *name, const char *value)
{
	name_next(name);
	printf("\"%s\"", value);
}

void record_open(const char *name)
{
	name_next(name);
	record_begin();
}

void record_close(void)
{
	printf("}");
	separator = ", ";
}

/* Flushed, so that it is there even if the next measurement fails. */
void record_end(void)
{
	printf("}\n");
	fflush(stdout);
}
