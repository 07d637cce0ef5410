// SPDX-License-Identifier: GPL-2.0
/* swapreap drain: waits until all that is pending has been freed. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "command.h"
#include "module.h"
#include "options.h"
#include "output.h"

static const char *timeout;

static const struct option_desc options[] = {
	{ "timeout", "SECONDS", "give up after so long (default: never)",
	  .value = &timeout },
	{ }
};

/*
 * The write returns when all is freed, or when its process is killed: so a
 * process of its own does it, which an alarm ends.
 */
static int drain_within(unsigned int seconds)
{
	int status;
	pid_t pid;

	fflush(NULL);
	pid = fork();
	if (pid < 0)
		return errno;
	if (!pid) {
		signal(SIGALRM, SIG_DFL);
		alarm(seconds);
		_exit(module_drain());
	}
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return errno;
	return WIFEXITED(status) ? WEXITSTATUS(status) : ETIMEDOUT;
}

static long long pending(const struct snapshot *snapshot)
{
	long long pages = 0;

	entries_number(&snapshot->stats, "pending", &pages);
	return pages;
}

static int give_up(void)
{
	struct snapshot snapshot;

	snapshot_take(&snapshot);
	error("after %s s there are still %lld pages pending", timeout,
	      pending(&snapshot));
	snapshot_free(&snapshot);
	return EXIT_ERROR;
}

static int drain_and_tell(long seconds, const struct snapshot *before)
{
	struct snapshot after;
	char time[FORMAT_MAX];
	int err = drain_within(seconds);

	if (err == ETIMEDOUT)
		return give_up();
	if (err) {
		error("cannot drain: %s", err == EACCES || err == EPERM ?
		      "only root may do that (sudo)" : strerror(err));
		return EXIT_ERROR;
	}
	snapshot_take(&after);
	printf("drained: %lld pages were pending, gone in %s\n",
	       pending(before),
	       format_time(time, after.taken - before->taken));
	snapshot_free(&after);
	return EXIT_FINE;
}

static int run(int argc, char **argv)
{
	struct snapshot snapshot;
	long seconds = 0;
	int status;

	(void)argc;
	(void)argv;
	status = options_number("timeout", timeout, 1, 86400, &seconds);
	if (!status)
		status = snapshot_need(&snapshot);
	if (status)
		return status;
	status = drain_and_tell(seconds, &snapshot);
	snapshot_free(&snapshot);
	return status;
}

const struct command drain_command = {
	.name = "drain",
	.summary = "wait until all that is pending has been freed (root)",
	.options = options,
	.run = run,
};
