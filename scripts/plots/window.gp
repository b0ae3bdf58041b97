# window.gp: the window that one side of a TCP connection offers, and how much
# of it the other has in flight: sent, and not acknowledged yet where the
# capture was taken.
#
#   pcapstat tcp --segments --relative -o segments.csv CAPTURE
#   gnuplot -e "input='segments.csv'; output='window.png'" window.gp
#
# connection=N, sender='client': see segments-rows.gp.

if (!exists("here")) {
	here = ARG0[1:strlen(ARG0) - strlen("window.gp")]
}
segment_columns = "time connection sender flags window payload_len seq_rel ack_rel options"
single = 1
load here."segments-rows.gp"
what = sprintf("Window%s: %s to %s", of_connection, sender, receiver)

# The scale is an option of the SYNs and holds where both sides name one.  It
# stands among others, behind commas, at the first of which strcol() ends a
# quoted cell: so lines are cut at their quotes and put together again.  Which
# lines are the SYNs, and whose, is found before, by their cells.  (A column that
# a line lacks is its own number to strcol(): hence the commas between.)
is_syn(x) = strcol("flags")[1:3] eq "SYN"
syns = " "
array scales[2] = [-1, -1]
line(x) = strcol(1).",".strcol(2).",".strcol(3).",".strcol(4).",".strcol(5)
number_at(s) = int(real(s[1:strstrt(s.",", ",") - 1]))
scale_in(s) = (k = strstrt(s, "wscale "), k == 0 ? -1 : number_at(s[k + 7:*]))
note_scale(i, n) = n < 0 ? 0 : (scales[i] = n)
is_syn_of(side) = strstrt(syns, sprintf(" %d%s ", column(0), side)) > 0
if (segments > 0) {
	stats input using (mine(0) && is_syn(0) ? (syns = syns.sprintf( \
	    "%d%s ", column(0), strcol("sender"))) : 0, 0) nooutput
	set datafile separator '"'
	stats input using (is_syn_of("client") ? note_scale(1, \
	    scale_in(line(0))) : is_syn_of("server") ? note_scale(2, \
	    scale_in(line(0))) : 0, 0) nooutput
	set datafile separator comma
}
both = scales[1] >= 0 && scales[2] >= 0
shift = both ? scales[receiver eq "client" ? 1 : 2] : 0
offered(x) = column("window") * (is_syn(0) ? 1 : 2 ** shift)

# Bytes in flight follow from the rows before: emptied at each reading.
sent = NaN
acked = NaN
fresh(x) = column(0) == 0 ? (sent = NaN, acked = NaN) : 0
flags_length(x) = is_syn(0) || strcol("flags")[1:3] eq "FIN" ? 1 : 0
top(x) = column("seq_rel") + column("payload_len") + flags_length(0)
higher(a, b) = b != b ? a : a >= b ? a : b
in_flight(x) = (fresh(0), from_sender(0) ? (sent = higher(sent, top(0))) : \
    from_receiver(0) ? (acked = higher(acked, column("ack_rel"))) : 0, \
    mine(0) && sent == sent && acked == acked ? (sent > acked ? sent - acked : 0) \
    : mine(0) && sent == sent && from_sender(0) ? column("payload_len") : NaN)

windows = 0
highest = 0
stats input using (f = in_flight(0), highest = higher(highest, f), \
    from_receiver(0) ? (windows = windows + 1, \
    highest = higher(highest, offered(0))) : 0, 0) nooutput

eval set_title
set xlabel time_label
if (strlen(nothing) > 0) {
	eval say_nothing
} else {
	eval time_axis
	scale = scale_for(highest)
	unit_name = scale == 1 ? "bytes" : scale == 1e3 ? "kB" \
	    : scale == 1e6 ? "MB" : "GB"
	y_title = "window, bytes in flight (".unit_name.")"
	eval set_ylabel
	set format x "%g"
	set format y "%g"
	eval sprintf("set yrange [0:%.9g]", highest > 0 ? highest * 1.06 / scale : 1)
	set key maxrows 2
	plot input using (f = in_flight(0), f == f ? time_of(0) : NaN): \
	    (f / scale) with steps linetype 1 linewidth 1.5 \
	    linecolor rgb colours[1] notitle, \
	  input using (f = in_flight(0), f == f && kept(0) ? time_of(0) : NaN): \
	    (f / scale) with points pointtype 7 pointsize dot * 0.5 \
	    linecolor rgb colours[1] notitle, \
	  input using (from_receiver(0) ? time_of(0) : NaN): \
	    (offered(0) / scale) with steps linetype 2 linewidth 1.5 \
	    dashtype 2 linecolor rgb colours[2] notitle, \
	  input using (from_receiver(0) && kept(0) ? time_of(0) : NaN): \
	    (offered(0) / scale) with points pointtype 6 pointsize dot * 0.7 \
	    linecolor rgb colours[2] notitle, \
	  keyentry with linespoints linetype 1 pointtype 7 linewidth 1.5 \
	    linecolor rgb colours[1] title "in flight from the ".sender, \
	  keyentry with linespoints linetype 2 pointtype 6 dashtype 2 \
	    linecolor rgb colours[2] title "window of the ".receiver \
	    .(both ? "" : ", as sent (the scale was not seen)")
}
