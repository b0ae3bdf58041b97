# gap-cumulative.gp: the share of gaps that are no longer than a given time.
#
#   gnuplot -e "input='NAME_out.csv'; output='cumulative.png'" gap-cumulative.gp
#
# The curves are exact at 100 times a decade and steps between them, which
# keeps pictures of long captures small.  The median, p90 and p99 are where a
# curve crosses 50, 90 and 99 %.

if (!exists("here")) {
	here = ARG0[1:strlen(ARG0) - strlen("gap-cumulative.gp")]
}
what = "Cumulative distribution of inter-arrival times"
if (!exists("panels")) { load here."packets-rows.gp" }

unset logscale
set autoscale
eval set_title
set xlabel gap_label
set ylabel "gaps up to this time (%)"
set format y "%g"
if (strlen(no_gaps) > 0) {
	nothing = no_gaps
	eval say_nothing
} else {
	gap_axis = "x"
	load here."gap-axis.gp"
	per_decade = 100
	load here."gap-bins.gp"
	eval sprintf("set xrange [%.9g:%.9g]", axis_from, axis_to)
	set yrange [0:101]
	set ytics (0, 25, 50, 75, 90, 99)
	# Each curve goes from 0 % at the left to 100 % at the right.
	set print $curves
	print "direction,time_s,share"
	do for [d = 1:3] {
		if (gaps_of[d] == 0) { continue }
		print sprintf("%s,%.9g,0", direction_name(d), axis_from)
		total = 0
		do for [i = 1:slots] {
			n = counts[(d - 1) * slots + i]
			total = total + n
			if (n > 0) {
				print sprintf("%s,%.9g,%.9g", direction_name(d), \
				    upper(to(i)), 100.0 * total / gaps_of[d])
			}
		}
		print sprintf("%s,%.9g,100", direction_name(d), axis_to)
	}
	set print
	plot for [i = 1:words(with_gaps)] d = nth(with_gaps, i) $curves \
	    using (strcol(1) eq direction_name(d) ? $2 : NaN):3 \
	    with steps linetype d linewidth 2 \
	    linecolor rgb colours[d] notitle, \
	  for [d = 1:named] keyentry with lines linetype d linewidth 2 \
	    linecolor rgb colours[d] title label(d, gaps_of[d], "gaps")
}
