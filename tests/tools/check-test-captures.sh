#!/bin/sh
# The captures in tests/captures/ are what mkodd makes, and README.md there
# names each.  Prints TAP.
# shellcheck disable=SC2154 # the Makefile sets top_srcdir and top_builddir

captures=$top_srcdir/tests/captures

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

mkdir "$dir/tags"
"$top_builddir/tests/tools/mkodd" "$dir" > "$dir/list" || {
	echo 'Bail out! mkodd failed'
	exit 1
}

while read -r file; do
	cmp "$dir/$file" "$captures/$file" >&2
	say $? "$file is what mkodd makes"
done < "$dir/list"

for path in "$captures"/*.pcap* "$captures"/tags/*.pcap*; do
	name=${path#"$captures/"}
	grep -q "^|.*[ ]${name}[, ].*|" "$captures/README.md"
	say $? "README.md names $name"
done
echo "1..$number"
