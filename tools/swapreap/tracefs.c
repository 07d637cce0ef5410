// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "command.h"
#include "output.h"
#include "root.h"
#include "tracefs.h"

#define INSTANCE	"swapreap-"

/* Before 4.1 and on some phones there is only the one below debugfs. */
static const char *const places[] = {
	"sys/kernel/tracing",
	"sys/kernel/debug/tracing",
};

static char *path_in(const char *directory, const char *name)
{
	return text_of("%s/%s", directory, name);
}

static bool exists_in(const char *directory, const char *name)
{
	char *path = path_in(directory, name);
	bool exists = root_exists(path);

	free(path);
	return exists;
}

/* Where tracefs is mounted, or NULL. */
static const char *find_tracefs(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(places); i++)
		if (exists_in(places[i], "events"))
			return places[i];
	return NULL;
}

static int write_in(const char *directory, const char *name, const char *text)
{
	char *path = path_in(directory, name);
	int fd = root_open(path, O_WRONLY);
	int err = fd < 0 ? -fd : 0;

	free(path);
	if (!err && write(fd, text, strlen(text)) < 0)
		err = errno;
	if (fd >= 0)
		close(fd);
	return err;
}

/* Leftovers of a process that was killed while it traced. */
static void remove_stale(const char *tracefs)
{
	char *path = path_in(tracefs, "instances");
	DIR *dir = root_opendir(path);
	struct dirent *file;
	int pid;

	free(path);
	while (dir && (file = readdir(dir)))
		if (sscanf(file->d_name, INSTANCE "%d", &pid) == 1 &&
		    kill(pid, 0) && errno == ESRCH)
			unlinkat(dirfd(dir), file->d_name, AT_REMOVEDIR);
	if (dir)
		closedir(dir);
}

static int make_instance(struct tracer *tracer, const char *tracefs)
{
	char *path;
	int err = 0;

	tracer->instance = text_of("%s/instances/" INSTANCE "%d", tracefs,
				   (int)getpid());
	path = root_path("%s", tracer->instance);
	/* one that is there was left by a process of the same number */
	if (mkdir(path, 0700) && errno != EEXIST) {
		err = errno;
		free(tracer->instance);
		tracer->instance = NULL;
	}
	free(path);
	return err;
}

static int enable_events(struct tracer *tracer)
{
	int err = write_in(tracer->instance, "events/swapreap/enable", "1");
	char *path;

	if (err)
		return err;
	path = path_in(tracer->instance, "trace_pipe");
	tracer->pipe = root_open(path, O_RDONLY | O_NONBLOCK);
	free(path);
	return tracer->pipe < 0 ? -tracer->pipe : 0;
}

/* What stands in the way, apart from being another user than root. */
static int look_for_events(const char **tracefs, char **why)
{
	*tracefs = find_tracefs();
	if (!*tracefs && geteuid()) {
		*why = text_of("only root may follow trace events (sudo)");
		return EXIT_ERROR;
	}
	if (!*tracefs) {
		*why = text_of("tracefs is not mounted (mount -t tracefs nodev /sys/kernel/tracing), or this kernel has no event tracing");
		return EXIT_UNSUPPORTED;
	}
	if (!exists_in(*tracefs, "events/swapreap")) {
		*why = text_of("the module has no trace events here: it is an older one, or this kernel has no event tracing for modules");
		return EXIT_UNSUPPORTED;
	}
	return EXIT_FINE;
}

/**
 * tracer_start() - begin to follow the module's events
 * @tracer: to be stopped by tracer_stop(), also if this fails
 * @why: if this fails, the reason, to be freed
 *
 * Return: EXIT_FINE, or the status to exit with.
 */
int tracer_start(struct tracer *tracer, char **why)
{
	const char *tracefs;
	int status, err;

	*tracer = (struct tracer) { .pipe = -1 };
	status = look_for_events(&tracefs, why);
	if (status)
		return status;
	remove_stale(tracefs);
	err = make_instance(tracer, tracefs);
	if (!err)
		err = enable_events(tracer);
	if (!err)
		return EXIT_FINE;
	*why = text_of("cannot trace in an instance of tracefs: %s",
		       strerror(err));
	return EXIT_ERROR;
}

/**
 * tracer_read() - read what there is, without waiting
 *
 * Return: false if there will be no more.
 */
bool tracer_read(struct tracer *tracer)
{
	ssize_t length;

	/* a line that fills all of it is none */
	if (tracer->length == sizeof(tracer->text) - 1)
		tracer->length = 0;
	length = read(tracer->pipe, tracer->text + tracer->length,
		      sizeof(tracer->text) - 1 - tracer->length);
	if (length < 0)
		return errno == EAGAIN || errno == EINTR;
	tracer->length += length;
	return length;
}

/*
 * "           comm-PID     [CPU] FLAGS  SECONDS: NAME: FIELDS", where comm may
 * have brackets, too, and our fields have none
 */
static bool parse_event(const char *line, struct trace_event *event)
{
	const char *bracket = strrchr(line, '[');
	const char *cpu = bracket && bracket > line ? bracket - 1 : NULL;
	const char *pid = cpu;

	while (pid && pid > line && *pid != '-')
		pid--;
	if (!pid || sscanf(pid, "-%d", &event->pid) != 1)
		return false;
	if (sscanf(cpu, " [%*d] %*s %lf: %31[^:]: %255[^\n]", &event->time,
		   event->name, event->fields) == 3)
		return true;
	return sscanf(cpu, " [%*d] %lf: %31[^:]: %255[^\n]", &event->time,
		      event->name, event->fields) == 3;
}

/**
 * tracer_next() - give out an event that was read
 * @event: where it is put
 *
 * Return: whether there is one.
 */
bool tracer_next(struct tracer *tracer, struct trace_event *event)
{
	char line[1024];
	char *end;

	while ((end = memchr(tracer->text, '\n', tracer->length))) {
		size_t length = end + 1 - tracer->text;

		snprintf(line, sizeof(line), "%.*s", (int)length, tracer->text);
		tracer->length -= length;
		memmove(tracer->text, end + 1, tracer->length);
		if (parse_event(line, event))
			return true;
	}
	return false;
}

/**
 * tracer_stop() - leave tracefs as it was
 */
void tracer_stop(struct tracer *tracer)
{
	char *path;

	if (tracer->pipe >= 0)
		close(tracer->pipe);
	tracer->pipe = -1;
	if (!tracer->instance)
		return;
	write_in(tracer->instance, "events/swapreap/enable", "0");
	path = root_path("%s", tracer->instance);
	if (rmdir(path))
		error("cannot remove %s: %s", path, strerror(errno));
	free(path);
	free(tracer->instance);
	tracer->instance = NULL;
}

/**
 * trace_number() - a field of an event
 * @event: the event
 * @name: of the field
 * @value: where it is put
 *
 * Return: whether there is one.
 */
bool trace_number(const struct trace_event *event, const char *name,
		  long long *value)
{
	size_t length = strlen(name);
	const char *field = event->fields;

	while ((field = strstr(field, name))) {
		bool begins = field == event->fields || field[-1] == ' ';

		if (begins && field[length] == '=')
			return sscanf(field + length + 1, "%lld", value) == 1;
		field += length;
	}
	return false;
}

/**
 * tracefs_has_owner() - does somebody redirect a function of the kernel?
 * @function: its name
 */
bool tracefs_has_owner(const char *function)
{
	const char *tracefs = find_tracefs();
	char line[512], name[128], flags[16];
	bool found = false;
	char *path;
	FILE *file;

	if (!tracefs)
		return false;
	path = path_in(tracefs, "enabled_functions");
	file = root_fopen(path);
	free(path);
	/* NAME (USERS) FLAGS...: I is for the right to redirect */
	while (file && !found && fgets(line, sizeof(line), file))
		found = sscanf(line, "%127s (%*d) %15[A-Z ]", name, flags) == 2 &&
			!strcmp(name, function) && strchr(flags, 'I');
	if (file)
		fclose(file);
	return found;
}
