# cdf.gp: the share of gaps that are no longer than a given time, in, out and
# of all packets.
#
#   pcapstat gaps -o gaps.csv CAPTURE
#   gnuplot -e "input='gaps.csv'; output='cdf.png'" cdf.gp
#
# Each step is at the upper end of a range of the table; the median, p90 and
# p99 are where a curve crosses 50, 90 and 99 %.

if (!exists("here")) {
	here = ARG0[1:strlen(ARG0) - strlen("cdf.gp")]
}
what = "Cumulative distribution of inter-arrival times"
load here."gap-rows.gp"

eval set_title
set xlabel gap_label
y_title = "gaps up to this time (%)"
eval set_ylabel
if (gaps_of[3] == 0 && gaps == 0) {
	eval say_nothing
} else {
	gap_axis = "x"
	# All packets together are closer than those of one direction.
	unset logscale
	set autoscale
	stats input using (note(low(0), high(0)), 0) nooutput
	load here."gap-axis.gp"
	set yrange [0:101]
	set ytics (0, 25, 50, 75, 90, 99)
	# Each curve goes from 0 % at the left to 100 % at the right.  What is
	# 0 or a step back stands at 0's place.
	array curves[3] = ["", "", ""]
	add(d, v, share) = (curves[d] = curves[d].sprintf("%d,%.9g,%.9g\n", \
	    d, shown(v == v ? v : highest), 100 * share), 0)
	set autoscale
	unset logscale
	stats input using (add(direction(0), high(0), column("share_up_to")), \
	    0) nooutput
	load here."gap-axis.gp"
	set yrange [0:101]
	set print $curves
	print "direction,time_s,percent"
	do for [d = 1:3] {
		if (gaps_of[d] > 0) {
			print sprintf("%d,%.9g,0\n%s%d,%.9g,100", d, axis_from, \
			    curves[d], d, axis_to)
		}
	}
	set print
	array dashes[3] = [1, 1, 2]
	plot for [d = 1:3] $curves using ($1 == d ? $2 : NaN):3 \
	    with steps linetype d linewidth 2 dashtype dashes[d] \
	    linecolor rgb colours[d] notitle, \
	  for [d = 1:3] keyentry with lines linetype d linewidth 2 \
	    dashtype dashes[d] linecolor rgb colours[d] title label(d)
}
