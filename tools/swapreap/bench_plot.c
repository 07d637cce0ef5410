// SPDX-License-Identifier: GPL-2.0
/* A picture of a run: bars of the medians, and a dot for each kill. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bench.h"
#include "command.h"
#include "output.h"

static const char head[] =
	"set terminal svg size 760,360 font 'DejaVu Sans,Helvetica,sans-serif,13' background '#ffffff'\n"
	"set style data boxes\n"
	"set style fill solid noborder\n"
	"set boxwidth 0.38\n"
	"set border 3 lc rgb '#667085'\n"
	"set yrange [0:*]\n"
	"set xrange [-0.6:2.6]\n"
	"set ylabel 'milliseconds' tc rgb '#667085'\n"
	"set ytics nomirror tc rgb '#667085'\n"
	"set xtics scale 0 ('dies after' 0, 'swap is back' 1, 'CPU in all' 2) nomirror\n"
	"set grid ytics lc rgb '#eaecf0' lt 1\n"
	"set key outside bottom center horizontal\n";

static const char plot[] =
	"plot $off using ($1 - 0.2):2 title 'kernel alone' lc rgb '#98a2b3', \\\n"
	"     $on using ($1 + 0.2):2 title 'with swapreap' lc rgb '#0f9d78', \\\n"
	"     $kills using 1:2 with points pt 7 ps 0.4 lc rgb '#1d2939' title 'one kill'\n";

static void print_medians(FILE *file, const struct bench *bench, bool on)
{
	fprintf(file, "$%s << EOD\n", on ? "on" : "off");
	for (int i = 0; i < NR_QUANTITIES; i++)
		fprintf(file, "%d %.6f\n", i, bench_median(bench, on, i) * 1e3);
	fprintf(file, "EOD\n");
}

static void print_kills(FILE *file, const struct bench *bench)
{
	fprintf(file, "$kills << EOD\n");
	for (size_t i = 0; i < bench->nr; i++)
		for (int j = 0; j < NR_QUANTITIES; j++)
			fprintf(file, "%.1f %.6f\n",
				j + (bench->kills[i].on ? 0.2 : -0.2),
				bench->kills[i].time[j] * 1e3);
	fprintf(file, "EOD\n");
}

static void print_script(FILE *file, const struct bench *bench,
			 const char *release)
{
	fputs(head, file);
	fprintf(file, "set title \"A process with %ld MiB in swap is killed, Linux %s\" noenhanced\n",
		bench->mib, release);
	print_medians(file, bench, false);
	print_medians(file, bench, true);
	print_kills(file, bench);
	fputs(plot, file);
}

/**
 * bench_can_plot() - is gnuplot there?
 */
bool bench_can_plot(void)
{
	return !system("command -v gnuplot >/dev/null");
}

/**
 * bench_plot() - draw a run
 * @bench: the run
 * @release: of the kernel
 * @path: of the picture
 *
 * Return: 0 or EXIT_ERROR.
 */
int bench_plot(const struct bench *bench, const char *release,
	       const char *path)
{
	char *temporary = text_of("%s.part", path);
	bool good = false;
	FILE *gnuplot;

	setenv("SWAPREAP_SVG", temporary, 1);
	gnuplot = popen("exec gnuplot >\"$SWAPREAP_SVG\"", "w");
	if (gnuplot) {
		print_script(gnuplot, bench, release);
		good = !pclose(gnuplot) && !rename(temporary, path);
	}
	if (!good) {
		error("gnuplot could not draw %s", path);
		unlink(temporary);
	}
	free(temporary);
	return good ? 0 : EXIT_ERROR;
}
