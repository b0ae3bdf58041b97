# captures-bars.gp: two bars a capture with the number at their end.
# Loaded by captures-packets.gp and captures-bytes.gp, which say what is drawn:
#
#   measure         the columns are measure_in and measure_out
#   measure_max     their greatest value
#   bar_label(s)    the axis title when the axis is divided by s
#   bar_number(n)   the number at a bar's end

log_axis = exists("log") && log
scale = log_axis ? 1 : scale_for(measure_max)
if (measure_max == 0) { measure_max = 1 }
least = log_axis ? 0.5 : 0
amount(direction) = column(measure."_".direction)
bar_end(n) = larger(least, n / scale)
if (log_axis) {
	set logscale x
	set format x "%.0s%c"
} else {
	unset logscale x
	set format x "%g"
}
# Room for the number at the end of the longest bar, and about five ticks.
room = exists("panels") && !text ? 0.6 : 0.2
axis_end = log_axis ? (measure_max / least) ** (1 + room) * least \
    : measure_max * (1 + room) / scale
step = axis_end / (room > 0.5 ? 3 : 5)
power = 10.0 ** floor(log10(step))
lead = step / power
step = power * (lead < 1.5 ? 1 : lead < 3.5 ? 2 : lead < 7.5 ? 5 : 10)
if (log_axis) { step = axis_end > 1e6 ? 1000 : 10 }
eval sprintf("set xtics %.9g", step)
set xrange [least:axis_end]
eval set_title
set xlabel bar_label(scale).(log_axis ? ", log scale" : "")

if (strlen(nothing) > 0) {
	eval say_nothing
} else {
	eval rows_axis
	thick = text ? 0 : 0.18
	# The names come from a layer of empty labels: a row with empty cells has
	# no bars, yet keeps its name.
	plot input using (least):0:(""):ytic(name(0)) with labels notitle, \
	  for [k = 1:2] d = word("in out", k) input \
	    using (bar_end(amount(d))):(row(d)):(least):(bar_end(amount(d))): \
	    (row(d) - thick):(row(d) + thick) \
	    with boxxyerror linetype k linecolor rgb colours[k] title d, \
	  for [k = 1:2] d = word("in out", k) input \
	    using (bar_end(amount(d))):(row(d)):(bar_number(amount(d))) \
	    with labels left offset character 0.5, 0 font number_font notitle
}
