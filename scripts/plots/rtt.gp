# rtt.gp: round-trip times of TCP over time: each ACK that makes a sample, the
# time since the segment that it answers.
#
#   pcapstat tcp --segments -o segments.csv CAPTURE
#   gnuplot -e "input='segments.csv'; output='rtt.png'" rtt.gp
#
# connection=N draws that one only.  An ACK of the client measures the way from
# where the capture was taken to the client and back, one of the server that
# to the server.

if (!exists("here")) {
	here = ARG0[1:strlen(ARG0) - strlen("rtt.gp")]
}
segment_columns = "time connection sender rtt_s"
single = 0
load here."segments-rows.gp"
what = "Round-trip times over time".of_connection

array samples[2] = [0, 0]
lowest = NaN
highest = NaN
zeros = 0
count(d) = (samples[d] = samples[d] + 1)
note_rtt(v) = v > 0 ? (lowest = lowest < v ? lowest : v, \
    highest = highest > v ? highest : v, 0) : v <= 0 ? (zeros = zeros + 1) : 0
rtt(d) = (g = column("rtt_s"), mine(0) && g == g \
    && (is_client(0) ? 1 : 2) == d ? g : NaN)
stats input using (mine(0) && column("rtt_s") == column("rtt_s") \
    ? (count(is_client(0) ? 1 : 2), note_rtt(column("rtt_s"))) : 0, 0) nooutput
if (segments > 0 && samples[1] + samples[2] == 0) {
	nothing = "no round-trip samples".of_subject
	print nothing.": the picture is empty"
}
if (lowest != lowest) { lowest = 1e-6; highest = 1e-3 }

eval set_title
set xlabel time_label
y_title = "round-trip time (s), log scale"
eval set_ylabel
if (strlen(nothing) > 0) {
	eval say_nothing
} else {
	gap_axis = "y"
	load here."gap-axis.gp"
	eval time_axis
	set format x "%g"
	array sides[2] = ["client", "server"]
	plot for [d = 1:2] input \
	    using (g = rtt(d), g == g && kept(0) ? time_of(0) : NaN):(shown(g)) \
	    with points pointtype shapes[d] pointsize dot \
	    linecolor rgb colours[d] notitle, \
	  for [d = 1:2] keyentry with points pointtype shapes[d] \
	    linecolor rgb colours[d] title sprintf("ACKs of the %s (%s)", \
	    sides[d], counted(samples[d], "sample"))
}
