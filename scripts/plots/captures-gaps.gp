# captures-gaps.gp: inter-arrival times in and out of several captures, side
# by side, as box plots: the line goes from the least to the greatest, the box
# from the median to the percentile 90; | is the percentile 99, the point the
# mean.  A table without these columns (the original's) has points for median,
# mean and standard deviation.
#
#   gnuplot -e "input='out.csv'; output='gaps.png'" captures-gaps.gp

if (!exists("here")) {
	here = ARG0[1:strlen(ARG0) - strlen("captures-gaps.gp")]
}
what = "Inter-arrival times of each capture"
if (!exists("panels")) { load here."captures-rows.gp" }

boxes = 1
do for [m in "min max p90 p99"] {
	boxes = boxes && has("time_in_".m) && has("time_out_".m)
}
measures = boxes ? "min median mean p90 p99 max" : "median mean std"
last_measure = word(measures, words(measures))

# Point types of in (filled) and out (open): circle, square, triangles.
array filled[4] = [7, 5, 9, 11]
array hollow[4] = [6, 4, 8, 10]

gap(m, d) = column("time_".d."_".m)
lowest = NaN
highest = NaN
zeros = 0
note(v) = v > 0 ? (lowest = lowest < v ? lowest : v, \
    highest = highest > v ? highest : v) : v <= 0 ? (zeros = zeros + 1) : 0
if (captures > 0) {
	set autoscale
	unset logscale
	do for [m in measures] {
		stats input using (note(gap(m, "in")), note(gap(m, "out")), 0) \
		    nooutput
	}
	if (lowest != lowest && zeros > 0) { lowest = 1e-6; highest = 1e-3 }
}
if (captures > 0 && lowest != lowest) {
	nothing = "no inter-arrival times".of_subject
	print nothing.": the picture is empty"
}

eval set_title
set xlabel "inter-arrival time (s), log scale".(boxes \
    ? "\nbox: median to p90; line: min to max; |: p99; point: mean" : "")
if (strlen(nothing) > 0) {
	unset logscale x
	eval say_nothing
} else {
	gap_axis = "x"
	load here."gap-axis.gp"
	set key maxrows 2
	eval rows_axis
	if (boxes) {
		thick = text ? 0.01 : 0.13
		v(m, d) = shown(gap(m, d))
		plot input using (first_decade):0:(""):ytic(name(0)) \
		    with labels notitle, \
		  for [k = 1:2] d = word("in out", k) input \
		    using (v("min", d)):(row(d)):(v("max", d) - v("min", d)): \
		    (0) with vectors nohead linetype k linewidth 1.5 \
		    linecolor rgb colours[k] notitle, \
		  for [k = 1:2] d = word("in out", k) input \
		    using (v("median", d)):(row(d)):(v("median", d)): \
		    (v("p90", d)):(row(d) - thick):(row(d) + thick) \
		    with boxxyerror linetype k linecolor rgb colours[k] \
		    fillstyle transparent solid 0.45 border notitle, \
		  for [k = 1:2] d = word("in out", k) input \
		    using (v("p99", d)):(row(d) - thick):(0):(2 * thick) \
		    with vectors nohead linetype k linewidth 2.5 \
		    linecolor rgb colours[k] notitle, \
		  for [k = 1:2] d = word("in out", k) input \
		    using (v("mean", d)):(row(d)) with points \
		    pointtype (k == 1 ? 7 : 6) pointsize 0.9 linewidth 1.5 \
		    linecolor rgb colours[k] notitle, \
		  for [k = 1:2] keyentry with boxes linetype k \
		    linecolor rgb colours[k] title word("in out", k)
	} else {
		# A thin line ties the points of one capture and direction together.
		plot input using (first_decade):0:(""):ytic(name(0)) \
		    with labels notitle, \
		  for [k = 1:2] d = word("in out", k) input \
		    using (shown(gap("median", d))):(row(d)): \
		    (shown(gap(last_measure, d)) - shown(gap("median", d))): \
		    (0) with vectors nohead linetype k linewidth 1 \
		    linecolor rgb colours[k] notitle, \
		  for [j = 1:words(measures)] for [k = 1:2] \
		    d = word("in out", k) input \
		    using (shown(gap(word(measures, j), d))):(row(d)) \
		    with points pointtype (k == 1 ? filled[j] : hollow[j]) \
		    pointsize (captures > 15 ? 0.9 : 1.3) \
		    linecolor rgb colours[k] title d." ".word(measures, j)
	}
}
