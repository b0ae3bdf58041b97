#!/bin/sh
# The sample captures are those of SHA256SUMS, labgen makes the same bytes, and
# the table in their README.md is right.
# shellcheck disable=SC2154 # the Makefile sets what is not set here
# shellcheck source=tests/cli/setup.sh
. "$top_srcdir/tests/cli/setup.sh"

samples=$top_srcdir/pcap_files
bytes_max=5000000

# same_sums FOLDER: its files have the hashes that are listed
same_sums()
{
	(cd "$1" && sha256sum -c --quiet --strict) <"$samples/SHA256SUMS"
}

# captures FOLDER: their names, sorted
captures()
{
	(cd "$1" && LC_ALL=C find . -name '*.pcap*' | sed 's,^\./,,' |
	    LC_ALL=C sort)
}

row_packets()	# FILE: as the table has them
{
	awk -F ' *[|] *' -v file="$1" '$2 == file { print $6 }' \
	    "$samples/README.md"
}

ok "the samples are those of SHA256SUMS" same_sums "$samples"
captures "$samples" >here
sed 's/^[0-9a-f]*  //' "$samples/SHA256SUMS" >listed
ok "and no others" diff listed here
bytes=$( (cd "$samples" && xargs cat) <here | wc -c)
ok "they are small, $bytes bytes" test "$bytes" -lt "$bytes_max"
while read -r file; do
	packets=$(pcapstat -q --format csv --columns packets_total \
	    "$samples/$file" | tail -n 1)
	ok "README.md tells of $file, $packets packets" \
	    test "$(row_packets "$file")" = "$packets"
done <here

if [ -x "$LABGEN" ]; then
	ok "labgen makes the samples" timeout -k 5 120 \
	    "$top_srcdir/scripts/pcap-files" "$samples/README.md" made
	ok "byte for byte" same_sums made
	ok "and lists them alike" cmp "$samples/SHA256SUMS" made/SHA256SUMS
else
	skip "labgen makes the samples" "this build is without labgen"
fi
end
