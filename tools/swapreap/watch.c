// SPDX-License-Identifier: GPL-2.0
/* swapreap watch: what the module does, as it does it. */
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"
#include "command.h"
#include "machine.h"
#include "module.h"
#include "output.h"
#include "screen.h"
#include "signals.h"
#include "tracefs.h"

#define MAX_EXITS	64
#define EVERY		1.0

/* An exit, from the event at its end. */
struct exit_seen {
	double time;
	int pid;
	long long node;
	long long diverted;
	long long in_place;
	long long us;
};

/**
 * struct watch - all that is shown
 * @now: the module
 * @before: the module some time ago
 * @machine: around it
 * @tracer: its events
 * @no_events: why there are none, or NULL
 * @exits: the latest ones, in a ring
 * @nr_exits: how many there were ever
 * @age_us: the oldest entry freed since @before
 */
struct watch {
	struct snapshot now;
	struct snapshot before;
	struct machine machine;
	struct tracer tracer;
	char *no_events;
	struct exit_seen exits[MAX_EXITS];
	size_t nr_exits;
	long long age_us;
};

static long long number(const struct entries *entries, const char *name)
{
	long long value = 0;

	entries_number(entries, name, &value);
	return value;
}

/* Per second, since the last time. */
static double rate(const struct watch *watch, const char *name)
{
	double time = watch->now.taken - watch->before.taken;
	long long more = number(&watch->now.stats, name) -
			 number(&watch->before.stats, name);

	return time > 0 && more > 0 ? more / time : 0;
}

static const char *fact(const struct snapshot *snapshot, const char *name)
{
	const char *text = entries_text(&snapshot->facts, name);

	return text ? text : "?";
}

static void show_head(const struct watch *watch)
{
	const struct snapshot *now = &watch->now;

	screen_line(true, "swapreap %s, %s  (q quits)", fact(now, "version"),
		    number(&now->knobs, "enabled") ? "enabled" : "NOT ENABLED");
	screen_line(false, "  %s by %s, Linux %s", fact(now, "target"),
		    fact(now, "hook"), watch->machine.release);
	screen_line(false, "%s", "");
}

static void show_flow(const struct watch *watch, const char *label,
		      const char *name)
{
	char speed[FORMAT_MAX], sum[FORMAT_MAX];
	double pages = rate(watch, name);

	screen_line(false, "  %-9s %9.0f pages/s %11s/s %11s in all", label,
		    pages, format_size(speed, pages * page_size()),
		    format_size(sum, (double)number(&watch->now.stats, name) *
				page_size()));
}

static void show_fallbacks(const struct watch *watch)
{
	const struct entries *stats = &watch->now.stats;
	char reasons[256] = "";
	double pages = 0;
	size_t length = 0;

	for (size_t i = 0; i < stats->nr; i++) {
		const char *reason = fallback_reason(&stats->list[i]);
		double speed = rate(watch, stats->list[i].name);

		if (!reason || !speed)
			continue;
		pages += speed;
		if (length < sizeof(reasons))
			length += snprintf(reasons + length,
					   sizeof(reasons) - length, " %s",
					   reason);
	}
	screen_line(false, "  %-9s %9.0f pages/s %s", "in place", pages,
		    reasons);
}

static void show_rates(const struct watch *watch)
{
	char age[FORMAT_MAX], longest[FORMAT_MAX];

	show_flow(watch, "diverted", "diverted");
	show_flow(watch, "swept", "swept");
	show_flow(watch, "freed", "freed");
	show_fallbacks(watch);
	screen_line(false, "  %-9s %9.1f %% of a CPU", "workers",
		    rate(watch, "worker_cpu_ns") / 1e9 * 100);
	screen_line(false, "  %-9s %9s, the longest ever %s", "age",
		    watch->no_events ? "-" : format_time(age, watch->age_us / 1e6),
		    format_time(longest, number(&watch->now.stats,
						"age_max_us") / 1e6));
}

/* Bars are as long as what may be pending, or ever was. */
static double full_bar(const struct snapshot *now)
{
	long long limit = number(&now->knobs, "max_pending");
	long long most = number(&now->stats, "pending_max");

	return most && most < limit ? most : limit;
}

static void show_node(const struct watch *watch, const struct node *node)
{
	long long pending = number(&node->files, "pending");
	double full = full_bar(&watch->now);
	char size[FORMAT_MAX], text[64], label[16];

	snprintf(label, sizeof(label), "node%d", node->id);
	snprintf(text, sizeof(text), "%lld pages %s", pending,
		 format_size(size, (double)pending * page_size()));
	screen_bar(label, full > 0 ? pending / full : 0, text);
}

static void show_pending(const struct watch *watch)
{
	screen_line(false, "%s", "");
	screen_line(true, "Pending (a full bar: %.0f pages)",
		    full_bar(&watch->now));
	for (size_t i = 0; i < watch->now.nr_nodes; i++)
		show_node(watch, &watch->now.nodes[i]);
}

static void show_exit(const struct exit_seen *seen)
{
	char size[FORMAT_MAX], time[FORMAT_MAX];

	screen_line(false, "  %9.1f %8d %11s %10s %10lld %9lld %5lld",
		    seen->time, seen->pid,
		    format_size(size, (double)(seen->diverted + seen->in_place) *
				page_size()),
		    format_time(time, seen->us / 1e6), seen->diverted,
		    seen->in_place, seen->node);
}

static void show_exits(const struct watch *watch)
{
	screen_line(false, "%s", "");
	if (watch->no_events) {
		screen_line(true, "Latest exits");
		screen_text(watch->no_events);
		return;
	}
	screen_line(true, "Latest exits");
	screen_line(false, "  %9s %8s %11s %10s %10s %9s %5s", "at", "pid",
		    "in swap", "took", "diverted", "in place", "node");
	for (size_t i = watch->nr_exits; i > 0 && screen_lines_left() > 0 &&
	     watch->nr_exits - i < MAX_EXITS; i--)
		show_exit(&watch->exits[(i - 1) % MAX_EXITS]);
}

static void show(const struct watch *watch)
{
	screen_begin();
	if (watch->now.loaded) {
		show_head(watch);
		show_rates(watch);
		show_pending(watch);
		show_exits(watch);
	} else {
		screen_line(true, "swapreap is not loaded any more  (q quits)");
	}
	screen_show();
}

static void note_exit(struct watch *watch, const struct trace_event *event)
{
	struct exit_seen *seen = &watch->exits[watch->nr_exits++ % MAX_EXITS];

	*seen = (struct exit_seen) { .time = event->time, .pid = event->pid };
	trace_number(event, "node", &seen->node);
	trace_number(event, "diverted", &seen->diverted);
	trace_number(event, "in_place", &seen->in_place);
	trace_number(event, "exit_us", &seen->us);
}

static void note_events(struct watch *watch)
{
	struct trace_event event;
	long long age_us;

	bool more = tracer_read(&watch->tracer);

	while (tracer_next(&watch->tracer, &event)) {
		if (!strcmp(event.name, "scope_end"))
			note_exit(watch, &event);
		else if (trace_number(&event, "age_us", &age_us) &&
			 age_us > watch->age_us)
			watch->age_us = age_us;
	}
	if (!more)
		tracer_stop(&watch->tracer);
}

/* Returns whether there are keys to look at. */
static bool wait_until(struct watch *watch, double then)
{
	struct pollfd files[] = {
		{ .fd = STDIN_FILENO, .events = POLLIN },
		{ .fd = watch->tracer.pipe, .events = POLLIN },
	};
	double left = then - clock_now();

	/* a resize ends the wait, too, and is a key */
	if (left > 0 && poll(files, ARRAY_SIZE(files), left * 1e3 + 1) < 0)
		return true;
	if (files[1].revents)
		note_events(watch);
	return files[0].revents;
}

static void look_again(struct watch *watch)
{
	snapshot_free(&watch->before);
	watch->before = watch->now;
	snapshot_take(&watch->now);
}

static void watch_until_quit(struct watch *watch)
{
	double then = clock_now() + EVERY;

	show(watch);
	while (!stopped) {
		if (wait_until(watch, then)) {
			if (screen_wants_to_quit())
				return;
			show(watch);
		}
		if (clock_now() < then)
			continue;
		then += EVERY;
		look_again(watch);
		show(watch);
		watch->age_us = 0;
	}
}

static int watch(struct watch *watch)
{
	int status = screen_start();

	if (status)
		return status;
	signals_catch();
	tracer_start(&watch->tracer, &watch->no_events);
	machine_look(&watch->machine);
	watch_until_quit(watch);
	screen_end();
	tracer_stop(&watch->tracer);
	free(watch->no_events);
	machine_free(&watch->machine);
	return EXIT_FINE;
}

static int run(int argc, char **argv)
{
	struct watch *all = must(calloc(1, sizeof(*all)));
	int status = snapshot_need(&all->now);

	(void)argc;
	(void)argv;
	if (!status) {
		status = watch(all);
		snapshot_free(&all->now);
		snapshot_free(&all->before);
	}
	free(all);
	return status;
}

const struct command watch_command = {
	.name = "watch",
	.summary = "a live view in the terminal; q quits",
	.details =
	"The latest exits, and the age of what is freed, come from trace events, which\n"
	"only root may follow.",
	.run = run,
};
