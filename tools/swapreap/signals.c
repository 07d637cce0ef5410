// SPDX-License-Identifier: GPL-2.0
#include <signal.h>

#include "output.h"
#include "signals.h"

atomic_int stopped;

static const int to_stop[] = { SIGINT, SIGTERM, SIGHUP };

static void stop(int number)
{
	stopped = number;
}

static void handle(void (*handler)(int), void (*on_pipe)(int))
{
	struct sigaction action = { .sa_handler = handler };

	for (size_t i = 0; i < ARRAY_SIZE(to_stop); i++)
		sigaction(to_stop[i], &action, NULL);
	signal(SIGPIPE, on_pipe);
}

/**
 * signals_catch() - from now on a signal only sets @stopped, and ends a wait
 */
void signals_catch(void)
{
	handle(stop, SIG_IGN);
}

/**
 * signals_release() - signals end the process again
 */
void signals_release(void)
{
	handle(SIG_DFL, SIG_DFL);
}
