#!/bin/sh
# batch: sub-folders mirrored, --resume reads nothing twice, an interrupted run
# keeps what it has finished.
# shellcheck disable=SC2154 # the Makefile sets top_srcdir
# shellcheck source=tests/cli/setup.sh
. "$top_srcdir/tests/cli/setup.sh"

column=file,packets_total,status

# Other packets under the same name, size and time: a reader would notice.
swap()	# FILE
{
	touch -r "$1" stamp
	size=$(stat -c %s "$1")
	head -c 24 inputs/us-le.pcap >"$1"
	head -c $((size - 24)) /dev/zero >>"$1"
	touch -r stamp "$1"
}

rows()	# FOLDER: the rows of its out.csv, one a line, on one line
{
	tail -n +2 "$1/out.csv" | tr '\n' ' '
}

has_rows()	# FOLDER ROW...
{
	folder=$1
	shift
	[ "$(rows "$folder")" = "$(for row; do printf '%s ' "$row"; done)" ] ||
	{
		rows "$folder"
		return 1
	}
}

# Results stand in folders as the captures do.
mkdir -p deep/a/b/c deep/d
cp inputs/us-le.pcap deep/a/b/c/one.pcap
cp inputs/us-le.pcap.gz deep/d/two.gz
cp inputs/text deep/d/text
ok 'a tree of captures' status 0 pcapstat batch --packets -O new/out deep
ok 'results mirror its folders' test -f new/out/a/b/c/one.pcap_out.csv
ok 'and only those with captures' lists new/out/d two.gz_out.csv
ok 'nothing else' lists new/out .pcapstat-batch a d out.csv
pcapstat summary -q deep >summary.csv
ok 'out.csv is what summary writes' cmp summary.csv new/out/out.csv
ok 'a second run replaces it' status 0 pcapstat batch -O new/out deep
ok 'with the same bytes' cmp summary.csv new/out/out.csv

# Captures that stand where a result would.
mkdir own
cp inputs/us-le.pcap own/x
cp inputs/us-be.pcap own/x_out.csv
cp inputs/text own/y_out.csv
cp inputs/us-le.pcap own/y
ok 'a capture named as a result' status 1 pcapstat batch --packets -O own own
ok 'is told' says stderr '^pcapstat: own/x_out.csv: is an input'
ok 'and is left' cmp inputs/us-be.pcap own/x_out.csv
ok 'other files are not' says own/y_out.csv '^Source_IP,'
ok 'what an earlier run has made is replaced' \
    status 1 pcapstat batch --packets -O own own
ok 'all the same' test "$(grep -c '^pcapstat: own/' stderr)" = 1
cp inputs/us-le.pcap own/out.csv
ok 'a capture out.csv' status 1 pcapstat batch -O own own/out.csv
ok 'is left, too' cmp inputs/us-le.pcap own/out.csv
ln own/x linked.csv
ok 'a result that is an input by another name' \
    status 1 pcapstat summary -o linked.csv own/x
ok 'is not written' cmp inputs/us-le.pcap own/x
mkdir counted
cp inputs/us-le.pcap counted/x
ok 'a result in the folder that is read' \
    status 0 pcapstat summary -o counted/s.csv counted
ok 'is not read while it is made' sh -c '! grep -q "passed over" stderr'

# --resume.
mkdir set
for name in a b c; do cp inputs/us-le.pcap set/$name.pcap; done
status 0 pcapstat batch --packets -O out --columns $column set
ok 'three captures' has_rows out a.pcap,8,ok b.pcap,8,ok c.pcap,8,ok
for name in a b c; do swap set/$name.pcap; done
cp out/a.pcap_out.csv kept
ok 'resumed, with nothing to do' \
    status 0 pcapstat batch --packets --resume -O out --columns $column set
ok 'the rows of the first run' has_rows out a.pcap,8,ok b.pcap,8,ok c.pcap,8,ok
ok 'accounts for the packets all the same' \
    says stderr '^24 packets: 9 in, 9 out'
ok 'packets are left as they were' cmp kept out/a.pcap_out.csv

head -c 94 inputs/us-le.pcap >set/b.pcap
cp inputs/us-le.pcap set/aa.pcap
ok 'one changed, one new' \
    status 0 pcapstat batch --packets --resume -O out --columns $column set
ok 'only these are read' \
    has_rows out a.pcap,8,ok aa.pcap,8,ok b.pcap,1,ok c.pcap,8,ok

rm out/c.pcap_out.csv set/aa.pcap
cp inputs/us-le.pcap set/c.pcap
ok 'a result that is gone, a capture that is gone' \
    status 0 pcapstat batch --packets --resume -O out --columns $column set
ok 'are made anew, and forgotten' \
    has_rows out a.pcap,8,ok b.pcap,1,ok c.pcap,8,ok
ok 'the result is there again' test -f out/c.pcap_out.csv

head -c 94 inputs/us-le.pcap >short
cp inputs/us-le.pcap set/a.pcap
swap set/a.pcap
status 1 pcapstat batch --packets --resume -O out --columns $column set
ok 'another time is another file' sh -c '! grep -q a.pcap,8 out/out.csv'
cp inputs/us-le.pcap set/a.pcap
status 0 pcapstat batch --packets -O out --columns $column set
swap set/a.pcap
ok 'other options' status 1 \
    pcapstat batch --packets --resume -O out --columns $column -l 10.0.0.0/8 set
ok 'begin anew' sh -c '! grep -q a.pcap,8 out/out.csv'
cp inputs/us-le.pcap set/a.pcap
status 0 pcapstat batch -O out --columns $column set
swap set/a.pcap
status 1 pcapstat batch -O out --columns $column set
ok 'without --resume all is read' sh -c '! grep -q a.pcap,8 out/out.csv'
cp inputs/us-le.pcap set/a.pcap

# Two folders with captures of one name, size and time.
mkdir one-of two-of
cp inputs/us-le.pcap one-of/x.pcap
cp inputs/us-le.pcap two-of/x.pcap
touch -r one-of/x.pcap two-of/x.pcap
swap two-of/x.pcap
status 0 pcapstat batch --packets -O both --columns $column one-of
cp both/x.pcap_out.csv kept
ok 'the same name in another folder' status 1 \
    pcapstat batch --packets --resume -O both --columns $column two-of
ok 'is another capture' sh -c '! grep -q x.pcap,8 both/out.csv'
ok 'with other packets' sh -c '! cmp -s kept both/x.pcap_out.csv'
ok 'and back again' status 0 \
    pcapstat batch --packets --resume -O both --columns $column one-of
ok 'has its row' has_rows both x.pcap,8,ok
ok 'and its packets, made anew' cmp kept both/x.pcap_out.csv
ok 'under another name' status 0 pcapstat batch --packets --resume -O both \
    --columns $column one-of/x.pcap
ok 'the row has that name' has_rows both one-of/x.pcap,8,ok

# A journal that a crash left half written.
status 0 pcapstat batch -O out --columns $column set
head -c $(($(stat -c %s out/.pcapstat-batch) - 3)) out/.pcapstat-batch >half
cp half out/.pcapstat-batch
swap set/a.pcap
ok 'a journal cut short' \
    status 0 pcapstat batch --resume -O out --columns $column set
ok 'counts as far as it goes' \
    has_rows out a.pcap,8,ok b.pcap,1,ok c.pcap,8,ok
head -c 300 /dev/urandom >out/.pcapstat-batch
cp inputs/us-le.pcap set/a.pcap
ok 'a journal of noise' \
    status 0 pcapstat batch --resume -O out --columns $column set
ok 'counts for nothing' has_rows out a.pcap,8,ok b.pcap,1,ok c.pcap,8,ok
cp inputs/cut-data.pcap set/d.pcap
status 1 pcapstat batch -O out --columns $column set
ok 'a cut capture, resumed' \
    status 1 pcapstat batch --resume -O out --columns $column set
ok 'is still cut' says out/out.csv '^d.pcap,1,cut$'

# Interrupted: the second input comes from a FIFO that never ends.
interrupt()	# COMMAND...: SIGINT to it once it has opened the FIFO; $got
{
	rm -f pipe
	mkfifo pipe
	# In the foreground, timeout passes the signal on once.
	timeout --foreground -k 5 "$SECONDS_MAX" "$PCAPSTAT" "$@" \
	    >stdout 2>stderr &
	pid=$!
	# Opened for writing once the other side reads.
	exec 3>pipe
	cat inputs/us-le.pcap >&3
	sleep 0.3
	kill -INT "$pid"
	got=0
	wait "$pid" || got=$?
	exec 3>&-
}

cp inputs/us-le.pcap first.pcap
cp inputs/us-be.pcap last.pcap
interrupt batch --packets -j 1 -O int --columns $column \
    first.pcap pipe last.pcap
ok 'SIGINT ends a batch with status 1' test "$got" = 1
ok 'it says so' says stderr '^pcapstat: interrupted: '
ok 'what was finished is there' says int/out.csv '^first.pcap,8,ok$'
ok 'with its packets' test -f int/first.pcap_out.csv
ok 'no half-written files' lists int .pcapstat-batch first.pcap_out.csv out.csv
ok 'the last line accounts' says stderr '^[0-9]* packets: .* filtered$'
swap first.pcap
ok 'resumed' status 0 \
    pcapstat batch --packets --resume -O int --columns $column \
    first.pcap last.pcap
ok 'nothing is read twice' has_rows int first.pcap,8,ok last.pcap,8,ok
interrupt summary -j 1 --columns $column -o int.csv last.pcap pipe last.pcap
ok 'SIGINT ends a summary with status 1' test "$got" = 1
ok 'the row that is finished is kept' says int.csv '^last.pcap,8,ok$'
ok 'the other says interrupted' says int.csv '^pipe,8,interrupted$'
end
