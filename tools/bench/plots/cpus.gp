# SPDX-License-Identifier: GPL-2.0
# Lines with the range of all runs: time by number of CPUs.

load style
set xlabel "CPUs" textcolor rgb FAINT
set ylabel "ms until all are dead" textcolor rgb FAINT
set xtics 1
set offsets 0.3, 0.3, 0, 0
plot data using 1:2:3:4 with yerrorlines lw 2 pt 7 ps 0.6 lc rgb OFF title "kernel alone", \
	data using 1:5:6:7 with yerrorlines lw 2 pt 7 ps 0.6 lc rgb ON title "with swapreap"
