# gap-axis.gp: makes axis `gap_axis` (x or y) a log axis of inter-arrival
# times, from `lowest` (the least above 0) to `highest`, both given.
#
# A log axis cannot show 0 or less.  Such gaps, if there are any (`zeros`),
# stand at `floor_at`, on a tic of their own: shown(v) puts them there.

first_decade = 10.0 ** floor(log10(lowest) + 1e-9)
last_decade = 10.0 ** ceil(log10(highest) + 1e-9)
decades = log10(last_decade / first_decade)
crowded = text || exists("panels") ? 5 : 9
floor_at = first_decade / (gap_axis eq "x" && decades > crowded ? 30 : 10)
shown(v) = v > 0 ? v : v <= 0 ? floor_at : NaN
axis_from = zeros > 0 ? floor_at / 2 : first_decade / 1.1
axis_to = last_decade * 1.1

eval "set logscale ".gap_axis
eval sprintf("set %srange [%.3g:%.3g]", gap_axis, axis_from, axis_to)
eval "set format ".gap_axis." '%.0s %cs'"
eval sprintf("set %stics scale 1,0.5 %.3g, %d", gap_axis, first_decade, \
    decades > 9 ? 1000 : gap_axis eq "x" && decades > crowded ? 100 : 10)
if (zeros > 0) {
	eval sprintf("set %stics add ('≤ 0' %.3g)", gap_axis, floor_at)
}
