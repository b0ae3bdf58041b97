#!/bin/sh
# What switches, router and hosts do to packets that do not simply arrive, as
# tshark sees it: errors of ICMP, fragments, neighbours; in every form of
# capture.
# shellcheck disable=SC2154 # the Makefile sets top_srcdir
# shellcheck source=tests/cli/setup.sh
. "$top_srcdir/tests/cli/setup.sh"

cat >odd.scenario <<'END'
network left 10.0.0.0/24 fd00:1::/64
    capture pcapng
network right 10.0.1.0/24 fd00:2::/64
    capture microseconds big-endian

host a 10.0.0.11 fd00:1::11
    capture pcapng big-endian
host near 10.0.0.12 fd00:1::12
    ttl 1
    capture
host c 10.0.1.13 fd00:2::13
    mtu 1280
    capture

ping from near to c
    count 2
    every 10ms
ping from near to c ipv6
    count 2
    every 10ms
ping from a to c at 1s
    count 2
    every 10ms
    size 1400
datagrams from a to c port 6000 at 2s ipv6
    count 3
    every 10ms
    size 1300
scan from a to c ports 10-12 at 3s
    kind udp
    every 10ms
scan from a to c ports 10-12 at 4s ipv6
    kind udp
    every 10ms
flood from a to c port 80 at 5s
    kind syn
    count 5
    every 10ms
    sources 172.16.0.0/12
END

labgen()
{
	timeout -k 5 "$SECONDS_MAX" "$LABGEN" "$@"
}

# frames FILE FILTER: how many frames of the capture does tshark let through,
# with all checksums computed?
frames()
{
	timeout -k 5 "$SECONDS_MAX" tshark -n -r "$1" \
	    -o ip.check_checksum:TRUE -o tcp.check_checksum:TRUE \
	    -o udp.check_checksum:TRUE -T fields -e frame.number \
	    -Y "$2" 2>complaints >found || { cat complaints; return 1; }
	wc -l <found
}

# counts FILE NUMBER FILTER
counts()
{
	found=$(frames "$1" "$3")
	[ "$found" = "$2" ] || {
		echo "$1, $3: $found, expected $2"
		return 1
	}
}

bad='ip.checksum.status == "Bad" || tcp.checksum.status == "Bad" ||
udp.checksum.status == "Bad" || icmp.checksum.status == "Bad" ||
icmpv6.checksum.status == "Bad" || _ws.malformed'

ok 'labgen synth' labgen synth ./odd.scenario -o odd
ok 'the truth holds' labgen verify odd
if command -v tshark >/dev/null; then
	for file in a.pcapng near.pcap c.pcap left.pcapng right.pcap; do
		ok "$file: nothing is wrong in it" \
		    counts "odd/$file" 0 "$bad"
	done
	# The last frame is a neighbour solicitation, which ends in a MAC.
	{ head -c -1 odd/near.pcap; printf '\377'; } >wrong.pcap
	ok 'a wrong byte would be seen' counts wrong.pcap 1 "$bad"
	ok 'TTL of 1: IPv4' counts odd/near.pcap 2 'icmp.type == 11'
	ok 'TTL of 1: IPv6' counts odd/near.pcap 2 'icmpv6.type == 3'
	ok 'too big for IPv6' counts odd/a.pcapng 1 \
	    'icmpv6.type == 2 && icmpv6.mtu == 1280'
	ok 'the router cut what IPv4 lets it' counts odd/right.pcap 4 \
	    'ip.flags.mf == 1'
	ok 'and tshark puts it together' counts odd/c.pcap 2 \
	    'icmp.type == 8 && data.len == 1400'
	ok 'no such port: IPv4' counts odd/a.pcapng 3 \
	    'icmp.type == 3 && icmp.code == 3'
	ok 'no such port: IPv6' counts odd/a.pcapng 3 \
	    'icmpv6.type == 1 && icmpv6.code == 4'
	ok 'no way back to senders that are invented' \
	    counts odd/c.pcap 5 'icmp.type == 3 && icmp.code == 0'
	ok 'neighbours of both versions' counts odd/left.pcapng 8 \
	    'arp || icmpv6.type == 135 || icmpv6.type == 136'
else
	skip 'what tshark says of odd packets' 'no tshark here'
fi
end
