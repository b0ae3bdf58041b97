# captures.gp: packets, IP bytes and inter-arrival times of several captures,
# side by side in one picture (as text: three pictures below each other).
#
#   gnuplot -e "input='out.csv'; output='captures.png'" captures.gp
#
# log=1 draws packets and bytes on log axes.

if (!exists("here")) {
	here = ARG0[1:strlen(ARG0) - strlen("captures.gp")]
}
what = "Captures side by side"
panels = 1
load here."captures-rows.gp"
if (!text) {
	set multiplot title full_title(what)
	# The names stand left of the first panel only.
	names_end = (longest + 2) * char_width / width
	panel_width = (0.97 - names_end) / 4.3
	set tmargin at screen 1 - 110.0 / height
	set key at graph 1, graph 1.01 right bottom
	set bmargin at screen 90.0 / height
}
# Where panel p begins and ends, in widths of the first.
array panel_from[3] = [0, 1.15, 2.4]
array panel_to[3] = [1.0, 2.15, 4.3]
panel_margins(p) = text ? "" : sprintf( \
    "set lmargin at screen %.9g; set rmargin at screen %.9g", \
    names_end + panel_from[p] * panel_width, \
    names_end + panel_to[p] * panel_width)
panel = 1
eval panel_margins(panel)
load here."captures-packets.gp"
panel = 2
eval panel_margins(panel)
load here."captures-bytes.gp"
panel = 3
eval panel_margins(panel)
load here."captures-gaps.gp"
if (!text) { unset multiplot }
