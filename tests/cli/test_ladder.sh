#!/bin/sh
# Diagrams of whole captures: SVG is XML, views of one exchange are that one
# exchange, and no packet is left out.
# shellcheck disable=SC2154 # the Makefile sets top_srcdir
# shellcheck source=tests/cli/setup.sh
. "$top_srcdir/tests/cli/setup.sh"

samples=$top_srcdir/pcap_files

# is_xml FILE: well-formed, and all text inside of it is drawn.
is_xml()
{
	python3 - "$1" <<'END'
import sys
import xml.etree.ElementTree as tree

root = tree.parse(sys.argv[1]).getroot()
width, height = float(root.get("width")), float(root.get("height"))
name = "{http://www.w3.org/2000/svg}"
for text in root.iter(name + "text"):
    cells = len("".join(text.itertext()))
    big = {"name": 7.3, "title": 10}.get(text.get("class"), 6.4)
    x, y = float(text.get("x")), float(text.get("y"))
    before = {"start": 0, "middle": 0.5, "end": 1}[
        text.get("text-anchor", "start")]
    left = x - before * cells * big
    assert left >= -1 and left + cells * big <= width + 1, (
        tree.tostring(text), left)
    assert 0 < y < height, tree.tostring(text)
END
}

# counts FILE.svg: arrows and notes, and what folds count.
counts()
{
	grep -c '<title>record ' "$1"
}

packets_of()
{
	pcapstat summary -q --format csv --columns packets_total "$1" |
	    tail -n 1
}

# Every sample as SVG: well-formed, nothing outside, all packets.
check_svg()
{
	name=$(basename "$1")
	ok "$name is drawn" status 0 pcapstat ladder --all "$1" -o all.svg
	if command -v python3 >/dev/null; then
		ok "$name is XML with all its text inside" is_xml all.svg
		pcapstat ladder -q "$1" -o folded.svg
		ok "$name folded is that, too" is_xml folded.svg
	else
		skip "$name is XML with all its text inside" \
		    'python3 is not installed'
	fi
	ok "$name has an arrow or a note for every packet" \
	    test "$(counts all.svg)" = "$(packets_of "$1")"
}

# views CAPTURE HOST...: captures filtered from one give that one's diagram.
views()
{
	capture=$1
	shift
	pcapstat ladder -q --all "$capture" | tail -n +3 >whole
	rm -f view-*.pcap
	for host; do
		pcapstat extract -q -F "host $host" "$capture" \
		    -o "view-$host.pcap" || return 1
	done
	pcapstat ladder -q --all view-*.pcap | tail -n "+$(($# + 3))" >joined
	[ -s whole ] && diff whole joined
}

for sample in "$samples"/*.pcap "$samples"/*.pcapng; do
	[ "$(packets_of "$sample")" -gt 500 ] || check_svg "$sample"
done

ok 'two views of a talk are the talk' views "$samples/echo.pcap" \
    192.168.2.151 203.0.113.7

# A name block of two records: one with 3 bytes for an address, and 10.0.0.1.
refused_name()
{
	{
		printf '\012\015\015\012\034\0\0\0\115\074\053\032\001\0\0\0'
		printf '\377\377\377\377\377\377\377\377\034\0\0\0'
		printf '\001\0\0\0\024\0\0\0\001\0\0\0\0\0\0\0\024\0\0\0'
		printf '\004\0\0\0\044\0\0\0\001\0\003\0abc\0'
		printf '\001\0\006\0\012\0\0\001a\0\0\0\0\0\0\0'
		printf '\044\0\0\0'
	} >names.pcapng
	pcapstat ladder -q names.pcapng 2>&1 >drawn |
	    grep '^pcapstat: 1 record of host names not taken: '
}
ok 'a name that is not taken is told of' refused_name

# places OPTION...: is each view of a chat said to be where it was taken?
places()
{
	pcapstat ladder -q "$@" view-127.0.0.3.pcap view-127.0.0.11.pcap |
	    sed -n 's/^view-\(.*\).pcap: at \(.*\), [0-9]* packets.*/\1 \2/p' |
	    awk '$1 != $2 { exit 1 } END { if (NR != 2) exit 1 }'
}

if [ -d "${PCAPSTAT_CAPTURES:-}/originals/loopback" ]; then
	loopback=$PCAPSTAT_CAPTURES/originals/loopback
	ok 'three views of a chat are the chat, each packet once' \
	    views "$loopback/ntnu_chat.pcap" 127.0.0.3 127.0.0.11 127.0.0.12
	ok 'each at its host' places
	ok 'by all packets, of one flow' places --flow 1
	ok 'and of a window' places --to 2026-11-21T23:27:46.9
	ok 'and of a filter' places -F 'tcp and host 127.0.0.11'
	ok 'but not of what cannot be read twice' sh -c '
	    ! "$0" ladder -q -F "host 127.0.0.11" - view-127.0.0.3.pcap \
	    <view-127.0.0.11.pcap | grep -q ": at "' "$PCAPSTAT"
	for capture in "$loopback"/*.pcap "$PCAPSTAT_CAPTURES"/tcp/lines.pcap \
	    "$PCAPSTAT_CAPTURES"/tcp/retransmit-heavy.pcap \
	    "$PCAPSTAT_CAPTURES"/tcp/simultaneous-open-4whs.pcap \
	    "$PCAPSTAT_CAPTURES"/ip/arp-icmp-v4-v6.pcap; do
		check_svg "$capture"
	done
else
	skip 'three views of a chat are the chat, each packet once' \
	    'PCAPSTAT_CAPTURES names no captures'
fi
end
