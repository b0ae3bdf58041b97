#!/bin/sh
# Runs the cases that stand in `cases` and compares status, standard output and
# standard error with golden/.  Prints TAP; with labels as arguments only those.
# shellcheck disable=SC2154 # the Makefile sets top_srcdir and PCAPSTAT

here=$top_srcdir/tests/cli
seconds=20	# for one case
# shellcheck source=tests/cli/inputs.sh
. "$here/inputs.sh"

work=$(mktemp -d) || exit 99
trap 'rm -rf "$work"' EXIT
trap 'exit 99' HUP INT TERM
make_inputs "$work/inputs" || exit 99
mkdir "$work/bin" "$work/empty"
: >"$work/nothing"
ln -s "$PCAPSTAT" "$work/bin/pcapstat"
PATH=$work/bin:$PATH
export PATH
pcapstat --version >"$work/version" || exit 99

# without COMMAND: the libraries that the case needs and this build lacks
without()
{
	for need in gz:gzip zst:zstd lz4:lz4 xz:xz db:SQLite; do
		case $1 in
		*".${need%:*}"*|*.pcap.\**) ;;
		*) continue ;;
		esac
		grep -qw "${need#*:}" "$work/version" || printf "%s " "${need#*:}"
	done
}

# golden LABEL.STREAM: what is expected
golden()
{
	if [ -f "$here/golden/$1" ]; then
		echo "$here/golden/$1"
	else
		echo "$work/nothing"
	fi
}

# run LABEL STATUS COMMAND: in a fresh folder; what differs goes to $work/why
run()
{
	rm -rf "$work/run"
	cp -R -P "$work/inputs" "$work/run"
	got=0
	(
		cd "$work/run" || exit 99
		timeout "$seconds" sh -c "$3" >"$work/$1.out" 2>"$work/$1.err" \
		    </dev/null
	) || got=$?
	: >"$work/why"
	[ "$got" = "$2" ] || echo "status $got, expected $2" >>"$work/why"
	diff -u "$(golden "$1.out")" "$work/$1.out" >>"$work/why"
	diff -u "$(golden "$1.err")" "$work/$1.err" >>"$work/why"
	[ ! -s "$work/why" ]
}

# keep LABEL: what it printed becomes what is expected (called by rewrite)
keep()
{
	for stream in out err; do
		if [ -s "$work/$1.$stream" ]; then
			cp "$work/$1.$stream" "$here/golden/$1.$stream"
		else
			rm -f "$here/golden/$1.$stream"
		fi
	done
}

number=0
failed=0
while read -r label status command; do
	case $label in
	''|\#*) continue ;;
	esac
	[ $# -eq 0 ] || case " $* " in
	*" $label "*) ;;
	*) continue ;;
	esac
	number=$((number + 1))
	lacking=$(without "$command")
	if [ -n "$lacking" ]; then
		echo "ok $number - $label # SKIP built without $lacking"
	elif run "$label" "$status" "$command"; then
		echo "ok $number - $label"
	elif [ -n "$REWRITE" ] && [ "$got" = "$status" ]; then
		keep "$label"
		echo "ok $number - $label # rewritten"
	else
		echo "not ok $number - $label"
		sed 's/^/# /' "$work/why"
		failed=1
	fi
done <"$here/cases"
echo "1..$number"
exit "$failed"
