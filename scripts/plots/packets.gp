# packets.gp: one capture in four panels: sizes and inter-arrival times over
# time, and the distribution of the latter (as text: below each other).
#
#   gnuplot -e "input='NAME_out.csv'; output='packets.png'" packets.gp

here = ARG0[1:strlen(ARG0) - strlen("packets.gp")]
what = "Packets, in and out"
panels = 1
load here."packets-rows.gp"
panel_scripts = "sizes.gp gap-histogram.gp gaps.gp gap-cumulative.gp"
if (text) {
	do for [script in panel_scripts] { load here.script }
} else {
	set multiplot layout 2,2 title full_title(what) \
	    margins screen 0.09, 0.97, 0.09, 0.88 spacing screen 0.11, 0.17
	set key at graph 1, graph 1.01 right bottom maxrows 1 samplen 0.5
	do for [script in panel_scripts] { load here.script }
	unset multiplot
}
