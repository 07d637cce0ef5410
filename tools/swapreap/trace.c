// SPDX-License-Identifier: GPL-2.0
/* swapreap trace: the module's trace events as lines, as they come. */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "command.h"
#include "module.h"
#include "output.h"
#include "signals.h"
#include "tracefs.h"

/* What is printed is to be seen at once. Returns whether anybody looks. */
static bool print_events(struct tracer *tracer)
{
	struct trace_event event;

	while (tracer_next(tracer, &event))
		printf("%14.6f  %-12s pid=%d %s\n", event.time, event.name,
		       event.pid, event.fields);
	return !fflush(stdout);
}

/* A reader that has gone shows at the output, without anything written. */
static int follow(struct tracer *tracer)
{
	struct pollfd files[] = {
		{ .fd = tracer->pipe, .events = POLLIN },
		{ .fd = STDOUT_FILENO },
	};
	bool more = true;

	while (more && !stopped) {
		if (poll(files, ARRAY_SIZE(files), -1) < 0)
			continue;
		if (files[1].revents)
			return EXIT_FINE;
		more = tracer_read(tracer);
		if (!print_events(tracer))
			return errno == EPIPE ? EXIT_FINE : EXIT_ERROR;
	}
	return EXIT_FINE;
}

static int trace(void)
{
	struct tracer tracer;
	char *why;
	int status;

	signals_catch();
	status = tracer_start(&tracer, &why);
	if (status) {
		error("%s", why);
		free(why);
	} else {
		if (isatty(STDERR_FILENO))
			error("following the module's events; Ctrl-C ends it");
		status = follow(&tracer);
	}
	tracer_stop(&tracer);
	clearerr(stdout);
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
	snapshot_free(&snapshot);
	return trace();
}

const struct command trace_command = {
	.name = "trace",
	.summary = "follow the module's trace events (root)",
	.details =
	"scope_begin   an exit that qualifies: its entries\n"
	"scope_end     that exit is over: pages diverted, freed in place, and the time\n"
	"drain         a worker has freed a window: pages, runs, calls, age, time\n"
	"fallback      pages that are freed in place, and the reason",
	.run = run,
};
