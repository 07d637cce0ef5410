// SPDX-License-Identifier: GPL-2.0
/*
 * Killers in user space: each kills a process, waits for its death, looks how much
 * memory there is, and kills again if that is too little. The module must not
 * make them kill more.
 */
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>

#include "ballast.h"
#include "contest.h"
#include "hog.h"
#include "module.h"
#include "runner.h"
#include "swap.h"
#include "util.h"

#define SWAP_SIZE	MIB(1536)
#define COUNT		10
#define SIZE		MIB(100)
#define RESIDENT	MIB(10)
#define GROWTH		MIB(300)
/* The crowd takes 575 MiB, 475 of it in zram, and more while it is started. */
#define NEEDED		MIB(900)
#define SETTLE_MS	20000

#define EARLYOOM	"/bin/earlyoom"
#define EARLYOOM_LOG	"/tmp/earlyoom.log"
#define EARLYOOM_START	MIB(140)	/* MemAvailable before the growth */
/*
 * Percent of MemAvailable and all anonymous memory together: about 60 MiB at the
 * start of the growth and 120 MiB at its end.
 */
#define EARLYOOM_MARK	"25,25"

#define LMKD_START	MIB(140)	/* MemFree before the growth */
#define LMKD_MARK_KIB	(120 << 10)
#define LMKD_POLL_US	10000
#define LMKD_WAIT_MS	100
#define LMKD_REAPER_NICE (-10)

/* What a test's @arg holds */
#define CASE(order, busy)	((order) | (busy) << 1)
#define CASE_ORDER(arg)		((arg) & 1)
#define CASE_BUSY(arg)		((arg) >> 1 & 15)
#define NO_MRELEASE		(1 << 5)

static struct task killer;

static void leave_available(void)
{
	ballast_init();
	take_until("MemAvailable", EARLYOOM_START);
}

static void be_earlyoom(struct task *parent, void *arg)
{
	int log = open(EARLYOOM_LOG, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND,
		       0600);

	(void)parent;
	(void)arg;
	check(log >= 0, "cannot open " EARLYOOM_LOG ": %m");
	dup2(log, STDOUT_FILENO);
	dup2(log, STDERR_FILENO);
	execl(EARLYOOM, EARLYOOM, "-p", "-r", "1", "-m", EARLYOOM_MARK, "-s",
	      "100,100", "--prefer", "^" CROWD_NAME "$", "--ignore",
	      "^(init|sh|guest|earlyoom)$", NULL);
	fail("cannot run " EARLYOOM ": %m");
}

static bool log_has(const char *text)
{
	static char log[65536];

	return read_file(EARLYOOM_LOG, log, sizeof(log)) > 0 &&
	       strstr(log, text);
}

static void start_earlyoom(struct crowd *crowd)
{
	(void)crowd;
	unlink(EARLYOOM_LOG);
	killer = task_start(be_earlyoom, NULL);
	check(wait_until(log_has("mem avail:"), SETTLE_MS),
	      "earlyoom does not start");
}

/* earlyoom's log says how long each death took. */
static void stop_earlyoom(struct crowd *crowd)
{
	FILE *log = fopen(EARLYOOM_LOG, "re");
	char line[512];
	double seconds;
	int pid;

	task_kill(&killer);
	check(log, "cannot open " EARLYOOM_LOG);
	while (fgets(line, sizeof(line), log)) {
		const char *said = strstr(line, "process ");

		if (said && sscanf(said, "process %d exited after %lf", &pid,
				   &seconds) == 2)
			crowd_note_kill(crowd, pid, crowd_death(crowd, pid) -
						    seconds * 1e9);
	}
	fclose(log);
}

static void *reap_memory(void *arg)
{
	int pidfd, from = *(int *)arg;

	setpriority(PRIO_PROCESS, gettid(), LMKD_REAPER_NICE);
	/* fails if the process has freed its memory already */
	while (read(from, &pidfd, sizeof(pidfd)) == sizeof(pidfd))
		syscall(SYS_process_mrelease, pidfd, 0);
	return NULL;
}

static void be_lmkd(struct task *parent, void *arg)
{
	struct crowd *crowd = arg;
	pthread_t reaper;
	int ends[2];

	check(!pipe(ends), "pipe: %m");
	check(!pthread_create(&reaper, NULL, reap_memory, &ends[0]),
	      "cannot make a thread");
	make_realtime(0, 1);
	task_say(parent, 0);
	for (int i = 0; i < crowd->count;) {
		int pidfd = crowd->pidfds[i];
		struct pollfd death = { .fd = pidfd, .events = POLLIN };

		if (read_keyed("/proc/meminfo", "MemFree") >= LMKD_MARK_KIB) {
			usleep(LMKD_POLL_US);
			continue;
		}
		crowd->killed[i++] = now_ns();
		syscall(SYS_pidfd_send_signal, pidfd, SIGKILL, NULL, 0);
		check(write(ends[1], &pidfd, sizeof(pidfd)) == sizeof(pidfd),
		      "write: %m");
		poll(&death, 1, LMKD_WAIT_MS);
	}
	task_hear(parent);
}

static void leave_free(void)
{
	ballast_init();
	take_until("MemFree", LMKD_START);
}

static void start_lmkd(struct crowd *crowd)
{
	killer = task_start(be_lmkd, crowd);
	task_hear(&killer);
}

static void stop_lmkd(struct crowd *crowd)
{
	(void)crowd;
	task_kill(&killer);
}

static void compete(const struct test *test, struct contest contest)
{
	contest.crowd = (struct crowd_form){
		.count = COUNT,
		.size = SIZE,
		.resident = RESIDENT,
		.order = CASE_ORDER(test->arg),
	};
	contest.busy = CASE_BUSY(test->arg);
	contest.growth = GROWTH;
	contest.clean_up = ballast_drop;
	ballast_init();
	if (memory_left() < NEEDED)
		skip("the guest has only %zu MiB to spare", memory_left() >> 20);
	write_file("/sys/block/zram0/algorithm_params", "algo=lz4 level=64");
	swap_on(0, SWAP_SIZE, ANY_PRIORITY);
	take_huge_until("MemAvailable", NEEDED);
	ballast_drop();
	contest_must_be_even(&contest, give_all_back);
}

static void earlyoom(const struct test *test)
{
	if (access(EARLYOOM, X_OK))
		skip("the guest has no " EARLYOOM ", which tests/killer/run-long puts there");
	compete(test, (struct contest){
		.prepare = leave_available,
		.start = start_earlyoom,
		.stop = stop_earlyoom,
	});
}

static void lmkd(const struct test *test)
{
	if (test->arg & NO_MRELEASE)
		knob_set("divert_mrelease", 0);
	compete(test, (struct contest){
		.prepare = leave_free,
		.start = start_lmkd,
		.stop = stop_lmkd,
	});
}

#define SLOW_TEST(runs, sentence, which) {	\
		.name = sentence,		\
		.run = runs,			\
		.arg = which,			\
		.no_swap = true,		\
		.on_request = true,		\
		.seconds = 1500,		\
	}

#define KILLS_NO_MORE "kills no more than without the module, "

#define EARLYOOM_TEST(how, which)	\
	SLOW_TEST(earlyoom, "earlyoom " KILLS_NO_MORE how, which)
#define LMKD_TEST(how, which)		\
	SLOW_TEST(lmkd, "lmkd " KILLS_NO_MORE how, which)
#define PLAIN_LMKD_TEST(how, which)	\
	SLOW_TEST(lmkd, "with divert_mrelease=0 lmkd " KILLS_NO_MORE how, \
		  (which) | NO_MRELEASE)

const struct test killer_tests[] = {
	EARLYOOM_TEST("in order, idle CPUs", CASE(IN_ORDER, 0)),
	EARLYOOM_TEST("in order, 2 busy", CASE(IN_ORDER, 2)),
	EARLYOOM_TEST("in order, 8 busy", CASE(IN_ORDER, 8)),
	EARLYOOM_TEST("scattered, idle CPUs", CASE(SCATTERED, 0)),
	EARLYOOM_TEST("scattered, 2 busy", CASE(SCATTERED, 2)),
	EARLYOOM_TEST("scattered, 8 busy", CASE(SCATTERED, 8)),
	LMKD_TEST("in order, idle CPUs", CASE(IN_ORDER, 0)),
	LMKD_TEST("in order, 2 busy", CASE(IN_ORDER, 2)),
	LMKD_TEST("in order, 8 busy", CASE(IN_ORDER, 8)),
	LMKD_TEST("scattered, idle CPUs", CASE(SCATTERED, 0)),
	LMKD_TEST("scattered, 2 busy", CASE(SCATTERED, 2)),
	LMKD_TEST("scattered, 8 busy", CASE(SCATTERED, 8)),
	PLAIN_LMKD_TEST("in order, idle CPUs", CASE(IN_ORDER, 0)),
	PLAIN_LMKD_TEST("in order, 2 busy", CASE(IN_ORDER, 2)),
	PLAIN_LMKD_TEST("in order, 8 busy", CASE(IN_ORDER, 8)),
	PLAIN_LMKD_TEST("scattered, idle CPUs", CASE(SCATTERED, 0)),
	PLAIN_LMKD_TEST("scattered, 2 busy", CASE(SCATTERED, 2)),
	PLAIN_LMKD_TEST("scattered, 8 busy", CASE(SCATTERED, 8)),
	{}
};
