# packet-gaps.gp: inter-arrival time of each packet of a capture over time: the gap to
# the packet before it of the same direction.
#
#   gnuplot -e "input='NAME_out.csv'; output='gaps.png'" packet-gaps.gp

if (!exists("here")) {
	here = ARG0[1:strlen(ARG0) - strlen("packet-gaps.gp")]
}
what = "Inter-arrival times over time"
if (!exists("panels")) { load here."packets-rows.gp" }

unset logscale
set autoscale
eval set_title
set xlabel time_label
y_title = gap_label
eval set_ylabel
set format x "%g"
set xtics autofreq
if (strlen(no_gaps) > 0) {
	nothing = no_gaps
	eval say_nothing
} else {
	gap_axis = "y"
	load here."gap-axis.gp"
	eval time_axis
	plot for [i = 1:words(with_gaps)] d = nth(with_gaps, i) input \
	    using (g = shown(gap(0)), kept(d) ? time_of(0) : NaN):(g) \
	    with points pointtype shapes[d] pointsize dot \
	    linecolor rgb colours[d] notitle, \
	  for [d = 1:named] keyentry with points pointtype shapes[d] \
	    linecolor rgb colours[d] title label(d, gaps_of[d], "gap")
}
