#!/bin/sh
# pcapstat plot, without a screen: every kind in every format, and what is in
# the pictures: names, units, as many points and bars as there are rows, bars as
# long as their numbers.  The data is the command's own CSV, the script draws
# the same again by itself.
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
captures=$top_srcdir/pcap_files
# Names in the tables are UTF-8.
LC_ALL=C.UTF-8
export LC_ALL
TMPDIR=$work/tmp
export TMPDIR
mkdir "$TMPDIR"

of_summary='captures captures-packets captures-bytes captures-gaps'
of_packets='packets packet-sizes packet-gaps'
of_captures='gaps cdf throughput sizes sequence window rtt'
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
cp "$captures/lossy.pcap" "$captures/google.pcap" .

plot()
{
	pcapstat plot -q "$@"
}

# The table that a kind draws, of a capture.
table_of()	# KIND CAPTURE
{
	case $1 in
	gaps | cdf) pcapstat gaps -q --format csv "$2" ;;
	throughput)
		pcapstat timeline -q --interval auto --format csv "$2" ;;
	sizes) pcapstat sizes -q --format csv "$2" ;;
	sequence | window | rtt)
		pcapstat tcp --segments --relative -q --format csv "$2" ;;
	packet*) pcapstat packets -q --format csv "$2" ;;
	captures*) pcapstat summary -q --format csv "$2" ;;
	esac
}

# The same with the columns of the data, and those alone.
data_of()	# KIND CAPTURE DATA
{
	columns=$(head -n 1 "$3")
	case $1 in
	gaps | cdf) set -- gaps "$2" ;;
	throughput) set -- timeline "$2" --interval auto ;;
	sizes) set -- sizes "$2" ;;
	sequence | window | rtt) set -- tcp "$2" --segments ;;
	packet*) set -- packets "$2" ;;
	*) set -- summary "$2" ;;
	esac
	pcapstat "$@" -q --format csv --columns "$columns"
}

# same_paths ONE.svg OTHER.svg: do they draw the same lines?
same_paths()
{
	[ "$(grep -c '<path' "$1")" -gt 5 ] && [ "$(grep '<path' "$1")" = \
	    "$(grep '<path' "$2")" ]
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

# Script and data alone make the picture.
remade()	# NAME ENDING
{
	rm -rf alone
	mkdir alone
	cp "./$1.gp" "./$1.csv" alone
	(cd alone && gnuplot -d "./$1.gp") && cmp "./$1.$2" "alone/$1.$2"
}

same_again()	# NAME KIND INPUT
{
	mkdir -p again
	plot "$2" "$3" -o "again/$1.svg" && cmp "$1.gp" "again/$1.gp" &&
	    cmp "$1.csv" "again/$1.csv"
}

# Every kind, from captures: picture, script and data; a picture by hand.
for kind in $of_captures $of_packets $of_summary; do
	ok "$kind" plot "$kind" lossy.pcap -o "$kind.svg"
	ok "$kind: script and data make the picture" remade "$kind" svg
	ok "$kind: the same script and data again" \
	    same_again "$kind" "$kind" lossy.pcap
	ok "$kind: the data is the command's" sh -c 'cmp "$1.csv" -' . "$kind" \
	    <<EOF
$(data_of "$kind" lossy.pcap "$kind.csv")
EOF
	table_of "$kind" lossy.pcap >"table-$kind.csv"
	ok "$kind of a table" plot "$kind" "table-$kind.csv" -o table.svg
	ok "$kind of a table: the same data" cmp "$kind.csv" table.csv
	ok "$kind to text" status 0 plot "$kind" lossy.pcap
	cp stdout "$kind.txt"
	ok "$kind to text: there is some" says "$kind.txt" '[*#$FG|]'
	ok "$kind by hand" gnuplot -d -e \
	    "input='table-$kind.csv'; output='hand.svg'" "$scripts/$kind.gp"
done
ok "by hand is drawn what the command draws" gnuplot -d -e \
    "input='gaps.csv'; output='hand.svg'; subject='lossy.pcap'" \
    "$scripts/gaps.gp"
ok "by hand it is the same picture" cmp gaps.svg hand.svg

# The other formats, one kind of each sort.
for kind in gaps sequence captures; do
	ok "$kind to PNG" plot "$kind" lossy.pcap -s 700x500 -o png.png
	ok "$kind to PNG: its size" is_png png.png 700x500
	ok "$kind to PNG: remade" remade png png
	ok "$kind to PDF" plot "$kind" lossy.pcap -o pdf.pdf
	ok "$kind to PDF: it is one" says pdf.pdf '^%PDF'
	ok "$kind to .txt" plot "$kind" lossy.pcap -o text.txt
	ok "$kind to .txt: as without a name" cmp text.txt "$kind.txt"
done
ok "without a size" plot throughput lossy.pcap -o usual.png
ok "a picture has 1200x800 pixels" is_png usual.png 1200x800
ok "text of a size" status 0 plot cdf lossy.pcap -s 60x20
ok "text of a size: as many lines" \
    sh -c '[ "$(wc -l <stdout)" -le 21 ] && [ "$(wc -l <stdout)" -ge 19 ]'

# Axes name their units.
ok "gaps: axes" text_in gaps.svg 'inter-arrival time (s), log scale' \
    'gaps a bin (10 bins a decade)' 'in (447 gaps)' 'out (310 gaps)'
ok "cdf: axes" text_in cdf.svg 'inter-arrival time (s), log scale' \
    'gaps up to this time (%)'
ok "throughput: axes" text_in throughput.svg 'time (UTC), 2026-01-01' \
    'frames (Mbit/s), in each 10 ms' 'in (644.6 kB)'
ok "sizes: axes" text_in sizes.svg 'frame length (bytes)' 'tcp (719)' \
    'arp (4)'
ok "sequence: axes" text_in sequence.svg 'relative sequence number (kB)' \
    'time since the first segment (s)' 'acknowledged by the client' \
    'sent again (11)' 'out of order (3)'
segments_table >segments.csv
plot window segments.csv --connection 2 -o two.svg
gnuplot -e "input='segments.csv'; connection=2; output='by-hand.svg'" \
    "$scripts/window.gp"
ok "window: the scale is that of the connection, by hand, too" \
    same_paths two.svg by-hand.svg
ok "window: 1000 and a scale of 1 are 2000" text_in two.svg 2000
cat >timeline.csv <<'END'
bucket_start_ns,frame_bytes_in,frame_bytes_out,bucket_width_ns
1000000000000000000,1000000,0,1000000000
1000000001000000000,0,500000,1000000000
END
ok "a table of two seconds" plot throughput timeline.csv -o bits.svg
ok "throughput: a megabyte in a second is 8000 kbit/s" text_in bits.svg \
    'frames (kbit/s), in each 1 s' 8000 7000
ok "window: axes" text_in window.svg 'window, bytes in flight (kB)' \
    'in flight from the server' 'window of the client'
ok "rtt: axes" text_in rtt.svg 'round-trip time (s), log scale' \
    'ACKs of the server (1 sample)'
ok "packet-sizes: axes" text_in packet-sizes.svg 'IP length (bytes)' \
    'time since the first packet (s)'
ok "captures-packets: axis" text_in captures-packets.svg packets
ok "as text the axis is named, too" says throughput.txt 'frames (Mbit/s)'

# The histogram: a box a bin, as high as the gaps of its ranges, which are
# counted here by comparing.
bins_of()	# DATA DIRECTION
{
	awk -F , -v d="$2" '$1 == d {
		p = 1; n = 0
		while (p * 2 <= $2) { p *= 2; n++ }
		m = $2 / p
		bin = $2 <= 0 ? -1 : 3 * n + (m >= 1.25) + (m >= 1.5625)
		if (!(bin in sum)) order[++count] = bin
		sum[bin] += $4
	}
	END { for (i = 1; i <= count; i++) print sum[order[i]] }' "$1"
}

heights_of()	# PICTURE.svg COLOUR: the key comes last
{
	grep -F "<polygon fill = '$2'" "$1" | sed '$d' |
	    sed "s/.*points = '//" | tr ', ' '  ' |
	    awk '{ print ($2 > $6 ? $2 - $6 : $6 - $2) }'
}

in_proportion()	# FILE FILE: line by line
{
	paste "$1" "$2" >pairs
	awk 'NF != 2 { exit bad = 1 } $1 > most { most = $1; height = $2 }
	    { n[NR] = $1; h[NR] = $2 }
	    END { if (bad || NR == 0) exit 1
		for (i = 1; i <= NR; i++) {
		d = h[i] - n[i] * height / most
		if (d < -0.2 || d > 0.2) exit 1 } }' pairs || {
		cat pairs
		return 1
	}
}
bins_of gaps.csv in >bins
heights_of gaps.svg "$blue" >heights
ok "boxes in are as high as their bins" in_proportion bins heights
bins_of gaps.csv out >bins
heights_of gaps.svg "$orange" >heights
ok "boxes out are as high as their bins" in_proportion bins heights
ok "the boxes of google.pcap" plot gaps google.pcap -o google.svg
bins_of google.csv in >bins
heights_of google.svg "$blue" >heights
ok "gaps of 0 have a box, and the others theirs" in_proportion bins heights

# Two bars a capture; a bar's length is its number (0 has none).  The first
# polygon of a colour is the key's.
ok "captures of a table" plot captures-packets out.csv -o bars.svg
ok "bytes of a table" plot captures-bytes out.csv -o bytes.svg
widths_of()	# PICTURE.svg COLOUR
{
	grep -F "<polygon fill = '$2'" "$1" | sed 1d |
	    sed "s/.*points = '//" | tr ', ' '  ' |
	    awk '$3 > $1 { print $3 - $1 }'
}

bars_follow()	# PICTURE.svg COLOUR NUMBER...
{
	widths_of "$1" "$2" >lengths
	shift 2
	printf '%s\n' "$@" >numbers
	in_proportion numbers lengths
}
ok "bars of packets in" bars_follow bars.svg "$blue" 551 1200 40 800
ok "bars of packets out" bars_follow bars.svg "$orange" 458 300 799
ok "bars of bytes in" \
    bars_follow bytes.svg "$blue" 495900 1080000 36000 720000
ok "numbers at the bars" text_in bars.svg 551 458 1200 0
ok "bytes: axis with unit" text_in bytes.svg 'IP bytes (kB)'

# Names, as they are: nothing taken for markup, a format or a separator.
ok "names of captures" text_in bars.svg web_browsing.pcap \
    'video_{call}^2 @home.pcap' '100%d done, part 2.pcap' \
    'broken.pcap (unreadable)'
ok "a long name loses its middle, not its end" \
    text_in bars.svg 'folder/of/a/very/long…g7_floor3_0001.pcap.gz (cut)'
ok "30 captures" plot captures thirty.csv -o many.svg
ok "30 captures: every name" sh -c '
	for i in 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 \
	    24 25 26 27 28 29; do
		grep -q ">capture_number_$i.pcap<" many.svg || exit 1
	done'
ok "a folder" plot captures "$captures" -o folder.svg
ok "a folder: its captures" text_in folder.svg lossy.pcap \
    chat-lab/client1.pcap 'Captures side by side (pcap_files)'

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
ok "a table of packets" plot packet-sizes net_out.csv -o sizes-of.svg
ok "its gaps" plot packet-gaps net_out.csv -o gaps-of.svg
ok "a point a packet in" points sizes-of.svg "$blue" "$(count in packet_len)"
ok "a point a packet out" \
    points sizes-of.svg "$orange" "$(count out packet_len)"
ok "a point a gap in" points gaps-of.svg "$blue" "$(count in iat_s)"
ok "a point a gap out" points gaps-of.svg "$orange" "$(count out iat_s)"
ok "a point a round trip" points rtt.svg "$blue" "$(awk -F , '
    $3 == "client" && $4 != "" { n++ } END { print n }' rtt.csv)"

# Box plots, and what tables of the original have instead.
ok "boxes say what they are" text_in captures-gaps.svg \
    'box: median to p90; line: min to max; |: p99; point: mean'
ok "eleven columns" plot captures-gaps eleven.csv -o points.svg
ok "eleven columns: points" text_in points.svg 'in median' 'out std'
for kind in $of_packets; do
	ok "four columns: $kind" plot "$kind" four.csv -o four-columns.svg
done
ok "four columns: gaps are found" plot packet-gaps four.csv -o four-gaps.svg

# Little or nothing to draw.
for kind in $of_packets; do
	ok "one direction: $kind" plot "$kind" only-in.csv -o only.svg
	ok "one packet: $kind" plot "$kind" one.csv -o one-packet.svg
	ok "no packet: $kind" status 0 plot "$kind" no-packet.csv -o none.svg
	ok "no packet: $kind says so" says stderr 'no packets in no-packet.csv'
	ok "no packet: the picture says so" \
	    text_in none.svg 'no packets in no-packet.csv'
done
for kind in $of_captures; do
	head -n 1 "table-$kind.csv" >nothing.csv
	ok "no row: $kind" status 0 plot "$kind" nothing.csv -o none.svg
	ok "no row: the picture says so" \
	    grep -q '<text>no .* in nothing.csv</text>' none.svg
done
ok "no capture" status 0 plot captures-packets no-row.csv -o none.svg
ok "no capture: the picture says so" \
    text_in none.svg 'no captures in no-row.csv'

# Standard input, a capture or a table.
ok "a capture from standard input" \
    sh -c 'cat lossy.pcap | "$PCAPSTAT" plot gaps -q - -o in.svg'
ok "the same gaps" cmp in.csv gaps.csv
ok "a table from standard input" \
    sh -c 'cat table-gaps.csv | "$PCAPSTAT" plot gaps -q - -o in.svg'
ok "the same gaps again" cmp in.csv gaps.csv
ok "a file as standard input" \
    sh -c '"$PCAPSTAT" plot gaps -q - -o in.svg <lossy.pcap && cmp in.csv gaps.csv'
ok "-f, options first" plot -o f.svg -f lossy.pcap gaps
ok "-f: the same gaps" cmp f.csv gaps.csv

# A connection of several.
ok "the connection that carries most" \
    plot sequence google.pcap -o most.svg
most=$(pcapstat tcp -q --format csv google.pcap --columns \
    connection,client_payload_bytes,server_payload_bytes,client_packets,server_packets |
    awk -F , 'NR > 1 { n = $2 + $3 + $4 + $5; if (n > max) { max = n; c = $1 } }
    END { print c }')
ok "it is the one" sh -c \
    '[ "$(tail -n +2 most.csv | cut -d , -f 2 | sort -u)" = "$1" ]' . "$most"
ok "another one" plot window google.pcap --connection 2 -o second.svg
ok "its rows alone" sh -c \
    '[ "$(tail -n +2 second.csv | cut -d , -f 2 | sort -u)" = 2 ]'
ok "round trips of one" plot rtt google.pcap --connection 2 -o rtt-2.svg
ok "its title says so" text_in rtt-2.svg \
    'Round-trip times over time, connection 2 (google.pcap)'

# Failures: a status, a reason, and the picture of before left alone.
echo before >kept.png
failure()	# STATUS REASON ARGUMENT...
{
	wanted_status=$1 reason=$2
	shift 2
	status "$wanted_status" plot "$@" && says stderr "$reason"
}
: >empty.csv
{ head -n 1 table-gaps.csv; echo 'a,in,"1,2'; } >open.csv
ok "missing input" failure 3 'none.pcap' gaps none.pcap -o kept.png
ok "table of another kind" failure 1 'missing columns: protocol frame_len' \
    sizes out.csv -o kept.png
ok "the command that has them is named" \
    says stderr 'pcapstat sizes writes them'
ok "a quote without an end" failure 1 'line 2: a quote has no end' \
    gaps open.csv -o kept.png
ok "several captures" failure 1 'gaps draws one capture' \
    gaps lossy.pcap google.pcap -o kept.png
ok "two tables" failure 2 'is a table, and is drawn alone' \
    captures out.csv thirty.csv -o kept.png
ok "no such connection" failure 1 '--connection 77' \
    sequence lossy.pcap --connection 77 -o kept.png
ok "missing folder" failure 1 'no:' gaps lossy.pcap -o no/p.png
ok "no kind" failure 2 'no KIND'
ok "unknown kind" failure 2 'the nearest is gaps' gasp lossy.pcap
ok "KIND left out" failure 2 'there are gaps, cdf, ' google.pcap lossy.pcap
ok "the capture without the connection is named" failure 1 \
    '77: none of this number in lossy.pcap' sequence lossy.pcap \
    --connection 77
printf 'some words,\nand more\n' >words.txt
ok "no table of ours" failure 3 \
    'words.txt: neither a capture nor a table' gaps words.txt
ok "another table of ours" failure 1 'missing columns: direction' gaps out.csv
ok "no input" failure 2 'no INPUT' gaps -o kept.png
ok "unknown ending" failure 2 'ends in .png' gaps lossy.pcap -o p.gif
ok "bad size" failure 2 'not WIDTHxHEIGHT' gaps lossy.pcap -s 10
ok "small size" failure 2 '[-]-size' gaps lossy.pcap -s 10x900 -o kept.png
ok "no axis of counts" failure 2 'has no axis' cdf lossy.pcap --log
ok "no connections" failure 2 'not of connections' \
    gaps lossy.pcap --connection 1
ok "no interval" failure 2 'has none' gaps lossy.pcap --interval 1s
cp table-gaps.csv input.csv
ok "the table is not replaced" failure 1 'is the input' \
    gaps input.csv -o input.png
ok "it is as it was" cmp input.csv table-gaps.csv
cp lossy.pcap capture.csv
ok "a capture is not replaced" failure 1 'is a capture' \
    gaps google.pcap -o capture.png
ok "the capture is as it was" cmp lossy.pcap capture.csv
ok "the picture of before is left" grep -q -x before kept.png
ok "help" status 0 plot --help

# Without gnuplot, and with one that fails: script and data are there.
mkdir bin none
failing()	# FOLDER REASON
{
	rm -f f.csv f.gp f.svg
	got=0
	PATH=$work/$1 "$PCAPSTAT" plot -q gaps lossy.pcap -o f.svg 2>stderr ||
	    got=$?
	[ "$got" = 1 ] && says stderr "$2" && cmp f.csv gaps.csv &&
	    [ -s f.gp ] && [ ! -e f.svg ]
}
ok "gnuplot is missing" failing none 'gnuplot is missing'
printf '#!/bin/sh\necho no terminal >&2\nexit 3\n' >bin/gnuplot
chmod +x bin/gnuplot
ok "gnuplot fails" failing bin 'gnuplot failed with status 3'
ok "what it said is told" says stderr 'no terminal'

# A signal while gnuplot draws ends the drawing, and nothing else.
printf '#!/bin/sh\n: >"%s/drawing"\nexec sleep 60\n' "$work" >bin/gnuplot
hung_up()	# SIGNAL
{
	rm -f drawing s.csv s.gp
	PATH=$work/bin:$PATH "$PCAPSTAT" plot -q gaps lossy.pcap -o s.svg &
	pid=$!
	tries=0
	while [ ! -e drawing ] && [ $tries -lt 100 ]; do
		sleep 0.1
		tries=$((tries + 1))
	done
	kill -"$1" $pid
	got=0
	wait $pid || got=$?
	[ "$got" = 1 ] && [ -s s.csv ] && [ -s s.gp ] && [ ! -e s.svg ] &&
	    [ -z "$(find . -name ".plot*")" ]
}
ok "SIGHUP while gnuplot draws" hung_up HUP
ok "SIGTERM while gnuplot draws" hung_up TERM

# As a full disk does.
no_room()
{
	! (ulimit -f 8 && "$PCAPSTAT" plot -q packets lossy.pcap -o n.svg \
	    2>stderr) && says stderr 'n.svg: File too large' &&
	    ! grep -q plot- stderr
}
ok "no room: the message has the user's name" no_room

# Odd names are names: in scripts, titles and on the command line.
odd='it'\''s "a" `touch hacked` $(touch hacked) <b> 100%_{x}'
cp lossy.pcap "$odd.pcap"
ok "odd names" plot gaps "$odd.pcap" -o "$odd.svg"
ok "odd names: remade" remade "$odd" svg
ok "odd names: the title" text_in "$odd.svg" \
    'Distribution of inter-arrival times (it'\''s "a" `touch hacked` $(touch hacked) &lt;b> 100%_{x}.pcap)'
lines='two
lines; system "touch hacked"'
cp lossy.pcap "$lines.pcap"
ok "a name of two lines" plot captures "$lines.pcap" -o "$lines.svg"
ok "two lines: remade" remade "$lines" svg
ok "two lines: one row" sh -c '[ "$(wc -l <"$1")" = 2 ]' . "$lines.csv"
cp lossy.pcap ./-dash.pcap
ok "a dash in front" plot -o ./-dash.svg -- gaps -dash.pcap
ok "a dash in front: remade" remade -dash svg
ok "a pipe in front" plot -o '|cat >hacked.svg' gaps lossy.pcap
ok "the pipe is a name" test -s '|cat >hacked.svg'
ok "a title" plot gaps lossy.pcap -t 'Lab_1 {a} `touch hacked`' -o title.svg
ok "the title is as given" text_in title.svg 'Lab_1 {a} `touch hacked`'
ok "nothing was run" sh -c '! ls | grep -q -x "hacked.*"'

for kind in captures-packets gaps sizes; do
	ok "$kind, log axis" plot $kind lossy.pcap --log -o log.svg
done
ok "another interval" plot throughput lossy.pcap --interval 1s -o 1s.svg
ok "its axis says so" text_in 1s.svg 'frames (kbit/s), in each 1 s'
ok "joined" plot gaps --join lossy.pcap google.pcap -o joined.svg
ok "some is unreadable: the rest is drawn" status 1 \
    plot captures lossy.pcap none.pcap -o partly.svg
ok "the rest is there" text_in partly.svg lossy.pcap
telling()
{
	"$PCAPSTAT" plot gaps "$@" 2>stderr
}
ok "captures" telling "$captures/chat-lab/chatserver.pcap" -o way.svg
ok "one way only: a hint to --local" says stderr \
    'No packet comes from there. --local NET'
ok "another network" telling --local 10.20.30.0/24 \
    "$captures/chat-lab/chatserver.pcap" -o way.svg
ok "every packet is out: a hint, too" says stderr \
    'Local: 10.20.30.0/24. Every packet comes from there.'
ok "both ways" telling lossy.pcap -o way.svg
ok "both ways: no hint" sh -c '! grep -q -e --local stderr'
ok "nothing is left behind" sh -c \
    '[ -z "$(find . -name ".plot*")" ] && [ -z "$(ls -A tmp)" ]'
end
