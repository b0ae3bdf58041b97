#!/bin/sh
# What the system refuses: full disks, folders that cannot be written, readers
# that go away, files that shrink.  An error is told, no half-written file
# stays, and the other inputs are still done.
# shellcheck disable=SC2154 # the Makefile sets top_srcdir
# shellcheck source=tests/cli/setup.sh
. "$top_srcdir/tests/cli/setup.sh"

# IP alone, so that packets of neither direction are those of the others.
sample=$work/sample.pcap
pcapstat extract -q -F ip -o "$sample" "$top_srcdir/pcap_files/google.pcap"
cp inputs/us-le.pcap one.pcap
cp inputs/us-be.pcap two.pcap

# Full disks.  /dev/full takes nothing.
for command in summary packets; do
	ok "$command to a full device" status 1 \
	    pcapstat "$command" --format csv -o /dev/full one.pcap two.pcap
	ok 'says so once' test "$(grep -c 'No space left' stderr)" = 1
	ok "$command on a full standard output" status 1 \
	    sh -c '"$0" "$1" --format csv "$2" >/dev/full' \
	    "$PCAPSTAT" "$command" "$sample"
	ok 'says so, too' says stderr 'No space left'
done
ok 'schema on a full standard output' \
    status 1 sh -c '"$0" schema >/dev/full' "$PCAPSTAT"
ok 'help on a full standard output' \
    status 1 sh -c '"$0" --help >/dev/full' "$PCAPSTAT"
ok 'an explanation on a full standard output' \
    status 1 sh -c '"$0" explain file >/dev/full' "$PCAPSTAT"

# A small disk of its own: what was begun is taken away.
mkdir disk
if mount -t tmpfs -o size=64k pcapstat-test disk 2>/dev/null; then
	trap 'umount "$work/disk"; rm -rf "$work"' EXIT
	for e in csv json ndjson txt db; do
		ok "packets to a full disk as $e" \
		    status 1 pcapstat packets -o disk/x.$e "$sample"
		ok 'says so' says stderr 'disk/.*\(No space left\|full\)'
		ok 'leaves nothing there' lists disk
	done
	echo old >disk/x.csv
	ok 'over an old result' \
	    status 1 pcapstat packets -o disk/x.csv "$sample"
	ok 'which stays' says disk/x.csv '^old$'
	rm disk/x.csv
	ok 'a batch onto a full disk' \
	    status 1 pcapstat batch -j 1 --packets -O disk/b one.pcap "$sample" two.pcap
	ok 'does what fits' \
	    lists disk/b .pcapstat-batch one.pcap_out.csv out.csv two.pcap_out.csv
	ok 'out.csv has all rows' test "$(grep -c pcap, disk/b/out.csv)" = 3
	rm -r disk/b
	umount disk
	trap 'rm -rf "$work"' EXIT
else
	skip 'a full disk' 'only root may mount a small one'
fi

# A journal that takes no more than it has; what was read from it stays.
mkdir many
for i in 1 2 3 4 5 6 7 8; do
	for k in 1 2 3 4 5 6 7 8; do cp one.pcap many/$i$k.pcap; done
done
pcapstat batch -q -O log --columns file,status many
cp one.pcap many/00.pcap
sort log/out.csv >before
ok 'a journal that cannot grow' status 1 \
    env MALLOC_PERTURB_=165 \
    sh -c 'trap "" XFSZ; ulimit -f "$1"
    "$0" batch --resume -O log --columns file,status many' \
    "$PCAPSTAT" $(($(stat -c %s log/.pcapstat-batch) / 512))
ok 'is told once' test "$(grep -c '^pcapstat: log/' stderr)" = 1
ok 'by its name' says stderr '^pcapstat: log/.pcapstat-batch: File too large$'
ok 'out.csv has the new row' says log/out.csv '^00.pcap,ok$'
grep -v '^00.pcap,' log/out.csv | sort >after
ok 'and those that were known' cmp before after

# Folders that are none, or may not be written.
ok 'a file where a folder is wanted' \
    status 1 pcapstat summary -o one.pcap/x.csv one.pcap
ok 'is named' says stderr '^pcapstat: one.pcap/x.csv: Not a directory$'
ok 'a folder where a file is wanted' status 1 pcapstat summary -o disk one.pcap
ok 'is named, too' says stderr '^pcapstat: disk: '
ok 'a database in no folder' \
    status 1 pcapstat summary -o nowhere/x.db one.pcap
ok 'no folder at all' status 1 pcapstat summary -o nowhere/x.csv one.pcap
ok 'nothing is made' test ! -e nowhere
ok 'a batch into a file' status 1 pcapstat batch -O one.pcap two.pcap
mkdir locked
chmod 555 locked
if touch locked/try 2>/dev/null; then
	rm -f locked/try
	skip 'a folder without the right to write' 'root may write anywhere'
	skip 'a file without the right to read' 'root may read anything'
else
	for e in csv db; do
		ok "a folder without the right to write, $e" \
		    status 1 pcapstat summary -o locked/x.$e one.pcap
		ok 'is named' says stderr '^pcapstat: locked/x.*denied'
	done
	cp one.pcap secret.pcap
	chmod 0 secret.pcap
	ok 'a file without the right to read' status 1 pcapstat summary \
	    --columns file,status secret.pcap one.pcap
	ok 'has a row' says stdout '^secret.pcap,unreadable$'
fi

# Names that are too long are told, whole, and not cut to others.
deep=$(printf '%2044s' '' | sed 's# #./#g')
ok 'a folder with the longest name' status 1 \
    pcapstat batch -O "$deep" one.pcap
ok 'is told with its fault' says stderr 'out.csv: File name too long$'
ok 'and no other name is taken' test ! -e out.cs

# One result of a batch cannot be written; the others are.
mkdir -p part/one.pcap_out.csv/in-the-way
ok 'a result that cannot be written' \
    status 1 pcapstat batch --packets -O part one.pcap two.pcap
ok 'is named' says stderr '^pcapstat: part/one.pcap_out.csv: '
ok 'the others are there' \
    lists part .pcapstat-batch one.pcap_out.csv out.csv two.pcap_out.csv
ok 'rows of both are there' test "$(grep -c 'pcap,' part/out.csv)" = 2

# A reader that goes away.
for command in summary packets; do
	set -- "$sample"
	[ $command = packets ] || for _ in 1 2 3 4 5 6 7 8 9; do
		set -- "$@" "$@"	# rows of more than a pipe holds
	done
	(
		got=0
		pcapstat $command -j 2 --format csv "$@" 2>stderr || got=$?
		echo $got >got
	) | head -n 1 >first
	ok "$command to a reader that goes away ends with status 1" \
	    test "$(cat got)" = 1
	ok 'it got its line' test "$(wc -l <first)" = 1
	ok 'one line tells' test "$(grep -c '^pcapstat: ' stderr)" = 1
	ok 'why' says stderr 'Broken pipe'
done

# Files that change while they are read.  The reader of the rows makes pcapstat
# wait, a chunk of the file or two behind its beginning.
grow()	# FILE: sixty times the sample, about 8 MB
{
	head -c 24 "$sample" >"$1"
	tail -c +25 "$sample" >rest
	for _ in 1 2 3 4 5 6 7 8 9 10 11 12; do
		cat rest rest rest rest rest >>"$1"
	done
}

slowly()	# MEANWHILE COMMAND...: does the first while the second waits
{
	meanwhile=$1
	shift
	mkfifo held
	(
		got=0
		"$@" >held 2>stderr || got=$?
		echo $got >got
	) &
	{
		head -c 1000 >/dev/null
		eval "$meanwhile"
		cat >/dev/null
	} <held
	wait
	rm held
}

grow shrink.pcap
slowly 'truncate -s 4000000 shrink.pcap' \
    pcapstat packets -j 1 shrink.pcap one.pcap
ok 'a file that shrinks ends with status 1' test "$(cat got)" = 1
ok 'is told, with the place' says stderr '^pcapstat: shrink.pcap: .*4000000'
ok 'the next one is read' says stderr ', 2 other;'
grow shrink.pcap
slowly 'rm one.pcap' pcapstat packets -j 1 shrink.pcap one.pcap two.pcap
ok 'a file that is gone when its turn comes: status 1' test "$(cat got)" = 1
ok 'is told' says stderr '^pcapstat: one.pcap: No such file'
ok 'the others are read' says stderr "^$((60 * 1009 + 8)) packets: "
cp inputs/us-le.pcap one.pcap

rm -f vanish.pcap
mkfifo vanish.pcap
cat inputs/us-le.pcap inputs/text >vanish.pcap &
ok 'a writer that stops in a record' \
    status 1 pcapstat summary --columns packets_total,status \
    vanish.pcap one.pcap
ok 'has a row of what was there' says stdout '^8,cut$'
ok 'the other input is done' says stdout '^8,ok$'
wait

# Times that memory does not hold go to TMPDIR.
"$top_builddir/tests/tools/mkgaps" 150000 wild.pcap
ok 'gaps that memory does not hold' status 0 pcapstat summary \
    --columns packets_total,time_all_mean,time_all_median wild.pcap
cp stdout kept
mkdir spill
ok 'TMPDIR is used' status 0 env TMPDIR="$work/spill" \
    "$PCAPSTAT" summary wild.pcap
ok 'TMPDIR that is none' status 1 env TMPDIR=/nowhere "$PCAPSTAT" \
    summary wild.pcap one.pcap \
    --columns packets_total,time_all_mean,time_all_median
ok 'is told' says stderr '^pcapstat: .*/nowhere'
ok 'what does not need it is right' \
    says stdout "^$(tail -n 1 kept | cut -d, -f1,2),\$"
ok 'the next input is done' says stdout '^8,'
ok 'packets need none' status 0 env TMPDIR=/nowhere "$PCAPSTAT" \
    packets -o wild.csv --columns number wild.pcap
ok 'TMPDIR that is none, and no need of it' \
    status 0 env TMPDIR=/nowhere "$PCAPSTAT" summary "$sample"

# A file that standard output is appended to is not replaced under its other
# name.
echo precious >appended
"$PCAPSTAT" summary -q -o /dev/stdout --columns file --format csv \
    inputs/us-le.pcap >>appended
printf 'precious\nfile\ninputs/us-le.pcap\n' >wanted
ok 'standard output by another name' cmp wanted appended

# Two threads that wait for the writers of FIFOs, and a signal to either.
mkfifo silent
"$PCAPSTAT" summary -q -j 2 --columns file silent silent >stdout 2>stderr &
waiting=$!
sleep 0.5
end_by TERM $waiting
ok 'a signal ends the waiting for a writer' test $got = 1

end
