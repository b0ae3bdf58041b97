#!/bin/sh
# The captures in pcap_files/ are what mkcaptures makes, and the table in
# pcap_files/README.md has a row with the right number of packets for each.
# Prints TAP.

mkcaptures=${MKCAPTURES:-${top_builddir:-.}/tests/tools/mkcaptures}
samples=${top_srcdir:-.}/pcap_files

dir=$(mktemp -d) || exit 99
trap 'rm -rf "$dir"' EXIT
trap 'exit 99' HUP INT TERM

number=0
say() {	# STATUS DESCRIPTION
	number=$((number + 1))
	if [ "$1" -eq 0 ]; then
		echo "ok $number - $2"
	else
		echo "not ok $number - $2"
	fi
}

"$mkcaptures" "$dir" > "$dir/list" || {
	echo 'Bail out! mkcaptures failed'
	exit 1
}

while read -r file packets; do
	cmp "$dir/$file" "$samples/$file" >&2
	say $? "$file is what mkcaptures makes"
	grep -q "^| $file |[^|]*| $packets |" "$samples/README.md"
	say $? "README.md says that $file has $packets packets"
done < "$dir/list"

for path in "$samples"/*.pcap*; do
	grep -q "^${path##*/} " "$dir/list"
	say $? "${path##*/} is known to mkcaptures"
done
echo "1..$number"
