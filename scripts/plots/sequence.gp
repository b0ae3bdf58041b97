# sequence.gp: sequence numbers of a TCP connection over time, as in Stevens'
# "TCP/IP Illustrated": what one side sent, what the other acknowledged, and
# what was sent again.
#
#   pcapstat tcp --segments --relative -o segments.csv CAPTURE
#   gnuplot -e "input='segments.csv'; output='sequence.png'" sequence.gp
#
# connection=N, sender='client': see segments-rows.gp.

if (!exists("here")) {
	here = ARG0[1:strlen(ARG0) - strlen("sequence.gp")]
}
segment_columns = "time connection sender payload_len seq_rel ack_rel verdict"
single = 1
load here."segments-rows.gp"
what = sprintf("Sequence over time%s: %s to %s", of_connection, sender, receiver)

# strcol() ends a quoted cell at its first comma; what matters stands there.
verdict_is(s) = strstrt(strcol("verdict"), s) > 0
again(x) = from_sender(0) && (verdict_is("retransmission") \
    || verdict_is("keep-alive") && !verdict_is("ACK"))
late(x) = from_sender(0) && verdict_is("out of order")
duplicate(x) = from_receiver(0) && verdict_is("duplicate ACK")
end(x) = column("seq_rel") + column("payload_len")

array marked[3] = [0, 0, 0]
lowest = NaN
highest = NaN
see(a, b) = (lowest = lowest <= a ? lowest : a == a ? a : lowest, \
    highest = highest >= b ? highest : b == b ? b : highest)
stats input using ( \
    from_sender(0) ? see(column("seq_rel"), end(0)) : \
    from_receiver(0) ? see(column("ack_rel"), column("ack_rel")) : 0, \
    marked[1] = marked[1] + duplicate(0), marked[2] = marked[2] + late(0), \
    marked[3] = marked[3] + again(0), 0) nooutput
if (segments > 0 && lowest != lowest) {
	nothing = "no sequence numbers of the ".sender.of_subject
	print nothing.": the picture is empty"
}

eval set_title
set xlabel time_label
if (strlen(nothing) > 0) {
	eval say_nothing
} else {
	eval time_axis
	scale = scale_for(highest)
	y_title = "relative sequence number (".(scale == 1 ? "bytes" \
	    : scale == 1e3 ? "kB" : scale == 1e6 ? "MB" : "GB").")"
	eval set_ylabel
	set format x "%g"
	set format y "%g"
	margin = (highest - lowest) * 0.03 / scale
	eval sprintf("set yrange [%.9g:%.9g]", lowest / scale \
	    - (margin > 0 ? margin : 1), highest / scale + (margin > 0 ? margin : 1))
	set key maxrows 2
	array marks[3] = ["duplicate ACK", "out of order", "sent again"]
	array mark_colours[3] = [yellow, purple, "#D55E00"]
	array mark_shapes[3] = [8, 12, 2]
	mark(k) = k == 1 ? duplicate(0) : k == 2 ? late(0) : again(0)
	height_of(k) = k == 1 ? column("ack_rel") : end(0)
	plot input using (from_receiver(0) && kept(0) ? time_of(0) : NaN): \
	    (column("ack_rel") / scale) with steps linetype 3 linewidth 1.2 \
	    linecolor rgb green notitle, \
	  input using (from_sender(0) && kept(0) ? time_of(0) : NaN): \
	    (column("seq_rel") / scale):(0): \
	    (column("payload_len") / scale) with vectors nohead \
	    linetype 1 linewidth 2 linecolor rgb colours[1] notitle, \
	  input using (from_sender(0) && kept(0) ? time_of(0) : NaN): \
	    (end(0) / scale) with points pointtype 7 pointsize dot * 0.6 \
	    linecolor rgb colours[1] notitle, \
	  for [k = 1:3] input using (mark(k) ? time_of(0) : NaN): \
	    (height_of(k) / scale) with points pointtype mark_shapes[k] \
	    pointsize 1.1 linewidth 1.5 linecolor rgb mark_colours[k] notitle, \
	  keyentry with points pointtype 7 pointsize 0.7 \
	    linecolor rgb colours[1] title sprintf("sent by the %s (%s)", \
	    sender, bytes_text(payload_of[sender eq "client" ? 1 : 2])), \
	  keyentry with lines linetype 3 linecolor rgb green \
	    title "acknowledged by the ".receiver, \
	  for [k = 1:3] keyentry with points pointtype mark_shapes[k] \
	    linewidth 1.5 linecolor rgb mark_colours[k] \
	    title sprintf("%s (%d)", marks[k], marked[k])
}
