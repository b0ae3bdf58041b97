#!/bin/sh
# Every header of the rooms compiles alone and twice.
# shellcheck disable=SC2154 # the Makefile sets COMPILE and top_srcdir

case ${PCAPSTAT_NO_PEERS:-0} in
''|0) ;;
*)
	echo '1..0 # SKIP PCAPSTAT_NO_PEERS is set: no compiler is asked'
	exit 0
	;;
esac

# shellcheck disable=SC2086 # one word a room
headers=$(cd "$top_srcdir" && find $HEADER_ROOMS -name '*.h' | LC_ALL=C sort)
# shellcheck disable=SC2086 # one word a header
set -- $headers
echo "1..$#"
number=0
for header; do
	number=$((number + 1))
	# shellcheck disable=SC2086 # a command with its options
	if printf '#include "%s"\n#include "%s"\n' "$header" "$header" |
	    $COMPILE -Werror -fsyntax-only -x c - >&2; then
		echo "ok $number - $header"
	else
		echo "not ok $number - $header"
	fi
done
