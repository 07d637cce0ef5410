# SPDX-License-Identifier: GPL-2.0
# Bars: what is left of the kernel's own instructions.

load style
set style data histograms
set style histogram clustered gap 1
set boxwidth 0.9
set ylabel "of the kernel alone, %" textcolor rgb FAINT
plot data using ($2 * 100):xtic(1) title "exit" lc rgb ON, \
	data using ($3 * 100) title "exit, entries dropped" lc rgb DROP, \
	data using ($4 * 100) title "all tasks, workers too" lc rgb OFF
