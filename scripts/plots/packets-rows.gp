# packets-rows.gp: what the scripts about one capture share: the time, length,
# direction and gap of each packet.  Input: packets rows (NAME_out.csv).
#
# Gaps come from column iat_s.
#
# The four columns of the original are enough: then a packet is `out` when its
# source begins with `local` (default 192.168., the original's rule), and gaps
# are found here.

needs = "packet_len time"
load here."csv.gp"
if (!exists("local")) { local = "192.168." }
if (!has("direction") && !has("Source_IP")) {
	print sprintf("%s: missing columns: direction (or Source_IP)", input)
	exit status 1
}

# Directions are numbers: 1 in, 2 out, 3 other.
number_of(d) = d eq "in" ? 1 : d eq "out" ? 2 : 3
if (has("direction")) {
	direction(x) = number_of(strcol("direction"))
} else {
	direction(x) = strcol("Source_IP")[1:strlen(local)] eq local ? 2 : 1
}

# Without iat_s: to the packet before it of its direction; `before` is emptied
# at the first row of each reading.
array before[3] = [NaN, NaN, NaN]
step(t, d) = (g = t - before[d], before[d] = t, g)
fresh(x) = column(0) == 0 \
    ? (before[1] = NaN, before[2] = NaN, before[3] = NaN) : 0
if (has("iat_s")) {
	gap(x) = column("iat_s")
} else {
	gap(x) = (fresh(0), step(time_of(0), direction(0)))
}

# One reading finds the counts and ranges.
packets = 0
lowest = NaN
highest = NaN
zeros = 0
time_min = 0
time_max = 0
array packets_of[3] = [0, 0, 0]
array sizes_of[3] = [0, 0, 0]
array gaps_of[3] = [0, 0, 0]
note_time(t) = t < time_min ? (time_min = t) : t > time_max ? (time_max = t) : 0
note_gap(g) = g > 0 ? (lowest = lowest < g ? lowest : g, \
    highest = highest > g ? highest : g, 0) : g <= 0 ? (zeros = zeros + 1) : 0
stats input using (packets = packets + 1, begin(strcol("time")), \
    note_time(time_of(0)), d = direction(0), g = gap(0), \
    n = column("packet_len"), packets_of[d] = packets_of[d] + 1, \
    sizes_of[d] = sizes_of[d] + (n == n), \
    gaps_of[d] = gaps_of[d] + (g == g), note_gap(g), 0) nooutput
gaps = gaps_of[1] + gaps_of[2] + gaps_of[3]
if (gaps > 0 && lowest != lowest) { lowest = 1e-6; highest = 1e-3 }

load here."style.gp"

nothing = packets == 0 ? "no packets".of_subject : ""
no_sizes = packets > 0 && sizes_of[1] + sizes_of[2] + sizes_of[3] == 0 \
    ? "no IP packets".of_subject : nothing
no_gaps = packets > 0 && gaps == 0 \
    ? "no inter-arrival times".of_subject : nothing
if (packets == 0) { print nothing.": the picture is empty" }

# What is drawn: the directions with data.  What the key names, with its
# numbers: in and out always, so that a missing one is seen; other when there.
with_sizes = ""
with_gaps = ""
do for [d = 1:3] {
	if (sizes_of[d] > 0) { with_sizes = with_sizes.sprintf(" %d", d) }
	if (gaps_of[d] > 0) { with_gaps = with_gaps.sprintf(" %d", d) }
}
named = packets_of[3] > 0 ? 3 : 2
direction_name(d) = word("in out other", d)
label(d, n, unit) = direction_name(d)." (".counted(n, unit).")"
nth(list, i) = int(word(list, i))

# A million points make a vector picture unusable: there, one packet in `thin`
# is drawn and the time axis says so.  Distributions use every packet.
thin = (ending eq ".svg" || ending eq ".pdf") && packets > 30000 \
    ? ceil(packets / 30000.0) : 1
thinned = thin > 1 ? sprintf("; one packet in %d drawn", thin) : ""
kept(d) = direction(0) == d && int(column(0)) % thin == 0
dot = packets > 20000 ? 0.25 : packets > 2000 ? 0.4 : 0.7

short_axis = exists("panels") && !text
gap_label = "inter-arrival time (s)".(short_axis ? "" : ", log scale")
time_label = "time since the first packet (s)".thinned
time_span = time_max > time_min ? time_max - time_min : 1
time_axis = sprintf("set xrange [%.9g:%.9g]", time_min - time_span * 0.01, \
    time_min + time_span * 1.01)	# what is at either end is seen
