// SPDX-License-Identifier: GPL-2.0
/*
 * Killers that act when a cgroup is short of memory. The kernel's OOM killer kills
 * again as soon as the last victim has no memory left to reap, systemd-oomd if
 * pressure is still high some time after. The module must not make them kill
 * more.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "cgroup.h"
#include "contest.h"
#include "kmsg.h"
#include "module.h"
#include "runner.h"
#include "swap.h"
#include "util.h"

#define SWAP_SIZE	MIB(1536)
#define COUNT		5
#define SIZE		MIB(80)
#define RESIDENT	MIB(4)
#define GROWTH		MIB(30)
#define HEADROOM	MIB(8)
#define CGROUP		"oom"
#define V1_MOUNT	"/tmp/memory"
#define V1_CGROUP	V1_MOUNT "/oom/"
#define ZSWAP		"/sys/module/zswap/parameters/"
#define PRINTK		"/proc/sys/kernel/printk"

/*
 * systemd-oomd kills if all tasks waited for memory for more than 60 % of the last
 * 10 s, and then not for 15 s. Shorter times do here: a fault above memory.high
 * waits 2 s at most.
 */
#define PRESSURE_GROWTH	MIB(100)
#define PRESSURE_LIMIT	60
#define WINDOW_MS	1000
#define DELAY_MS	2000

static int kmsg;
static struct task oomd;
static long long ahead;
static char printk[64];

/* The OOM killer would wait for the console, which is slow in emulation. */
static void keep_quiet(void)
{
	check(read_file(PRINTK, printk, sizeof(printk)) > 0,
	      "cannot read " PRINTK);
	write_file(PRINTK, "1");
	write_file("/proc/sys/vm/oom_dump_tasks", "0");
	kmsg = kmsg_open();
	ahead = kmsg_offset(kmsg);
}

static void speak_again(void)
{
	write_file("/proc/sys/vm/oom_dump_tasks", "1");
	write_file(PRINTK, printk);
}

static void note_kills(struct crowd *crowd)
{
	static struct kmsg_line line;
	int pid;

	while (kmsg_next(kmsg, "Killed process ", &line))
		if (sscanf(strstr(line.text, "Killed process "),
			   "Killed process %d", &pid) == 1)
			crowd_note_kill(crowd, pid, line.ns + ahead);
}

static void enter(void)
{
	cgroup_enter(CGROUP);
}

static void limit(void)
{
	cgroup_limit(CGROUP, "memory.max",
		     cgroup_read(CGROUP, "memory.current") + HEADROOM);
}

static void lift_limit(void)
{
	cgroup_write(CGROUP, "memory.max", "max");
}

static void stop_zswap(void)
{
	write_file(ZSWAP "enabled", "N");
	cgroup_remove(CGROUP);
}

static void finish(void)
{
	speak_again();
	stop_zswap();
}

static void limit_high(void)
{
	cgroup_limit(CGROUP, "memory.high",
		     cgroup_read(CGROUP, "memory.current") + HEADROOM);
}

static void lift_high(void)
{
	cgroup_write(CGROUP, "memory.high", "max");
}

/* Return for how many microseconds all of its tasks waited for memory. */
static long long stalled(void)
{
	long long us;
	char text[256];
	const char *full;

	cgroup_text(CGROUP, "memory.pressure", text, sizeof(text));
	full = strstr(text, "full ");
	check(full && sscanf(full, "full avg10=%*f avg60=%*f avg300=%*f total=%lld",
			     &us) == 1, "memory.pressure says %s", text);
	return us;
}

static void be_oomd(struct task *parent, void *arg)
{
	struct crowd *crowd = arg;

	setpriority(PRIO_PROCESS, 0, -20);
	task_say(parent, 0);
	for (int i = 0; i < crowd->count;) {
		struct pollfd death = { .fd = crowd->pidfds[i],
					.events = POLLIN };
		long long before = stalled();

		usleep(WINDOW_MS * 1000);
		if (stalled() - before < WINDOW_MS * 10 * PRESSURE_LIMIT)
			continue;
		crowd->killed[i++] = now_ns();
		syscall(SYS_pidfd_send_signal, death.fd, SIGKILL, NULL, 0);
		poll(&death, 1, -1);
		usleep(DELAY_MS * 1000);
	}
	task_hear(parent);
}

static void start_oomd(struct crowd *crowd)
{
	oomd = task_start(be_oomd, crowd);
	task_hear(&oomd);
}

static void stop_oomd(struct crowd *crowd)
{
	(void)crowd;
	task_kill(&oomd);
}

static void compete(const struct test *test, struct contest contest,
		    void (*finish)(void))
{
	contest.crowd.count = COUNT;
	contest.crowd.size = SIZE;
	contest.crowd.resident = RESIDENT;
	/* else the kernel takes long to swap it out before it kills */
	contest.crowd.locked = true;
	contest.busy = test->arg;
	contest.locked = true;
	keep_quiet();
	swap_on(0, SWAP_SIZE, ANY_PRIORITY);
	contest_must_be_even(&contest, finish);
}

static void start_zswap(void)
{
	if (write_file(ZSWAP "enabled", "Y"))
		skip("this kernel has no zswap");
	write_file(ZSWAP "compressor", "lz4");
	cgroup_create(CGROUP);
	cgroup_write(CGROUP, "memory.zswap.writeback", "0");
}

static void memcg(const struct test *test)
{
	start_zswap();
	compete(test, (struct contest){
		.crowd.enter = enter,
		.enter = enter,
		.growth = GROWTH,
		.prepare = limit,
		.stop = note_kills,
		.clean_up = lift_limit,
	}, finish);
}

static void pressure(const struct test *test)
{
	char text[256];

	start_zswap();
	if (cgroup_text(CGROUP, "memory.pressure", text, sizeof(text)) <= 0) {
		stop_zswap();
		skip("this kernel has no memory.pressure");
	}
	compete(test, (struct contest){
		.crowd.enter = enter,
		.enter = enter,
		.growth = PRESSURE_GROWTH,
		.prepare = limit_high,
		.start = start_oomd,
		.stop = stop_oomd,
		.clean_up = lift_high,
	}, finish);
}

static void enter_v1(void)
{
	check(!write_file(V1_CGROUP "cgroup.procs", "0"),
	      "cannot enter " V1_CGROUP);
}

/* The limit of memory must not exceed that of memory and swap, so set it first. */
static void limit_v1(void)
{
	char text[32];

	snprintf(text, sizeof(text), "%ld",
		 read_number(V1_CGROUP "memory.memsw.usage_in_bytes") +
		 (long)HEADROOM);
	check(!write_file(V1_CGROUP "memory.limit_in_bytes", text),
	      "cannot limit memory");
	check(!write_file(V1_CGROUP "memory.memsw.limit_in_bytes", text),
	      "cannot limit memory and swap");
}

static void lift_limit_v1(void)
{
	write_file(V1_CGROUP "memory.memsw.limit_in_bytes", "-1");
	write_file(V1_CGROUP "memory.limit_in_bytes", "-1");
}

static void finish_v1(void)
{
	speak_again();
	check(!rmdir(V1_CGROUP), "rmdir: %m");
	check(!umount(V1_MOUNT), "umount: %m");
}

static void need_v1(void)
{
	check(!mkdir(V1_MOUNT, 0700) || errno == EEXIST, "mkdir: %m");
	if (mount("cgroup", V1_MOUNT, "cgroup", 0, "memory"))
		skip("this kernel has no memory controller of cgroup v1, or v2 has it");
	check(!mkdir(V1_CGROUP, 0700) || errno == EEXIST, "mkdir: %m");
	if (access(V1_CGROUP "memory.memsw.limit_in_bytes", F_OK)) {
		rmdir(V1_CGROUP);
		umount(V1_MOUNT);
		skip("this kernel has no memory.memsw.limit_in_bytes");
	}
}

static void memsw(const struct test *test)
{
	need_v1();
	compete(test, (struct contest){
		.crowd.enter = enter_v1,
		.enter = enter_v1,
		.growth = GROWTH,
		.prepare = limit_v1,
		.stop = note_kills,
		.clean_up = lift_limit_v1,
	}, finish_v1);
}

#define SLOW_TEST(runs, sentence, busy) {	\
		.name = sentence,		\
		.run = runs,			\
		.arg = busy,			\
		.no_swap = true,		\
		.on_request = true,		\
		.seconds = 1500,		\
	}

#define KILLS_NO_MORE " kills no more than without the module, "

#define MEMCG_TEST(how, busy)		\
	SLOW_TEST(memcg, "the OOM killer of a cgroup in zswap" KILLS_NO_MORE \
		  how, busy)
#define MEMSW_TEST(how, busy)		\
	SLOW_TEST(memsw, "the OOM killer of a cgroup v1" KILLS_NO_MORE how, busy)
#define PRESSURE_TEST(how, busy)	\
	SLOW_TEST(pressure, "a killer that goes by pressure" KILLS_NO_MORE \
		  how, busy)

const struct test oom_tests[] = {
	MEMCG_TEST("idle CPUs", 0),
	MEMCG_TEST("8 busy", 8),
	MEMSW_TEST("idle CPUs", 0),
	MEMSW_TEST("8 busy", 8),
	PRESSURE_TEST("8 busy", 8),
	{}
};
