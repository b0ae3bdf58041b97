# shellcheck shell=sh disable=SC2154,SC2034 # the Makefile and the tests
# What the tests written as scripts share: TAP, a folder of their own that goes
# away, the program under its name.  Sourced.

# shellcheck source=tests/cli/inputs.sh
. "$top_srcdir/tests/cli/inputs.sh"

SECONDS_MAX=30	# no run takes nearly as long; a hang ends there

work=$(mktemp -d) || exit 99
trap 'rm -rf "$work"' EXIT
trap 'exit 99' HUP INT TERM
make_inputs "$work/inputs" || exit 99
cd "$work" || exit 99

pcapstat()
{
	timeout -k 5 "$SECONDS_MAX" "$PCAPSTAT" "$@"
}

# end_by SIGNAL PID: sends the signal to a program in the background and waits
# for its end, 20 s at most; its status is in $got.  Without a guard in the
# background: killed too soon, that would run the trap that removes the folder.
end_by()
{
	kill "-$1" "$2"
	tries=0
	while [ -e "/proc/$2/exe" ] && [ $tries -lt 200 ]; do
		sleep 0.1
		tries=$((tries + 1))
	done
	[ ! -e "/proc/$2/exe" ] || kill -KILL "$2"
	got=0
	wait "$2" || got=$?
}

number=0
failed=0

# ok DESCRIPTION COMMAND...: the check holds where the command succeeds
ok()
{
	description=$1
	shift
	number=$((number + 1))
	if "$@" >"$work/said" 2>&1; then
		echo "ok $number - $description"
	else
		echo "not ok $number - $description"
		echo "# $*"
		sed 's/^/# /' "$work/said"
		failed=1
	fi
}

# skip DESCRIPTION REASON
skip()
{
	number=$((number + 1))
	echo "ok $number - $1 # SKIP $2"
}

end()
{
	echo "1..$number"
	exit "$failed"
}

# status NUMBER COMMAND...: does it end with that status?  Its output is in
# stdout and stderr.
status()
{
	wanted=$1
	shift
	got=0
	"$@" >stdout 2>stderr </dev/null || got=$?
	[ "$got" = "$wanted" ] || {
		echo "status $got, expected $wanted"
		cat stderr
		return 1
	}
}

# lists FOLDER NAME...: does it hold exactly these names?
lists()
{
	folder=$1
	shift
	found=$(LC_ALL=C ls -A "$folder" | tr '\n' ' ')
	[ "$found" = "$(for name; do printf '%s ' "$name"; done)" ] || {
		echo "$folder holds $found"
		return 1
	}
}

# says FILE PATTERN: has it a line like that?
says()
{
	grep -q -e "$2" "$1" || {
		cat "$1"
		return 1
	}
}
