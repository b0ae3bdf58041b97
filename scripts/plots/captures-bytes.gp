# captures-bytes.gp: IP bytes in and out of several captures, side by side.
#
#   gnuplot -e "input='out.csv'; output='bytes.png'" captures-bytes.gp
#
# log=1 draws a log axis, for captures of very different sizes.

if (!exists("here")) {
	here = ARG0[1:strlen(ARG0) - strlen("captures-bytes.gp")]
}
what = "IP bytes of each capture"
if (!exists("panels")) { load here."captures-rows.gp" }
measure = "bytes"
measure_max = bytes_max
bar_label(scale) = "IP bytes (".(scale == 1 ? "B" : scale == 1e3 ? "kB" \
    : scale == 1e6 ? "MB" : "GB").")"
bar_number(n) = n != n ? "" : n < 1000 ? sprintf("%d B", n) \
    : gprintf("%.1s %cB", n)
load here."captures-bars.gp"
