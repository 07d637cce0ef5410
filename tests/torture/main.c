// SPDX-License-Identifier: GPL-2.0
/*
 * torture SEED SECONDS: rounds in which processes do things to their memory and
 * are killed while all else changes. After each, what the living hold is what
 * they wrote, the module's books agree, and no slot of swap is lost. The number of
 * a round is its seed, so it can be repeated alone.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "actor.h"
#include "disturb.h"
#include "module.h"
#include "region.h"
#include "swap.h"
#include "task.h"
#include "util.h"

#define ACTORS		6
#define ROUND_SECONDS	20
#define KILL_MS		300	/* up to this long between two */
#define END_MS		60000

static atomic_bool *over;
static pid_t actors[ACTORS];

static void judge(pid_t pid, int status)
{
	check(actor_ended_well(status), "process %d ended with status %#x", pid,
	      status);
}

/* Orphans come to us, too. False if there is nobody left. */
static bool reap_ended(void)
{
	pid_t pid;
	int status;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
		judge(pid, status);
	return pid == 0;
}

static void kill_and_replace(unsigned long *state)
{
	pid_t *actor = &actors[next_random(state) % ACTORS];
	int status;

	kill(*actor, SIGKILL);
	if (next_random(state) & 1)
		task_mrelease(*actor);
	check(waitpid(*actor, &status, 0) == *actor, "waitpid: %m");
	judge(*actor, status);
	reap_ended();
	*actor = actor_start(next_random(state), over);
}

static void check_books(void)
{
	struct books books;

	books_open();
	books = books_read();
	check_equal(books.pending, 0, "pending");
	check_equal(knob_get("stats/diverted"), knob_get("stats/freed"),
		    "diverted");
}

static long one_round(unsigned long seed, int seconds)
{
	unsigned long state = seed;
	long long end = now_ns() + seconds * 1000000000LL;
	long killed = 0;

	swap_start();
	*over = false;
	for (int i = 0; i < ACTORS; i++)
		actors[i] = actor_start(next_random(&state), over);
	disturbances_start(seed);
	for (; now_ns() < end; killed++) {
		usleep(next_random(&state) % (KILL_MS * 1000));
		kill_and_replace(&state);
	}
	disturbances_stop();
	*over = true;
	check(wait_until(!reap_ended(), END_MS), "processes do not end");
	check_books();
	swap_remove(0);
	return killed;
}

static void rounds(unsigned long seed, int seconds)
{
	long long end = now_ns() + seconds * 1000000000LL;

	for (; now_ns() < end; seed++) {
		long left = (end - now_ns()) / 1000000000 + 1;
		long killed;

		diag("SEED=%lu", seed);
		killed = one_round(seed, left < ROUND_SECONDS ? left :
							       ROUND_SECONDS);
		diag("  %ld processes killed", killed);
	}
}

int main(int argc, char **argv)
{
	long diverted;

	/* the program that exec() turns into */
	if (argc == 2 && !strcmp(argv[1], "--nothing"))
		return 0;
	check(argc == 3, "usage: torture SEED SECONDS");

	prctl(PR_SET_CHILD_SUBREAPER, 1);
	signal(SIGPIPE, SIG_IGN);
	over = mmap(NULL, PAGE, PROT_READ | PROT_WRITE,
		    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	module_must_load("exit_threshold=1");
	rounds(strtoul(argv[1], NULL, 0), atoi(argv[2]));
	diverted = diverted_before() + knob_get("stats/diverted");
	diag("%ld pages diverted", diverted);
	check(diverted > 0, "nothing was ever diverted");
	module_must_unload();
	return 0;
}
