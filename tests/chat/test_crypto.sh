#!/bin/sh
# Encrypted instant messages against the openssl program: the commands that the
# explanation shows are run, and make every value that stands beside them.
# shellcheck disable=SC2154 # the Makefile sets what is not set here

tool="$(cd "$top_builddir" && pwd)/tests/chat/eim_tool"
golden="$(cd "$top_srcdir" && pwd)/tests/chat/eim_explain.expected"
for program in openssl xxd; do
	command -v $program >/dev/null || {
		echo "1..0 # SKIP there is no program $program"
		exit 0
	}
done

work=$(mktemp -d "${TMPDIR:-/tmp}/pcapstat-crypto.XXXXXX") || exit 99
trap 'rm -rf "$work"' EXIT
trap 'exit 99' HUP INT TERM
cd "$work" || exit 99

number=0
# report STATUS WHAT
report()
{
	number=$((number + 1))
	[ "$1" = 0 ] || printf 'not '
	echo "ok $number - $2"
}

# commands FILE: prints what stands behind "$" and ">".
commands()
{
	sed -n 's/^    [$>] //p' "$1"
}

# values FILE: prints each value that is shown as its name and its hex.
values()
{
	awk '/^ ?[0-9]+  [a-z-]+ = / { name = $2; hex[name] = "" }
	    /^      [0-9a-f]+$/ { hex[name] = hex[name] $1 }
	    END { for (name in hex) if (hex[name] != "")
		print name, hex[name] }' "$1" | LC_ALL=C sort
}

# same_values FILE: holds each value against the file of its name.
same_values()
{
	values "$1" >shown
	[ "$(wc -l <shown)" = 14 ] || return 1
	while read -r name hex; do
		[ "$(xxd -p "$name" | tr -d '\n')" = "$hex" ] || {
			echo "# $name differs"
			return 1
		}
	done <shown
}

# redo PROFILE C A NICKNAME TEXT: by openssl alone.
redo()
{
	rm -f ./*
	"$tool" explain "$@" >explanation || return 1
	commands explanation >script
	sh -e ./script >said 2>&1 || { sed 's/^/# /' said; return 1; }
	[ "$(cat said)" = authentic ] || return 1
	same_values explanation || return 1
	"$tool" seal "$@" | cmp - package || return 1
	cmp opened-im im || return 1
	[ "$(printf '%08x' "$(wc -c <package)")" = \
	    "$(head -c 4 frame | xxd -p)" ] || return 1
	[ "$("$tool" open "$1" "$2" "$3" <package)" = "$4: $5" ]
}

"$tool" explain toolkit secretkey123 authkey456 Alice 'coding is fun' |
    diff - "$golden" | sed 's/^/# /' >differs
[ ! -s differs ]
report $? 'the explanation of the vector is as it was read in review'
cat differs

long=$(printf '%0200d' 7)
for profile in toolkit sha256-padded sha256-plain sha256-chained \
    sha256-authkey; do
	redo $profile secretkey123 authkey456 Alice 'coding is fun'
	report $? "$profile: openssl makes the vector's message"
	redo $profile "c with 'quotes' \$HOME" '\a"' 'Grüße' "$long$long"
	report $? "$profile: openssl makes a long message"
	redo $profile "$long" "$long" B ''
	report $? "$profile: openssl makes an empty message of long keys"
done

# Every one opens what openssl has made by its own rules alone.
redo toolkit secretkey123 authkey456 Alice 'coding is fun'
for profile in sha256-padded sha256-plain sha256-chained sha256-authkey; do
	! "$tool" open $profile secretkey123 authkey456 <package 2>/dev/null
	report $? "$profile does not open a message of toolkit"
done
! "$tool" open toolkit secretkey124 authkey456 <package 2>/dev/null
report $? 'another confidentiality key does not open it'
! "$tool" open toolkit secretkey123 authkey457 <package 2>/dev/null
report $? 'another authenticity key does not open it'
echo "1..$number"
