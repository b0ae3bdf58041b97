#!/bin/sh
# Other compilers and other options make labgen write the same bytes: gcc
# without optimizing, clang with and without.  What decides bytes is compiled
# anew and linked with the rest of this build.
# shellcheck disable=SC2154 # the Makefile sets what is not set here
# shellcheck source=tests/cli/setup.sh
. "$top_srcdir/tests/cli/setup.sh"
# shellcheck source=tests/traffic/scenario_hashes.sh
. "$top_srcdir/tests/traffic/scenario_hashes.sh"

# The sanitizers watch over one build, and what it says is compared there.
case $LABGEN_CFLAGS in
*-fsanitize=*)
	skip "other compilers" "this build is one with sanitizers"
	end ;;
esac
case ${PCAPSTAT_NO_PEERS:-0} in
0) ;;
*)
	skip "other compilers" "PCAPSTAT_NO_PEERS is set"
	end ;;
esac

# source FILE: where it lies; some are made in the build folder.
source_of()
{
	if [ -f "$top_srcdir/$1" ]; then
		printf '%s\n' "$top_srcdir/$1"
	else
		printf '%s\n' "$top_builddir/$1"
	fi
}

# compile_all FOLDER COMPILER OPTION: an object a source, two at a time.
compile_all()
{
	mkdir "$1" || return 1
	n=0
	for file in $LABGEN_SOURCES; do
		n=$((n + 1))
		case $file in
		*.c) printf '%s -o %s\n' "$(source_of "$file")" "$1/$n.o" ;;
		esac
	done >"$1/list"
	# shellcheck disable=SC2086 # a word each
	(cd "$top_builddir" && xargs -P 2 -L 1 \
	    "$2" $LABGEN_CPPFLAGS $LABGEN_CFLAGS $3 -w -c <"$1/list")
}

# link_all FOLDER COMPILER: with the archives of this build behind them.
link_all()
{
	# shellcheck disable=SC2086 # a word each
	(cd "$top_builddir" && "$2" -pthread -o "$1/labgen" "$1"/*.o \
	    $LABGEN_LIBS)
}

# same_bytes FOLDER: of every scenario.
same_bytes()
{
	for name in $(scenario_names "$1/labgen"); do
		scenario_hashes "$1/labgen" "$1/out" "$name" || return 1
	done >"$1/got" 2>"$1/err" || { cat "$1/err"; return 1; }
	diff "$top_srcdir/tests/traffic/hashes" "$1/got"
}

check()
{
	folder=$work/$1$2
	if ! command -v "$1" >/dev/null; then
		skip "$1 $2 makes the same bytes" "$1 is not installed"
		return
	fi
	ok "$1 $2 compiles it" compile_all "$folder" "$1" "$2" || return
	mkdir "$folder/out"
	ok "$1 $2 links it" link_all "$folder" "$1"
	ok "$1 $2 makes the same bytes" same_bytes "$folder"
}

check gcc -O0
check clang -O0
check clang -O2
end
