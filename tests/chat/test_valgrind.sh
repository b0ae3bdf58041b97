#!/bin/sh
# labchatd and labchat under valgrind: a short session of each protocol makes no
# error and leaves no memory behind.
# shellcheck disable=SC2154 # the Makefile sets top_srcdir, ..., LABCHAT
# shellcheck source=tests/cli/setup.sh
. "$top_srcdir/tests/cli/setup.sh"

server=
trap 'kill $server 2>/dev/null; rm -rf "$work"' EXIT

case ${PCAPSTAT_NO_PEERS:-0} in
''|0) ;;
*)
	skip 'sessions under valgrind' 'PCAPSTAT_NO_PEERS is set'
	end
	;;
esac
if ! command -v valgrind >/dev/null; then
	skip 'sessions under valgrind' 'valgrind is not installed'
	end
elif grep -q __asan_init "$LABCHATD"; then
	skip 'sessions under valgrind' 'this is a sanitizer build'
	end
fi

# watched NAME PROGRAM...: what valgrind finds is in vg.NAME.PID
watched()
{
	watched_name=$1
	shift
	exec timeout -k 5 120 valgrind -q --error-exitcode=99 \
	    --leak-check=full --errors-for-leak-kinds=definite \
	    --log-file="vg.$watched_name.%p" "$@"
}

# serve PROTOCOL [OPTION]...: in the background; $port is where, and descriptor
# 9 its console
serve()
{
	protocol=$1
	rm -f console
	mkfifo console
	: >served
	watched labchatd "$LABCHATD" "$@" -p 0 <console >served \
	    2>served.err &
	server=$!
	exec 9>console
	wait_for served 'listening on '
	port=$(sed -n 's/.*listening on .*:\([0-9]*\)$/\1/p' served)
}

# wait_for FILE PATTERN
wait_for()
{
	tries=0
	until grep -q -e "$2" "$1" || [ $tries = 600 ]; do
		sleep 0.1
		tries=$((tries + 1))
	done
}

# client NAME [OPTION]...: in the background, with the script that is standard
# input; $client is its process
client()
{
	name=$1
	shift
	cat >"$name.script"
	watched labchat "$LABCHAT" "$protocol" -p "$port" \
	    --script "$name.script" "$@" >"$name.out" 2>"$name.err" 9>&- &
	client=$!
}

# left NAME PID: did it end in order?
# shellcheck disable=SC2317 # called by ok
left()
{
	got=0
	wait "$2" || got=$?
	[ "$got" = 0 ] || {
		echo "status $got"
		cat "$1.out" "$1.err"
		return 1
	}
}

# over: the server ends in order, and valgrind has found nothing in anybody
over()
{
	ok "$1: the server ends in order" ended
	ok "$1: valgrind finds nothing" nothing_found
	rm -f vg.*
}

# shellcheck disable=SC2317 # called by ok
ended()
{
	end_by TERM "$server"
	server=
	[ "$got" = 0 ] || {
		echo "status $got"
		cat served served.err
		return 1
	}
}

# shellcheck disable=SC2317 # called by ok
nothing_found()
{
	for log in vg.labchatd.* vg.labchat.*; do
		# Without a log nobody was watched.
		if [ ! -e "$log" ] || [ -s "$log" ]; then
			head -50 "$log"
			return 1
		fi
	done
}

within='within 60s'

serve echo -r
client ann <<END
say "hello"
wait for "olleh" $within
END
ok 'echo: a client' left ann "$client"
over echo

serve caps
client ann <<END
say "open mode"
say "word"
wait for "WORD" $within
say "2"
say "the answer is no"
wait for "757467738a090c8bef19a839f506c555" $within
say "nonsense"
say "3"
END
ok 'caps: a client' left ann "$client"
over caps

# session NAME SIGN [OPTION]...: Ann is there, Ben comes and is answered; SIGN
# is how Ben's text is shown
session()
{
	what=$1
	sign=$2
	shift 2
	client ann -n ann "$@" <<-END
	wait for "$sign" $within
	say "${say}and back"
	END
	ann=$client
	wait_for served "$there"
	# shellcheck disable=SC2086 # some options
	client ben -n ben "$@" $more <<-END
	say "${say}hello"
	wait for "and back" $within
	END
	ok "$what: one client" left ben "$client"
	ok "$what: the other" left ann "$ann"
}

say='' more='' there=' connected$'
serve im --events events
session im 'ben: hello'
over im

serve im --framing length
session 'im --framing length' 'ben: hello' --framing length
over 'im --framing length'

serve eim
session eim 'ben: hello' -c one -a two
over eim

there='Nickname is ann'
serve room
session room 'ben: hello'
over room

there='ann with IP address'
serve p2p
more='-b 127.0.0.12'
session p2p 'ben: hello' -b 127.0.0.11 --peer-port "$port"
client ann -n ann -b 127.0.0.11 --peer-port "$port" <<END
say "#ls"
say "@ann:to myself"
wait for "from ann:to myself" $within
END
ok 'p2p: a private message' left ann "$client"
over p2p
more=''

# One hash takes some seconds under valgrind.
mkdir sent
head -c 100000 /dev/zero >sent/file.bin
printf 'One?\na. yes b. no\n' >sent/questions
printf 'a\n' >sent/answers
serve class --users users.db --files kept
client ann -n ann --password secret --register --files got <<END
wait for "You joined" within 90s
say "msg:hello"
say "to:nobody:hello"
wait for "no user" $within
say "to:ann:hello"
say "file_transfer:file_to_server:sent/file.bin"
wait for "uploaded by ann" $within
say "file_transfer:file_to:ann:sent/file.bin"
wait for "Saved as" $within
wait for "Question 1" $within
say "quiz_answer:a"
wait for "Quiz is over" $within
say "nonsense:text"
wait for "Invalid message format" $within
wait for "Saved as" $within
END
ann=$client
wait_for served 'file.bin (2) is stored'
echo 'Quiz:sent:questions:answers:scores' >&9
wait_for ann.out 'Quiz is over'
wait_for ann.err 'Invalid message format'
echo 'send_file:all:sent:file.bin' >&9
ok 'class: a client' left ann "$ann"
ok 'class: the file is the same' cmp sent/file.bin kept/ann/file.bin
ok 'class: the score is there' grep -qx ann,1 kept/all_quiz_scores/scores
protocol='echo'
client bad <<END
say "no frame of class at all"
END
wait "$client" || :
over class
end
