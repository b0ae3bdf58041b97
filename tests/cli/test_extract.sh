#!/bin/sh
# extract where something comes between: a full disk, a signal, a reader that
# goes away, a terminal.  A file appears whole or not at all.
# shellcheck disable=SC2154 # the Makefile sets top_srcdir
# shellcheck source=tests/cli/setup.sh
. "$top_srcdir/tests/cli/setup.sh"

sample=$top_srcdir/pcap_files/nat_geo.pcap
cp inputs/us-le.pcap one.pcap

# Full disks.
for input in us-le.pcap comments.pcapng; do
	ok "a full device, $input" status 1 \
	    pcapstat extract -o /dev/full "inputs/$input"
	ok 'says so once' test "$(grep -c 'No space left' stderr)" = 1
	ok 'and not that packets were written' \
	    test "$(grep -c written stderr)" = 0
done
ok 'a full standard output' status 1 \
    sh -c '"$0" extract "$1" >/dev/full' "$PCAPSTAT" "$sample"
ok 'says so, too' says stderr 'standard output: No space left'
mkdir disk
if mount -t tmpfs -o size=64k pcapstat-test disk 2>/dev/null; then
	trap 'umount "$work/disk"; rm -rf "$work"' EXIT
	for e in pcap pcapng; do
		ok "a full disk, .$e" \
		    status 1 pcapstat extract -o disk/x.$e "$sample"
		ok 'says so' says stderr 'disk/x.*No space left'
		ok 'leaves nothing there' lists disk
	done
	cp one.pcap disk/x.pcap
	ok 'over an old capture' \
	    status 1 pcapstat extract -o disk/x.pcap "$sample"
	ok 'which stays' cmp one.pcap disk/x.pcap
	ok 'a small one fits' \
	    status 0 pcapstat extract -q -o disk/y.pcap one.pcap
	ok 'and is whole' cmp one.pcap disk/y.pcap
	umount disk
	trap 'rm -rf "$work"' EXIT
else
	skip 'a full disk' 'only root may mount a small one'
fi
ok 'a folder that is none' \
    status 1 pcapstat extract -o one.pcap/x.pcap one.pcap
ok 'is named' says stderr '^pcapstat: one.pcap/x.pcap: Not a directory$'

# A packet that does not fit, behind some that do.
ok 'a packet that does not fit' status 1 \
    pcapstat extract -o mixed.pcap inputs/ng-mixed.pcapng
ok 'leaves nothing there' test ! -e mixed.pcap

# A reader that goes away.
for _ in 1 2 3 4 5 6 7 8 9; do set -- "$@" "$sample"; done
(
	got=0
	pcapstat extract "$@" 2>stderr || got=$?
	echo $got >got
) | head -c 1000 >first
ok 'a reader that goes away: status 1' test "$(cat got)" = 1
ok 'it got its bytes' test "$(wc -c <first)" = 1000
ok 'one line tells' test "$(grep -c '^pcapstat: ' stderr)" = 1
ok 'why' says stderr 'Broken pipe'

# interrupt STDOUT ARGUMENT...: a signal when half of the input is there.  The
# shell holds both ends of the FIFO, so that nothing here waits for ever.
interrupt()
{
	out=$1
	shift
	mkfifo half.fifo
	exec 3<>half.fifo
	head -c 60000 "$sample" >&3
	"$PCAPSTAT" extract "$@" half.fifo >"$out" 2>stderr 3>&- &
	running=$!
	# Until it has read what there is, on however busy a machine.
	for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
		sleep 0.5
		read -r _ bytes <"/proc/$running/io" || break
		[ "$bytes" -lt 60000 ] || break
	done
	sleep 0.2
	end_by INT $running
	exec 3>&-
	rm half.fifo
}

interrupt /dev/null -o half.pcap
ok 'an interrupted run ends with status 1' test $got = 1
ok 'tells what became of it' says stderr '^pcapstat: half.pcap: not written'
ok 'writes no file' test ! -e half.pcap
ok 'nor leaves a part of one' test -z "$(find . -name '.half*')"
interrupt half.out
ok 'on standard output, too' test $got = 1
ok 'what was read is there and ends well' status 0 \
    pcapstat summary -q --columns packets_total,status half.out
ok 'with packets' says stdout '^[1-9][0-9]*,ok$'

# A terminal.
if command -v script >/dev/null; then
	script -qec "$PCAPSTAT extract one.pcap; echo status \$?" /dev/null \
	    </dev/null >shown
	ok 'no capture goes to a terminal' says shown 'does not go to a terminal'
	ok 'that is wrong usage' says shown '^status 2'
else
	skip 'no capture goes to a terminal' 'script is not installed'
fi

end
