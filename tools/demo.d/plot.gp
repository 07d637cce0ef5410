# SPDX-License-Identifier: GPL-2.0
#
# Bars of the medians, and a dot for each kill. Called by plot, which sets raw,
# picture, process and kernel.

set terminal svg size 860,430 font "DejaVu Sans,Helvetica,Arial,sans-serif,13" background "#ffffff"
set output picture
set datafile separator "\t"

OFF = "#98a2b3"
ON = "#0f9d78"
WORKERS = "#9fdcc9"
INK = "#1d2939"
FAINT = "#667085"

of(way, column) = strcol(2) eq way ? column(column) : NaN
array name[3] = ["Time to die", "Memory is back", "CPU in all"]
array off[3]
array on[3]
longest = 0
do for [i = 1:3] {
	stats raw using (of("off", i + 2)) nooutput
	off[i] = STATS_median
	longest = STATS_max > longest ? STATS_max : longest
	stats raw using (of("on", i + 2)) nooutput
	on[i] = STATS_median
	longest = STATS_max > longest ? STATS_max : longest
}
kills = STATS_records
stats raw using (of("on", 6)) nooutput
workers = STATS_median

# Group 1 is on top; in each, off is above on.
y(group, way) = 3 * (3 - group) + (way eq "off" ? 0.48 : -0.48)
HALF = 0.4
bar(from, to, group, way) = sprintf("%g,%g,%g,%g", from, to, y(group, way) - HALF, y(group, way) + HALF)
median(group, way) = way eq "off" ? off[group] : on[group]
ratio(group) = on[group] / off[group]
gain(group) = ratio(group) < 0.5 ? sprintf("{/:Bold %.0f times sooner}", 1 / ratio(group)) : \
	sprintf("%.2f of the kernel's own", ratio(group))

# Labels of the axis at one, two or five times a power of ten, and none beyond the bars.
power = 10 ** floor(log10(longest))
step = power * (longest / power < 2 ? 0.2 : longest / power < 5 ? 0.5 : 1)

set xrange [0:longest * 1.46]
set yrange [-1.4:7.2]
set lmargin 17
set rmargin 3
set tmargin 6
set bmargin 3.2
unset key
unset border
unset ytics
set xtics 0,step,longest nomirror scale 0 textcolor rgb FAINT
set grid xtics lt 1 lw 1 lc rgb "#eaecf0"
set xlabel "milliseconds on an emulated CPU: only the ratios count" textcolor rgb FAINT offset -12,0.3

set object 4 rectangle from longest * 1.02, graph 0 to graph 1, graph 1 fillcolor rgb "#ffffff" fillstyle solid noborder
set label 1 "{/:Bold*1.25 A process with ".process." is killed}" at screen 0.03,0.93 textcolor rgb INK
set label 2 "Linux ".kernel.sprintf(", medians of %d kills each way; a dot is one kill", kills) \
	at screen 0.03,0.865 textcolor rgb FAINT noenhanced
array colour[3] = [OFF, ON, WORKERS]
array meaning[3] = ["kernel alone", "with swapreap", "its workers, in the background"]
do for [i = 1:3] {
	left = 0.03 + (i - 1) * 0.17
	set object i rectangle from screen left,0.78 to screen left + 0.016,0.81 fillcolor rgb colour[i] fillstyle solid noborder
	set label 2 + i meaning[i] at screen left + 0.024,0.795 textcolor rgb FAINT
}

do for [i = 1:3] {
	set label 10 + i "{/:Bold ".name[i]."}" at screen 0.03, first y(i, "off") - 0.48 textcolor rgb INK
	do for [way in "off on"] {
		set label 20 + 2 * i + (way eq "on") \
			sprintf("%.0f ms", median(i, way)).(way eq "on" ? "  ".gain(i) : "") \
			at longest * 1.03, y(i, way) textcolor rgb INK
	}
}

array data[3] = [1, 2, 3]
plot data using (0):(y($1, "off")):(0):(off[$1]):(y($1, "off") - HALF):(y($1, "off") + HALF) \
		with boxxyerror fill solid noborder lc rgb OFF, \
	data using (0):(y($1, "on")):(0):(on[$1]):(y($1, "on") - HALF):(y($1, "on") + HALF) \
		with boxxyerror fill solid noborder lc rgb ON, \
	'+' using (0):(y(3, "on")):(on[3] - workers):(on[3]):(y(3, "on") - HALF):(y(3, "on") + HALF) every ::0::0 \
		with boxxyerror fill solid noborder lc rgb WORKERS, \
	for [i = 1:3] for [way in "off on"] raw using (of(way, i + 2)):(y(i, way)) \
		with points pt 7 ps 0.35 lc rgb INK
