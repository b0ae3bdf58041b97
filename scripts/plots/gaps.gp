# gaps.gp: how often each inter-arrival time occurs, in and out.
#
#   pcapstat gaps -o gaps.csv CAPTURE
#   gnuplot -e "input='gaps.csv'; output='histogram.png'" gaps.gp
#
# log=1 draws a log axis of counts.
#
# Bins are thirds of a power of two, about ten a decade, cut at 1.25 and 1.5625
# so that each holds whole ranges of the table.

if (!exists("here")) {
	here = ARG0[1:strlen(ARG0) - strlen("gaps.gp")]
}
what = "Distribution of inter-arrival times"
load here."gap-rows.gp"

eval set_title
set xlabel gap_label
log_axis = exists("log") && log
y_title = "gaps a bin (10 bins a decade)".(log_axis ? ", log scale" : "")
eval set_ylabel
if (gaps == 0) {
	eval say_nothing
} else {
	gap_axis = "x"
	load here."gap-axis.gp"
	# Bin 1 holds what is 0 or less; then three a power of two of ns.
	cut(k) = k == 0 ? 1.0 : k == 1 ? 1.25 : 1.5625
	power(v) = int(floor(log(v) / log(2) + 1e-12))
	bin_of(v) = v <= 0 ? 1 : (p = power(v), m = v / 2.0 ** p, \
	    2 + 3 * p + (m < cut(1) ? 0 : m < cut(2) ? 1 : 2))
	bins = 2 + 3 * 64
	edge(i) = 2.0 ** ((i - 2) / 3) * cut((i - 2) % 3) / 1e9
	from(i) = i == 1 ? floor_at / 1.12 : edge(i)
	to(i) = i == 1 ? floor_at * 1.12 : edge(i + 1)
	array counts[2 * bins]
	do for [i = 1:2 * bins] { counts[i] = 0 }
	add(d, v, n) = d > 2 ? 0 : (i = (d - 1) * bins + bin_of(v), \
	    counts[i] = counts[i] + n)
	set autoscale
	unset logscale
	stats input using (v = column("gap_low_ns"), \
	    add(direction(0), column("gap_high_ns") < 0 ? -1 : \
	    v == v ? v : 9.2e18, column("gaps")), 0) nooutput
	set print $bins
	print "direction,from_s,to_s,gaps"
	do for [i = 1:2 * bins] {
		if (counts[i] > 0) {
			b = 1 + (i - 1) % bins
			print sprintf("%d,%.9g,%.9g,%.0f", \
			    1 + (i - 1) / bins, from(b), to(b), counts[i])
		}
	}
	set print
	load here."gap-axis.gp"
	if (log_axis) { set logscale y }
	set format y (log_axis ? "%.0s%c" : "%g")
	eval sprintf("set yrange [%g:*]", log_axis ? 0.5 : 0)
	base_line = log_axis ? 0.5 : 0
	set style fill transparent solid 0.35 border
	plot for [d = 1:2] $bins \
	    using ($1 == d ? $2 : NaN):4:2:3:(base_line):4 \
	    with boxxyerror linetype d linecolor rgb colours[d] notitle, \
	  for [d = 1:2] keyentry with boxes linetype d \
	    linecolor rgb colours[d] title label(d)
}
