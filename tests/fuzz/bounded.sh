#!/bin/sh
# shellcheck disable=SC2154 # the Makefile sets what is not set here
# Runs each fuzz target (their paths are in FUZZ_TARGETS) for FUZZ_SECONDS, from
# a copy of its corpus, so that the corpus grows only on purpose.  A crash, a leak
# or an input that takes long fails; the input is kept beside the target.

# shellcheck source=tests/fuzz/seeds.sh
. "$top_srcdir/tests/fuzz/seeds.sh"

seconds=${FUZZ_SECONDS:-30}
at_once=${FUZZ_JOBS:-2}
work=$(mktemp -d "${TMPDIR:-/tmp}/pcapstat-fuzz.XXXXXX") || exit 99
trap 'rm -rf "$work"' EXIT
trap 'exit 99' HUP INT TERM

# fuzz TARGET: leaves its output and its status in $work.
fuzz()
{
	name=${1##*/}
	kept=$top_builddir/tests/fuzz/crashes/$name
	mkdir -p "$work/$name" "$kept"
	seeds "$1" | while read -r seed; do
		cp "$seed" "$work/$name"
	done
	"$top_builddir/$1" -max_total_time="$seconds" -timeout=5 \
	    -rss_limit_mb=1024 -print_final_stats=1 \
	    -artifact_prefix="$kept/" "$work/$name" \
	    >"$work/$name.out" 2>&1 </dev/null
	echo $? >"$work/$name.status"
}

# report NUMBER TARGET
report()
{
	name=${2##*/}
	runs=$(sed -n 's/^stat::number_of_executed_units: *//p' \
	    "$work/$name.out")
	if [ "$(cat "$work/$name.status")" = 0 ]; then
		echo "ok $1 - $name: ${runs:-?} runs in $seconds s"
	else
		sed 's/^/# /' "$work/$name.out" | tail -n 60
		echo "not ok $1 - $name: input in tests/fuzz/crashes/$name"
	fi
}

# shellcheck disable=SC2086 # one word a target
set -- $FUZZ_TARGETS
[ $# -gt 0 ] || { echo '1..0 # SKIP no fuzz target is built'; exit 0; }
echo "1..$#"
number=0
while [ $# -gt 0 ]; do
	batch=
	while [ $# -gt 0 ] && [ "$(echo "$batch" | wc -w)" -lt "$at_once" ]; do
		fuzz "$1" &
		batch="$batch $1"
		shift
	done
	wait
	for target in $batch; do
		number=$((number + 1))
		report $number "$target"
	done
done
