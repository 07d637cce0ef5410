// SPDX-License-Identifier: GPL-2.0
#include <string.h>

#include "trace.h"
#include "util.h"

void trace_clear(void)
{
	must_mount("tracefs", "/sys/kernel/tracing");
	check_equal(write_file(TRACING "trace", "\n"), 0, "clearing the trace");
}

void trace_let_in(const char *events, bool in)
{
	char path[128];
	int err;

	snprintf(path, sizeof(path), TRACING "events/%s/enable", events);
	err = write_file(path, in ? "1" : "0");
	check(!err, "cannot write %s: %s", path, strerror(-err));
}

FILE *trace_open(void)
{
	FILE *trace = fopen(TRACING "trace", "re");

	check(trace, "cannot read the trace");
	return trace;
}

long trace_field(const char *line, const char *field)
{
	const char *at = strstr(line, field);
	long value;

	check(at && sscanf(at + strlen(field), "=%ld", &value) == 1,
	      "no %s in: %s", field, line);
	return value;
}
