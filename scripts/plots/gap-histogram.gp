# gap-histogram.gp: how often each inter-arrival time occurs, in bins of equal
# width on a log axis.
#
#   gnuplot -e "input='NAME_out.csv'; output='histogram.png'" gap-histogram.gp
#
# bins=N      bins a decade (default 10; as text 5)
# table=FILE  writes the bins too, as CSV: direction,from_s,to_s,gaps.  Gaps of
#             0 or less are one bin, with bounds 0,0
# log=1       draws a log count axis

if (!exists("here")) {
	here = ARG0[1:strlen(ARG0) - strlen("gap-histogram.gp")]
}
what = "Distribution of inter-arrival times"
if (!exists("panels")) { load here."packets-rows.gp" }
per_decade = exists("bins") ? bins : text ? 5 : 10

unset logscale
set autoscale
eval set_title
set xlabel gap_label
set ylabel sprintf("gaps a bin (%d bins a decade)", per_decade)
set format y "%g"
set ytics autofreq
if (strlen(no_gaps) > 0) {
	nothing = no_gaps
	eval say_nothing
} else {
	gap_axis = "x"
	load here."gap-axis.gp"
	load here."gap-bins.gp"
	if (exists("table")) {
		set print table
		do for [i = 1:|$bins|] { print $bins[i] }
		set print
	}
	log_axis = exists("log") && log
	if (log_axis) { set logscale y; set format y "%.0s%c" }
	eval sprintf("set yrange [%g:*]", log_axis ? 0.5 : 0)
	base_line = log_axis ? 0.5 : 0
	set style fill transparent solid 0.35 border
	eval sprintf("set xrange [%.9g:%.9g]", axis_from, axis_to)
	plot for [i = 1:words(with_gaps)] d = nth(with_gaps, i) $bins \
	    using (strcol(1) eq direction_name(d) ? lower($2) : NaN): \
	    4:(lower($2)):(upper($3)):(base_line):4 \
	    with boxxyerror linetype d linecolor rgb colours[d] notitle, \
	  for [d = 1:named] keyentry with boxes linetype d \
	    linecolor rgb colours[d] title label(d, gaps_of[d], "gaps")
	set style fill solid 0.85 noborder
}
