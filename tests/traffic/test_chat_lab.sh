#!/bin/sh
# The chat lab that labgen makes, as somebody who solves the lab sees it: what
# the scenario says is what pcapstat reads in the captures.
# shellcheck disable=SC2154 # the Makefile sets top_srcdir
# shellcheck source=tests/cli/setup.sh
. "$top_srcdir/tests/cli/setup.sh"

labgen()
{
	timeout -k 5 "$SECONDS_MAX" "$LABGEN" "$@"
}

lab="lab/chatserver.pcap lab/client1.pcap lab/client2.pcap"

# shows TEXT: is a line of `shown` with it there?
shows()
{
	grep -F -e "$1" shown
}

# in_order TEXT...: does each stand behind the one before?
in_order()
{
	from=1
	for text; do
		at=$(tail -n "+$from" shown | grep -n -m 1 -F -e "$text") || {
			echo "$text: not behind line $from"
			return 1
		}
		from=$((from + ${at%%:*}))
	done
}

# times TEXT NUMBER: so many lines have it
times()
{
	[ "$(grep -c -F -e "$1" shown)" = "$2" ]
}

# sheet PART: that part of the answers, blanks squeezed
sheet()
{
	# shellcheck disable=SC2086
	pcapstat answers -q --items "$1" $lab | sed 's/  */ /g' >shown
}

# The ISNs of the first connection: the sheet's and the truth's.
isns_agree()
{
	sheet handshake
	set -- "$(sed -n 's/^ syn_seq \([0-9]*\) .*/\1/p' shown)" \
	    "$(sed -n 's/^ synack_seq \([0-9]*\) .*/\1/p' shown)"
	[ -n "$1" ] && [ -n "$2" ] || return 1
	grep -m 1 '"isn"' lab/truth.json >first || return 1
	grep "\"isn\": *$1[,}].*\"isn\": *$2[,}]" first
}

ok 'labgen synth chat-lab' labgen synth chat-lab -o lab
ok 'a second time' labgen synth chat-lab -o again
for file in chatserver.pcap client1.pcap client2.pcap truth.json; do
	ok "$file has the same bytes" cmp "lab/$file" "again/$file"
done
ok 'another seed' labgen synth chat-lab --seed 2 -o other
ok 'is another capture' \
    sh -c '! cmp -s lab/client1.pcap other/client1.pcap'

sheet captures,hosts
ok 'three connections at the server' shows 'lab/chatserver.pcap 10.20.30.3 '
for host in '10.20.30.3 chatserver' '10.20.30.11 client1' \
    '10.20.30.12 client2'; do
	ok "$host" shows "$host"
done

ok 'the handshake has the ISNs of the truth' isns_agree
sheet sockets
ok 'three connections' times ' 10.20.30.3 5000 ' 3
ok 'one of client1' times ' 10.20.30.11 ' 1
ok 'two of client2, which comes again' times ' 10.20.30.12 ' 2
ok 'all are closed in order' times ' closed' 3
sheet concurrent
ok 'two at once' shows 'max_connections 2'
sheet dns
ok 'a lookup comes before each connection' \
    times ' www.ttm4200.com A 10.20.30.3 ' 3

# What is said, without the blanks that set lines in.
# shellcheck disable=SC2086
pcapstat ladder -q --all --width 200 --local 10.20.30.0/24 $lab >shown
ok 'the clocks of the clients are told from the packets' \
    in_order 'clock 180 ms ahead' 'clock 42.0 ms behind'
ok 'ARP, DNS and a handshake come first' \
    in_order 'who has 10.20.30.2' 'query A www.ttm4200.com' \
    'answer A www.ttm4200.com' 'SYN ' 'SYN,ACK' '"alice"'
ok 'the room over TCP and private messages over UDP, in order' \
    in_order '"alice"' 'hello, is this the right room?' \
    'yes, welcome Bob' 'can you hear me here, too?' \
    'loud and clear' 'back in a minute' 'FIN' 'SYN ' 'I am here again' \
    'that was quick' 'my cable was loose' 'then good night, all' 'FIN'
ok 'four private messages' times ' 5000 → 5000 ' 4
end
