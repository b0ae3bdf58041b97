# bash completion for pcapstat(1), labgen(1), labchat(1), labchatd(1) -*- shell-script -*-
#
# Nothing is listed here: commands (protocols) and options come from --help, columns and
# tables from `pcapstat schema`, scenarios from `labgen list`, so that they are always
# those of the program.

# _pcapstat_options PROGRAM COMMAND: its options, as its --help spells them.
_pcapstat_options()
{
	"$1" ${2:+"$2"} --help 2>/dev/null | awk '
	/^options:/ { within = 1; next }
	within && /^ +-/ {
		for (i = 1; i <= NF && $i ~ /^-/; i++) {
			sub(/,$/, "", $i)
			print $i
		}
	}'
}

# Does the option take an argument?  Its help has one in capitals then.
_pcapstat_takes_argument()
{
	"$1" ${2:+"$2"} --help 2>/dev/null | awk -v option="$3" '
	/^options:/ { within = 1; next }
	within && /^ +-/ {
		for (i = 1; i <= NF && $i ~ /^-/; i++) {
			sub(/,$/, "", $i)
			if ($i == option)
				found = 1
		}
		if (found)
			exit $i !~ /^[A-Z]+([[=]|$)/
	}
	END { if (!found) exit 1 }'
}

_pcapstat_commands()
{
	"$1" --help 2>/dev/null | awk '
	/^(commands|protocols):/ { within = 1; next }
	/^$/ { within = 0 }
	within { print $1 }'
}

# _pcapstat_schema PROGRAM COLUMN [TABLE]...
_pcapstat_schema()
{
	local column=$2

	set -- "$1" "${@:3}"
	"$1" schema --format csv --columns "$column" "${@:2}" 2>/dev/null |
	    tail -n +2 | LC_ALL=C sort -u
}

# The last name of a list with commas, the others kept in front of it.
_pcapstat_list()
{
	local names=$1 word=$2 kept=''

	case $word in
	*,*) kept=${word%,*}, ;;
	esac
	mapfile -t COMPREPLY < <(compgen -P "$kept" -W "$names" -- \
	    "${word##*,}")
	compopt -o nospace 2>/dev/null
}

# The argument of an option; 1 where files will do.
_pcapstat_argument()
{
	local program=$1 command=$2 option=$3 word=$4

	case $option in
	--columns)
		case $command in
		summary | packets | flows | tcp | udp | protocols | timeline | \
		    gaps | sizes)
			_pcapstat_list "$(_pcapstat_schema "$program" name \
			    "$command")" "$word" ;;
		anomalies) _pcapstat_list "$(_pcapstat_schema "$program" \
			    name anomalies-packets)" "$word" ;;
		schema) _pcapstat_list "table name type unit meaning" "$word" ;;
		*) _pcapstat_list "$(_pcapstat_schema "$program" name \
			    summary)" "$word" ;;
		esac ;;
	--items)
		_pcapstat_list "captures hosts handshake udp datagram dns \
		    sockets listening concurrent streams diagram notes" \
		    "$word" ;;
	--format)
		mapfile -t COMPREPLY < <(compgen -W "csv json ndjson text" \
		    -- "$word") ;;
	--progress)
		mapfile -t COMPREPLY < <(compgen -W "auto always never" \
		    -- "$word") ;;
	--by)
		case $command in
		summary) COMPREPLY=(protocol) ;;
		anomalies) mapfile -t COMPREPLY < <(compgen -W \
		    "packet flow" -- "$word") ;;
		*) mapfile -t COMPREPLY < <(compgen -W "$(_pcapstat_schema \
			    "$program" name "$command")" -- "$word") ;;
		esac ;;
	--interval) COMPREPLY=(auto) ;;
	--features) COMPREPLY=(cic) ;;
	--tables)
		_pcapstat_list "$(_pcapstat_schema "$program" table |
		    grep -vx summary)" "$word" ;;
	--as)
		mapfile -t COMPREPLY < <(compgen -W \
		    "text svg mermaid plantuml" -- "$word") ;;
	--direction)
		mapfile -t COMPREPLY < <(compgen -W "in out other skipped" \
		    -- "$word") ;;
	-O | --output-dir)
		compopt -o nospace 2>/dev/null
		mapfile -t COMPREPLY < <(compgen -d -S / -- "$word") ;;
	--size)
		[ "$command" != load ] || mapfile -t COMPREPLY \
		    < <(compgen -W "small mixed mtu" -- "$word") ;;
	--ip)
		mapfile -t COMPREPLY < <(compgen -W "4 6 mixed" -- "$word") ;;
	--framing)
		mapfile -t COMPREPLY < <(compgen -W "none length" -- "$word") ;;
	--keys)
		mapfile -t COMPREPLY < <(compgen -W "toolkit sha256-padded \
		    sha256-plain sha256-chained sha256-authkey" -- "$word") ;;
	--files)
		compopt -o nospace 2>/dev/null
		mapfile -t COMPREPLY < <(compgen -d -S / -- "$word") ;;
	-i | --interface)
		mapfile -t COMPREPLY < <(compgen -W \
		    "any $(ls /sys/class/net 2>/dev/null)" -- "$word") ;;
	-s | --servername)
		mapfile -t COMPREPLY < <(compgen -A hostname -- "$word") ;;
	-f | --file | --filename | -o | --output | --ring-prefix | --labels | --users | \
	    --events | --script) return 1 ;;
	*) COMPREPLY=() ;;
	esac
	return 0
}

# What plot draws, as its --help lists it: words with commas, the last without.
_pcapstat_kinds()
{
	"$1" plot --help 2>/dev/null | awk '
	/KIND is$/ { within = 1; next }
	!/^  / { within = 0 }
	within && /^  [a-z]/ {
		for (i = 1; i <= NF; i++) {
			kind = $i
			last = !sub(/,$/, "", kind)
			print kind
			if (last)
				break
		}
	}'
}

# _pcapstat_scenarios PROGRAM COMMAND WORD: the operand of a command of labgen.
_pcapstat_scenarios()
{
	case $2 in
	show | synth | run)
		mapfile -t COMPREPLY < <(compgen -W \
		    "$("$1" list 2>/dev/null | awk '{ print $1 }')" -- "$3") ;;
	esac
	case $2 in
	show | check | synth | run | verify)
		compopt -o filenames 2>/dev/null
		mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY \
		    < <(compgen -f -- "$3") ;;
	esac
}

# $1: the program as typed, $2: the word at the cursor, $3: the one before.
_pcapstat()
{
	local program=$1 word=$2 before=$3 command='' first=${COMP_WORDS[1]}

	COMPREPLY=()
	# A value behind "=" is a word of its own.
	if [ "$before" = = ]; then
		before=${COMP_WORDS[COMP_CWORD - 2]}
	elif [ "$word" = = ]; then
		word=
	fi
	if [ "$COMP_CWORD" -gt 1 ] &&
	    _pcapstat_commands "$program" | grep -qx -- "$first"; then
		command=$first
	fi
	if [ "$COMP_CWORD" -gt 1 ] &&
	    _pcapstat_takes_argument "$program" "$command" "$before"; then
		_pcapstat_argument "$program" "$command" "$before" "$word" &&
		    return
	elif [[ $word == -* ]]; then
		mapfile -t COMPREPLY < <(compgen -W \
		    "$(_pcapstat_options "$program" "$command")" -- "$word")
		return
	elif [ "$COMP_CWORD" = 1 ]; then
		mapfile -t COMPREPLY < <(compgen -W \
		    "$(_pcapstat_commands "$program")" -- "$word")
	fi
	case ${program##*/} in
	labchat | labchatd) return ;;	# nothing else stands alone there
	labgen)
		_pcapstat_scenarios "$program" "$command" "$word"
		return ;;
	esac
	if [ "$command" = plot ]; then
		mapfile -t COMPREPLY < <(compgen -W \
		    "$(_pcapstat_kinds "$program")" -- "$word")
	elif [ "$command" = schema ]; then
		mapfile -t COMPREPLY < <(compgen -W \
		    "$(_pcapstat_schema "$program" table)" -- "$word")
		return
	elif [ "$command" = explain ]; then
		mapfile -t COMPREPLY < <(compgen -W \
		    "$(_pcapstat_schema "$program" name)" -- "$word")
		return
	fi
	compopt -o filenames 2>/dev/null
	mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen -f -- "$word")
}

complete -F _pcapstat pcapstat labgen labchat labchatd
