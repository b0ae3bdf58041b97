# gap-rows.gp: what gaps.gp and cdf.gp share: the range of the gaps, and how
# many there are of each direction.  Input: rows of `pcapstat gaps`.

needs = "direction gap_low_ns gap_high_ns gaps gaps_up_to share_up_to"
load here."csv.gp"

# 1 in, 2 out, 3 all.  A range of steps back has the high end -1.
number_of(d) = d eq "in" ? 1 : d eq "out" ? 2 : 3
direction(x) = number_of(strcol("direction"))
direction_name(d) = word("in out all", d)
low(x) = column("gap_high_ns") < 0 ? -1 : column("gap_low_ns") / 1e9
high(x) = column("gap_high_ns") / 1e9

lowest = NaN
highest = NaN
zeros = 0
array gaps_of[3] = [0, 0, 0]
note(a, b) = a > 0 ? (lowest = lowest < a ? lowest : a, \
    highest = highest > b ? highest : b, 0) : a <= 0 ? (zeros = zeros + 1) : 0
stats input using (d = direction(0), \
    gaps_of[d] = gaps_of[d] + column("gaps"), \
    d < 3 ? note(low(0), high(0)) : 0, 0) nooutput
gaps = gaps_of[1] + gaps_of[2]
if (gaps > 0 && lowest != lowest) { lowest = 1e-6; highest = 1e-3 }

load here."style.gp"
nothing = gaps == 0 ? "no inter-arrival times".of_subject : ""
if (gaps == 0) { print nothing.": the picture is empty" }
label(d) = direction_name(d)." (".counted(gaps_of[d], "gap").")"
gap_label = "inter-arrival time (s), log scale"
