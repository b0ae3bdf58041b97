#!/bin/sh
# Gives each fuzz target (FUZZ_TARGETS) its whole corpus, one file at a time, so
# that every input that once broke it is tried again; and where
# PCAPSTAT_CAPTURES names a folder of captures, the small ones of it to each
# target that takes captures.
# shellcheck disable=SC2154 # the Makefile sets what is not set here

# shellcheck source=tests/fuzz/seeds.sh
. "$top_srcdir/tests/fuzz/seeds.sh"

# try TARGET FILE...: within a minute, a sanitizer build on a busy machine
# included.
try()
{
	timeout 60 "$@" >/dev/null 2>"$work/errors" </dev/null
}

# replay TARGET FILE...: prints the first input that fails.
replay()
{
	try "$@" && return 0
	target=$1
	shift
	for input; do
		try "$target" "$input" || {
			echo "# $input: status $?"
			sed 's/^/# /' "$work/errors"
			return 1
		}
	done
	echo "# fails only after other inputs: state outlives a call"
	return 1
}

# report WHAT TARGET LIST: an input that is named with blanks is not given.
# shellcheck disable=SC2046 # one word an input
report()
{
	number=$((number + 1))
	inputs=$(grep -vc '[[:space:]]' "$3")
	what="$number - ${2##*/}: $1: $inputs inputs"
	if [ "$inputs" != 0 ] &&
	    replay "$2" $(grep -v '[[:space:]]' "$3"); then
		echo "ok $what"
	else
		echo "not ok $what"
	fi
}

# Of captures from everywhere, those that are quickly read under sanitizers.
list_captures()
{
	for kind in formats malformed linktypes ip tunnels tcp udp; do
		find "$PCAPSTAT_CAPTURES/$kind" -type f -size -200k 2>/dev/null
	done | sort
}

work=$(mktemp -d "${TMPDIR:-/tmp}/pcapstat-replay.XXXXXX") || exit 99
trap 'rm -rf "$work"' EXIT
trap 'exit 99' HUP INT TERM

# shellcheck disable=SC2086 # one word a target
set -- $FUZZ_TARGETS
[ $# -gt 0 ] || { echo '1..0 # SKIP no fuzz target is built'; exit 0; }
number=0
for target; do
	seeds "$target" >"$work/seeds"
	report corpus "$top_builddir/$target" "$work/seeds"
done
[ -z "${PCAPSTAT_CAPTURES-}" ] || list_captures >"$work/captures"
for target; do
	[ -n "$(kind_of "$target")" ] || continue
	if [ -n "${PCAPSTAT_CAPTURES-}" ]; then
		report captures "$top_builddir/$target" "$work/captures"
	else
		number=$((number + 1))
		echo "ok $number - ${target##*/}: captures" \
		    "# SKIP PCAPSTAT_CAPTURES is not set"
	fi
done
echo "1..$number"
