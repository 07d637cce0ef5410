// SPDX-License-Identifier: GPL-2.0
/*
 * Kills the same process with its memory in zram over and over, in turn
 * without and with the module. Runs in the guest of the demonstration, as
 * "kills MIB SECONDS".
 *
 * Prints an event a line, its fields apart by tabs:
 *	fact NAME VALUE
 *	swapped ROUND off|on MIB
 *	kill ROUND off|on DEAD_MS BACK_MS CPU_MS WORKERS_MS ENTRIES DIVERTED
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysinfo.h>
#include <sys/utsname.h>

#include "cost.h"
#include "module.h"
#include "swap.h"
#include "util.h"
#include "victim.h"

#define PROGRESS_MS	250
/* The last two only if they are done within the time given. */
#define MIN_ROUNDS	3
#define MAX_ROUNDS	5

static size_t size;

struct kill {
	int round;
	const char *way;
};

static void tell_progress(struct task *parent, void *arg)
{
	const struct kill *kill = arg;
	long free_before = swap_free();

	(void)parent;
	for (;;) {
		printf("swapped\t%d\t%s\t%ld\n", kill->round, kill->way,
		       (free_before - swap_free()) * (long)PAGE >> 20);
		usleep(PROGRESS_MS * 1000);
	}
}

/*
 * One at a time: of two that fill zram together, the one that dies last would
 * also pay for giving back the pages that zram kept data of both in.
 */
static struct victim start_victim(struct kill *kill)
{
	struct task progress = task_start(tell_progress, kill);
	struct victim victim = victim_start(size, IN_ORDER);

	task_kill(&progress);
	return victim;
}

static void tell_kill(const struct kill *kill, const struct victim *victim,
		      const struct cost *cost, double workers_ms, long diverted)
{
	printf("kill\t%d\t%s\t%.3f\t%.3f\t%.3f\t%.3f\t%ld\t%ld\n",
	       kill->round, kill->way, cost->dead_ms, cost->back_ms,
	       cost->cpu_ms, workers_ms, victim->entries, diverted);
}

/* Asked for while a victim is there. */
static void tell_swap(void)
{
	char algorithms[128], stat[256];
	long long original, compressed;

	check(read_file("/sys/block/zram0/comp_algorithm", algorithms,
			sizeof(algorithms)) > 0, "no comp_algorithm");
	check(read_file("/sys/block/zram0/mm_stat", stat, sizeof(stat)) > 0,
	      "no mm_stat");
	check(sscanf(stat, "%lld %lld", &original, &compressed) == 2,
	      "mm_stat is '%s'", stat);
	printf("fact\tswap\tzram, %s, %lld MiB compressed to %lld MiB\n",
	       strtok(strchr(algorithms, '[') + 1, "]"), original >> 20,
	       compressed >> 20);
}

static void kill_without(int round)
{
	struct kill kill = { round, "off" };
	struct victim victim = start_victim(&kill);
	struct cost cost;

	if (round == 1)
		tell_swap();
	cost = victim_cost(&victim);
	tell_kill(&kill, &victim, &cost, 0, 0);
}

static void kill_with(int round)
{
	struct kill kill = { round, "on" };
	struct victim victim;
	struct cost cost;
	long workers_ns;

	module_must_load("");
	victim = start_victim(&kill);
	workers_ns = knob_get("stats/worker_cpu_ns");
	cost = victim_cost(&victim);
	knob_set("drain", 1);
	check_equal(knob_get("stats/freed"), knob_get("stats/diverted"),
		    "freed of what was diverted");
	workers_ns = knob_get("stats/worker_cpu_ns") - workers_ns;
	tell_kill(&kill, &victim, &cost, workers_ns / 1e6,
		  knob_get("stats/diverted"));
	module_must_unload();
}

static void tell_cpu(void)
{
	char line[256], model[128] = "unknown";
	FILE *file = fopen("/proc/cpuinfo", "re");

	check(file, "cannot read /proc/cpuinfo: %m");
	while (fgets(line, sizeof(line), file))
		sscanf(line, "model name : %127[^\n]", model);
	fclose(file);
	printf("fact\tcpu\t%d x %s\n", cpu_count(), model);
}

/* The machine type has the version of the QEMU that it is the newest of. */
static void tell_emulator(void)
{
	char vendor[64], version[64];

	check(read_file("/sys/class/dmi/id/sys_vendor", vendor,
			sizeof(vendor)) > 0, "no sys_vendor");
	check(read_file("/sys/class/dmi/id/product_version", version,
			sizeof(version)) > 0, "no product_version");
	printf("fact\temulator\t%s %s\n", vendor, version);
}

static void tell_machine(void)
{
	struct utsname name;
	struct sysinfo info;

	uname(&name);
	sysinfo(&info);
	printf("fact\tkernel\t%s %s\n", name.release, name.machine);
	tell_emulator();
	tell_cpu();
	printf("fact\tmemory\t%lu MiB\n", info.totalram * info.mem_unit >> 20);
}

static void tell_module(void)
{
	char version[64], hook[64], target[64];

	module_must_load("");
	knob_read("version", version, sizeof(version));
	knob_read("hook", hook, sizeof(hook));
	knob_read("target", target, sizeof(target));
	module_must_unload();
	printf("fact\tmodule\tswapreap %s, %s, %s\n", version, hook, target);
}

static bool time_for_another(int done, double seconds_so_far, double seconds)
{
	if (done < MIN_ROUNDS)
		return true;
	return done < MAX_ROUNDS &&
	       seconds_so_far / done * (done + 1) < seconds;
}

int main(int argc, char **argv)
{
	long long start = now_ns();

	check(argc == 3, "usage: kills MIB SECONDS");
	size = MIB(atol(argv[1]));
	setvbuf(stdout, NULL, _IOLBF, 0);

	swap_init();
	swap_on(0, size + size / 4, ANY_PRIORITY);
	tell_machine();
	tell_module();
	for (int done = 0; time_for_another(done, (now_ns() - start) / 1e9,
					    atof(argv[2]));) {
		done++;
		kill_without(done);
		kill_with(done);
	}
	/* waits for ever if the module lost a slot */
	swap_cleanup();
	return 0;
}
