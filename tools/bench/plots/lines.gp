# SPDX-License-Identifier: GPL-2.0
# Lines: instructions by size or number of what dies.

load style
set xlabel axis textcolor rgb FAINT
set ylabel "million instructions" textcolor rgb FAINT
plot data using 1:2 with linespoints lw 2 pt 7 ps 0.6 lc rgb OFF title "dead, kernel alone", \
	data using 1:3 with linespoints lw 2 pt 7 ps 0.6 lc rgb ON title "dead, with swapreap", \
	data using 1:4 with linespoints lw 1.5 dt 2 pt 6 ps 0.6 lc rgb OFF title "all tasks", \
	data using 1:5 with linespoints lw 1.5 dt 2 pt 6 ps 0.6 lc rgb ON title "all tasks"
