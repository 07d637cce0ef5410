// SPDX-License-Identifier: GPL-2.0
/*
 * swapreap bench: kills processes of its own with memory in swap, in turn
 * without and with the module, and says what it gains on this machine.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bench.h"
#include "clock.h"
#include "command.h"
#include "to_json.h"
#include "options.h"
#include "output.h"
#include "root.h"
#include "signals.h"

#define DEFAULT_MIB	256
#define DEFAULT_ROUNDS	5

/* Beyond a victim's size, so that it does not push out others. */
#define SPARE_MEMORY	1.25
#define SPARE_SWAP	1.1

/* Of a victim's pages, what has to have gone to swap. */
#define ENOUGH		0.9

/* Where it can be seen how far it is. */
struct step {
	long round, rounds;
	bool on;
};

static const char *const modules[] = { "off", "on" };

static void clear_progress(void)
{
	if (isatty(STDERR_FILENO))
		fprintf(stderr, "\r%*s\r", 70, "");
}

static void show_progress(int percent, void *arg)
{
	const struct step *step = arg;

	if (isatty(STDERR_FILENO))
		fprintf(stderr, "\rround %ld of %ld, module %-3s: swapping out, %3d %%",
			step->round, step->rounds, modules[step->on], percent);
}

static int compare_doubles(const void *left, const void *right)
{
	double a = *(const double *)left, b = *(const double *)right;

	return a < b ? -1 : a > b;
}

/* The value at a place of the sorted ones: 0 is the least, 1 the most. */
static double at_place(const struct bench *bench, bool on,
		       enum quantity quantity, double place)
{
	double *values = must(calloc(bench->nr + 1, sizeof(*values)));
	double value, low;
	size_t nr = 0;

	for (size_t i = 0; i < bench->nr; i++)
		if (bench->kills[i].on == on)
			values[nr++] = bench->kills[i].time[quantity];
	qsort(values, nr, sizeof(*values), compare_doubles);
	low = place * (nr ? nr - 1 : 0);
	value = values[(size_t)low];
	if (low > (size_t)low)
		value = (value + values[(size_t)low + 1]) / 2;
	free(values);
	return value;
}

double bench_median(const struct bench *bench, bool on, enum quantity quantity)
{
	return at_place(bench, on, quantity, 0.5);
}

double bench_least(const struct bench *bench, bool on, enum quantity quantity)
{
	return at_place(bench, on, quantity, 0);
}

double bench_most(const struct bench *bench, bool on, enum quantity quantity)
{
	return at_place(bench, on, quantity, 1);
}

static long long stat_now(const char *name)
{
	struct snapshot snapshot;
	long long value = 0;

	snapshot_take(&snapshot);
	entries_number(&snapshot.stats, name, &value);
	snapshot_free(&snapshot);
	return value;
}

static bool set_enabled(bool on)
{
	int err = module_set("enabled", on ? "1" : "0");

	if (err)
		error("cannot set enabled: %s", strerror(err));
	return !err;
}

/* The kernel alone gives the swap back before the victim is dead. */
static bool measure(struct victim *victim, struct kill *kill)
{
	long long cpu_ns = stat_now("worker_cpu_ns");
	long long diverted = stat_now("diverted");
	double start = clock_now();
	int err = 0;

	victim_kill(victim, kill);
	if (kill->on)
		err = module_drain();
	kill->time[BACK] = kill->on ? clock_now() - start : kill->time[DEAD];
	kill->diverted = stat_now("diverted") - diverted;
	kill->time[CPU] += (stat_now("worker_cpu_ns") - cpu_ns) / 1e9;
	if (err)
		error("cannot drain: %s", strerror(err));
	return !err;
}

static bool went_to_swap(long pages, long mib)
{
	long all = (mib << 20) / page_size();

	if (pages >= all * ENOUGH)
		return true;
	error("only %ld of %ld pages went to swap: is it full, or does a memory cgroup forbid it?",
	      pages, all);
	return false;
}

static bool one_kill(struct bench *bench, struct step *step)
{
	struct kill *kill = &bench->kills[bench->nr];
	struct victim victim;

	*kill = (struct kill) { .on = step->on };
	if (!set_enabled(step->on))
		return false;
	if (!victim_start(&victim, bench->mib, show_progress, step)) {
		if (!stopped)
			error("a process could not send its memory to swap");
		return false;
	}
	if (!measure(&victim, kill) || !went_to_swap(kill->pages, bench->mib))
		return false;
	bench->nr++;
	return !stopped;
}

static bool all_kills(struct bench *bench, long rounds)
{
	for (long round = 1; round <= rounds; round++)
		for (int on = 0; on <= 1; on++) {
			struct step step = { round, rounds, on };

			if (!one_kill(bench, &step))
				return false;
		}
	return true;
}

static bool is_enabled(const struct snapshot *snapshot)
{
	long long enabled = 1;

	entries_number(&snapshot->knobs, "enabled", &enabled);
	return enabled;
}

/* Whatever happens, the module is left as it was. */
static int measure_all(struct bench *bench, long rounds,
		       const struct snapshot *snapshot)
{
	bool done;

	signals_catch();
	done = all_kills(bench, rounds);
	clear_progress();
	done &= set_enabled(is_enabled(snapshot));
	signals_release();
	if (stopped)
		error("interrupted; enabled is %d as before",
		      is_enabled(snapshot));
	return done ? EXIT_FINE : EXIT_ERROR;
}

static int refuse(const char *what, long long need, long long have)
{
	char needed[FORMAT_MAX], had[FORMAT_MAX];

	error("%s is too little: a process of this size wants %s and there are %s; --size MIB takes less",
	      what, format_size(needed, need), format_size(had, have));
	return EXIT_UNSUPPORTED;
}

/* Looked at before anything is done to the machine. */
static int look_at_machine(long mib, const struct snapshot *snapshot)
{
	struct memory memory = machine_memory();
	double size = (double)mib * (1 << 20);
	long long threshold;

	if (!memory.swap_total) {
		error("there is no swap here, so nothing to measure; swapreap check says how to get some");
		return EXIT_UNSUPPORTED;
	}
	if (memory.swap_free < size * SPARE_SWAP)
		return refuse("free swap", size * SPARE_SWAP,
			      memory.swap_free);
	if (memory.available < size * SPARE_MEMORY)
		return refuse("available memory", size * SPARE_MEMORY,
			      memory.available);
	if (entries_number(&snapshot->knobs, "exit_threshold", &threshold) &&
	    size / page_size() < threshold) {
		error("a process of %ld MiB has fewer pages than exit_threshold (%lld); --size MIB takes more",
		      mib, threshold);
		return EXIT_UNSUPPORTED;
	}
	return EXIT_FINE;
}

static const char *format_cell(char *text, size_t size,
			       const struct bench *bench, bool on,
			       enum quantity quantity)
{
	snprintf(text, size, "%9.1f ms (%.1f .. %.1f)",
		 bench_median(bench, on, quantity) * 1e3,
		 bench_least(bench, on, quantity) * 1e3,
		 bench_most(bench, on, quantity) * 1e3);
	return text;
}

static void print_row(const struct bench *bench, const char *name,
		      enum quantity quantity)
{
	double off = bench_median(bench, false, quantity);
	double on = bench_median(bench, true, quantity);
	char without[80], with[80];

	printf("  %-13s %-32s %-32s %s%7.2f%s\n", name,
	       format_cell(without, sizeof(without), bench, false, quantity),
	       format_cell(with, sizeof(with), bench, true, quantity),
	       style(stdout, on < off ? GOOD : PLAIN), off ? on / off : 0,
	       style(stdout, PLAIN));
}

/* Without that, the figures compare the kernel with itself. */
static void warn_if_not_diverted(const struct bench *bench)
{
	long pages = 0, diverted = 0;

	for (size_t i = 0; i < bench->nr; i++)
		if (bench->kills[i].on) {
			pages += bench->kills[i].pages;
			diverted += bench->kills[i].diverted;
		}
	if (diverted < pages / 2)
		error("the module diverted only %ld of %ld pages: swapreap status says why it freed in place",
		      diverted, pages);
}

static void print_text(const struct bench *bench)
{
	printf("A process with %ld MiB in swap is killed, %zu times each way: median (least .. most)\n\n",
	       bench->mib, bench->nr / 2);
	printf("  %s%-13s %-32s %-32s %7s%s\n", style(stdout, BOLD), "",
	       "   kernel alone", "   with swapreap", "ratio",
	       style(stdout, PLAIN));
	print_row(bench, "dies after", DEAD);
	print_row(bench, "swap is back", BACK);
	print_row(bench, "CPU in all", CPU);
}

static struct json_object *times_json(const double *time)
{
	static const char *const names[] = {
		[DEAD] = "dead_ms", [BACK] = "back_ms", [CPU] = "cpu_ms",
	};
	struct json_object *object = must(json_object_new_object());

	for (int i = 0; i < NR_QUANTITIES; i++)
		json_add(object, names[i], json_ms(time[i]));
	return object;
}

static struct json_object *kills_json(const struct bench *bench)
{
	struct json_object *kills = must(json_object_new_array());

	for (size_t i = 0; i < bench->nr; i++) {
		const struct kill *kill = &bench->kills[i];
		struct json_object *object = times_json(kill->time);

		json_add(object, "module", json_text(modules[kill->on]));
		json_add(object, "pages", json_object_new_int64(kill->pages));
		json_add(object, "diverted",
			 json_object_new_int64(kill->diverted));
		json_object_array_add(kills, object);
	}
	return kills;
}

static struct json_object *medians_json(const struct bench *bench)
{
	struct json_object *medians = must(json_object_new_object());

	for (int on = 0; on <= 1; on++) {
		double time[NR_QUANTITIES];

		for (int i = 0; i < NR_QUANTITIES; i++)
			time[i] = bench_median(bench, on, i);
		json_add(medians, modules[on], times_json(time));
	}
	return medians;
}

static void print_json(const struct bench *bench,
		       const struct snapshot *snapshot,
		       const struct machine *machine)
{
	struct json_object *document = json_document("bench");

	for (size_t i = 0; i < snapshot->facts.nr; i++)
		json_add(document, snapshot->facts.list[i].name,
			 json_text(snapshot->facts.list[i].text));
	json_add(document, "kernel", json_kernel(machine));
	json_add(document, "cpus", json_object_new_int(machine_cpus()));
	json_add(document, "swap", json_swaps(machine));
	json_add(document, "size_mib", json_object_new_int64(bench->mib));
	json_add(document, "kills", kills_json(bench));
	json_add(document, "medians", medians_json(bench));
	json_print(stdout, document);
}

static bool json;
static const char *svg, *size_text, *rounds_text;

static const struct option_desc options[] = {
	{ "size", "MIB", "memory of a process in MiB (256)",
	  .value = &size_text },
	{ "rounds", "N", "kills each way (5)", .value = &rounds_text },
	{ "json", NULL, "print JSON (see schema.json)", .flag = &json },
	{ "svg", "FILE", "draw a picture, with gnuplot", .value = &svg },
	{ }
};

static int bench_and_print(long mib, long rounds,
			   const struct snapshot *snapshot)
{
	struct bench bench = {
		.mib = mib,
		.kills = must(calloc(rounds * 2, sizeof(*bench.kills))),
	};
	struct machine machine;
	int status = measure_all(&bench, rounds, snapshot);

	if (!status) {
		machine_look(&machine);
		warn_if_not_diverted(&bench);
		if (json)
			print_json(&bench, snapshot, &machine);
		else
			print_text(&bench);
		if (svg)
			status = bench_plot(&bench, machine.release, svg);
		machine_free(&machine);
	}
	free(bench.kills);
	return status;
}

static int look_at_options(long *mib, long *rounds)
{
	int status = options_number("size", size_text, 1, 1 << 20, mib);

	if (!status)
		status = options_number("rounds", rounds_text, 1, 1000, rounds);
	if (!status && svg && !bench_can_plot()) {
		error("--svg needs gnuplot; install it (Debian, Ubuntu: apt-get install gnuplot-nox)");
		status = EXIT_UNSUPPORTED;
	}
	return status;
}

static int run(int argc, char **argv)
{
	long mib = DEFAULT_MIB, rounds = DEFAULT_ROUNDS;
	struct snapshot snapshot;
	int status = look_at_options(&mib, &rounds);

	(void)argc;
	(void)argv;
	if (!status)
		status = snapshot_need(&snapshot);
	if (status)
		return status;
	status = look_at_machine(mib, &snapshot);
	if (!status && geteuid() && root_is_real()) {
		error("bench switches the module off and on, which only root may do (sudo)");
		status = EXIT_ERROR;
	}
	if (!status)
		status = bench_and_print(mib, rounds, &snapshot);
	snapshot_free(&snapshot);
	return status;
}

const struct command bench_command = {
	.name = "bench",
	.summary = "kill processes of its own, and say what the module gains here (root)",
	.details =
	"In turn without and with the module, which is left as it was. Takes memory and\n"
	"swap of one process at a time; best on a machine that is not busy.",
	.options = options,
	.run = run,
};
