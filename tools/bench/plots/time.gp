# SPDX-License-Identifier: GPL-2.0
# Lines, one for each run: free memory over time.

load style
set xlabel "ms since the kill" textcolor rgb FAINT
set ylabel "free memory, MiB" textcolor rgb FAINT
set xrange [-50:1500]
of(way) = strcol(1) eq way ? $3 : NaN
plot data using 2:(of("off")) with lines lw 1.5 lc rgb OFF title "kernel alone", \
	data using 2:(of("on")) with lines lw 1.5 lc rgb ON title "with swapreap"
