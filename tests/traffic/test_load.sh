#!/bin/sh
# labgen load: what it writes is right, the same every time, and ends well.
# shellcheck disable=SC2154,SC2016 # the Makefile; ticks in quotes are meant
# shellcheck source=tests/cli/setup.sh
. "$top_srcdir/tests/cli/setup.sh"

labgen()
{
	timeout -k 5 "$SECONDS_MAX" "$LABGEN" "$@"
}

# sum_of COLUMN FILE: of all conversations; none is no sum.
sum_of()
{
	"$PCAPSTAT" tcp --format csv --columns "$1" "$2" |
	    awk 'NR > 1 { sum += $1 } END { print (NR > 1 ? sum : "none") }'
}

# Nothing of it in any conversation, seen from either side.
is_clean()
{
	for what in retransmissions out_of_order duplicate_acks gaps \
	    unseen_acked window_full zero_windows; do
		for side in client server; do
			sum=$(sum_of "${side}_$what" "$1")
			[ "$sum" = 0 ] || {
				echo "${side}_$what: $sum"
				return 1
			}
		done
	done
	[ "$(sum_of checksum_bad "$1")" = 0 ] &&
	    [ "$("$PCAPSTAT" udp --format csv --columns checksum_status "$1" |
	    tail -n +2 | sort -u)" = good ]
}

# tshark finds nothing either: no bad checksum, nothing malformed.
tshark_agrees()
{
	tshark -r "$1" -o ip.check_checksum:TRUE -o tcp.check_checksum:TRUE \
	    -o udp.check_checksum:TRUE -T fields -e frame.number -Y \
	    'tcp.analysis.flags || _ws.malformed || ip.checksum.status == 0 ||
	    tcp.checksum.status == 0 || udp.checksum.status == 0' \
	    >found 2>/dev/null && [ ! -s found ]
}

reads_so_many()
{
	[ "$("$PCAPSTAT" summary --format csv --columns "$2" "$1" |
	    tail -n 1)" = "$3" ]
}

# The packets of the one are those of the other, times cut to microseconds.
same_but_cut()
{
	columns=time,Source_IP,frame_len,tcp_seq
	"$PCAPSTAT" packets --format csv --columns $columns "$1" |
	    tail -n +2 >cut.csv
	"$PCAPSTAT" packets --format csv --columns $columns "$2" |
	    tail -n +2 | sed 's/^\([0-9]*\.[0-9]\{6\}\)[0-9]*/\1/' >whole.csv
	[ "$(wc -l <cut.csv)" = 30000 ] && cmp cut.csv whole.csv
}

for size in small mixed mtu; do
	ok "$size" status 0 labgen load --size $size --packets 30000 \
	    --flows 100 -o $size.pcap
	ok 'has as many packets as were asked for' \
	    reads_so_many $size.pcap packets_total,status 30000,ok
	ok 'says what it wrote' \
	    says stderr "^30000 packets, $(wc -c <$size.pcap) bytes$"
	ok 'has nothing sent again, lost or broken' is_clean $size.pcap
	if command -v tshark >/dev/null; then
		ok 'tshark agrees' tshark_agrees $size.pcap
	else
		skip 'tshark agrees' 'tshark is not there'
	fi
done
ok 'conversations end with FINs' sh -c "\"\$PCAPSTAT\" tcp --format csv \
    --columns close mixed.pcap | grep -c '^closed' | grep -qv '^[0-9]$'"

# The same bytes from the same options, on every machine.
ok 'again' status 0 labgen load --size mixed --packets 30000 --flows 100 \
    -o again.pcap
ok 'is the same' cmp mixed.pcap again.pcap
hash=b2e102e7cde1391a20de1b25bfef0b8d5310b60cf71a64452746f3c8593d5f46
ok 'is what it was' sh -c \
    "[ \"\$(sha256sum <mixed.pcap | cut -d' ' -f1)\" = $hash ]"
ok 'another seed' status 0 labgen load --size mixed --packets 30000 \
    --flows 100 --seed 2 -f -o again.pcap
ok 'is another capture' sh -c '! cmp -s mixed.pcap again.pcap'

# Times, lengths.
ok 'a rate and a start' status 0 labgen load --packets 20000 --rate 1000 \
    --start-time 2030-01-01T00:00:00Z --snaplen 96 -f -o again.pcap
ok 'the first is at the start' \
    reads_so_many again.pcap first_time_ns,status 1893456000000000000,ok
ok 'the gaps have this mean' sh -c "\"\$PCAPSTAT\" summary --format csv \
    --columns duration_s again.pcap | tail -n 1 |
    awk '{ exit !(\$1 > 19 && \$1 < 21) }'"
ok 'no packet has more than the snaplen' sh -c "[ \"\$(\"\$PCAPSTAT\" \
    packets --format csv --columns cap_len again.pcap | tail -n +2 |
    sort -n | tail -n 1)\" = 96 ]"

# What a reader asks of it.
ok 'IPv4 alone' status 0 labgen load --packets 20000 --ip 4 -o 4.pcap
ok 'has no IPv6' reads_so_many 4.pcap packets_ipv4,packets_ipv6 20000,0
ok 'and nothing broken' is_clean 4.pcap
ok 'IPv6 alone' status 0 labgen load --packets 20000 --ip 6 -o 6.pcap
ok 'has no IPv4' reads_so_many 6.pcap packets_ipv4,packets_ipv6 0,20000
ok 'and nothing broken' is_clean 6.pcap
ok 'another IP' status 2 labgen load --ip 5 -o 5.pcap
ok 'is told' says stderr 'ip.*5: not mixed, 4 or 6'
ok 'microseconds' status 0 labgen load --size mixed --packets 30000 \
    --flows 100 --microseconds -f -o again.pcap
ok 'are those of the nanoseconds' same_but_cut again.pcap mixed.pcap
ok 'lives of three' status 0 labgen load --packets 20000 --flows 20 --life 3 \
    -f -o again.pcap
ok 'are three' sh -c '"$PCAPSTAT" flows -F udp --format csv \
    --columns a_packets,b_packets again.pcap | tail -n +2 |
    awk -F, "{ n[\$1 + \$2]++; all++ }
    END { exit !(all - n[3] <= 20 && n[3] > 500 && n[4] == 0) }"'
ok 'lives without end' status 0 labgen load --packets 20000 --flows 20 \
    --life 20000 -f -o again.pcap
ok 'are no more than there are at a time' sh -c '[ "$("$PCAPSTAT" flows \
    --format csv --columns flow again.pcap | tail -n +2 | wc -l)" -le 20 ]'

# How it ends.
ok 'a reader that goes ends it' sh -c '{ timeout -k 5 60 "$LABGEN" load -o - \
    2>/dev/null; echo $? >ended; } | head -c 1000000 >cut.pcap &&
    [ "$(cat ended)" = 0 ]'
ok 'but not where packets were asked for' sh -c '{ timeout -k 5 60 "$LABGEN" \
    load --packets 10000000 -o - 2>/dev/null; echo $? >ended; } |
    head -c 1000000 >cut.pcap && [ "$(cat ended)" = 1 ]'
"$LABGEN" load -o endless.pcap 2>stderr &
endless=$!
sleep 0.5
end_by TERM $endless
ok 'SIGTERM ends a file' test "$got" = 0
ok 'which is whole' sh -c '"$PCAPSTAT" summary --format csv --columns status \
    endless.pcap | grep -q "^ok$"'
rm -f endless.pcap
ok 'a file that is there' status 1 labgen load --packets 1 -o mixed.pcap
ok 'is not replaced' says stderr 'mixed.pcap: the file is there already'
ok 'a full disk' status 1 labgen load -o /dev/full
ok 'is told' says stderr '/dev/full: No space left on device'
ok 'no place' status 2 labgen load
ok 'a time before 1970' status 2 labgen load \
    --start-time 1969-01-01T00:00:00Z -o before.pcap
end
