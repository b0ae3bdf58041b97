# style.gp: the look that all pictures share.  Loaded by the other scripts
# once they know their data, and before anything is drawn.
#
#   output         ends in .png, .svg, .pdf or .txt; without it the picture is
#                  text on standard output
#   width, height  pixels (PDF: hundredths of an inch); characters for text
#   caption        title of the picture; default: what is drawn, of `subject`
#   lines_wanted   captures below each other; with many the picture grows

if (!exists("lines_wanted")) { lines_wanted = 0 }
ending = exists("output") ? output[strlen(output) - 3:*] : ""
text = !exists("output") || ending eq ".txt"
if (exists("output") && strstrt(".png .svg .pdf .txt", ending) == 0) {
	print sprintf("%s: a picture's name ends in .png, .svg, .pdf or .txt", output)
	exit status 2
}
larger(a, b) = b > a ? b : a
if (!exists("width")) { width = text ? 100 : 1200 }
# As text, a capture has three lines exactly: in, out and an empty one.
if (!exists("height")) {
	height = text ? (lines_wanted > 0 ? 9 + 3 * lines_wanted : 30) \
	    : larger(800, 220 + 24 * lines_wanted)
}

# Plain text everywhere (noenhanced): in file names _ ^ { } and @ are letters.
# char_width: of one letter, about, in the units of `width`.
char_width = 8.8
if (text) {
	set terminal dumb noenhanced size width, height
} else { if (ending eq ".svg") {
	set terminal svg noenhanced size width, height dynamic \
	    font "DejaVu Sans,Helvetica,sans-serif,14" background "white"
} else { if (ending eq ".pdf") {
	set terminal pdfcairo noenhanced size width / 100.0, height / 100.0 \
	    font "Sans,10" linewidth 1.5
} else { if (strstrt(GPVAL_TERMINALS, "pngcairo") > 0) {
	set terminal pngcairo noenhanced size width, height font "Sans,12"
} else {
	set terminal png noenhanced size width, height
} } } }
if (exists("output")) { set output output } else { set output }

# Okabe and Ito's colours, which colour-blind readers tell apart; in is the
# darker, so grey prints work too.  Shapes differ as well: in is filled, out
# is open.
array colours[3] = ["#0072B2", "#D55E00", "#707070"]
array shapes[3] = [7, 6, 1]
number_font = ",".(lines_wanted > 15 ? "8" : "11")

set border 3 linewidth 1 linecolor rgb "#404040"
set tics nomirror out textcolor rgb "black"
if (text) {
	unset grid
} else {
	set grid linetype 1 linecolor rgb "#d8d8d8" linewidth 0.7
	set minussign
}
set micro
set rmargin 6			# the last tick's label is not cut
set style fill solid 0.85 noborder
set key outside top right horizontal Left reverse samplen 1.5

# A linear axis of big numbers is divided: its ticks stay short and exact.
scale_for(n) = n < 5e3 ? 1 : n < 5e6 ? 1e3 : n < 5e9 ? 1e6 : 1e9

full_title(what) = exists("caption") ? caption \
    : strlen(subject) > 0 ? what." (".subject.")" : what
set_title = exists("panels") && !text ? "set title" : "set title full_title(what)"

# As text an axis title has no place beside the axis: it stands above it.
set_ylabel = text ? "unset label 98; set label 98 y_title at graph 0, 1 " \
    ."offset character 0, 2" : "set ylabel y_title"

# One gap, two gaps.
counted(n, what) = sprintf("%.0f %s%s", n, what, n == 1 ? "" : "s")

# An empty picture that says why, for input that has nothing to draw.
say_nothing = 'set xrange [0:1]; set yrange [0:1]; unset key; ' \
    .'unset tics; unset grid; unset label 98; unset xlabel; unset ylabel; ' \
    .'set label 99 nothing at graph 0.5, 0.5 center; ' \
    .'plot NaN notitle; unset label 99'
