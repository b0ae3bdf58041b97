#!/bin/sh
# The scenarios that come with labgen make the bytes whose SHA-256 are in
# tests/traffic/hashes: with any compiler, any options, anywhere.  A change of a
# hash is a change of what users get, and CHANGELOG.md says so;
# tests/traffic/rewrite-hashes writes the list anew.
# shellcheck disable=SC2154 # the Makefile sets what is not set here
# shellcheck source=tests/cli/setup.sh
. "$top_srcdir/tests/cli/setup.sh"
# shellcheck source=tests/traffic/scenario_hashes.sh
. "$top_srcdir/tests/traffic/scenario_hashes.sh"

list=$top_srcdir/tests/traffic/hashes

for name in $(scenario_names "$LABGEN"); do
	scenario_hashes "$LABGEN" "$work" "$name" >"$work/got" ||
	    echo "labgen failed" >>"$work/got"
	grep "  $name/" "$list" >"$work/wanted" || :
	ok "$name makes the bytes that it always made" \
	    diff "$work/wanted" "$work/got"
	rm -rf "${work:?}/$name"
done

# Not the seed's doing: other bytes come from another one, and the same again
# from the same.
ok "another seed" "$LABGEN" synth lossy --seed 7 -o first
ok "the same seed" "$LABGEN" synth lossy --seed 7 -o second
ok "makes the same bytes" diff -r first second
ok "the scenario's own seed" "$LABGEN" synth lossy -o third
differs()
{
	! cmp -s "$@"
}
for file in first/*.pcap*; do
	ok "${file##*/} differs by the seed" differs "$file" \
	    "third/${file##*/}"
done
end
