# shellcheck shell=sh disable=SC2154 # the Makefile sets top_srcdir
# What the command line tests find in their folder: the captures of
# tests/captures and broken relatives of them.  Sourced.

# patch FILE OFFSET OCTAL-BYTES
patch()
{
	# shellcheck disable=SC2059 # the bytes are the format
	printf "$3" | dd of="$1" bs=1 seek="$2" conv=notrunc 2>/dev/null
}

# annotated: a pcapng with two frames of us-le.pcap, and with comments, a name,
# a secret and statistics
annotated()
{
	# section header, interface, names: 192.0.2.1 is "host"
	printf '\012\015\015\012\060\0\0\0\115\074\053\032\001\0\0\0'
	printf '\377\377\377\377\377\377\377\377\001\0\014\0of a section'
	printf '\0\0\0\0\060\0\0\0'
	printf '\001\0\0\0\050\0\0\0\001\0\0\0\0\0\004\0\002\0\004\0eth0'
	printf '\011\0\001\0\011\0\0\0\0\0\0\0\050\0\0\0'
	printf '\004\0\0\0\040\0\0\0\001\0\011\0\300\0\002\001host'
	printf '\0\0\0\0\0\0\0\0\040\0\0\0'
	# two packets, one with a comment, 1 ns behind a second
	printf '\006\0\0\0\154\0\0\0\0\0\0\0\376\234\227\027\001\0\052\066'
	printf '\066\0\0\0\066\0\0\0'
	tail -c +41 us-le.pcap | head -c 54
	printf '\0\0\001\0\014\0a first look\0\0\0\0\154\0\0\0'
	printf '\006\0\0\0\130\0\0\0\0\0\0\0\376\234\227\027\002\0\052\066'
	printf '\066\0\0\0\066\0\0\0'
	tail -c +111 us-le.pcap | head -c 54
	printf '\0\0\130\0\0\0'
	# a TLS key log, statistics
	printf '\012\0\0\0\034\0\0\0KSLT\010\0\0\0# none\n\n\034\0\0\0'
	printf '\005\0\0\0\050\0\0\0\0\0\0\0\376\234\227\027\003\0\052\066'
	printf '\004\0\010\0\002\0\0\0\0\0\0\0\0\0\0\0\050\0\0\0'
}

# make_inputs FOLDER
make_inputs()
(
	mkdir -p "$1"
	cp "$top_srcdir"/tests/captures/*.pcap* "$1"
	cd "$1" || exit 1
	chmod u+w -- *

	# Records of 16 + 54 bytes begin at 24, 94 and 164.
	head -c 20 us-le.pcap >cut-file-header.pcap
	head -c 24 us-le.pcap >no-packet.pcap
	head -c 100 us-le.pcap >cut-record-header.pcap
	head -c 130 us-le.pcap >cut-data.pcap
	head -c 20 ng-le.pcapng >cut-section.pcapng
	head -c 200 ng-le.pcapng >cut-block.pcapng
	head -c 300 us-le.pcap.gz >cut.pcap.gz
	cp us-le.pcap damaged.pcap
	patch damaged.pcap 172 '\377\377\377\377'
	# 30 years between two packets, and back.
	cp us-le.pcap years.pcap
	patch years.pcap 164 '\000\372\267\235'
	cp us-le.pcap version-1.pcap
	patch version-1.pcap 4 '\001'
	cp ng-le.pcapng damaged.pcapng
	patch damaged.pcapng 64 '\377'
	cp us-le.pcap.gz damaged.pcap.gz
	patch damaged.pcap.gz 620 '\377\377'
	annotated >comments.pcapng
	: >empty
	echo 'This is text.' >text
	printf 'snoop\0\0\0\0\0\0\002\0\0\0\004' >solaris.snoop

	# Three parts of one capture, cut where records begin, given in an
	# order that is not theirs.
	head -c 94 us-le.pcap >part3-begin.pcap
	{ head -c 24 us-le.pcap; head -c 164 us-le.pcap | tail -c +95; } \
	    >part1-middle.pcap
	{ head -c 24 us-le.pcap; tail -c +165 us-le.pcap; } >part2-end.pcap

	mkdir -p tree/a tree/b/.hidden tree/empty-folder tree/Z
	cp us-le.pcap tree/b.pcap
	cp ns-be.pcap tree/a/one.pcap
	cp ng-mixed.pcapng tree/a.pcap
	cp us-le.pcap.gz tree/Z/zipped
	cp us-le.pcap tree/.hidden.pcap
	cp us-le.pcap tree/b/.hidden/x.pcap
	cp cut-data.pcap tree/b/cut.pcap
	echo 'No capture.' >tree/notes.txt
	ln -s ../us-le.pcap tree/link.pcap
	ln -s ../tree tree/loop
	mkfifo tree/fifo
)
