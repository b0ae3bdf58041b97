# shellcheck shell=sh disable=SC2154 # the Makefile sets what is not set here
# Sourced by replay.sh and bounded.sh.

# kind_of TARGET: prints which captures it reads best, nothing where none.
# Decompressors are slow, and have a target of their own.
kind_of()
{
	case ${1##*/fuzz_} in
	pcap) echo '*.pcap' ;;
	pcapng) echo '*.pcapng' ;;
	summary | writer) echo '*.p*[pg]' ;;
	source) echo '*.pcap*' ;;
	esac
}

# seeds TARGET: prints the files it is given, one a line: its corpus, captures
# of the tests and, for the whole way and for copies, what the readers are
# given; for scenarios those that are shipped.
seeds()
{
	{
		find "$top_srcdir/tests/fuzz/corpus/${1##*/fuzz_}" -type f
		find "$top_srcdir/tests/captures" -name "$(kind_of "$1")"
		case ${1##*/fuzz_} in
		summary | writer)
			find "$top_srcdir/tests/fuzz/corpus/pcap" \
			    "$top_srcdir/tests/fuzz/corpus/pcapng" -type f ;;
		scenario)
			find "$top_srcdir/traffic/scenarios" \
			    -name '*.scenario' ;;
		esac
	} 2>/dev/null | sort
}
