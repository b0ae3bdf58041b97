# time-axis.gp: makes x an axis of UTC times, of seconds since 1970 from
# `time_from` to `time_to`, both given.  Its title says on which day, where
# that is one.

time_span = time_to - time_from
one_day = strftime("%Y-%m-%d", time_from) eq strftime("%Y-%m-%d", time_to)
set xtics time autofreq
# About six tics, at whole steps.
time_steps = "0.000001 0.00001 0.0001 0.001 0.002 0.005 0.01 0.02 0.05 0.1 0.2" \
    ." 0.5 1 2 5 10 15 30 60 120 300 600 900 1800 3600 7200 10800 21600 43200" \
    ." 86400 172800 432000 864000"
time_step = 0
do for [s in time_steps] {
	if (time_step == 0 && real(s) * (text ? 5 : 7) >= time_span) {
		time_step = real(s)
	}
}
if (time_step > 0) { eval sprintf("set xtics %.9g", time_step) }
set format x time_span > 3 * 365 * 86400.0 ? "%Y" \
    : time_step == 0 ? "%Y-%m" : time_step >= 86400 ? "%m-%d" \
    : time_span > 86400 ? "%m-%d %H:%M" : time_step >= 60 ? "%H:%M" \
    : time_step >= 1 ? "%H:%M:%S" : time_step >= 0.01 ? "%H:%M:%.2S" \
    : time_step >= 0.001 ? "%H:%M:%.3S" : "%H:%M:%.6S"
set xlabel time_span > 60 * 86400.0 ? "time (UTC)" \
    : one_day ? strftime("time (UTC), %Y-%m-%d", time_from) \
    : strftime("time (UTC), from %Y-%m-%d", time_from)
# A little room, so that what is at either end is seen.
eval sprintf("set xrange [%.9f:%.9f]", time_from - time_span * 0.01, \
    time_to + time_span * 0.01)
