# packets.gp: one capture in two panels: sizes and inter-arrival times of its
# packets over time.
#
#   gnuplot -e "input='NAME_out.csv'; output='packets.png'" packets.gp

if (!exists("here")) {
	here = ARG0[1:strlen(ARG0) - strlen("packets.gp")]
}
what = "Packets, in and out"
panels = 1
load here."packets-rows.gp"
if (!text) {
	set multiplot layout 2,1 title full_title(what) \
	    margins screen 0.09, 0.97, 0.1, 0.88 spacing screen 0.11, 0.17
	set key at graph 1, graph 1.01 right bottom maxrows 1 samplen 0.5
}
load here."packet-sizes.gp"
load here."packet-gaps.gp"
if (!text) { unset multiplot }
