// SPDX-License-Identifier: GPL-2.0
/*
 * swapreap metrics: all numbers as OpenMetrics text.
 *
 * A counter has no TYPE line: OpenMetrics wants it to name the counter without
 * _total, and the older format, which node_exporter's collector reads, with
 * it. Without it the text is right in both.
 */
#include <stdio.h>
#include <string.h>

#include "command.h"
#include "knobs.h"
#include "module.h"
#include "output.h"

/* What a number is multiplied by, to be in base units. */
#define US	(1 / 1e6)
#define NS	(1 / 1e9)

static const struct metric {
	const char *file;
	const char *name;
	bool gauge;
	double scale;
	const char *help;
} metrics[] = {
	{ "diverted", "diverted_pages_total", false, 1,
	  "Pages of swap taken over from dying processes." },
	{ "swept", "swept_pages_total", false, 1,
	  "Of these, pages that the sweep took out of page tables." },
	{ "freed", "freed_pages_total", false, 1,
	  "Pages taken over that have been freed." },
	{ "pending", "pending_pages", true, 1,
	  "Pages taken over that are yet to be freed." },
	{ "pending_max", "pending_max_pages", true, 1,
	  "The most pages that were ever pending." },
	{ "age_max_us", "age_max_seconds", true, US,
	  "The longest that a page was pending." },
	{ "scopes", "scopes_total", false, 1,
	  "Exits of which something was taken over." },
	{ "worker_cpu_ns", "worker_cpu_seconds_total", false, NS,
	  "CPU time of the workers." },
	{ "missed", "missed_probes_total", false, 1,
	  "Calls that the hook missed; the kernel freed those entries itself." },
}, node_metrics[] = {
	{ "pending", "node_pending_pages", true, 1,
	  "Pages of a NUMA node that are yet to be freed." },
	{ "freed", "node_freed_pages_total", false, 1,
	  "Pages of a NUMA node that have been freed." },
	{ "workers", "node_workers", true, 1, "Workers of a NUMA node." },
	{ "worker_cpu_ns", "node_worker_cpu_seconds_total", false, NS,
	  "CPU time of a NUMA node's workers." },
};

static void print_head(FILE *file, const struct metric *metric)
{
	fprintf(file, "# HELP swapreap_%s %s\n", metric->name, metric->help);
	if (metric->gauge)
		fprintf(file, "# TYPE swapreap_%s gauge\n", metric->name);
}

static void print_number(FILE *file, const struct metric *metric,
			 long long value)
{
	if (metric->scale == 1)
		fprintf(file, " %lld\n", value);
	else
		fprintf(file, " %.9g\n", value * metric->scale);
}

static void print_metric(FILE *file, const struct metric *metric,
			 const struct entries *stats)
{
	long long value;

	if (!entries_number(stats, metric->file, &value))
		return;
	print_head(file, metric);
	fprintf(file, "swapreap_%s", metric->name);
	print_number(file, metric, value);
}

static void print_fallbacks(FILE *file, const struct entries *stats)
{
	static const struct metric metric = {
		.name = "fallback_pages_total",
		.scale = 1,
		.help = "Pages that dying processes freed themselves, by reason.",
	};
	bool any = false;
	long long value;

	for (size_t i = 0; i < stats->nr; i++) {
		const char *reason = fallback_reason(&stats->list[i]);

		if (!reason ||
		    !entries_number(stats, stats->list[i].name, &value))
			continue;
		if (!any)
			print_head(file, &metric);
		any = true;
		fprintf(file, "swapreap_%s{reason=\"%s\"}", metric.name,
			reason);
		print_number(file, &metric, value);
	}
}

static void print_node_metric(FILE *file, const struct metric *metric,
			      const struct snapshot *snapshot)
{
	bool any = false;
	long long value;

	for (size_t i = 0; i < snapshot->nr_nodes; i++) {
		const struct node *node = &snapshot->nodes[i];

		if (!entries_number(&node->files, metric->file, &value))
			continue;
		if (!any)
			print_head(file, metric);
		any = true;
		fprintf(file, "swapreap_%s{node=\"%d\"}", metric->name,
			node->id);
		print_number(file, metric, value);
	}
}

static void print_knob(FILE *file, const struct entry *knob)
{
	long long value;

	if (knob->text && !knob_is_list(knob->name) &&
	    text_number(knob->text, &value))
		fprintf(file, "swapreap_knob{name=\"%s\"} %lld\n", knob->name,
			value);
}

static void print_knobs(FILE *file, const struct entries *knobs)
{
	static const struct metric metric = {
		.name = "knob",
		.gauge = true,
		.help = "What the knobs that are numbers are set to.",
	};

	print_head(file, &metric);
	for (size_t i = 0; i < knobs->nr; i++)
		print_knob(file, &knobs->list[i]);
}

/* A label's value may have neither quotes nor backslashes nor newlines. */
static void print_label(FILE *file, const struct entry *fact)
{
	fprintf(file, "%s=\"", fact->name);
	for (const char *c = fact->text; c && *c; c++)
		if (!strchr("\"\\\n", *c))
			fputc(*c, file);
	fputc('"', file);
}

static void print_info(FILE *file, const struct entries *facts)
{
	static const struct metric metric = {
		.name = "info",
		.gauge = true,
		.help = "What is loaded; always 1.",
	};

	print_head(file, &metric);
	fprintf(file, "swapreap_info{");
	for (size_t i = 0; i < facts->nr; i++) {
		if (i)
			fputc(',', file);
		print_label(file, &facts->list[i]);
	}
	fprintf(file, "} 1\n");
}

static void print_module(FILE *file, const struct snapshot *snapshot)
{
	print_info(file, &snapshot->facts);
	print_knobs(file, &snapshot->knobs);
	for (size_t i = 0; i < ARRAY_SIZE(metrics); i++)
		print_metric(file, &metrics[i], &snapshot->stats);
	print_fallbacks(file, &snapshot->stats);
	for (size_t i = 0; i < ARRAY_SIZE(node_metrics); i++)
		print_node_metric(file, &node_metrics[i], snapshot);
}

static void print_metrics(FILE *file, void *arg)
{
	static const struct metric loaded = {
		.name = "loaded",
		.gauge = true,
		.help = "Whether the module is loaded.",
	};
	const struct snapshot *snapshot = arg;

	print_head(file, &loaded);
	fprintf(file, "swapreap_loaded %d\n", snapshot->loaded);
	if (snapshot->loaded)
		print_module(file, snapshot);
	fprintf(file, "# EOF\n");
}

static const char *output;

static const struct option_desc options[] = {
	{ "output", "FILE", "write this file as a whole instead of printing",
	  .value = &output },
	{ }
};

static int run(int argc, char **argv)
{
	struct snapshot snapshot;
	int status = EXIT_FINE;

	(void)argc;
	(void)argv;
	snapshot_take(&snapshot);
	if (output)
		status = write_whole(output, print_metrics, &snapshot);
	else
		print_metrics(stdout, &snapshot);
	if (snapshot.loaded && snapshot_complain(&snapshot))
		status = EXIT_ERROR;
	else if (!status && !snapshot.loaded)
		status = EXIT_NOT_LOADED;
	snapshot_free(&snapshot);
	return status;
}

const struct command metrics_command = {
	.name = "metrics",
	.summary = "print all numbers as OpenMetrics text",
	.details =
	"For node_exporter's textfile collector give --output a file in its directory\n"
	"whose name ends in .prom. Without the module swapreap_loaded is 0.",
	.options = options,
	.run = run,
};
