#!/bin/sh
# Answer sheets and grades of whole captures: of a lab that mklab makes, and of
# a recorded chat (PCAPSTAT_CAPTURES) whose numbers are held against tshark's.
#
# With REWRITE=yes what is printed becomes what is expected.
# shellcheck disable=SC2154 # the Makefile sets top_srcdir and top_builddir
# shellcheck source=tests/cli/setup.sh
. "$top_srcdir/tests/cli/setup.sh"

golden=$top_srcdir/tests/cli/golden
lab="chatserver.pcap client1.pcap client2.pcap"

# prints LABEL COMMAND...: as golden/LABEL.out has it?
prints()
{
	label=$1
	shift
	"$@" >out 2>err || [ $? = 1 ] || return 1
	[ "${REWRITE-}" != yes ] || cp out "$golden/$label.out"
	diff -u "$golden/$label.out" out
}

# misses STATUS PATTERN SHEET: the grade of what SHEET says
misses()
{
	wanted=$1 pattern=$2
	printf '%s\n' "$3" >given.json
	# shellcheck disable=SC2086 # a word each
	status "$wanted" pcapstat grade -q given.json $lab &&
	    says stdout "$pattern"
}

# refuses PATTERN SHEET: status 2, and one line
refuses()
{
	printf '%s\n' "$2" >given.json
	# shellcheck disable=SC2086
	status 2 pcapstat grade given.json $lab &&
	    says stderr "$1" && [ "$(grep -c . stderr)" = 1 ] &&
	    [ ! -s stdout ]
}

ok 'the captures of a lab are made' "$top_builddir/tests/tools/mklab" .

# Sheets.
parts=captures,hosts,handshake,udp,datagram,dns,sockets,listening
parts=$parts,concurrent,streams
# shellcheck disable=SC2086
ok 'the sheet of a lab' \
    prints answers-lab pcapstat answers -q --items $parts $lab
# shellcheck disable=SC2086
ok 'the same as JSON' \
    prints answers-lab-json pcapstat answers -q --format json $lab
# shellcheck disable=SC2086
ok 'by hosts that are named' prints answers-lab-named \
    pcapstat answers -q --server www.ttm4200.com --client client2 \
    --client 10.20.30.11 --peer client1 --name 10.20.30.12=Bob \
    --items hosts,handshake,datagram $lab
# shellcheck disable=SC2086
pcapstat answers -q $lab >sheet
ok 'the diagram is below it' says sheet '^42 packets in'
ok 'with each packet once' \
    test "$(grep -c '^[0-9][0-9.]* *│' sheet)" = 42
for text in alice 'hello all' ' only you' 'alice: hello all '; do
	ok "as \"$text\"" says sheet "\"$text\""
done
ok 'for any number of threads' sh -c '"$0" answers -q -j 1 $1 |
    cmp - sheet' "$PCAPSTAT" "$lab"
ok 'the command of the diagram draws it' sh -c "$(sed -n \
    's/^  command *\(pcapstat .*[^ ]\)  *the command.*/\1/p' sheet |
    sed "s,^pcapstat,$PCAPSTAT,") -q | grep -q 'hello all'"
ok 'one capture alone' status 0 pcapstat answers client1.pcap
ok 'has what it has' says stdout 'syn_seq  *4294967294'
ok 'no capture' status 2 pcapstat answers
ok 'a missing one' status 3 pcapstat answers no-such.pcap
ok 'a missing one among others' \
    status 1 pcapstat answers client1.pcap no-such.pcap
ok 'an unknown host' status 2 pcapstat answers --server nobody client1.pcap
ok 'is named' says stderr '^pcapstat: --server: nobody: '
ok 'an unknown part' status 2 pcapstat answers --items syn client1.pcap
ok 'CSV' status 2 pcapstat answers --format csv client1.pcap
ok 'a result over a capture' \
    status 1 pcapstat answers -o client1.pcap client1.pcap
ok 'which stays' "$top_builddir/tests/tools/mklab" .
ok 'a cut capture' sh -c 'head -c 900 client1.pcap >cut.pcap'
ok 'gives what it has' status 1 pcapstat answers -q cut.pcap
ok 'a full disk' sh -c '"$0" answers -q client1.pcap >/dev/full; [ $? = 1 ]' \
    "$PCAPSTAT"

# Grades.
# shellcheck disable=SC2086
pcapstat answers -q -o right.json $lab
if ! pcapstat --version | grep -q graded; then
	# shellcheck disable=SC2086
	ok 'without jansson' status 2 pcapstat grade right.json $lab
	ok 'it says so' says stderr 'built without'
	skip 'sheets are graded' 'this build is without jansson'
	end
fi
# shellcheck disable=SC2086
ok 'the sheet itself is right' status 0 pcapstat grade right.json $lab
ok 'in all items' says stdout '^score: \([0-9]*\) of \1$'
# shellcheck disable=SC2086
ok 'from standard input' sh -c '"$0" grade -q - $1 <right.json' \
    "$PCAPSTAT" "$lab"
cat >wrong.json <<END
{ "student": "Carol",
  "handshake": { "syn_seq": 0, "synack_seq": "0xffffffff",
    "synack_ack": 4294967294, "client_ip": "chatserver" },
  "udp": { "fields": 4, "field_bytes": 16, "max_payload_bytes": 65507,
    "header_bytes": "8", "max_port": 65536, "protocol_number": 6 },
  "dns": [ { "client_ip": "client1", "question": "www.ttm4200.com." },
    { "client_ip": "client2", "answer_ip": "10.20.30.2" } ],
  "sockets": [ { "client_ip": "10.20.30.3", "client_port": 5000,
    "server_ip": "client1", "server_port": 40011 } ],
  "listening": [ { "server_port": 40012 } ],
  "concurrent": { "max_connections": 3 },
  "streams": [ { "protocol": "udp", "a_ip": "client2", "b_ip": "client1",
    "clear_text": false } ] }
END
# shellcheck disable=SC2086
ok 'a wrong one' prints grade-wrong pcapstat grade wrong.json $lab
ok 'ends with 1' status 1 pcapstat grade wrong.json $lab
ok 'and its foreign key is named' says stderr 'has the key student'
# shellcheck disable=SC2086
ok 'as JSON' prints grade-wrong-json \
    pcapstat grade --format json --items handshake,concurrent wrong.json $lab
ok 'with the score beside it' says err 'score: 0 of 5'
ok 'an empty one misses all' misses 1 '^score: 0 of ' '{}'
ok 'no sheet' refuses 'given.json: line 1: ' 'syn_seq=5'
ok 'a list' refuses 'not a JSON object' '[]'
ok 'a wrong type' refuses 'udp.fields: neither' '{"udp":{"fields":[]}}'
ok 'a key twice' refuses 'duplicate' '{"udp":{},"udp":{}}'
ok 'a number too large' refuses 'too big' \
    '{"udp":{"fields":9999999999999999999}}'
ok 'deep nesting' refuses 'depth' "$(printf '%05000d' 0 | tr 0 '[')"
ok 'another version' refuses 'schema_version' '{"schema_version":7}'
# shellcheck disable=SC2086
ok 'a missing sheet' status 2 pcapstat grade no-such.json $lab
ok 'no capture beside it' status 2 pcapstat grade right.json
ok 'a capture for a sheet' status 2 pcapstat grade client1.pcap client2.pcap
ok 'is told from it' says stderr 'is a capture: SHEET.json comes first'
ok 'standard input twice' status 2 pcapstat grade - -
# The sheet is there, and reading its captures ends early.
interrupt()
{
	mkfifo slow || return 1
	"$PCAPSTAT" grade right.json slow >score 2>said &
	grading=$!
	{ cat client1.pcap; sleep 1; kill -INT "$grading"; sleep 1; } >slow
	wait "$grading"
	[ $? != 0 ] && [ ! -s score ]
}
ok 'no score of a part' interrupt
# shellcheck disable=SC2086
ok 'a result over the sheet' \
    status 2 pcapstat grade -o right.json right.json $lab
ok 'which stays' says right.json schema_version
cp client1.pcap kept.pcap
ok 'a result over a capture' status 1 pcapstat grade -o kept.pcap \
    --format json right.json kept.pcap client2.pcap
ok 'which has no score' test "$(grep -c score stderr)" = 0
printf '%s\n' '{"\u001b[31mkey":1,"\u202ename":1}' >given.json
# shellcheck disable=SC2086
ok 'a key that a terminal would obey' status 1 pcapstat grade given.json $lab
ok 'is told without that' says stderr 'has the key ?\[31mkey'

# The page's sample sheet is about a sample capture.
awk '/^\.Ss The sheet/ { on = 1 } on && /^\.Bd/ { text = 1; next }
on && /^\.Ed/ { exit } text' "$top_srcdir/man/pcapstat-grade.1" >page.json
ok "the page's sample sheet" status 1 pcapstat grade -q page.json \
    --items handshake,udp,concurrent "$top_srcdir/pcap_files/wikipedia.pcap"
ok 'is right but for what it leaves open' \
    test "$(grep -c ^missed stdout)" = 1
# Its keys are those of the page of answers.
if command -v python3 >/dev/null; then
	ok 'the page of answers has every key' python3 - right.json \
	    "$top_srcdir/man/pcapstat-answers.1" <<'END'
import json, re, sys
sheet = json.load(open(sys.argv[1]))
page, part = set(), None
text = open(sys.argv[2]).read().split(".Sh OUTPUT")[1].split(".Sh EXIT")[0]
for name, kind in re.findall(r"^\.It Va (\w+)( Pq)?", text, re.M):
    if not kind:
        part = name
    page.add(part + ("." + name if kind else ""))
keys = set()
for part, value in sheet.items():
    if part == "schema_version":
        continue
    keys.add(part)
    rows = value if isinstance(value, list) else [value]
    keys.update(part + "." + key for row in rows for key in row or ())
page = {key for key in page if not key.startswith("notes.")}
sys.exit(0 if keys == page else str(keys ^ page))
END
else
	skip 'the page of answers has every key' 'python3 is not installed'
fi

# The recorded chat, seen from three of its hosts.
chat=${PCAPSTAT_CAPTURES-}/originals/loopback/ntnu_chat.pcap
if [ ! -r "$chat" ]; then
	skip 'a recorded chat' 'PCAPSTAT_CAPTURES names no captures'
	end
fi
ok 'its first datagram' status 0 pcapstat udp --facts "$chat"
ok 'has a checksum of which it is told why nobody can verify it' \
    says stdout 'unverified: the sender left it to its network card'
mkdir views
for view in chatserver:3 client1:11 client2:12; do
	pcapstat extract -q -F "host 127.0.0.${view#*:}" \
	    -o "views/${view%:*}.pcap" "$chat"
done
cd views || exit 99
# shellcheck disable=SC2086
ok 'a recorded chat' status 0 pcapstat answers $lab
mv stdout sheet
ok 'has each of its packets in the diagram' says sheet '^70 packets in'
ok 'as arrows' test "$(grep -c '^[0-9][0-9.]* *│' sheet)" = 70
for text in '"alice"' '"hello all"' '" private: hi"' '"bob"'; do
	ok "$text" says sheet "$text"
done
ok 'three connections at once' says sheet 'max_connections  3 '
if command -v tshark >/dev/null; then
	tshark -r chatserver.pcap -c 3 -T fields -e tcp.seq_raw \
	    -e tcp.ack_raw 2>/dev/null | tr '\n\t' '  ' >numbers
	read -r syn _ synack_seq synack_ack ack_seq ack_ack <numbers
	for pair in "syn_seq $syn" "synack_seq $synack_seq" \
	    "synack_ack $synack_ack" "ack_seq $ack_seq" \
	    "ack_ack $ack_ack"; do
		ok "tshark's $pair" says sheet \
		    "^  ${pair% *}  *${pair#* }  "
	done
	for port in $(tshark -r chatserver.pcap -T fields -e tcp.seq_raw \
	    -Y 'tcp.flags.syn == 1 && tcp.flags.ack == 0' 2>/dev/null); do
		ok "tshark's SYN $port" says sheet "  5000  *$port  "
	done
else
	skip "tshark's numbers" 'tshark is not installed'
fi
end
