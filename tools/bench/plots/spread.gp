# SPDX-License-Identifier: GPL-2.0
# Bars of medians with the range of all runs, in parts of the kernel alone.

load style
set style data histograms
set style histogram errorbars gap 1 lw 1.5
set boxwidth 0.9
set xtics font ",11"
set ylabel "of the kernel alone" textcolor rgb FAINT
set errorbars 0.6 lc rgb INK
plot data using 2:3:4:xtic(1) title "kernel alone" lc rgb OFF, \
	data using 5:6:7 title "with swapreap" lc rgb ON
