#!/bin/sh
# The same bytes for every number of threads, and for every way of cutting a
# capture into parts.
# shellcheck disable=SC2154 # the Makefile sets top_srcdir
# shellcheck source=tests/cli/setup.sh
. "$top_srcdir/tests/cli/setup.sh"

# Many inputs of different length, so that threads overtake each other; some
# are no captures, some are broken.
mkdir many
n=0
for round in 1 2 3 4 5 6; do
	for file in "$top_srcdir"/pcap_files/*.pcap* inputs/*.pcap*; do
		n=$((n + 1))
		cp "$file" "many/$(printf %03d $n)-${file##*/}"
	done
	cp inputs/text "many/$round.txt"
done

for format in csv json ndjson text; do
	status 1 pcapstat summary -j 1 --format $format many
	cp stdout summary.$format
	cp stderr summary.$format.err
	status 1 pcapstat packets -j 1 --format $format many
	cp stdout packets.$format
	for jobs in 2 3 4 5 6 7 8; do
		status 1 pcapstat summary -j $jobs --format $format many
		ok "summary as $format with $jobs threads" cmp summary.$format stdout
		ok "what it says then" cmp summary.$format.err stderr
		[ $jobs = 2 ] || [ $jobs = 8 ] || continue
		status 1 pcapstat packets -j $jobs --format $format many
		ok "packets as $format with $jobs threads" \
		    cmp packets.$format stdout
	done
done

for jobs in 1 4 8; do
	ok "batch with $jobs threads" \
	    status 1 pcapstat batch --packets -j $jobs -O batch-$jobs many
done
# But for the journal, which holds when the files were written.
ok 'the same files with 4 threads' diff -r -x .pcapstat-batch batch-1 batch-4
ok 'the same files with 8 threads' diff -r -x .pcapstat-batch batch-1 batch-8
ok 'the rows of summary' cmp summary.csv batch-1/out.csv

# head of the file, and records: 24 bytes, then 16 and the length each.
split_in_python()
{
	python3 - "$@" <<'END'
import struct, sys
path, *counts = sys.argv[1:]
data = open(path, "rb").read()
at, records = 24, []
while at < len(data):
    size = 16 + struct.unpack_from("<I", data, at + 8)[0]
    records.append(data[at:at + size])
    at += size
for count in map(int, counts):
    cuts = [len(records) * i // count for i in range(count + 1)]
    for i in range(count):
        with open("part-%03d-%03d.pcap" % (count, i), "wb") as part:
            part.write(data[:24] + b"".join(records[cuts[i]:cuts[i + 1]]))
END
}

if command -v python3 >/dev/null; then
	# The whole has the name of its first part.
	sample=$top_srcdir/pcap_files/nat_geo.pcap
	split_in_python "$sample" 2 3 17 100
	for count in 002 003 017 100; do
		cp "$sample" whole.pcap
		for jobs in 1 3; do
			status 0 pcapstat summary --join -j $jobs part-$count-*
			sed "s/^part-$count-000/whole/" stdout >joined
			status 0 pcapstat summary whole.pcap
			ok "$count joined parts, $jobs threads" cmp stdout joined
		done
		status 0 pcapstat packets --join part-$count-* \
		    --columns time,direction,iat_s,tcp_seq
		cp stdout joined
		status 0 pcapstat packets whole.pcap \
		    --columns time,direction,iat_s,tcp_seq
		ok "packets of $count joined parts" cmp stdout joined
	done
else
	skip 'joined parts' 'python3 cuts them'
fi
end
