# packet-sizes.gp: IP length of each packet of a capture over time.
#
#   gnuplot -e "input='NAME_out.csv'; output='sizes.png'" packet-sizes.gp

if (!exists("here")) {
	here = ARG0[1:strlen(ARG0) - strlen("packet-sizes.gp")]
}
what = "Packet sizes over time"
if (!exists("panels")) { load here."packets-rows.gp" }

unset logscale
set autoscale
eval set_title
set xlabel time_label
y_title = "IP length (bytes)"
eval set_ylabel
set format x "%g"
set format y "%g"
set xtics autofreq
set ytics autofreq
if (strlen(no_sizes) > 0) {
	nothing = no_sizes
	eval say_nothing
} else {
	eval time_axis
	set yrange [0:*]
	plot for [i = 1:words(with_sizes)] d = nth(with_sizes, i) input \
	    using (kept(d) ? time_of(0) : NaN):(column("packet_len")) \
	    with points pointtype shapes[d] pointsize dot \
	    linecolor rgb colours[d] notitle, \
	  for [d = 1:named] keyentry with points pointtype shapes[d] \
	    linecolor rgb colours[d] title label(d, packets_of[d], "packet")
}
