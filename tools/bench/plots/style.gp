# SPDX-License-Identifier: GPL-2.0
# What all pictures share. Called by ../plot, which sets data, picture, title
# and about. On white, for a page may be dark.

set terminal svg size 860,400 font "DejaVu Sans,Helvetica,Arial,sans-serif,13" background "#ffffff"
set output picture
set datafile separator "\t"

OFF = "#98a2b3"
ON = "#0f9d78"
DROP = "#d0d5dd"
INK = "#1d2939"
FAINT = "#667085"

set tmargin 6
set border 3 lc rgb FAINT
set tics nomirror textcolor rgb INK
set grid ytics lt 1 lw 1 lc rgb "#eaecf0"
set key at graph 1,1.02 right bottom horizontal textcolor rgb INK samplen 1.5
set label 1 "{/:Bold*1.15 ".title."}" at graph 0,1.27 left textcolor rgb INK
set label 2 about at graph 0,1.18 left textcolor rgb FAINT noenhanced
set style fill solid noborder
set yrange [0:*]
