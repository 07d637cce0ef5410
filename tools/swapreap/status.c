// SPDX-License-Identifier: GPL-2.0
/* swapreap status: what is loaded, its knobs and what it has done so far. */
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "to_json.h"
#include "kernel_log.h"
#include "output.h"
#include "status.h"

enum unit { NUMBER, PAGES, MICROSECONDS, NANOSECONDS };

/* What the counters mean to people; others are printed by their names. */
static const struct counter {
	const char *name;
	const char *label;
	enum unit unit;
} counters[] = {
	{ "scopes", "exits helped", NUMBER },
	{ "diverted", "diverted", PAGES },
	{ "swept", "of these, swept", PAGES },
	{ "freed", "freed since", PAGES },
	{ "pending", "pending", PAGES },
	{ "pending_max", "most ever pending", PAGES },
	{ "age_max_us", "longest wait", MICROSECONDS },
	{ "worker_cpu_ns", "CPU of workers", NANOSECONDS },
	{ "missed", "probes missed", NUMBER },
};

static const char *format_value(char *text, long long value, enum unit unit)
{
	switch (unit) {
	case MICROSECONDS:
		return format_time(text, value / 1e6);
	case NANOSECONDS:
		return format_time(text, value / 1e9);
	case PAGES:
		return format_size(text, (double)value * page_size());
	default:
		return "";
	}
}

static void print_number(FILE *file, const char *label,
			 const struct entry *entry, enum unit unit)
{
	char text[FORMAT_MAX];
	long long value;

	if (!entry)
		return;
	fprintf(file, "  %-18s ", label);
	if (!entry->text || !text_number(entry->text, &value))
		fprintf(file, "%20s\n", "?");
	else if (unit == NUMBER)
		fprintf(file, "%20lld\n", value);
	else if (unit == PAGES)
		fprintf(file, "%20lld pages %12s\n", value,
			format_value(text, value, unit));
	else
		fprintf(file, "%20s\n", format_value(text, value, unit));
}

static bool is_counter(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(counters); i++)
		if (!strcmp(counters[i].name, name))
			return true;
	return false;
}

static void heading(FILE *file, const char *text)
{
	fprintf(file, "\n%s%s%s\n", style(file, BOLD), text,
		style(file, PLAIN));
}

static void print_fallbacks(FILE *file, const struct entries *stats)
{
	bool any = false;
	long long value;

	for (size_t i = 0; i < stats->nr; i++) {
		const struct entry *entry = &stats->list[i];
		const char *reason = fallback_reason(entry);

		if (!reason ||
		    (entry->text && text_number(entry->text, &value) && !value))
			continue;
		if (!any)
			heading(file, "Freed in place, by reason");
		any = true;
		print_number(file, reason, entry, PAGES);
	}
}

static void print_stats(FILE *file, const struct entries *stats)
{
	heading(file, "Since it was loaded");
	for (size_t i = 0; i < ARRAY_SIZE(counters); i++)
		print_number(file, counters[i].label,
			     entries_find(stats, counters[i].name),
			     counters[i].unit);
	for (size_t i = 0; i < stats->nr; i++)
		if (!is_counter(stats->list[i].name) &&
		    !fallback_reason(&stats->list[i]))
			print_number(file, stats->list[i].name, &stats->list[i],
				     NUMBER);
	print_fallbacks(file, stats);
}

static void print_knobs(FILE *file, const struct entries *knobs)
{
	heading(file, "Knobs");
	for (size_t i = 0; i < knobs->nr; i++)
		fprintf(file, "  %-18s %20s\n", knobs->list[i].name,
			knobs->list[i].text ? knobs->list[i].text : "?");
}

static const char *pages_of(char *text, const struct entries *files,
			    const char *name)
{
	long long value;

	if (!entries_number(files, name, &value))
		return "?";
	snprintf(text, FORMAT_MAX, "%lld", value);
	return text;
}

static void print_node(FILE *file, const struct node *node)
{
	char pending[FORMAT_MAX], freed[FORMAT_MAX], workers[FORMAT_MAX];
	char cpu[FORMAT_MAX];
	long long cpu_ns;

	fprintf(file, "  node%-4d %14s %14s %9s %12s\n", node->id,
		pages_of(pending, &node->files, "pending"),
		pages_of(freed, &node->files, "freed"),
		pages_of(workers, &node->files, "workers"),
		entries_number(&node->files, "worker_cpu_ns", &cpu_ns) ?
		format_time(cpu, cpu_ns / 1e9) : "?");
}

static void print_nodes(FILE *file, const struct snapshot *snapshot)
{
	if (!snapshot->nr_nodes)
		return;
	heading(file, "NUMA nodes");
	fprintf(file, "  %-8s %14s %14s %9s %12s\n", "", "pages pending",
		"pages freed", "workers", "their CPU");
	for (size_t i = 0; i < snapshot->nr_nodes; i++)
		print_node(file, &snapshot->nodes[i]);
}

static void print_swap(FILE *file, const struct swap_area *area)
{
	char size[FORMAT_MAX], used[FORMAT_MAX], compressed[FORMAT_MAX];

	fprintf(file, "  %-18s %12s of %s used, priority %d", area->name,
		format_size(used, area->used), format_size(size, area->size),
		area->priority);
	if (area->compressor[0])
		fprintf(file, ", %s in %s of memory", area->compressor,
			format_size(compressed, area->compressed));
	fputc('\n', file);
}

static void print_swaps(FILE *file, const struct machine *machine)
{
	heading(file, "Swap");
	for (size_t i = 0; i < machine->nr_swaps; i++)
		print_swap(file, &machine->swaps[i]);
	if (!machine->nr_swaps)
		fprintf(file, "  none: there is nothing to divert\n");
	else if (machine_uses_zswap())
		fprintf(file, "  zswap is in front of it\n");
}

static const char *fact(const struct snapshot *snapshot, const char *name)
{
	const char *text = entries_text(&snapshot->facts, name);

	return text ? text : "?";
}

static const char *state(const struct snapshot *snapshot)
{
	long long enabled;

	if (!entries_number(&snapshot->knobs, "enabled", &enabled))
		return "loaded";
	return enabled ? "loaded and enabled" : "loaded, but not enabled";
}

static void print_loaded(FILE *file, const struct snapshot *snapshot,
			 const struct machine *machine)
{
	fprintf(file, "%sswapreap %s is %s%s\n", style(file, GOOD),
		fact(snapshot, "version"), state(snapshot),
		style(file, PLAIN));
	fprintf(file, "  %-18s Linux %s on %s\n", "kernel", machine->release,
		machine->arch);
	fprintf(file, "  %-18s %s, by %s\n", "diverts",
		fact(snapshot, "target"), fact(snapshot, "hook"));
	print_knobs(file, &snapshot->knobs);
	print_stats(file, &snapshot->stats);
	print_nodes(file, snapshot);
}

static void print_not_loaded(FILE *file, const struct machine *machine)
{
	char *why = kernel_log_reason(machine->release);

	fprintf(file, "%sswapreap is not loaded%s: %s\n", style(file, BAD),
		style(file, PLAIN), why);
	fprintf(file, "  %-18s Linux %s on %s\n", "kernel", machine->release,
		machine->arch);
	free(why);
}

void status_text(FILE *file, const struct snapshot *snapshot,
		 const struct machine *machine)
{
	if (snapshot->loaded)
		print_loaded(file, snapshot, machine);
	else
		print_not_loaded(file, machine);
	print_swaps(file, machine);
}

static struct json_object *stats_json(const struct entries *stats)
{
	struct json_object *plain = json_entries(stats);
	struct json_object *fallback = must(json_object_new_object());

	for (size_t i = 0; i < stats->nr; i++) {
		const char *reason = fallback_reason(&stats->list[i]);
		const char *name = stats->list[i].name;
		struct json_object *value;

		if (!reason)
			continue;
		value = json_object_get(json_object_object_get(plain, name));
		json_add(fallback, reason, value);
		json_object_object_del(plain, name);
	}
	json_add(plain, "fallback", fallback);
	return plain;
}

static struct json_object *nodes_json(const struct snapshot *snapshot)
{
	struct json_object *nodes = must(json_object_new_array());

	for (size_t i = 0; i < snapshot->nr_nodes; i++) {
		struct json_object *node = json_entries(&snapshot->nodes[i].files);

		json_add(node, "node", json_object_new_int(snapshot->nodes[i].id));
		json_object_array_add(nodes, node);
	}
	return nodes;
}

static void add_module(struct json_object *document,
		       const struct snapshot *snapshot)
{
	for (size_t i = 0; i < snapshot->facts.nr; i++)
		json_add(document, snapshot->facts.list[i].name,
			 json_text(snapshot->facts.list[i].text));
	json_add(document, "knobs", json_entries(&snapshot->knobs));
	json_add(document, "stats", stats_json(&snapshot->stats));
	json_add(document, "nodes", nodes_json(snapshot));
}

static void add_reason(struct json_object *document, const char *release)
{
	char *why = kernel_log_reason(release);

	json_add(document, "why", json_text(why));
	free(why);
}

struct json_object *status_json(const struct snapshot *snapshot,
				const struct machine *machine)
{
	struct json_object *document = json_document("status");

	json_add(document, "loaded",
		 json_object_new_boolean(snapshot->loaded));
	json_add(document, "kernel", json_kernel(machine));
	if (snapshot->loaded)
		add_module(document, snapshot);
	else
		add_reason(document, machine->release);
	json_add(document, "swap", json_swaps(machine));
	return document;
}

static bool json;

static const struct option_desc options[] = {
	{ "json", NULL, "print JSON (see schema.json)", .flag = &json },
	{ }
};

static int run(int argc, char **argv)
{
	struct snapshot snapshot;
	struct machine machine;
	int status = EXIT_FINE;

	(void)argc;
	(void)argv;
	snapshot_take(&snapshot);
	machine_look(&machine);
	if (json)
		json_print(stdout, status_json(&snapshot, &machine));
	else
		status_text(stdout, &snapshot, &machine);
	if (!snapshot.loaded)
		status = EXIT_NOT_LOADED;
	else if (snapshot_complain(&snapshot))
		status = EXIT_ERROR;
	machine_free(&machine);
	snapshot_free(&snapshot);
	return status;
}

const struct command status_command = {
	.name = "status",
	.summary = "what is loaded, its knobs, what it has done (the default)",
	.options = options,
	.run = run,
};
