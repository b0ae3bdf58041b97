# gap-bins.gp: counts gaps in bins of equal width on a log axis.
# Needs packets-rows.gp and gap-axis.gp loaded.
#
#   per_decade  bins a decade; given
#   $bins       CSV: direction,from_s,to_s,gaps; bins [from_s, to_s) that are
#               not empty.  Gaps of 0 or less are one bin with bounds 0,0
#   lower(v), upper(v)   a bin's bounds on the axis
#
# The counts are kept here and not by `smooth frequency`, which would need one
# reading a direction and writes six digits only.

first_bin = int(floor(log10(first_decade) + 0.5)) * per_decade
slots = int(floor(decades + 0.5)) * per_decade + 2
array counts[3 * slots]
do for [i = 1:3 * slots] { counts[i] = 0 }
slot(d, g) = (d - 1) * slots + (g > 0 \
    ? 2 + int(floor(log10(g) * per_decade + 1e-9)) - first_bin : 1)
add(i) = counts[i] = counts[i] + 1
from(i) = i < 2 ? 0.0 : 10.0 ** (1.0 * (first_bin + i - 2) / per_decade)
to(i) = i < 2 ? 0.0 : from(i + 1)

set autoscale
unset logscale
stats input using (g = gap(0), g == g ? add(slot(direction(0), g)) : 0, 0) nooutput
eval "set logscale ".gap_axis

set print $bins
print "direction,from_s,to_s,gaps"
do for [d = 1:3] {
	do for [i = 1:slots] {
		n = counts[(d - 1) * slots + i]
		if (n > 0) {
			print sprintf("%s,%.9g,%.9g,%.0f", \
			    direction_name(d), from(i), to(i), n)
		}
	}
}
set print

half_bin = 10.0 ** (0.5 / per_decade)
lower(v) = v > 0 ? v : floor_at / half_bin
upper(v) = v > 0 ? v : floor_at * half_bin
