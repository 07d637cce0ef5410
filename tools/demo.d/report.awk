# SPDX-License-Identifier: GPL-2.0
#
# The medians of a raw file of the demonstration, as a table and as bars.
# Variables: utf8, bold, off, on, dim, plain (escape sequences or nothing)

BEGIN {
	FS = "\t"
	width = 44
	full = utf8 ? "█" : "#"
	shade = utf8 ? "▒" : "-"
	split(utf8 ? "▏ ▎ ▍ ▌ ▋ ▊ ▉" : "", part, " ")
}

/^#/ || $1 == "round" { next }

{
	n[$2]++
	for (i = 3; i <= 6; i++)
		value[$2, i, n[$2]] = $i
	entries += $7
	if ($2 == "on") {
		diverted += $8
		held += $7
	}
}

function median(way, column,	count, i, j, swap, sorted)
{
	count = n[way]
	for (i = 1; i <= count; i++) {
		sorted[i] = value[way, column, i]
		for (j = i; j > 1 && sorted[j] < sorted[j - 1]; j--) {
			swap = sorted[j]
			sorted[j] = sorted[j - 1]
			sorted[j - 1] = swap
		}
	}
	return (sorted[int((count + 1) / 2)] + sorted[int(count / 2) + 1]) / 2
}

function row(name, column,	a, b)
{
	a = median("off", column)
	b = median("on", column)
	printf "  %-20s %9.1f ms %9.1f ms %9.3f", name, a, b, b / a
	if (b < a / 2)
		printf "   %s%.0f times sooner%s", on, a / b, plain
	print ""
}

function repeat(text, count,	out)
{
	while (count-- > 0)
		out = out text
	return out
}

# Whole cells, and in UTF-8 the eighths of one that are left.
function bar(cells,	whole, eighths)
{
	whole = int(cells)
	eighths = int((cells - whole) * 8)
	if (!utf8 || !eighths)
		return repeat(full, whole ? whole : 1)
	return repeat(full, whole) part[eighths]
}

function bars(name, column,	a, b, workers)
{
	a = median("off", column)
	b = median("on", column)
	workers = column == 5 ? median("on", 6) : 0
	printf "\n  %s%s%s\n", bold, name, plain
	printf "    off  %s%s%s %.1f ms\n", off, bar(a / longest * width), plain, a
	printf "    on   %s%s%s%s %.1f ms\n", on, bar((b - workers) / longest * width),
		repeat(shade, int(workers / longest * width + 0.5)), plain, b
}

END {
	for (i = 3; i <= 5; i++) {
		longest = median("off", i) > longest ? median("off", i) : longest
		longest = median("on", i) > longest ? median("on", i) : longest
	}
	printf "\n  %s%-20s %12s %12s %9s%s\n", bold, "medians of " n["on"], "module off", "module on", "on/off", plain
	row("time to die", 3)
	row("memory back after", 4)
	row("CPU in all", 5)
	printf "  %s%-20s %12s %9.1f ms%s\n", dim, "  of it the workers", "-", median("on", 6), plain

	bars("time to die", 3)
	bars("time until the memory is back", 4)
	bars("CPU in all (" shade " the module's workers, in the background)", 5)

	printf "\n  With the module %d of %d swap entries were diverted, and all were freed.\n", diverted, held
}
