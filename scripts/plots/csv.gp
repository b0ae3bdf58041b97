# csv.gp: looks at the header line of `input`, so that a script can ask which
# columns there are.  Loaded by the other scripts; draws nothing.
#
#   needs         columns that must be there; given
#   header        the header line
#   has(name)     1 when a column of that name is there
#   base_name(p)  path p without its folders
#   subject       what the title says the picture is of; default: the file
#   point(s) .. seconds(s)   times, as below
#
# A missing file, a file without a header and a missing column end gnuplot
# with one line on stderr and status 1, before the picture is touched.

if (GPVAL_VERSION < 5.4) {
	print sprintf("gnuplot %.1f is too old: 5.4 is needed", GPVAL_VERSION)
	exit status 1
}
if (!exists("input")) {
	print "usage: gnuplot -e \"input='FILE.csv'; output='PICTURE.png'\" SCRIPT.gp"
	exit status 2
}

# gnuplot runs a name that begins with < as a command.
if (strstrt("<-", input[1:1]) > 0) {
	print sprintf("%s: write it as ./%s", input, input)
	exit status 2
}

base_name(path) = strstrt(path, "/") == 0 ? path \
    : base_name(path[strstrt(path, "/") + 1:*])
if (!exists("subject")) { subject = base_name(input) }
of_subject = strlen(subject) > 0 ? " in ".subject : ""
commas(s) = strstrt(s, ",") == 0 ? 0 : 1 + commas(s[strstrt(s, ",") + 1:*])

set encoding utf8
header = ""
set datafile separator "\001"		# no separator: the line is one cell
stats input using (header = strcol(1), 0) every ::0::0 nooutput
if (strlen(header) == 0) {
	print sprintf("%s: no header line (is it a CSV file of pcapstat?)", input)
	exit status 1
}

# Empty cells are missing.  NaN too: without that, `smooth frequency` starts a
# new bin after every packet of the other direction.
set datafile separator comma
set datafile missing NaN
set datafile columnheaders

has(name) = strstrt(",".header.",", ",".name.",") > 0
missing = ""
do for [name in needs] { if (!has(name)) { missing = missing." ".name } }
if (strlen(missing) > 0) {
	print sprintf("%s: missing columns:%s", input, missing)
	exit status 1
}

# Times, column "time" or another, are counted from the first one: a double
# holds today's epoch seconds to 0.2 microseconds only, so whole seconds and
# fraction are subtracted apart.
first_whole = NaN
first_part = NaN
point(s) = strstrt(s.".", ".")
whole(s) = real(s[1:point(s) - 1])
part(s) = (s[1:1] eq "-" ? -1 : 1) * real("0".s[point(s):*])
begin(s) = first_whole == first_whole || strlen(s) == 0 ? 0 \
    : (first_whole = whole(s), first_part = part(s))
seconds(s) = strlen(s) == 0 ? NaN \
    : (whole(s) - first_whole) + (part(s) - first_part)
time_of(x) = seconds(strcol("time"))
