#!/bin/sh
# The written word against the program: options and columns in the pages, the
# examples of the pages and of the README, the shells' completions.
#
# In the pages and the README a line "$ COMMAND" of an example is a command that
# is run, in a folder of its own with pcap_files/ in it, on a terminal as its
# reader's; what follows up to the next one is what it shows, "..." standing for
# any lines.  Where nothing follows, or what follows is "...", only its status
# counts.  A line goes on behind a backslash at its end.

# shellcheck disable=SC2153,SC2154 # the Makefile sets PCAPSTAT and others

set -u

man=$top_srcdir/man
work=$(mktemp -d) || exit 99
trap 'end_jobs; close_net; rm -rf "$work"' EXIT
count=0
jobs=0 net_pid='' enter=''

# By when a command of an example has ended, and a job, seconds.
BOUND=60

# The program that is asked for its options; those of the chats, and labgen, if
# built.
PROGRAM=$PCAPSTAT
chat_programs=
[ ! -x "$LABCHATD" ] || chat_programs="$LABCHATD $LABCHAT"
labgen=
[ ! -x "$LABGEN" ] || labgen=$LABGEN

# Columns as the program has them, and pages in this reader's language.
TERM=dumb
export TERM
unset MANPATH PAGER

ok()
{
	count=$((count + 1))
	printf 'ok %d - %s\n' "$count" "$1"
}

# not_ok NAME [FILE-WITH-THE-REASON]
not_ok()
{
	count=$((count + 1))
	printf 'not ok %d - %s\n' "$count" "$1"
	[ $# -lt 2 ] || awk '{ print "# " $0 }' "$2"
}

skip()
{
	count=$((count + 1))
	printf 'ok %d - %s # SKIP %s\n' "$count" "$1" "$2"
}

# same NAME WANTED GOT: two files.
same()
{
	if [ ! -s "$2" ]; then
		echo "nothing to compare with" >"$work/diff"
		not_ok "$1" "$work/diff"
	elif diff -u "$2" "$3" >"$work/diff"; then
		ok "$1"
	else
		not_ok "$1" "$work/diff"
	fi
}

# The lines of a page's section, without roff's comments.
section()
{
	awk -v wanted=".Sh $2" '
	/^\.\\"/ { next }
	/^\.Sh / { within = $0 == wanted; next }
	within' "$1"
}

# "-f --file --filename FILE" for each option, of --help and of a page.
help_options()
{
	# shellcheck disable=SC2086 # no command is no word
	"$PROGRAM" $1 --help </dev/null | awk '
	/^options:/ { within = 1; next }
	within && /^ +-/ {
		line = ""
		for (i = 1; i <= NF && $i ~ /^-/; i++) {
			sub(/,$/, "", $i)
			line = line $i " "
		}
		if ($i ~ /^[A-Z]+($|[[=])/)
			line = line $i
		sub(/ $/, "", line)
		print line
	}'
}

page_options()
{
	section "$1" OPTIONS | awk '
	/^\.It / {
		line = ""
		for (i = 2; i <= NF; i++) {
			if ($i == "," || $i == "Ar")
				continue
			if ($i == "Fl")
				line = line "-" $++i " "
			else
				line = line $i " "
		}
		sub(/ $/, "", line)
		print line
	}'
}

commands()
{
	"$PROGRAM" --help | awk '
	/^(commands|protocols):/ { within = 1; next }
	/^$/ { within = 0 }
	within { print $1 }'
}

check_options()
{
	help_options "$2" >"$work/wanted"
	page_options "$man/$1" >"$work/got"
	same "$1 has the options of ${PROGRAM##*/}${2:+ $2} --help" \
	    "$work/wanted" "$work/got"
}

# A command without a page of its own has some of the options that the first page
# tells of.
check_small_command()
{
	help_options "$1" | LC_ALL=C sort >"$work/wanted"
	page_options "$man/pcapstat.1" | LC_ALL=C sort |
	    LC_ALL=C comm -12 "$work/wanted" - >"$work/got"
	same "pcapstat.1 has the options of pcapstat $1 --help" \
	    "$work/wanted" "$work/got"
}

check_all_options()
{
	check_options pcapstat.1 ''
	commands >"$work/commands"
	[ -s "$work/commands" ] || not_ok "pcapstat --help lists commands"
	while read -r command; do
		if grep -q "^\\.It Cm $command\\>" "$man/pcapstat.1"; then
			ok "pcapstat.1 tells of the command $command"
		else
			not_ok "pcapstat.1 tells of the command $command"
		fi
		if [ -f "$man/pcapstat-$command.1" ]; then
			check_options "pcapstat-$command.1" "$command"
		else
			check_small_command "$command"
		fi
	done <"$work/commands"
}

# The chats' programs have a page each, which has the protocols, too.
check_chat_options()
{
	for PROGRAM in $chat_programs; do
		page=${PROGRAM##*/}.1
		check_options "$page" ''
		commands | LC_ALL=C sort >"$work/wanted"
		section "$man/$page" PROTOCOLS | sed -n 's/^\.It Cm //p' |
		    LC_ALL=C sort >"$work/got"
		same "$page has the protocols of ${PROGRAM##*/} --help" \
		    "$work/wanted" "$work/got"
	done
	PROGRAM=$PCAPSTAT
}

# "COMMAND: OPTION" for each command that an option of the page belongs to: those
# that its text names behind "Of", or else all.
page_belongings()
{
	section "$man/labgen.1" OPTIONS | awk -v all="$(commands | tr '\n' ' ')" '
	function flush(n, i, list) {
		n = split(of == "" ? all : of, list, " ")
		for (i = 1; item != "" && i <= n; i++)
			print list[i] ": " item
	}
	/^\.It / {
		flush()
		of = item = ""
		for (i = 2; i <= NF; i++) {
			if ($i == "," || $i == "Ar")
				continue
			item = item ($i == "Fl" ? "-" $++i : $i) " "
		}
		sub(/ $/, "", item)
		fresh = 1
		next
	}
	fresh && /^(Of|and)$/ { next }
	fresh && /^\.Cm / {
		line = substr($0, 5)
		gsub(/[,:]/, " ", line)
		of = of " " line
		if (/:$/)
			fresh = 0
		next
	}
	{ fresh = 0 }
	END { flush() }'
}

# labgen has one page, which says of each option whose it is.
check_labgen_options()
{
	[ -n "$labgen" ] || return
	PROGRAM=$labgen
	commands >"$work/wanted"
	section "$man/labgen.1" COMMANDS |
	    sed -n 's/^\.It Cm \([a-z]*\).*/\1/p' >"$work/got"
	same "labgen.1 has the commands of labgen --help" "$work/wanted" \
	    "$work/got"
	for command in $(commands); do
		help_options "$command" >"$work/wanted"
		page_belongings | sed -n "s/^$command: //p" >"$work/got"
		same "labgen.1 has the options of labgen $command --help" \
		    "$work/wanted" "$work/got"
	done
	PROGRAM=$PCAPSTAT
}

# What two pages of a family say of one option they say in the same words.
check_same_words()
{
	for family in pcapstat labchat; do
		for page in "$man/$family"*.1; do
			[ -f "$page" ] || continue
			section "$page" OPTIONS | awk '
			/^\.(Bl|El)/ { next }
			/^\.It / { item = $0; next }
			item != "" { text[item] = text[item] " " $0 }
			END { for (item in text) print item ":" text[item] }'
		done | LC_ALL=C sort -u >"$work/texts"
		sed 's/:.*//' "$work/texts" | uniq -d >"$work/differing"
		name="the pages of $family say the same of each option"
		if [ -s "$work/texts" ] && [ ! -s "$work/differing" ]; then
			ok "$name"
		else
			not_ok "$name" "$work/differing"
		fi
	done
}

# The page of a table: that of the command by which its name begins.
page_of()
{
	while read -r command; do
		case $1 in
		"$command" | "$command"-*) echo "$man/pcapstat-$command.1" ;;
		esac
	done <"$work/commands"
}

# "NAME TYPE, UNIT" for each column of a table, of a page: under "Table NAME",
# or for the command's own table before all such headings.
page_columns()
{
	section "$1" OUTPUT | awk -v wanted="$2" -v table="$3" '
	/^\.Ss Table / { table = $3 }
	table == wanted && /^\.It Va / {
		$1 = $2 = ""; sub(/^ +/, ""); sub(/ Pq /, " "); print }'
}

check_columns()
{
	"$PCAPSTAT" schema --format csv --columns table >"$work/tables"
	for table in $(tail -n +2 "$work/tables" | uniq); do
		"$PCAPSTAT" schema --format csv --columns name,type,unit \
		    "$table" | awk -F , 'NR > 1 {
			print $1 " " $2 ($3 == "" ? "" : ", " $3) }' \
		    >"$work/wanted"
		page=$(page_of "$table")
		own=$(basename "$page" .1)
		page_columns "$page" "$table" "${own#pcapstat-}" >"$work/got"
		same "$own.1 has the columns of the table $table" \
		    "$work/wanted" "$work/got"
	done
	"$PCAPSTAT" schema --format csv | head -n 1 | tr , '\n' |
	    sed 's/$/ text/' >"$work/wanted"
	page_columns "$man/pcapstat.1" schema schema >"$work/got"
	same "pcapstat.1 has the columns of schema" "$work/wanted" "$work/got"
}

# The columns that a terminal gets, where it does not get all.
check_text_columns()
{
	for table in $(tail -n +2 "$work/tables" | uniq); do
		[ -f "$man/pcapstat-$table.1" ] || continue
		"$PCAPSTAT" schema --format csv --columns name,terminal \
		    "$table" | sed -n 's/,yes$//p' >"$work/wanted"
		section "$man/pcapstat-$table.1" OUTPUT | awk '
		/^\.Ss / { within = $0 == ".Ss As text" }
		within && sub(/^\.Va /, "")' | tr -s ' ,.' '\n' |
		    sed '/^$/d' | LC_ALL=C sort >"$work/got"
		LC_ALL=C sort -o "$work/wanted" "$work/wanted"
		same "pcapstat-$table.1 has the columns of $table as text" \
		    "$work/wanted" "$work/got"
	done
}

# "NAME NUMBER" for each link type with a decoder, of the source and of the page.
check_link_types()
{
	sed -n 's/^	\[\([0-9]*\)\] = { "\([^"]*\)", LAYER_.*/\2 \1/p' \
	    "$top_srcdir/analyzer/decode/decode.c" >"$work/wanted"
	section "$man/pcapstat-definitions.7" "LINK TYPES" | awk '
	/^\.It [a-z]/ {
		for (i = 4; $i != "Ta"; i++)
			print $2, $i + 0
	}' >"$work/got"
	LC_ALL=C sort -o "$work/wanted" "$work/wanted"
	LC_ALL=C sort -o "$work/got" "$work/got"
	same "pcapstat-definitions.7 has the link types that are decoded" \
	    "$work/wanted" "$work/got"
}

# The usual man(1) is groff's, which minds what mandoc does not.
check_groff()
{
	for page in "$man"/*.[157]; do
		name="groff finds nothing wrong in $(basename "$page")"
		if ! command -v groff >/dev/null ||
		    ! groff -mdoc -Tutf8 /dev/null >/dev/null 2>&1; then
			skip "$name" "groff is not installed"
		elif groff -mdoc -Tutf8 -ww "$page" 2>&1 >/dev/null |
		    grep . >"$work/lint"; then
			not_ok "$name" "$work/lint"
		else
			ok "$name"
		fi
	done
}

check_lint()
{
	for page in "$man"/*.[157]; do
		name="mandoc finds nothing wrong in $(basename "$page")"
		if ! command -v mandoc >/dev/null; then
			skip "$name" "mandoc is not installed"
		elif mandoc -T lint -W warning "$page" >"$work/lint" \
		    2>/dev/null && [ ! -s "$work/lint" ]; then
			ok "$name"
		else
			not_ok "$name" "$work/lint"
		fi
	done
}

# The examples of a file, one after the other: "#" and the name of the folder
# when a new one begins, "$" and a command, ">" and a line that it shows.
examples()
{
	case $1 in
	*.md)
		awk '
		/^```/ { within = !within; fresh = 1; next }
		/^    / && !within { if (!indented) fresh = 1
			indented = 1; print_line(substr($0, 5)); next }
		{ indented = 0 }
		within { print_line($0) }
		function print_line(line) {
			if (fresh)
				print "#"
			fresh = 0
			print "|" line
		}' "$1"
		;;
	*)
		section "$1" EXAMPLES | awk '
		/^\.Bd / { within = 1; print "#"; next }
		/^\.Ed/ { within = 0; next }
		within {
			gsub(/\\-/, "-")
			gsub(/\\e/, "\\")
			gsub(/\\\(aq/, "\047")
			gsub(/\\`/, "`")
			gsub(/\\&/, "")
			print "|" $0
		}'
		;;
	esac | awk '
	/^#/ { print; on = 0; next }
	{ line = substr($0, 2) }
	more { command = command line }
	!more && line ~ /^\$ / { command = substr(line, 3); on = more = 1 }
	more {
		if (sub(/\\$/, "", command))
			next
		print "$" command
		more = 0
		next
	}
	on { print ">" line }'
}

# Is each program that the command starts there?
have_programs()
{
	for program in $(printf '%s\n' "$1" | sed "s/'[^']*'//g" |
	    tr '|' '\n' | awk '{
		for (i = 1; $i ~ /^[A-Z_]+=/; i++)
			;
		print $i }'); do
		(cd "$folder" && command -v "$program" >/dev/null) || {
			missing=$program
			return 1
		}
	done
}

# Words that enter a user's network namespace, of process $1.
enter_words()
{
	if [ "$(id -u)" = 0 ]; then
		echo "nsenter --net --target $1"
	else
		echo "nsenter --user --preserve-credentials --net --target $1"
	fi
}

# A network namespace with nothing but a loopback interface that is up; false
# where that is not allowed.
open_net()
{
	user=
	[ "$(id -u)" = 0 ] || user=--map-root-user
	: >"$work/net"
	# shellcheck disable=SC2086 # no option is no word
	unshare $user --net sh -c \
	    'ip link set lo up && echo up && exec sleep 900' \
	    >"$work/net" 2>&1 &
	net_pid=$!
	for _ in 1 2 3 4 5 6 7 8 9 10; do
		[ -s "$work/net" ] && break
		sleep 0.2
	done
	if grep -qx up "$work/net"; then
		enter=$(enter_words "$net_pid")
		# shellcheck disable=SC2086 # words
		$enter true 2>"$work/net" && return
	fi
	close_net
	return 1
}

close_net()
{
	enter=
	[ -n "$net_pid" ] || return 0
	kill "$net_pid" 2>/dev/null
	wait "$net_pid" 2>/dev/null
	net_pid=
}

# The command on a terminal that cannot move its cursor, as the reader's.
on_terminal()
{
	# shellcheck disable=SC2086 # words
	timeout "$BOUND" $enter script -qec "$1" /dev/null </dev/null \
	    >"$work/shown"
	status=$?
	tr -d '\r' <"$work/shown" >"$work/got"
	return $status
}

# How many sockets: of TCP (those that only linger are none), and of programs
# that capture.
sockets()
{
	# shellcheck disable=SC2016,SC2086 # for that shell; words
	$enter sh -c 'cd /proc/$$/net && cat tcp tcp6 packet' 2>/dev/null |
	    awk '$4 == "0A" || $4 == "01" || $3 == 3' | wc -l
}

# begin_job COMMAND: until it has a socket, or has ended, or for 5 s.
begin_job()
{
	before=$(sockets)
	jobs=$((jobs + 1))
	# shellcheck disable=SC2086 # words
	timeout "$BOUND" $enter script -qec \
	    "echo \$\$ >'$work/pid.$jobs'; exec ${1%&}" /dev/null \
	    </dev/null >"$work/job.$jobs" 2>&1 &
	eval "job_$jobs=$!"
	tries=0
	while [ "$(sockets)" -le "$before" ] && [ $tries -lt 50 ] &&
	    kill -0 "$!" 2>/dev/null; do
		sleep 0.1
		tries=$((tries + 1))
	done
	sleep 0.3
	tr -d '\r' <"$work/job.$jobs" >"$work/got"
	[ ! -s "$work/wanted" ] || echo ... >>"$work/wanted"
	[ $tries -lt 50 ]
}

# end_job NUMBER [kill]: the status is the job's.
end_job()
{
	eval "job=\${job_$1:-}"
	[ -n "$job" ] || return 0
	[ -z "${2:-}" ] || kill "$(cat "$work/pid.$1")" 2>/dev/null
	wait "$job"
	status=$?
	eval "job_$1="
	tr -d '\r' <"$work/job.$1" >"$work/got"
	return $status
}

end_jobs()
{
	while [ "$jobs" -gt 0 ]; do
		end_job "$jobs" kill >/dev/null 2>&1
		jobs=$((jobs - 1))
	done
}

# do_command COMMAND: in the folder of the example.
do_command()
{
	case $1 in
	'kill %'*) end_job "${1#*%}" kill ;;
	'wait %'*) end_job "${1#*%}" ;;
	*'&') begin_job "$1" ;;
	*) on_terminal "$1" ;;
	esac
}

# Does what was shown fit?  "..." are any lines, none included.
fits()
{
	awk '
	NR == FNR { want[++n] = $0; next }
	{ got[++m] = $0 }
	function match_from(i, j) {
		for (; i <= n; i++) {
			if (want[i] == "...") {
				for (; j <= m + 1; j++)
					if (match_from(i + 1, j))
						return 1
				return 0
			}
			if (j > m || want[i] != got[j++])
				return 0
		}
		return j == m + 1
	}
	END { exit !match_from(1, 1) }' "$1" "$2"
}

# Namespaces as labgen run needs them.
can_make_labs()
{
	user=
	[ "$(id -u)" = 0 ] || user=--map-root-user
	# shellcheck disable=SC2086 # no option is no word
	unshare $user --net --mount --pid --fork true 2>/dev/null
}

# run_example LABEL COMMAND: what it is to show is in $work/wanted.  Where a job
# cannot be started what follows it in the example is skipped, too.
run_example()
{
	label="$1: $(printf '%s\n' "$2" | tr -s ' ')"
	case $2 in
	*labgen*) [ -n "$labgen" ] || why_not='labgen is not built' ;;
	esac
	case $2 in
	*labchatd*'&')
		[ -n "$enter" ] ||
		    why_not='no network namespace can be made here'
		[ -n "$chat_programs" ] || why_not='labchatd is not built'
		;;
	*'labgen run '*)
		can_make_labs ||
		    why_not='namespaces as labgen run needs them are not allowed'
		;;
	*'pcapstat dashboard '*)
		"$PCAPSTAT" --help | grep -q '^  dashboard ' ||
		    why_not='the dashboard is not built'
		;;
	*'pcapstat plot '*)
		command -v gnuplot >/dev/null ||
		    why_not='gnuplot is not installed'
		;;
	tcpdump*'&') [ "$(id -u)" = 0 ] || why_not='tcpdump wants root' ;;
	esac
	if [ -n "$why_not" ]; then
		skip "$label" "$why_not"
		return
	fi
	if ! have_programs "$2"; then
		skip "$label" "$missing is not installed"
		return
	fi
	cd "$folder" || exit 99
	do_command "$2"
	status=$?
	cd "$here" || exit 99
	if [ $status != 0 ]; then
		not_ok "$label (status)" "$work/got"
	elif [ -s "$work/wanted" ] && ! fits "$work/wanted" "$work/got"; then
		diff -u "$work/wanted" "$work/got" >"$work/diff"
		not_ok "$label" "$work/diff"
	else
		ok "$label"
	fi
}

new_folder()
{
	end_jobs
	why_not=
	folder=$(mktemp -d "$work/example.XXXXXX") || exit 99
	mkdir "$folder/build"
	ln -s "$top_srcdir/pcap_files" "$folder/pcap_files"
	for program in "$PCAPSTAT" $chat_programs $labgen; do
		ln -s "$program" "$folder/build/${program##*/}"
	done
	PATH=$folder/build:$old_path
}

check_examples()
{
	page=$1 command='' ran=$count
	! grep -q '^\$ \(build/\)*labchatd' "$page" || open_net ||
	    echo "# no network namespace: $(head -n 1 "$work/net")"
	: >"$work/wanted"
	examples "$page" >"$work/examples"
	echo '#' >>"$work/examples"
	while IFS= read -r line; do
		case $line in
		'>'*)
			printf '%s\n' "${line#>}" >>"$work/wanted"
			continue
			;;
		esac
		[ -z "$command" ] || run_example "$(basename "$page")" "$command"
		command=''
		: >"$work/wanted"
		case $line in
		'#') new_folder ;;
		'$'*) command=${line#?} ;;
		esac
	done <"$work/examples"
	end_jobs
	close_net
	case $page in
	*.7) ;;
	*) [ "$count" -gt "$ran" ] || not_ok "$(basename "$page") has examples" ;;
	esac
}

check_all_examples()
{
	old_path=$PATH here=$(pwd)
	if ! command -v script >/dev/null; then
		skip "the examples show what they say" "script is not installed"
		return
	fi
	# One of the samples is in gzip, some results are databases, and
	# sheets are JSON.
	if ! "$PCAPSTAT" --version | tr '\n' ' ' |
	    grep -q 'captures:.* gzip.* SQLite.* graded'; then
		skip "the examples show what they say" \
		    "this build is without zlib, SQLite or jansson"
		return
	fi
	for page in "$man"/*.[157] "$top_srcdir/README.md"; do
		check_examples "$page"
	done
	PATH=$old_path
}

# All that bash offers behind the words given.
bash_offers()
{
	bash --norc --noprofile -c '
	. "$1/scripts/completions/pcapstat.bash"
	shift
	COMP_WORDS=("$@")
	COMP_CWORD=$(($# - 1))
	_pcapstat "$1" "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
	printf "%s\n" "${COMPREPLY[@]}"' bash "$top_srcdir" "$PROGRAM" "$@" |
	    LC_ALL=C sort
}

# The same for zsh, with stand-ins for the functions that do the offering.
zsh_offers()
{
	zsh -f -c '
	file=$1/scripts/completions/_pcapstat
	shift
	words=("$@") CURRENT=$#
	_call_program() { shift; "$@" 2>/dev/null }
	_arguments() {
		local spec name
		for spec; do
			name=${spec%%\[*}
			[[ $name != $spec && $name == *-* ]] || continue
			name=${${${name##*\)}#\*}%[+=]}
			if [[ ${words[CURRENT]} == -* ]]; then
				print -r -- $name
			elif [[ ${words[CURRENT-1]} == $name ]]; then
				print -rl -- ${=${${spec##*:\(}%\)}}
			fi
		done
	}
	_describe() { print -rl -- ${${(P)4}%%:*} }
	_files() { : }
	setopt extended_glob
	. $file' zsh "$top_srcdir" "$PROGRAM" "$@" | LC_ALL=C sort
}

check_completion()
{
	shell=$1
	for command in '' $(commands); do
		# shellcheck disable=SC2046,SC2086 # a word each
		printf '%s\n' $(help_options "$command") | grep '^-' |
		    LC_ALL=C sort >"$work/wanted"
		# shellcheck disable=SC2086 # no command is no word
		"${shell}_offers" $command - >"$work/got"
		same "$shell offers the options of ${PROGRAM##*/} $command" \
		    "$work/wanted" "$work/got"
	done
	commands | LC_ALL=C sort >"$work/wanted"
	(cd "$work" && mkdir -p empty && cd empty && "${shell}_offers" '') \
	    >"$work/got"
	same "$shell offers the commands of ${PROGRAM##*/}" "$work/wanted" \
	    "$work/got"
	[ "$PROGRAM" = "$PCAPSTAT" ] || return
	offers_words 'always auto never' summary --progress ''
	offers_words 'flow packet' anomalies --by ''
	offers_words 'protocol' summary --by ''
	offers_words 'auto' plot --interval ''
	[ "$shell" = bash ] || return
	section "$man/pcapstat-plot.1" KINDS | sed -n 's/^\.It Cm //p' |
	    tr -d '\\' | LC_ALL=C sort >"$work/wanted"
	(cd "$work/empty" && bash_offers plot '') >"$work/got"
	same "bash offers the kinds of pictures" "$work/wanted" "$work/got"
}

# offers_words WORDS WORD...: behind these words the shell offers those, sorted.
offers_words()
{
	# shellcheck disable=SC2086 # a word each
	printf '%s\n' $1 >"$work/wanted"
	words=$1
	shift
	"${shell}_offers" "$@" >"$work/got"
	same "$shell offers behind $*: $words" "$work/wanted" "$work/got"
}

check_completions()
{
	for shell in bash zsh; do
		if command -v $shell >/dev/null; then
			for PROGRAM in "$PCAPSTAT" $chat_programs $labgen; do
				check_completion $shell
			done
			PROGRAM=$PCAPSTAT
		else
			skip "$shell offers what --help says" \
			    "$shell is not installed"
		fi
	done
}

# What the README links to is there.
check_links()
{
	grep -o '](\([^):]*\))' "$top_srcdir/README.md" |
	    sed 's/^](//; s/)$//' | LC_ALL=C sort -u >"$work/links"
	while read -r link; do
		[ -e "$top_srcdir/$link" ] || echo "$link is missing"
	done <"$work/links" >"$work/missing"
	if [ -s "$work/links" ] && [ ! -s "$work/missing" ]; then
		ok "what README.md links to is there"
	else
		not_ok "what README.md links to is there" "$work/missing"
	fi
}

check_all_options
check_chat_options
check_labgen_options
check_same_words
check_columns
check_text_columns
check_link_types
check_lint
check_groff
check_links
check_all_examples
check_completions
echo "1..$count"
