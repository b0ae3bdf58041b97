#!/bin/sh
# batch --tables: the tables are those of the commands, whole or not there.
# shellcheck disable=SC2154 # the Makefile sets top_srcdir
# shellcheck source=tests/cli/setup.sh
. "$top_srcdir/tests/cli/setup.sh"

samples=$top_srcdir/pcap_files
tables=$(pcapstat schema --format csv --columns table | tail -n +2 | uniq |
    grep -v -e '^summary$' -e '^packets$')

# The rows of all tables in one pass, by several threads.
mkdir many
for round in 1 2 3 4 5; do
	for file in "$samples"/*.pcap*; do
		ln -s "$file" "many/$round-${file##*/}"
	done
done
cp inputs/cut-data.pcap cut.pcap
list=$(echo "$tables" | tr '\n' ,)packets
for jobs in 1 4 8; do
	ok "all tables with $jobs threads" status 1 \
	    pcapstat batch -j $jobs --tables "$list" -O all-$jobs \
	    "$samples" many/*.pcap* cut.pcap no-such-file
done
ok 'are there' test -f all-1/timeline.csv
ok 'the same with 4 threads' diff -r -x .pcapstat-batch all-1 all-4
ok 'the same with 8 threads' diff -r -x .pcapstat-batch all-1 all-8
status 1 pcapstat summary --format csv "$samples" many/*.pcap* cut.pcap \
    no-such-file
ok 'out.csv is that of summary' cmp stdout all-1/out.csv
pcapstat --help >help
for table in $tables packets; do
	# Others are asked for by an option of a command.
	grep -q "^  *$table  " help || continue
	status 1 pcapstat "$table" --format csv "$samples" many/*.pcap* \
	    cut.pcap no-such-file
	ok "$table.csv is that of the command" cmp stdout "all-1/$table.csv"
done
ok 'options reach the tables' status 0 pcapstat batch -O options \
    --tables timeline --interval 10ms -F 'tcp' "$samples/echo.pcap"
status 0 pcapstat timeline --format csv --interval 10ms -F 'tcp' \
    "$samples/echo.pcap"
ok 'as they reach the command' cmp stdout options/timeline.csv

# With --packets, each kind of result is what it is alone.
status 0 pcapstat batch -O both --packets --tables timeline "$samples"
status 0 pcapstat batch -O alone --packets "$samples"
ok 'packets are as without tables' \
    diff -r -x .pcapstat-batch -x timeline.csv both alone

# A table that schema does not list is the program's own.
ok 'no table but those of schema' status 2 \
    pcapstat batch -O hidden --tables exchange "$samples"
ok 'is told' says stderr 'exchange: no such table'
ok 'none of its columns is explained' status 2 pcapstat explain identity
ok 'another one is the nearest' says stderr 'the nearest is [^ ]*$'
ok 'and not itself' test "$(sed -n 's|.*nearest is ||p' stderr)" != identity

# A capture is not replaced.
mkdir own
cp inputs/us-le.pcap own/timeline.csv
ok 'a capture that is named as a table' status 1 \
    pcapstat batch -O own --tables timeline own
ok 'is told' says stderr '^pcapstat: own/timeline.csv: is an input'
ok 'and is left' cmp inputs/us-le.pcap own/timeline.csv

# A table that cannot be written: the others are whole or not there.
mkdir full late
ln -s /dev/full full/packets.csv
ok 'a full disk' status 1 \
    pcapstat batch -O full --tables timeline,packets many/*.pcap*
ok 'is told' says stderr '^pcapstat: full/packets.csv: No space left'
ok 'once' test "$(grep -c 'No space' stderr)" = 1
ok 'and so is what is not there' \
    says stderr '^pcapstat: full/timeline.csv: not written'
ok 'nothing else is left' lists full .pcapstat-batch packets.csv
ln -s /dev/full late/timeline.csv
ok 'a disk that is full at the end' status 1 \
    pcapstat batch -O late --tables packets,timeline "$samples"
ok 'is told, too' says stderr '^pcapstat: late/timeline.csv: No space left'
status 0 pcapstat packets --format csv "$samples"
ok 'what was written before is whole' cmp stdout late/packets.csv

# Interrupted: the second input comes from a FIFO that never ends.
mkfifo pipe
timeout --foreground -k 5 "$SECONDS_MAX" "$PCAPSTAT" batch -j 1 -O int \
    --tables timeline inputs/us-le.pcap pipe inputs/us-be.pcap \
    >stdout 2>stderr &
pid=$!
exec 3>pipe
cat inputs/us-le.pcap >&3
sleep 0.3
kill -INT "$pid"
got=0
wait "$pid" || got=$?
exec 3>&-
ok 'SIGINT ends a batch with status 1' test "$got" = 1
ok 'the table is not written, and told' \
    says stderr '^pcapstat: int/timeline.csv: not written'
ok 'what was finished is in out.csv' says int/out.csv '^inputs/us-le.pcap,'
ok 'nothing else is left' lists int .pcapstat-batch out.csv
end
