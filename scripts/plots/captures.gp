# captures.gp: packets, IP bytes and inter-arrival times of several captures,
# side by side in one picture (as text: three pictures below each other).
#
#   gnuplot -e "input='out.csv'; output='captures.png'" captures.gp
#
# log=1 draws packets and bytes on log axes.

here = ARG0[1:strlen(ARG0) - strlen("captures.gp")]
what = "Captures side by side"
panels = 1
load here."captures-rows.gp"
panel_scripts = "captures-packets.gp captures-bytes.gp captures-gaps.gp"
if (text) {
	do for [script in panel_scripts] { load here.script }
} else {
	set multiplot title full_title(what)
	# The names stand left of the first panel only.
	names_end = (longest + 2) * char_width / width
	panel_width = (0.97 - names_end) / 4.3
	array panel_from[3] = [0, 1.15, 2.4]
	array panel_to[3] = [1.0, 2.15, 4.3]
	set tmargin at screen 1 - 110.0 / height
	set key at graph 1, graph 1.01 right bottom
	set bmargin at screen 70.0 / height
	do for [panel = 1:3] {
		set lmargin at screen names_end + panel_from[panel] * panel_width
		set rmargin at screen names_end + panel_to[panel] * panel_width
		load here.word(panel_scripts, panel)
	}
	unset multiplot
}
