# captures-rows.gp: what the captures-*.gp scripts share: one row a capture,
# the first on top, its name on the left; in is drawn above out.
# Input: summary rows (out.csv), at least the eleven columns of the original.

needs = "file packets_in packets_out bytes_in bytes_out " \
    ."time_in_mean time_in_median time_in_std " \
    ."time_out_mean time_out_median time_out_std"
load here."csv.gp"

captures = 0
packets_max = 0
bytes_max = 0
larger(a, b) = b > a ? b : a
stats input using (captures = captures + 1, \
    packets_max = larger(packets_max, column("packets_in")), \
    packets_max = larger(packets_max, column("packets_out")), \
    bytes_max = larger(bytes_max, column("bytes_in")), \
    bytes_max = larger(bytes_max, column("bytes_out")), \
    0) nooutput
nothing = ""
if (captures == 0) {
	nothing = "no captures".of_subject
	print nothing.": the picture is empty"
}

# Long names lose their middle; an input that was not read whole says so.
# strcol() ends a quoted name at its first comma.  So the names are read once
# more as whole lines, of which gnuplot gives a quoted beginning whole.
name_limit = exists("panels") ? 30 : 44
half = name_limit / 2
cut_middle(s) = strlen(s) <= name_limit ? s \
    : s[1:half - 1]."…".s[strlen(s) - half + 1:*]
first_cell(s) = strstrt(s, ",") == 0 ? s : s[1:strstrt(s, ",") - 1]
quoted(s) = commas(s) < commas(header)
state(s) = s eq "ok" || s eq "" ? "" : " (".s.")"

array names[captures > 0 ? captures : 1]
array states[captures > 0 ? captures : 1]
longest = 0
if (captures > 0) {
	k = 0
	stats input using (k = k + 1, states[k] = \
	    has("status") ? state(strcol("status")) : "", 0) nooutput
	k = 0
	file_first = header[1:5] eq "file,"
	if (file_first) { set datafile separator "\001" }
	stats input using (k = k + 1, \
	    s = file_first ? strcol(1) : strcol("file"), \
	    s = file_first && !quoted(s) ? first_cell(s) : s, \
	    names[k] = cut_middle(s).states[k], \
	    longest = larger(longest, strlen(names[k])), 0) nooutput
	set datafile separator comma
}
# Of several panels only the first shows names.
name(x) = exists("panels") && !text && panel > 1 ? "" \
    : names[int(column(0)) + 1]
row(direction) = column(0) + (direction eq "in" ? -0.2 : 0.2)

lines_wanted = captures
load here."style.gp"
set ytics scale 0
if (text) { set tmargin 5; set bmargin 3 }
rows_axis = "set yrange [captures - 0.5:-0.5]"
