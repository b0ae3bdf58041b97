# sizes.gp: how long the frames of each protocol are.
#
#   pcapstat sizes -o sizes.csv CAPTURE
#   gnuplot -e "input='sizes.csv'; output='sizes.png'" sizes.gp
#
# log=1 draws a log axis of packets.
#
# Each range of the table is a point at its middle; the seven protocols with
# most packets are drawn, and the key says what is not.

if (!exists("here")) {
	here = ARG0[1:strlen(ARG0) - strlen("sizes.gp")]
}
what = "Frame lengths by protocol"
needs = "protocol frame_len_low frame_len_high packets"
load here."csv.gp"

protocols = 0
longest = 0
most = 0
total = 0
names = "\n"
array packets_of[256]
array name_of[256]
place(p) = (k = strstrt(names, "\n".p."\n"), k == 0 ? 0 : number_of(p))
number_of(p) = int(word(substr(names, strstrt(names, "\n".p."\n") \
    + strlen(p) + 2, strlen(names)), 1))
new(p) = protocols == 256 ? 256 : (protocols = protocols + 1, \
    name_of[protocols] = p, packets_of[protocols] = 0, \
    names = names.p."\n".protocols." \n", protocols)
find(p) = (i = place(p), i > 0 ? i : new(p))
larger(a, b) = b > a ? b : a
note(i, n) = (packets_of[i] = packets_of[i] + n, total = total + n, \
    most = larger(most, n))
stats input using (note(find(strcol("protocol")), column("packets")), \
    longest = larger(longest, column("frame_len_high")), 0) nooutput
load here."style.gp"

nothing = protocols == 0 ? "no packets".of_subject : ""
array palette7[7] = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", \
    "#56B4E9", "#404040"]
array shapes7[7] = [7, 5, 9, 13, 11, 6, 4]
# The place of each rank; the first of equal ones first.
drawn = protocols > 7 ? 7 : protocols
array ranked[7]
taken = " "
others = 0
do for [r = 1:protocols] {
	best = 0
	do for [i = 1:protocols] {
		if (strstrt(taken, sprintf(" %d ", i)) == 0 && (best == 0 || \
		    packets_of[i] > packets_of[best])) { best = i }
	}
	taken = taken.sprintf("%d ", best)
	if (r <= 7) { ranked[r] = best } else { others = others + packets_of[best] }
}

eval set_title
set xlabel "frame length (bytes)"
log_axis = exists("log") && log
y_title = "packets a range (64 bytes; wider from 2048 on)" \
    .(log_axis ? ", log scale" : "")
eval set_ylabel
if (strlen(nothing) > 0) {
	print nothing.": the picture is empty"
	eval say_nothing
} else {
	set autoscale
	if (log_axis) { set logscale y; set format y "%.0s%c" } else {
		set format y "%g"
	}
	eval sprintf("set yrange [%g:*]", log_axis ? 0.5 : 0)
	eval sprintf("set xrange [0:%g]", larger(1600, longest * 1.03))
	# Side by side within a range, so that none hides another.
	low(x) = column("frame_len_low")
	span(x) = column("frame_len_high") - low(0) + 1
	at(r) = low(0) + span(0) * (drawn == 1 ? 0.5 : 0.15 + 0.7 * (r - 1) \
	    / (drawn - 1.0))
	is(r) = strcol("protocol") eq name_of[ranked[r]]
	base_line = log_axis ? 0.5 : 0
	set key maxrows 2
	plot for [r = 1:drawn] input \
	    using (is(r) ? at(r) : NaN):(base_line):(0): \
	    (column("packets") - base_line) with vectors nohead \
	    linetype r linewidth 2 linecolor rgb palette7[r] notitle, \
	  for [r = 1:drawn] input using (is(r) ? at(r) : NaN): \
	    (column("packets")) with points pointtype shapes7[r] \
	    pointsize 0.9 linecolor rgb palette7[r] notitle, \
	  for [r = 1:drawn] keyentry with points pointtype shapes7[r] \
	    linecolor rgb palette7[r] title sprintf("%s (%.0f)", \
	    name_of[ranked[r]], packets_of[ranked[r]]), \
	  for [r = 1:others > 0] keyentry with dots \
	    linecolor rgb "white" title sprintf("%d others (%.0f) not drawn", \
	    protocols - 7, others)
}
