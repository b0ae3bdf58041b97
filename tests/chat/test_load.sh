#!/bin/sh
# labchatd with some clients at once: none is lost, altered or out of order,
# and who does not read is dropped.  The loads are those of make bench-chat in
# small; nothing here is a matter of time.
# shellcheck disable=SC2154,SC2094 # the Makefile sets top_...; idle is no file
# shellcheck source=tests/cli/setup.sh
. "$top_srcdir/tests/cli/setup.sh"

server=
trap 'kill $server 2>/dev/null; rm -rf "$work"' EXIT
tools=$top_builddir/tests/bench

# serve COMMAND...: in the background; $port is where
serve()
{
	: >served
	"$@" >served 2>served.err </dev/null &
	server=$!
	tries=0
	until grep -q 'listening on ' served || [ $tries = 200 ]; do
		sleep 0.05
		tries=$((tries + 1))
	done
	port=$(sed -n 's/.*listening on .*:\([0-9]*\)$/\1/p' served)
	[ -n "$port" ] || cat served served.err >&2
}

load()
{
	timeout -k 5 60 "$tools/chat_load" "$@" -p "$port" --deadline 50s
}

# over: did the server that we end do so in order?
# shellcheck disable=SC2317 # called by ok
over()
{
	end_by TERM "$server"
	server=
	[ "$got" = 0 ] || {
		echo "status $got"
		cat served served.err
		return 1
	}
}

# The load finds what is wrong, here with servers that know no protocol.
serve "$tools/chat_bare" relay 4 73
ok 'a message that does not come back to its sender is missed' \
    status 1 "$tools/chat_load" broadcast bare-room -c 3 -n 5 -p "$port" \
    --deadline 1s
ok 'says so' says stderr 'out of time'
wait "$server"

serve "$tools/chat_bare" relay 4 10
ok 'a stream cut anywhere is put together' \
    status 0 load broadcast im -c 3 -n 100
ok 'counts' says stdout '"messages": 100, "receivers": 3'
wait "$server"

# Two loads with one server: each hears the other's speaker.
serve "$tools/chat_bare" relay 9 75
mkfifo input
"$tools/chat_load" idle im -c 3 -p "$port" <input >idle 2>idle.err &
listens=$!
exec 9>input
tries=0
until grep -q ready idle || [ $tries = 200 ]; do
	sleep 0.05
	tries=$((tries + 1))
done
load broadcast im -c 5 -n 5 >/dev/null 2>&1
heard=0
wait "$listens" || heard=$?
exec 9>&-
ok 'a message of somebody else is no message' test "$heard" = 1
ok 'says so' says idle.err 'message 0 is lost, altered or out of order'
wait "$server"

# Now labchatd.
for protocol in im room class; do
	serve "$LABCHATD" "$protocol" -p 0
	ok "$protocol: all get all, in order" \
	    status 0 load broadcast "$protocol" -c 10 -n 200
	ok "$protocol: the server ends in order" over
	# 1024 bytes in a room, which are read whole: where a message is cut,
	# somebody else's "left!" may come between
	serve "$LABCHATD" "$protocol" -p 0 --send-buffer 64K --max-line 1024
	ok "$protocol: who does not read is dropped, the others get all" \
	    status 0 load broadcast "$protocol" -c 10 -n 5000 -b 1015 --stuck
	ok "$protocol: the load saw it" says stdout '"stuck_bytes": [1-9]'
	ok "$protocol: the server says so" says served 'left (slow)'
	ok "$protocol: the server ends in order" over
done
for protocol in echo room; do
	serve "$LABCHATD" "$protocol" -p 0
	ok "$protocol: 50 silent clients are there at the end" \
	    status 0 load idle "$protocol" -c 50
	ok "$protocol: counts" says stdout '"clients": 50'
	ok "$protocol: the server ends in order" over
done
serve "$LABCHATD" echo -p 0
"$tools/chat_load" chatter echo -c 20 -p "$port" <input >chatter &
talks=$!
exec 9>input
ok 'echo answers one while others talk' status 0 load probe echo -n 50
exec 9>&-
talked=0
wait "$talks" || talked=$?
ok 'and answers the others' test "$talked" = 0
ok 'the server ends in order' over
end
