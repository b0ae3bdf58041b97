# segments-rows.gp: what sequence.gp, window.gp and rtt.gp share: the rows of
# one connection, or of all.  Input: rows of `pcapstat tcp --segments
# --relative`.
#
#   connection=N   only that; sequence and window draw the first row's else
#   sender='...'   client or server: whose data sequence and window are about;
#                  default: the one that sent more of it
#
#   segment_columns   columns that must be there; given

needs = segment_columns
load here."csv.gp"

one = exists("connection")
if (!one && single) {
	connection = 0
	stats input using (connection = column("connection"), 0) \
	    every ::0::0 nooutput
	one = 1
}
mine(x) = !one || column("connection") == connection
is_client(x) = strcol("sender") eq "client"

segments = 0
array payload_of[2] = [0, 0]
array segments_of[2] = [0, 0]
time_min = 0
time_max = 0
note_time(t) = t < time_min ? (time_min = t) : t > time_max ? (time_max = t) : 0
note(d) = (begin(strcol("time")), note_time(time_of(0)), \
    segments = segments + 1, segments_of[d] = segments_of[d] + 1, \
    has("payload_len") ? (payload_of[d] = payload_of[d] \
    + column("payload_len")) : 0)
stats input using (mine(0) ? note(is_client(0) ? 1 : 2) : 0, 0) nooutput
load here."style.gp"

if (!exists("sender")) {
	sender = payload_of[2] > payload_of[1] ? "server" : "client"
}
receiver = sender eq "client" ? "server" : "client"
from_sender(x) = mine(0) && strcol("sender") eq sender
from_receiver(x) = mine(0) && strcol("sender") ne sender
bytes_text(n) = n < 1000 ? sprintf("%.0f B", n) : gprintf("%.1s %cB", n)
of_connection = !one ? "" : sprintf(", connection %.0f", connection) \
    .(exists("connections") && connections > 1 \
    ? sprintf(" of %.0f", connections) : "")
nothing = segments == 0 ? "no TCP segments".of_subject : ""
if (segments == 0) { print nothing.": the picture is empty" }

# A vector picture with a million points cannot be used: one in `thin` then.
thin = (ending eq ".svg" || ending eq ".pdf") && segments > 30000 \
    ? ceil(segments / 30000.0) : 1
kept(x) = int(column(0)) % thin == 0
thinned = thin > 1 ? sprintf("; one in %d drawn", thin) : ""
dot = segments > 20000 ? 0.25 : segments > 2000 ? 0.4 : 0.7
green = "#009E73"
purple = "#CC79A7"
yellow = "#E69F00"
time_label = "time since the first segment (s)".thinned
time_span = time_max > time_min ? time_max - time_min : 1
time_axis = sprintf("set xrange [%.9g:%.9g]", time_min - time_span * 0.01, \
    time_min + time_span * 1.01)	# what is at either end is seen
