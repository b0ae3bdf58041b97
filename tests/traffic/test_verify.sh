#!/bin/sh
# Every scenario that labgen comes with, synthesized and held against its truth:
# no number of pcapstat's differs.  And what `labgen verify` ends with.
# shellcheck disable=SC2154 # the Makefile sets top_srcdir
# shellcheck source=tests/cli/setup.sh
. "$top_srcdir/tests/cli/setup.sh"

# The largest ones, in programs that check their every step, take a while.
SYNTH_SECONDS=300

# clean SCENARIO: its captures have no difference, and are compared at all
clean()
{
	timeout -k 5 "$SYNTH_SECONDS" "$LABGEN" synth "$1" -o synth || return 1
	timeout -k 5 "$SYNTH_SECONDS" "$LABGEN" verify synth >said.verify
	got=$?
	cat said.verify
	rm -rf synth
	[ $got -eq 0 ] && [ "$(wc -l <said.verify)" -eq 1 ] &&
	    grep -q "^$(basename "$1" .scenario): [1-9][0-9]* captures\{0,1\}, \
[1-9].* 0 differences" said.verify
}

# ends STATUS COMMAND...: with this status, in one line or more
ends()
{
	want=$1
	shift
	timeout -k 5 "$SECONDS_MAX" "$@" >out 2>err
	got=$?
	cat out err
	[ $got -eq "$want" ] && [ -n "$(cat out err)" ]
}

for name in $("$LABGEN" list | awk '{ print $1 }'); do
	ok "$name" clean "$name"
done
ok 'some scenario was there' test "$number" -gt 0

cat >odd.scenario <<'EOF'
# What the scenarios that come with labgen do not have: windows of different
# scale, ACKs that are late, a close whose end is cut off, silence about
# as long as a flow lives, IPv6 with a small MTU over slow links with jitter
# above their latency.  What a capture that misses packets shows (a SYN-ACK
# alone on ports used before, an ACK of bytes never seen) is in no scenario,
# since a capture point of labgen misses nothing: test_tcp_flow, test_tcp_verdict.
limit 130s
network lan 192.168.1.0/24 fd00::/64
    capture pcapng big-endian microseconds
network out 203.0.113.0/24 fd00:1::/64
host a fd00::a
    capture
    mtu 1280
    link bandwidth 256kbit latency 5ms jitter 40ms queue 20
    tcp window 200K initial-window 2
host b 203.0.113.5 fd00:1::b
    capture big-endian
    clock -3s
    ttl 2
    tcp window 1M no-sack
    link up reorder 30% by 50ms duplicate 5%
    link down loss 3%
host c 192.168.1.20
    capture pcapng snaplen 128
    tcp no-scaling no-timestamps nagle mss 300 window 20000
    link up latency 60ms
transfer from a to b port 80
    bytes 60K
transfer from c to b port 80
    bytes 40K
    download
transfer from b to c port 81 at 1s
    bytes 30K
    chunk uniform 1 to 900 every 2ms
transfer from c to b port 82 at 129790ms
    bytes 0
datagrams from c to b port 99
    count 2
    every 125s
datagrams from b to c port 98
    count 2
    every 119s
    size 5000
ping from b to a ipv6
    size 3000
browse from a to b at 2s
    tls
    objects 5
    connections 3
EOF
ok 'what the scenarios of labgen do not have' clean ./odd.scenario

# A router gives up on the SYN-ACKs of b, and says so: b forgets the client, and
# answers its next SYN with another number.
cat >forgets.scenario <<'EOF'
host a
    capture
host b 203.0.113.10
    capture
    ttl 1
transfer from a to b port 80
EOF
ok 'a server that forgets a SYN' clean ./forgets.scenario

# Copies of SYNs come when their connections are over.
cat >late.scenario <<'EOF'
host a
    capture
    link up duplicate 100% reorder 50% by 3s
host b 203.0.113.10
    capture
transfer from a to b port 80
    bytes 10
    close reset
    connections 10 every 10ms
transfer from a to b port 81
    bytes 10
    connections 10 every 10ms
EOF
ok 'SYNs that come late' clean ./late.scenario

ok 'a lab' "$LABGEN" synth chat-lab -o lab
ok 'is clean: status 0' ends 0 "$LABGEN" verify lab
cp -r lab isn
sed 's/"client_isn":[0-9]*/"client_isn":7/' lab/truth.json >isn/truth.json
ok 'another ISN: status 1' ends 1 "$LABGEN" verify isn
ok 'the connection is named' \
    grep 'connection 1 .*client_isn: truth 7, pcapstat [0-9]' out
cp -r lab gone
rm gone/client1.pcap
ok 'a capture is missing: status 1' ends 1 "$LABGEN" verify gone
ok 'it is named' grep client1.pcap out
rm gone/*.pcap
ok 'all are missing: status 3' ends 3 "$LABGEN" verify gone
rm gone/truth.json
ok 'no truth: status 3' ends 3 "$LABGEN" verify gone
# shellcheck disable=SC2016 # the inner shell expands
ok 'one line says so' sh -c '[ "$(wc -l <err)" -eq 1 ] && [ ! -s out ]'
ok 'no folder: status 3' ends 3 "$LABGEN" verify nowhere
ok 'nothing named: status 2' ends 2 "$LABGEN" verify
ok 'two named: status 2' ends 2 "$LABGEN" verify lab isn
end
