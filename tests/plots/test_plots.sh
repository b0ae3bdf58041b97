#!/bin/sh
# The gnuplot scripts, without a screen: every kind to PNG, SVG and text, and
# what is in the pictures: names, units, as many points and bars as there are
# rows, bars as long as their numbers.
# shellcheck disable=SC2154,SC2016,SC2317 # top_srcdir; sh -c; ok
if ! command -v gnuplot >/dev/null 2>&1; then
	echo "1..0 # SKIP gnuplot is missing"
	exit 0
fi
# shellcheck source=tests/cli/setup.sh
. "$top_srcdir/tests/cli/setup.sh"
# shellcheck source=tests/plots/tables.sh
. "$top_srcdir/tests/plots/tables.sh"

scripts=$top_srcdir/scripts/plots
# Names in the tables are UTF-8.
LC_ALL=C.UTF-8
export LC_ALL

of_summary='captures captures-packets captures-bytes captures-gaps'
of_packets='packets sizes gaps gap-histogram gap-cumulative'
blue='rgb(  0, 114, 178)'
orange='rgb(213,  94,   0)'

summary_table >out.csv
cut -d , -f 1-11 out.csv | grep -v '"' >eleven.csv
captures_30 >thirty.csv
head -n 1 out.csv >no-row.csv
packets_table >net_out.csv
cut -d , -f 1-4 net_out.csv >four.csv
grep -v -e ,out, -e ,other, net_out.csv >only-in.csv
head -n 2 net_out.csv >one.csv
head -n 1 net_out.csv >no-packet.csv

plot()
{
	sh "$scripts/plot" "$@"
}

# text_in PICTURE.svg TEXT...: are these texts in it, each whole?
text_in()
{
	picture=$1
	shift
	for text; do
		grep -F -q -e "<text>$text</text>" "$picture" || {
			echo "$picture: no text '$text', but:"
			grep -o '<text>[^<]*' "$picture"
			return 1
		}
	done
}

# A PNG's width and height stand in its bytes 16 to 23.
png_size()	# PICTURE
{
	od -A n -t u1 -j 16 -N 8 "$1" |
	    awk '{ print $3 * 256 + $4 "x" $7 * 256 + $8 }'
}

is_png()	# PICTURE WIDTHxHEIGHT
{
	[ "$(head -c 4 "$1" | od -A n -t x1 | tr -d ' ')" = 89504e47 ] ||
	    return 1
	[ "$(png_size "$1")" = "$2" ] || {
		png_size "$1"
		return 1
	}
}

# Of how many colours are at least 200 pixels: a drawn one has paper, text and
# the colours of in and out.
colours()	# PICTURE
{
	python3 - "$1" <<'EOF'
import collections, struct, sys, zlib
data, at, body = open(sys.argv[1], "rb").read(), 8, b""
while at < len(data):
    size, kind = struct.unpack(">I4s", data[at:at + 8])
    chunk = data[at + 8:at + 8 + size]
    if kind == b"IHDR":
        width, height, depth, colour = struct.unpack(">IIBB", chunk[:10])
    elif kind == b"IDAT":
        body += chunk
    at += size + 12
assert depth == 8 and colour in (2, 6), "not RGB of 8 bits"
n = 3 if colour == 2 else 4
raw, stride = zlib.decompress(body), width * n
above = bytearray(stride)
seen = collections.Counter()
for y in range(height):
    kind = raw[y * (stride + 1)]
    row = bytearray(raw[y * (stride + 1) + 1:(y + 1) * (stride + 1)])
    if kind:
        for x in range(stride):
            a = row[x - n] if x >= n else 0
            b = above[x]
            c = above[x - n] if x >= n else 0
            if kind == 4:
                p = a + b - c
                near = min((abs(p - a), 0, a), (abs(p - b), 1, b),
                           (abs(p - c), 2, c))[2]
            row[x] = row[x] + (a, b, (a + b) // 2, near if kind == 4 else 0
                               )[kind - 1] & 255
    above = row
    seen.update(bytes(row[x:x + 3]) for x in range(0, stride, n))
print(sum(1 for count in seen.values() if count >= 200))
EOF
}

not_blank()	# PICTURE
{
	found=$(colours "$1")
	[ "${found:-0}" -ge 4 ] || {
		echo "$found colours"
		return 1
	}
}

# Every kind in every format, small enough to be quick.
for kind in $of_summary $of_packets; do
	case " $of_summary " in
	*" $kind "*) table=out.csv ;;
	*) table=net_out.csv ;;
	esac
	ok "$kind to SVG" plot "$kind" $table -o "$kind.svg"
	ok "$kind to PNG" plot "$kind" $table -s 700x500 -o "$kind.png"
	ok "$kind.png has its size" is_png "$kind.png" 700x500
	if command -v python3 >/dev/null 2>&1; then
		ok "$kind.png is not blank" not_blank "$kind.png"
	else
		skip "$kind.png is not blank" "python3 is missing"
	fi
	ok "$kind to text" status 0 plot "$kind" $table --terminal
	cp stdout "$kind.txt"
	ok "$kind by hand, from another folder" gnuplot -e \
	    "input='$table'; output='hand-$kind.svg'" "$scripts/$kind.gp"
	ok "$kind: plot draws what gnuplot draws by hand" \
	    cmp "$kind.svg" "hand-$kind.svg"
done

# PDF, and the default size.
ok "PDF" plot packets net_out.csv -o packets.pdf
ok "the PDF is one" says packets.pdf '^%PDF'
ok "without a size" plot sizes net_out.csv -o usual.png
ok "a picture has 1200x800 pixels" is_png usual.png 1200x800

# Axes name their units.
ok "packets: axis" text_in captures-packets.svg packets
ok "bytes: axis with unit" text_in captures-bytes.svg 'IP bytes (kB)'
for kind in captures-gaps gap-histogram gap-cumulative gaps; do
	ok "$kind: axis with unit" \
	    text_in $kind.svg 'inter-arrival time (s), log scale'
done
for kind in gaps sizes packets; do
	ok "$kind: time axis" text_in $kind.svg 'time since the first packet (s)'
done
ok "sizes: axis with unit" text_in sizes.svg 'IP length (bytes)'
ok "cumulative: axis with unit" \
    text_in gap-cumulative.svg 'gaps up to this time (%)'
ok "histogram: axis with unit" \
    text_in gap-histogram.svg 'gaps a bin (10 bins a decade)'

# Names, as they are: nothing taken for markup, a format or a separator.
for kind in $of_summary; do
	ok "$kind: names" text_in "$kind.svg" web_browsing.pcap \
	    'video_{call}^2 @home.pcap' '100%d done, part 2.pcap' \
	    'broken.pcap (unreadable)'
	ok "$kind: names as text" says "$kind.txt" \
	    'video_{call}^2 @home.pcap'
done
ok "a long name loses its middle, not its end" \
    text_in captures-bytes.svg 'folder/of/a/very/long…g7_floor3_0001.pcap.gz (cut)'
ok "30 captures" plot captures thirty.csv -o thirty.svg
ok "30 captures: every name" sh -c '
	for i in 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 \
	    24 25 26 27 28 29; do
		grep -q ">capture_number_$i.pcap<" thirty.svg || exit 1
	done'

# Two bars a capture; a bar's length is its number (0 has none).  The first
# polygon of a colour is the key's.
widths()	# PICTURE.svg COLOUR
{
	grep -F "<polygon fill = '$2'" "$1" | sed 1d |
	    sed "s/.*points = '//" | tr ', ' '  ' |
	    awk '$3 > $1 { print $3 - $1 }'
}

bars_follow()	# PICTURE.svg COLOUR NUMBER...
{
	widths "$1" "$2" >lengths
	shift 2
	printf '%s\n' "$@" | paste - lengths >pairs
	awk 'NF != 2 { exit 1 }
	    { if (NR == 1) unit = $2 / $1
	      d = $2 - unit * $1; if (d < -0.1 || d > 0.1) exit 1 }' pairs || {
		cat pairs
		return 1
	}
}
ok "bars of packets in" \
    bars_follow captures-packets.svg "$blue" 551 1200 40 800
ok "bars of packets out" \
    bars_follow captures-packets.svg "$orange" 458 300 799
ok "bars of bytes in" \
    bars_follow captures-bytes.svg "$blue" 495900 1080000 36000 720000
ok "numbers at the bars" text_in captures-packets.svg 551 458 1200 0
ok "bars as text" says captures-packets.txt '[*#]1200 '

# Points: a packet each, one more in the key.
points()	# PICTURE.svg COLOUR NUMBER
{
	found=$(grep -c "<use xlink:href='#gpPt[0-9]*'.*color='$2'" "$1")
	[ "$found" = $(($3 + 1)) ] || {
		echo "$found points, expected $(($3 + 1))"
		return 1
	}
}

count()	# DIRECTION COLUMN: not empty cells, by the name of the column
{
	awk -F , -v OFS=, -v direction="$1" -v column="$2" '
	NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
	{ gsub(/"[^"]*"/, "quoted")
	  n += $at["direction"] == direction && $at[column] != "" }
	END { print n + 0 }' net_out.csv
}
ok "a point a packet in" points sizes.svg "$blue" "$(count in packet_len)"
ok "a point a packet out" points sizes.svg "$orange" "$(count out packet_len)"
ok "a point a gap in" points gaps.svg "$blue" "$(count in iat_s)"
ok "a point a gap out" points gaps.svg "$orange" "$(count out iat_s)"
ok "percentiles: four measures in and out" \
    text_in captures-gaps.svg 'in median' 'out p90' 'in p99' 'out mean'
# Four captures have gaps.
marks()	# PICTURE.svg MEASURES
{
	found=$(grep -c "<use xlink:href='#gpPt.*color='rgb" "$1")
	[ "$found" = $((2 * $2 * (4 + 1))) ] || {
		echo "$found marks"
		return 1
	}
}
ok "a mark a measure, direction and capture" marks captures-gaps.svg 4

# The histogram counts every gap, those of 0 and less too.
histogram()	# TABLE.csv BINS.csv
{
	gnuplot -e "input='$1'; output='h.svg'; table='$2'" \
	    "$scripts/gap-histogram.gp"
}
sum_is()	# BINS.csv DIRECTION NUMBER
{
	awk -F , -v d="$2" -v n="$3" \
	    '$1 == d { sum += $4 } END { exit sum + 0 != n }' "$1" || {
		cat "$1"
		return 1
	}
}
ok "the histogram's bins as a table" histogram net_out.csv bins.csv
for d in in out other; do
	ok "bins hold every gap: $d" sum_is bins.csv $d "$(count $d iat_s)"
done
ok "gaps of 0 and less: one bin" says bins.csv '^in,0,0,[1-9]'
ok "a negative gap is among them" grep -q ',5000,-0' net_out.csv
# Counted here by comparing, not by logarithms.
recount()
{
	sed 's/"[^"]*"/quoted/g' net_out.csv | awk -F , '
	NR == FNR { if (FNR > 1) { n++; d[n] = $1; from[n] = $2; to[n] = $3
	    drawn[n] = $4 } next }
	FNR > 1 && $13 != "" {
		for (i = 1; i <= n; i++)
			if (d[i] == $7 && (to[i] == 0 ? $13 + 0 <= 0 : \
			    $13 >= from[i] * (1 - 1e-8) && \
			    $13 < to[i] * (1 - 1e-8)))
				found[i]++
	}
	END { for (i = 1; i <= n; i++) if (found[i] != drawn[i]) {
		print d[i], from[i], to[i], drawn[i], found[i]; bad = 1 }
		exit bad }' bins.csv -
}
ok "each bin holds its gaps" recount
# Heights of the boxes in: in one ratio to the counts.  The key's comes last.
heights_follow()
{
	grep -F "<polygon fill = '$blue'" h.svg |
	    head -n "$(grep -c '^in,' bins.csv)" |
	    sed "s/.*points = '//" | tr ', ' '  ' |
	    awk '{ print ($2 > $6 ? $2 - $6 : $6 - $2) }' >heights
	grep '^in,' bins.csv | cut -d , -f 4 | paste - heights >pairs
	awk 'NF != 2 { exit 1 } $1 > most { most = $1; height = $2 }
	    { n[NR] = $1; h[NR] = $2 }
	    END { for (i = 1; i <= NR; i++) {
		d = h[i] - n[i] * height / most
		if (d < -0.1 || d > 0.1) exit 1 } }' pairs || {
		cat pairs
		return 1
	}
}
ok "boxes are as high as their bins" heights_follow

# Tables of the original: no percentiles, no direction, no gaps.
ok "eleven columns" plot captures eleven.csv -o eleven.svg
ok "eleven columns: the standard deviation takes the percentiles' place" \
    text_in eleven.svg 'in std' 'out std'
for kind in $of_packets; do
	ok "four columns: $kind" plot "$kind" four.csv -o four.svg
done
grep -v ,other, net_out.csv | cut -d , -f 1-4 >four.csv
ok "four columns: gaps found by the script" histogram four.csv four-bins.csv
grep -v ^other, bins.csv >both-bins.csv
ok "four columns: the same gaps" cmp four-bins.csv both-bins.csv

# Little or nothing to draw.
for kind in $of_packets; do
	ok "one direction: $kind" plot "$kind" only-in.csv -o only.svg
	ok "one packet: $kind" plot "$kind" one.csv -o one.svg
	ok "no packet: $kind" status 0 plot "$kind" no-packet.csv -o none.svg
	ok "no packet: $kind says so" says stderr 'no packets in no-packet.csv'
	ok "no packet: the picture says so" \
	    text_in none.svg 'no packets in no-packet.csv'
done
ok "one direction: the key shows that out has none" \
    sh -c 'grep -q "out (0 gaps)" only.svg'
for kind in $of_summary; do
	ok "no capture: $kind" status 0 plot "$kind" no-row.csv -o none.svg
	ok "no capture: $kind says so" \
	    text_in none.svg 'no captures in no-row.csv'
done

# Failures: a status, a reason, and the picture of before left alone.
echo before >kept.png
failure()	# STATUS REASON ARGUMENT...
{
	wanted_status=$1 reason=$2
	shift 2
	status "$wanted_status" plot "$@" && says stderr "$reason"
}
: >empty.csv
ok "missing table" failure 1 'none.csv: no file' sizes none.csv -o kept.png
ok "empty table" failure 1 'no header line' sizes empty.csv -o kept.png
ok "table of another kind" failure 1 'missing columns: packet_len time' \
    sizes out.csv -o kept.png
ok "table of another kind, too" failure 1 'missing columns: packets_in' \
    captures net_out.csv -o kept.png
ok "missing folder" failure 1 'no folder' sizes net_out.csv -o no/p.png
ok "unknown kind" failure 2 'unknown KIND pie' pie out.csv
ok "unknown ending" failure 2 'ends in .png' sizes net_out.csv -o p.gif
ok "unknown option" failure 2 'unknown option' sizes net_out.csv --blue
ok "bad size" failure 2 'bad size' sizes net_out.csv -s 10
ok "the picture of before is left" grep -q -x before kept.png
ok "nothing is left beside it" sh -c '! ls -A | grep -q "^\.plot"'
ok "help" status 0 plot --help
ok "by hand without an input" status 2 gnuplot "$scripts/sizes.gp"

# Odd names of the files, standard input, the options.
cp net_out.csv "it's <odd> 100%_x.csv"
ok "odd names" plot sizes "it's <odd> 100%_x.csv" -o "it's.svg"
ok "the title is the table's name" \
    text_in "it's.svg" "Packet sizes over time (it's &lt;odd> 100%_x.csv)"
ok "standard input" sh -c 'sh "$0" sizes - -o stdin.svg <net_out.csv' \
    "$scripts/plot"
ok "from standard input comes the same" points stdin.svg "$blue" \
    "$(count in packet_len)"
ok "a title" plot sizes net_out.csv -t 'Lab_1 {a}' -o title.svg
ok "the title is as given" text_in title.svg 'Lab_1 {a}'
for kind in captures-packets captures-bytes gap-histogram; do
	case $kind in
	gap*) table=net_out.csv ;;
	*) table=out.csv ;;
	esac
	ok "$kind, log axis" plot $kind $table --log -o log.svg
done

# The program's own tables.
if [ -n "${PCAPSTAT-}" ] && [ -x "$PCAPSTAT" ]; then
	ok "tables by pcapstat" \
	    pcapstat batch -q --packets -O real "$top_srcdir/pcap_files"
	ok "captures of pcapstat's out.csv" \
	    plot captures real/out.csv -o real.svg
	ok "captures of pcapstat's out.csv: every name" sh -c '
		tail -n +2 real/out.csv | cut -d , -f 1 | while read -r name; do
			grep -q ">$name<" real.svg || exit 1
		done'
	for table in real/google.pcap_out.csv real/ping-nsec-be.pcap_out.csv; do
		for kind in $of_packets; do
			ok "$kind of $table" plot "$kind" "$table" -o r.svg
		done
		ok "bins of $table" histogram "$table" real-bins.csv
		cp "$table" net_out.csv
		for d in in out; do
			ok "bins of $table hold every gap: $d" \
			    sum_is real-bins.csv $d "$(count $d iat_s)"
		done
	done
else
	skip "tables by pcapstat" "no program to test: PCAPSTAT is not set"
fi
end
