# captures-packets.gp: packets in and out of several captures, side by side.
#
#   gnuplot -e "input='out.csv'; output='packets.png'" captures-packets.gp
#
# log=1 draws a log axis, for captures of very different sizes.

if (!exists("here")) {
	here = ARG0[1:strlen(ARG0) - strlen("captures-packets.gp")]
}
what = "Packets of each capture"
if (!exists("panels")) { load here."captures-rows.gp" }
measure = "packets"
measure_max = packets_max
bar_label(scale) = scale == 1 ? "packets" \
    : scale == 1e3 ? "packets (thousands)" \
    : scale == 1e6 ? "packets (millions)" : "packets (billions)"
bar_number(n) = n != n ? "" : n < 1e7 ? sprintf("%d", n) : gprintf("%.2s %c", n)
load here."captures-bars.gp"
