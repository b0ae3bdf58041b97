#!/bin/sh
# labgen list, show and check: what they write, and how they end.
# shellcheck disable=SC2154,SC2016 # the Makefile; ticks in quotes are meant
# shellcheck source=tests/cli/setup.sh
. "$top_srcdir/tests/cli/setup.sh"

shipped=$top_srcdir/traffic/scenarios

labgen()
{
	timeout -k 5 "$SECONDS_MAX" "$LABGEN" "$@"
}

# writes STREAM TEXT: is that all of it?
writes()
{
	printf '%s' "$2" >expected
	diff -u expected "$1"
}

# The first word of each line is a file's name, and all files are there.
names_are_files()
{
	sed 's/ .*//' stdout >listed
	for file in "$shipped"/*.scenario; do
		name=${file##*/}
		echo "${name%.scenario}"
	done | LC_ALL=C sort >files
	diff -u files listed
}

# Titles begin in one column, and none is missing.
titles_are_aligned()
{
	longest=$(awk '{ if (length($1) > n) n = length($1) }
	    END { print n + 2 }' stdout)
	awk -v at="$longest" 'substr($0, at, 1) != " " ||
	    substr($0, at + 1, 1) ~ /^ ?$/ { print "not so: " $0; bad = 1 }
	    END { exit bad }' stdout
}

show_is_the_file()
{
	for file in "$shipped"/*.scenario; do
		name=${file##*/}
		labgen show "${name%.scenario}" | diff -u "$file" - || return 1
	done
}

check_is_fine()
{
	for file in "$shipped"/*.scenario; do
		labgen check "$file" || return 1
		name=${file##*/}
		labgen check "${name%.scenario}" || return 1
	done
}

# Written to a file that is full.
full()
{
	status 1 sh -c '"$LABGEN" "$@" >/dev/full' sh "$@" &&
	    grep -q 'standard output cannot be written' stderr
}

ok 'list' status 0 labgen list
ok 'list: every scenario, sorted' names_are_files
ok 'list: titles in one column' titles_are_aligned
ok 'list: nothing on standard error' writes stderr ''
ok 'list: no operand' status 2 labgen list echo
ok 'list: a full disk' full list

ok 'show: the text of each' show_is_the_file
ok 'show: none of that name' status 1 labgen show ecko
ok 'show: a hint' writes stderr 'labgen: ecko: no such scenario; there is echo
'
ok 'show: nothing shown then' writes stdout ''
ok 'show: a name is needed' status 2 labgen show
ok 'show: a full disk' full show echo

# The list in the Makefile is in the order of names, or nothing is built.
printf 'title "a"\n' | tee a.scenario >b.scenario
ok 'embed: a sorted list' status 0 awk -f "$shipped/embed.awk" a.scenario \
    b.scenario
ok 'embed: one that is not' status 1 awk -f "$shipped/embed.awk" b.scenario \
    a.scenario
ok 'embed: says so' writes stderr 'embed.awk: a stands behind b: the list is not sorted
'

printf 'host a\nhost b\nping from a to b\n' >good.scenario
printf 'host a\r\nhost b\r\n  captrue\r\n' >bad.scenario
ok 'check: every shipped scenario' check_is_fine
ok 'check: a file' status 0 labgen check good.scenario
ok 'check: says so' writes stdout 'good.scenario: fine: 2 hosts, 1 action
'
ok 'check: a fault' status 1 labgen check bad.scenario
ok 'check: where it is' writes stderr 'labgen: bad.scenario:3:3: not a property of host: `captrue`; `capture` is
'
ok 'check: nothing else then' writes stdout ''
ok 'check: standard input' sh -c '"$LABGEN" check - <good.scenario >stdout'
ok 'check: its name' writes stdout '-: fine: 2 hosts, 1 action
'
ok 'check: no file' status 1 labgen check ./none
ok 'check: which one' writes stderr 'labgen: ./none: No such file or directory
'
ok 'check: a folder' status 1 labgen check .
ok 'check: a name that is none' status 1 labgen check none
ok 'check: too long' status 1 labgen check /dev/zero

# Each capture is an open file; a soft limit of them is for others.
many_captures()
{
	ulimit -S -n 40 && labgen synth ./many.scenario -o many &&
	    [ "$(find many -name '*.pcap' | wc -l)" -eq 100 ]
}
for i in $(seq 100); do
	printf 'host h%d\n    capture\n' "$i"
done >many.scenario
ok 'synth: more captures than files are usually open' many_captures

# The scenarios of the manual, one a display.
examples_are_fine()
{
	mandoc -Tascii "$top_srcdir/man/labgen-scenario.5" | col -b -x >page ||
	    return 1
	awk '/^           (title|host)/ && !inside { inside = 1; n++ }
	    inside && /^ ? ? ? ? ?[^ ]/ { inside = 0 }
	    inside { print substr($0, 12) >("example" n ".scenario") }
	    END { print n + 0 }' page >how_many
	[ "$(cat how_many)" -ge 4 ] || return 1
	for file in ./example*.scenario; do
		labgen check "$file" || return 1
	done
	for n in 1 3 4; do
		labgen synth ./example$n.scenario -o example$n || return 1
	done
}
if command -v mandoc >/dev/null && command -v col >/dev/null; then
	ok 'the scenarios of the manual' examples_are_fine
else
	skip 'the scenarios of the manual' 'mandoc or col is not there'
fi

# What is right and hardly meant: a line, and it goes on.
hint='slow.scenario:2:29: without a unit these are seconds'
printf 'host a\n    link up loss 1%% latency 10\nhost b\nping from a to b\n' \
    >slow.scenario
sed 's/latency 10/latency uniform 8 to 12/' slow.scenario >uniform.scenario
sed 's/latency 10/jitter 3/' slow.scenario >jitter.scenario
sed 's/latency 10/latency 10s jitter 0/' slow.scenario >meant.scenario
ok 'check: 10 s of latency' status 0 labgen check ./slow.scenario
ok 'check: a hint' \
    writes stderr "labgen: ./$hint: 10ms is a thousandth of it
"
ok 'synth: 10 s of latency' status 0 labgen synth ./slow.scenario -o slow
ok 'synth: a hint' grep -F "$hint" stderr
ok 'check: several' status 0 labgen check ./uniform.scenario
ok 'check: a hint for them' grep 'seconds: 8ms is' stderr
ok 'check: jitter' status 0 labgen check ./jitter.scenario
ok 'check: a hint for it' grep 'seconds: 3ms is' stderr
ok 'check: with a unit' status 0 labgen check ./meant.scenario
ok 'check: no hint' [ ! -s stderr ]

# What fails leaves nothing, not even its folder, unless that was there.
cat >vain.scenario <<'END'
host server
    serve echo
host client
talk echo from client to server
    wait for "what nobody says" within 1s
END
ok 'synth: a wait in vain' status 1 labgen synth ./vain.scenario -o vain
ok 'synth: its file as it was given, and what was shown' \
    grep 'labgen: \./vain\.scenario:5: .* within 1 s, and nothing else was' \
    stderr
ok 'synth: no folder of it' [ ! -e vain ]
mkdir vain
ok 'synth: a folder that is there' status 1 labgen synth ./vain.scenario -o vain
ok 'synth: stays, empty' rmdir vain
ok 'synth: to standard output' status 2 labgen synth ping -o -
ok 'synth: makes no folder of that name' [ ! -e ./- ]

# interrupted SIGNAL: in the midst of it, it dies of that and leaves nothing.
cat >long.scenario <<'END'
host a
    capture
host b
transfer from a to b port 5001
    bytes 4G
END
interrupted()
{
	env --default-signal="$1" "$LABGEN" synth ./long.scenario -o long &
	for _ in $(seq 100); do
		[ -n "$(find long -name '.a.pcap.*' -size +100k 2>&-)" ] &&
		    break
		sleep 0.05
	done
	[ -d long ] && kill -s "$1" $! && wait $!
	[ $? -eq $((128 + $2)) ] && [ ! -e long ]
}
ok 'synth: interrupted, it leaves nothing' interrupted INT 2
ok 'synth: ended, neither' interrupted TERM 15

mkdir without
ok 'verify: a folder without a truth' status 3 labgen verify without
ok 'verify: says so' writes stderr 'labgen: without/truth.json: No such file or directory (labgen synth writes it; of a run the truth is not known)
'
ok 'check: a file is needed' status 2 labgen check
ok 'check: one is enough' status 2 labgen check good.scenario bad.scenario
end
