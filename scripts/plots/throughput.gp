# throughput.gp: bits a second over time, in and out.
#
#   pcapstat timeline --interval auto -o timeline.csv CAPTURE
#   gnuplot -e "input='timeline.csv'; output='throughput.png'" throughput.gp
#
# interval=S   width of a bucket in seconds, for tables without
#              bucket_width_ns; default: the least step between two rows
#
# A bucket that the table leaves out had no packet, as the empty ones before it.

if (!exists("here")) {
	here = ARG0[1:strlen(ARG0) - strlen("throughput.gp")]
}
what = "Throughput over time"
needs = "bucket_start_ns frame_bytes_in frame_bytes_out"
load here."csv.gp"

# A double holds today's nanoseconds to a quarter of a microsecond, of which
# nothing is seen in buckets of a millisecond and more.
start(x) = column("bucket_start_ns") / 1e9
first = NaN
last = NaN
before = NaN
least_step = NaN
width_ns = NaN
buckets = 0
note(t) = t != t ? 0 : (buckets = buckets + 1, first = first == first ? first : t, \
    step = t - before, before = t, last = t, \
    least_step = step > 0 && !(step >= least_step) ? step : least_step)
stats input using (note(start(0)), has("bucket_width_ns") \
    ? (width_ns = column("bucket_width_ns")) : 0, 0) nooutput
bucket = width_ns == width_ns ? width_ns / 1e9 : exists("interval") \
    ? interval : least_step == least_step ? least_step : 1.0

array bytes_of[3] = [0, 0, 0]
array most_of[3] = [0, 0, 0]
bytes(d) = column("frame_bytes_".word("in out other", d))
measures = has("frame_bytes_other") ? 3 : 2
note_bytes(d, n) = n == n ? (bytes_of[d] = bytes_of[d] + n, \
    most_of[d] = n > most_of[d] ? n : most_of[d]) : 0
stats input using (start(0) == start(0) ? (note_bytes(1, bytes(1)), \
    note_bytes(2, bytes(2)), measures == 3 ? note_bytes(3, bytes(3)) : 0) \
    : 0, 0) nooutput
load here."style.gp"

nothing = first == first ? "" : "no packets with a time".of_subject
named = bytes_of[3] > 0 ? 3 : 2
most = larger(most_of[1], larger(most_of[2], most_of[3])) * 8 / bucket
unit = most < 1e4 ? 1 : most < 1e7 ? 1e3 : most < 1e10 ? 1e6 : 1e9
unit_name = unit == 1 ? "bit/s" : unit == 1e3 ? "kbit/s" : unit == 1e6 \
    ? "Mbit/s" : "Gbit/s"
width_name = bucket < 1 ? sprintf("%.9g ms", bucket * 1e3) \
    : bucket < 120 ? sprintf("%.9g s", bucket) \
    : bucket < 7200 ? sprintf("%.9g min", bucket / 60) \
    : bucket < 172800 ? sprintf("%.9g h", bucket / 3600) \
    : sprintf("%.9g days", bucket / 86400)
label(d) = sprintf("%s (%s)", word("in out other", d), bytes_of[d] < 1000 \
    ? sprintf("%.0f B", bytes_of[d]) : gprintf("%.1s %cB", bytes_of[d]))

eval set_title
y_title = sprintf("frames (%s), in each %s", unit_name, width_name)
eval set_ylabel
if (strlen(nothing) > 0) {
	print nothing.": the picture is empty"
	eval say_nothing
} else {
	time_from = first
	time_to = last + bucket
	load here."time-axis.gp"
	set yrange [0:*]
	if (most == 0) { set yrange [0:1] }
	set format y "%g"
	rate(d) = bytes(d) * 8 / bucket / unit
	middle(x) = start(0) + bucket / 2
	set style fill transparent solid 0.3 noborder
	if (text && buckets == 1) {
		plot for [d = 1:named] input using (middle(0)):(rate(d)) \
		    with points title label(d)
	} else { if (text) {
		plot for [d = 1:named] input using (middle(0)):(rate(d)) \
		    with histeps linetype d title label(d)
	} else {
		plot for [d = 1:named] input \
		    using (middle(0)):(rate(d)):(bucket) with boxes \
		    linecolor rgb colours[d] notitle, \
		  for [d = 1:named] input \
		    using (middle(0)):(rate(d)) with histeps \
		    linewidth 1.5 linecolor rgb colours[d] notitle, \
		  for [d = 1:named] keyentry with boxes \
		    linecolor rgb colours[d] title label(d)
	} }
	set style fill solid 0.85 noborder
}
