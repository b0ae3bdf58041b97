#!/bin/sh
# Gives each fuzz target (FUZZ_TARGETS) its whole corpus, one file at a time, so
# that every input that once broke it is tried again.
# shellcheck disable=SC2154 # the Makefile sets what is not set here

# replay TARGET CORPUS: prints the first input that fails.
replay()
{
	"$1" "$2"/* >/dev/null 2>&1 </dev/null && return 0
	for input in "$2"/*; do
		"$1" "$input" >/dev/null 2>"$errors" </dev/null || {
			echo "# ${input##*/}: status $?"
			sed 's/^/# /' "$errors"
			return 1
		}
	done
	echo "# fails only after other inputs: state outlives a call"
	return 1
}

errors=$(mktemp "${TMPDIR:-/tmp}/pcapstat-replay.XXXXXX") || exit 99
trap 'rm -f "$errors"' EXIT

# shellcheck disable=SC2086 # one word a target
set -- $FUZZ_TARGETS
[ $# -gt 0 ] || { echo '1..0 # SKIP no fuzz target is built'; exit 0; }
echo "1..$#"
number=0
for target; do
	number=$((number + 1))
	name=${target##*/}
	corpus=$top_srcdir/tests/fuzz/corpus/${name#fuzz_}
	if replay "$top_builddir/$target" "$corpus"; then
		echo "ok $number - $name: $(find "$corpus" -type f | wc -l) inputs"
	else
		echo "not ok $number - $name"
	fi
done
