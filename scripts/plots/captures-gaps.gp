# captures-gaps.gp: inter-arrival times in and out of several captures, side
# by side: median, mean and, as far as the table has them, the percentiles 90
# and 99; without percentiles the standard deviation.
#
#   gnuplot -e "input='out.csv'; output='gaps.png'" captures-gaps.gp

if (!exists("here")) {
	here = ARG0[1:strlen(ARG0) - strlen("captures-gaps.gp")]
}
what = "Inter-arrival times of each capture"
if (!exists("panels")) { load here."captures-rows.gp" }

measures = "median mean"
do for [m in "p90 p99"] {
	if (has("time_in_".m) && has("time_out_".m)) {
		measures = measures." ".m
	}
}
if (words(measures) == 2) { measures = measures." std" }
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
	nothing = "no inter-arrival times in ".base_name(input)
	print nothing.": the picture is empty"
}

eval set_title
set xlabel "inter-arrival time (s), log scale"
if (strlen(nothing) > 0) {
	unset logscale x
	eval say_nothing
} else {
	gap_axis = "x"
	load here."gap-axis.gp"
	set key maxrows 2
	eval rows_axis
	# A thin line ties the points of one capture and direction together.
	plot input using (first_decade):0:(""):ytic(name(0)) with labels notitle, \
	  for [k = 1:2] d = word("in out", k) input \
	    using (shown(gap("median", d))):(row(d)): \
	    (shown(gap(last_measure, d)) - shown(gap("median", d))):(0) \
	    with vectors nohead linetype k linewidth 1 \
	    linecolor rgb colours[k] notitle, \
	  for [j = 1:words(measures)] for [k = 1:2] d = word("in out", k) \
	    input using (shown(gap(word(measures, j), d))):(row(d)) \
	    with points pointtype (k == 1 ? filled[j] : hollow[j]) \
	    pointsize (captures > 15 ? 0.9 : 1.3) linecolor rgb colours[k] \
	    title d." ".word(measures, j)
}
