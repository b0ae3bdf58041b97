#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "traffic/scenario/scenario.h"

/* A network of two hosts, in lines 1 to 3; what is tried begins at line 4. */
#define LAN	"network n 10.0.0.0/24\nhost a 10.0.0.2\nhost b 10.0.0.3\n"
/* The same with both families, a resolver and services, in lines 1 to 9. */
#define LAB	"network n 10.0.0.0/24 fd00::/64\n" \
		"host a 10.0.0.2 fd00::2\n resolver d\n" \
		"host b 10.0.0.3\n serve echo\n serve p2p\n" \
		" serve im framing length\n" \
		"host d 10.0.0.4\n serve dns\n"

/* Labels of so many bytes. */
#define L60	"a23456789-b23456789-c23456789-d23456789-e23456789-f234567890"
#define L63	L60 "xyz"

static const struct { const char *text, *fault; } faults[] = {
	/* Lines and words. */
	{ "", "1:1: there is no host" },
	{ "# none", "1:1: there is no host" },
	{ "hots a", "1:1: not a statement: `hots`; `host` is" },
	{ "qwertz", "1:1: not a statement: `qwertz`" },
	{ "\"host\" a", "1:1: a statement stands without quotes" },
	{ "host \"a b\"", "1:6: the host's name stands without quotes" },
	{ "title our lab", "1:7: a title of several words stands in quotes" },
	{ "\xef\xbb\xbfhots a", "1:1: not a statement: `hots`; `host` is" },
	{ "host a\n\xef\xbb\xbfhost b", "2:1: not UTF-8 that can be shown; in "
	    "quotes \\xHH stands for any byte" },
	{ LAN "host c\ncapture", "5:1: not a statement: `capture`; as a "
	    "property of `host` it has a blank before it" },
	{ LAN "host c\n link latency 10 ms",
	    "5:18: no blank stands before a unit: `ms`" },
	{ LAN "host c\n link delay 10ms", "5:7: not a property of link: "
	    "`delay`; there are bandwidth, latency, jitter, loss, duplicate, "
	    "reorder, queue, drop" },
	{ LAN "transfer from a to b port 99 bytes 5M",
	    "4:30: `bytes` stands on a line of its own, below this one" },
	{ LAN "ping from a to b\n at 3s",
	    "5:2: `at` stands on the line of its action" },
	{ "  ttl 3", "1:3: a statement begins in the first column" },
	{ "seed 1\n\tttl 3", "2:2: a `seed` has no properties; a statement "
	    "begins in the first column" },
	{ LAN "host c\n  captrue",
	    "5:3: not a property of host: `captrue`; `capture` is" },
	{ LAN "host c\n  xyzzy", "5:3: not a property of host: `xyzzy`; "
	    "there are capture, mac, ttl, mtu, clock, name, resolver, "
	    "neighbours, reaction, link, tcp, serve, login, text, console" },
	{ LAN "host c\n ttl 3 4", "5:8: nothing more is expected here" },
	{ LAN "host c\n ttl 3\n ttl 4", "6:2: `ttl` was there already" },
	{ "host a\xff", "1:7: not UTF-8 that can be shown; in quotes \\xHH "
	    "stands for any byte" },
	{ "host a # \x1b[2J", "1:10: not UTF-8 that can be shown; in quotes "
	    "\\xHH stands for any byte" },
	{ "seed", "1:5: a number is missing" },
	{ "seed 1 2", "1:8: nothing more is expected here" },
	{ "seed -1", "1:6: \"-1\" is not a whole number" },
	{ "title \"a", "1:7: the closing quote is missing" },
	{ "title \"a\\nb\"", "1:7: a title is one line of UTF-8" },
	{ "title \"a\\x00\"", "1:7: \\x00 cannot be in this text" },
	{ "title a\ntitle b", "2:1: a second `title`" },
	{ "start noon", "1:7: \"noon\" is not a time; write epoch seconds or "
	    "2021-11-28T18:17:19.5Z" },
	{ "start 1969-12-31\nhost a", "1:7: the clock of `a` leaves the years "
	    "1970 to 2105 of savefiles" },
	{ "limit 8d", "1:7: 8d is not between 1ms and 7d" },
	{ "limit 0", "1:7: 0 is not between 1ms and 7d" },

	/* Networks. */
	{ "network", "1:8: the network's name is missing" },
	{ "network .x 10.0.0.0/8", "1:9: `.x` is not a name: up to 63 of a-z, "
	    "A-Z, 0-9, -, _ and ., and neither . nor - first" },
	{ "network a/b 10.0.0.0/8", "1:9: `a/b` is not a name: up to 63 of "
	    "a-z, A-Z, 0-9, -, _ and ., and neither . nor - first" },
	{ "network n", "1:10: a prefix is missing" },
	{ "network n 10.0.0.1/24", "1:11: 10.0.0.1/24: host bits are set; did "
	    "you mean 10.0.0.0/24" },
	{ "network n 10.0.0.0/31", "1:11: 10.0.0.0/31: a prefix of 8 to 30 "
	    "bits is wanted" },
	{ "network n 127.0.0.0/8", "1:11: 127.0.0.0/8: not a prefix of "
	    "ordinary addresses" },
	{ "network n 224.0.0.0/8", "1:11: 224.0.0.0/8: not a prefix of "
	    "ordinary addresses" },
	{ "network n fe80::/64", "1:11: fe80::/64: not a prefix of ordinary "
	    "addresses" },
	{ "network n fd00::/127", "1:11: fd00::/127: a prefix of 16 to 126 "
	    "bits is wanted" },
	{ "network n 10.0.0.0/8 11.0.0.0/8",
	    "1:22: a second IPv4 prefix: one of each family is all" },
	{ "network n 10.0.0.0/8,11.0.0.0/8", "1:11: one prefix at a time" },
	{ LAN "network n 11.0.0.0/8",
	    "4:9: `n` is the network's name of line 1" },
	{ LAN "network b 11.0.0.0/8",
	    "3:6: `b` is the network's name of line 4" },
	{ "host lan", "1:6: `lan` is the name of a network that is there "
	    "because none is named" },
	{ LAN "network m 10.0.0.128/25",
	    "4:11: the prefix overlaps with that of `n` (line 1)" },
	{ LAN "network m 10.0.0.0/8",
	    "4:11: the prefix overlaps with that of `n` (line 1)" },
	{ "network n 10.0.0.0/24\n router 10.0.1.1\nhost a", "2:9: not an "
	    "address of a host in the network's prefix" },
	{ "network n 10.0.0.0/24\n router 10.0.0.255\nhost a", "2:9: not an "
	    "address of a host in the network's prefix" },
	{ "network n 10.0.0.0/24\n router fd00::1\nhost a",
	    "2:9: the network has no IPv6 prefix" },
	{ "network n 10.0.0.0/24\n capture pcpang",
	    "2:10: not a property of capture: `pcpang`; `pcapng` is" },
	{ "network n 10.0.0.0/24\n capture snaplen 13",
	    "2:18: 13 is not between 14 and 262144" },

	/* Hosts. */
	{ LAN "host a 10.0.0.9", "4:6: `a` is the host's name of line 2" },
	{ LAN "host c 10.0.0.300", "4:8: `10.0.0.300` is not an IP address" },
	{ LAN "host c 10.0.0.3", "4:8: 10.0.0.3 is that of `b`" },
	{ LAN "host c 10.0.0.1", "4:8: 10.0.0.1 is that of the router" },
	{ LAN "host c 10.0.1.1", "4:8: 10.0.1.1 is in no network" },
	{ LAN "host c 10.0.0.255",
	    "4:8: 10.0.0.255 is not an address of one host" },
	{ LAN "host c 10.0.0.0",
	    "4:8: 10.0.0.0 is not an address of one host" },
	{ LAN "host c 10.0.0.4 10.0.0.5",
	    "4:17: a second IPv4 address: one of each family is all" },
	{ LAN "network m fd00::/64\nhost c 10.0.0.4 fd00::4", "5:17: fd00::4 "
	    "is in `m`, the other address in `n`" },
	{ "network n 10.0.0.0/30\nhost a\nhost b",
	    "3:6: `n` has no address free for it" },
	{ LAN "host c\n mac 02:00:00:00:00", "5:6: `02:00:00:00:00` is not a "
	    "MAC like 02:00:00:00:00:01" },
	{ LAN "host c\n mac 01:00:00:00:00:00",
	    "5:6: 01:00:00:00:00:00 is no MAC of one host" },
	{ LAN "host c\n mac 02:00:0a:00:00:03", "5:6: `b` has the same MAC" },
	{ LAN "host c\n mac 02:00:0a:00:00:01",
	    "5:6: that is the router's MAC" },
	{ LAN "host c\n ttl 256", "5:6: 256 is not between 1 and 255" },
	{ LAN "host c\n mtu 575", "5:6: 575 is not between 576 and 9000" },
	{ "network n fd00::/64\nhost a fd00::5\n mtu 1279",
	    "3:6: a host with IPv6 needs an MTU of 1280" },
	{ LAN "host c\n clock later", "5:8: \"later\" is not a length of time;"
	    " write seconds, or a number with ns, us, ms, s, m, h or d" },
	{ "start 0\nhost a\n clock -1s", "1:7: the clock of `a` leaves the "
	    "years 1970 to 2105 of savefiles" },
	{ LAN "host c\n name -x", "5:7: `-x` is not a domain name" },
	{ LAN "host c\n name a..b", "5:7: `a..b` is not a domain name" },
	{ LAN "host c\n name " L63 "x.a", "5:7: `" L63 "x.a` is not a domain "
	    "name" },
	{ LAN "host c\n name " L63 "." L63 "." L63 ".1." L60,
	    "5:7: longer than 253 bytes" },
	{ LAN "host c\n name " L63 L63 L63 L63 L60,
	    "5:7: no word has more than 254 bytes" },
	{ LAN "host c\n name w.x\nhost d\n name W.X",
	    "7:7: `c` has that name already" },
	{ LAN "host c\n resolver aa", "5:11: no host `aa`" },
	{ LAN "host client1\nhost d\n resolver cleint1",
	    "6:11: no host `cleint1`; there is `client1`" },
	{ LAN "host c\n resolver a", "5:11: `a` does not `serve dns`" },
	{ "network n 10.0.0.0/8 fd00::/64\nhost a 10.0.0.5\n resolver b\n"
	    "host b fd00::6\n serve dns", "3:11: `b` cannot be reached: one "
	    "has only IPv4, the other only IPv6" },
	{ LAN "host c\n neighbours strange", "5:13: `known` is missing" },
	{ LAN "host c\n reaction 2m", "5:11: 2m is not between 0 and 60s" },
	{ LAN "host c\n reaction uniform 2ms to 1ms",
	    "5:26: 1ms is not between 2ms and 60s" },
	{ LAN "host c\n reaction uniform 2ms 3ms", "5:23: `to` is missing" },
	{ LAN "host c\n reaction pareto 1ms", "5:21: `shape` is missing" },
	{ LAN "host c\n reaction pareto 1ms shape 0.01", "5:28: `0.01` is not "
	    "a shape: a number from 0.1 to 100, at most 3 decimals" },
	{ LAN "host c\n reaction pareto 1ms shape 1.5 max 1us",
	    "5:36: 1us is not between 1ms and 60s" },
	{ LAN "host c\n reaction exponential 1ms max 999us",
	    "5:31: 999us is not between 1ms and 60s" },
	{ LAN "host c\n reaction exponential 0",
	    "5:23: 0 is not between 1ns and 60s" },

	/* Links and TCP. */
	{ LAN "host c\n link bandwith 3", "5:7: not a property of link: "
	    "`bandwith`; `bandwidth` is" },
	{ LAN "host c\n link bandwidth 10MB", "5:17: `10MB` is not a bandwidth"
	    " like 10Mbit (bit, kbit, Mbit, Gbit), or `unlimited`" },
	{ LAN "host c\n link bandwidth 999bit",
	    "5:17: 999bit is not between 1kbit and 400Gbit" },
	{ LAN "host c\n link loss 101%", "5:12: `101%` is not a part like "
	    "1.5% (0% to 100%, at most 4 decimals)" },
	{ LAN "host c\n link loss 1", "5:12: `1` is not a part like 1.5% (0% "
	    "to 100%, at most 4 decimals)" },
	{ LAN "host c\n link loss 0.00001%", "5:12: `0.00001%` is not a part "
	    "like 1.5% (0% to 100%, at most 4 decimals)" },
	{ LAN "host c\n link reorder 3%", "5:17: `by` is missing" },
	{ LAN "host c\n link reorder 3% by 0",
	    "5:21: 0 is not between 1ns and 60s" },
	{ LAN "host c\n link drop 1,,2", "5:14: a number is missing" },
	{ LAN "host c\n link drop 0",
	    "5:12: packets are counted from 1 to 10000000" },
	{ LAN "host c\n link drop 3,4,3", "5:12: 3 is there twice" },
	{ LAN "host c\n link up loss 1% loss 2%",
	    "5:18: `loss` was there already" },
	{ LAN "host c\n tcp mss 87", "5:10: 87 is not between 88 and 65535" },
	{ LAN "host c\n tcp window 2G", "5:13: 2G is not between 1024 and "
	    "1073725440 bytes" },
	{ LAN "host c\n tcp no-sak",
	    "5:6: not a property of tcp: `no-sak`; `no-sack` is" },

	/* Services. */
	{ LAN "host c\n serve http", "5:8: no such protocol: `http`" },
	{ LAN "host c\n serve ecko", "5:8: no such protocol: `ecko`; `echo` "
	    "is one" },
	{ LAN "host c\n serve echo port 0",
	    "5:18: 0 is not between 1 and 65535" },
	{ LAN "host c\n serve im reverse", "5:11: `reverse` means nothing to "
	    "im" },
	{ LAN "host c\n serve im framing size",
	    "5:19: `size` is no `framing`; `none` is" },
	{ LAN "host c\n serve echo\n serve im port 8080",
	    "6:8: port 8080 is taken by line 5" },
	{ LAN "host c\n login x y", "5:8: a `login` belongs below a `serve`" },
	{ LAN "host c\n serve echo\n login x y",
	    "6:8: `login` means nothing to echo" },
	{ LAN "host c\n serve p2p\n login x y\n login x z",
	    "7:8: a second login of that name" },
	{ LAN "host c\n serve p2p\n login \" x\" y",
	    "6:8: A name must not begin with a blank" },
	{ LAN "host c\n serve p2p\n login x \"\"",
	    "6:10: a password has 1 to 1024 bytes" },
	{ LAN "host c\n serve dns\n console say \"x\"",
	    "6:10: `console` means nothing to dns" },
	{ LAN "host c\n serve class\n console shout \"x\"",
	    "6:10: not `say`, `wait for` or `end`" },
	{ LAN "host c\n serve class\n console at 2s end\n console at 1s end",
	    "7:10: earlier than the time of a step before" },
	{ LAN "host c\n serve class\n console", "6:9: a step is missing" },
	{ LAN "host c\n serve class\n text a b\n text a c",
	    "7:7: a second text of that name" },

	/* Words of actions. */
	{ LAN "ping from a", "4:12: `to` is missing" },
	{ LAN "ping to a", "4:10: `from` is missing" },
	{ LAN "ping from a to b port 3", "4:18: `port` means nothing to "
	    "ping" },
	{ LAN "ping from a to b prot 3",
	    "4:18: not a property of ping: `prot`; there are from, to, at, "
	    "ipv6, label" },
	{ LAN "ping from a to b lable 3", "4:18: not a property of ping: "
	    "`lable`; `label` is" },
	{ LAN "ping from a to a", "4:16: a host says nothing to itself" },
	{ LAN "ping from a to c", "4:16: no host `c`" },
	{ LAN "ping from c to a", "4:11: no host `c`" },
	{ LAN "ping from a to b ipv6",
	    "4:18: `a` or `b` has no IPv6 address" },
	{ "network n 10.0.0.0/24 fd00::/64\nhost a 10.0.0.2\nhost b fd00::3\n"
	    "ping from a to b", "4:16: `b` cannot be reached: one has only "
	    "IPv4, the other only IPv6" },
	{ LAN "limit 5s\nping from a to b at 5s", "5:21: not before the "
	    "`limit` of the scenario" },
	{ LAN "transfer from a to b", "4:21: `port` is missing" },
	{ LAN "browse from a to b by name", "4:20: `a` has no resolver" },
	{ LAB "browse from a to b by name", "10:20: `b` has no `name`" },
	{ LAB "browse from a to b by nmae", "10:23: `name` is missing" },
	{ LAN "ping from a to b label a b", "4:26: not a property of ping: "
	    "`b`; there are from, to, at, ipv6, label" },

	/* Talks. */
	{ LAN "talk from a to b", "4:6: no such protocol: `from`" },
	{ LAN "talk echo from a to b", "4:21: `b` does not serve echo" },
	{ LAB "talk echo from a to b port 81", "10:28: `b` does not serve "
	    "echo there" },
	{ LAB "talk echo from a to b\n framing none",
	    "11:2: `framing` means nothing to echo" },
	{ LAB "talk im from a to b\n framing none",
	    "11:2: `b` (line 7) has another framing" },
	{ LAB "talk p2p from a to b\n register", "11:2: `b` (line 6) knows no "
	    "users: `users` or a `login` is missing there" },
	{ LAB "talk p2p from a to b\n peer-port 0",
	    "11:12: 0 is not between 1 and 65535" },
	{ LAB "talk p2p from a to b\n say hello",
	    "11:6: a text in quotes is missing" },
	{ LAB "talk p2p from a to b\n  wiat for \"x\"",
	    "11:3: not a property of talk: `wiat`; `wait` is" },
	{ LAB "talk p2p from a to b\n at 2s end\n at 1s end",
	    "12:2: earlier than the time of a step before" },
	{ LAB "talk p2p from a to b as \"\"", "10:25: A name needs at least "
	    "one character" },
	{ LAN " serve eim\ntalk eim from a to b\n authenticity x",
	    "5:1: eim needs `confidentiality` and `authenticity`" },
	{ LAN " serve eim\ntalk eim from a to b\n confidentiality \"\"",
	    "6:18: a key has 1 to 1024 bytes" },
	{ LAN " serve class\ntalk class from a to b\n file x 1\n file x 2",
	    "7:7: a second file of that name" },
	{ LAN " serve class\ntalk class from a to b\n file x 101M",
	    "6:9: 101M is not between 0 and 104857600 bytes" },

	/* Other verbs. */
	{ LAN "browse from a to b\n pages 0",
	    "5:8: 0 is not between 1 and 100000" },
	{ LAN "browse from a to b\n objects 2K",
	    "5:10: \"2K\" is not a whole number" },
	{ LAN "browse from a to b\n pages 100000\n objects 101",
	    "4:1: 100000 pages of up to 101 objects; at most 10000000 objects "
	    "in all are allowed" },
	{ LAN "browse from a to b\n pages 1001\n objects exponential 5",
	    "4:1: 1001 pages of up to 10000 objects; at most 10000000 objects "
	    "in all are allowed" },
	{ LAN "browse from a to b\n pages 100000\n objects uniform 1 to 100\n"
	    "browse from a to b\n pages 100000\n objects 100\n"
	    "browse from a to b\n pages 2000\n objects 5000\n"
	    "browse from a to b\n pages 1000\n objects pareto 5 shape 1.2\n"
	    "browse from a to b\n pages 50000\n objects exponential 5 max 200\n"
	    "ping from a to b\n count 1", "19:1: with this all actions have "
	    "50000001 packets, lookups or objects; at most 50000000 are "
	    "allowed" },
	{ LAN "browse from a to b\n burst 3", "5:9: `every` is missing" },
	{ LAN "transfer from a to b port 1\n bytes 5G",
	    "5:8: 5G is not between 0 and 4294967296 bytes" },
	{ LAN "transfer from a to b port 1\n close rest",
	    "5:8: `rest` is no `close`; `reset` is" },
	{ LAN "transfer from a to b port 1\n bytes 1K\n stall after 1K for 1s",
	    "4:1: the `stall` comes behind the last of the `bytes`" },
	{ LAN "transfer from a to b port 1\n from-port 9\n connections 2\n"
	    " close none", "4:1: `from-port` is in use when the second of the "
	    "`connections` begins: the first has no `close`" },
	{ LAN "transfer from a to b port 1\n bytes 4G\n connections 5",
	    "4:1: with this all actions transfer 21474836480 bytes; at most "
	    "17179869184 are allowed" },
	{ LAN "ping from a to b\n count 10000001",
	    "5:8: 10000001 is not between 1 and 10000000" },
	{ LAN "ping from a to b\n count 10000000\n"
	    "flood from a to b port 1\n count 10000000\n"
	    "ping from a to b\n count 10000000\n"
	    "ping from a to b\n count 10000000\n"
	    "ping from a to b\n count 10000000\n"
	    "browse from a to b", "14:1: with this all actions have 50000001 "
	    "packets, lookups or objects; at most 50000000 are allowed" },
	{ LAN "ping from a to b\n size 65508",
	    "5:7: 65508 is not between 0 and 65507 bytes" },
	{ LAN "lookup x.example from a", "4:23: `a` has no resolver" },
	{ LAB "lookup x.example from a type SOA",
	    "10:30: `SOA` is no `type`; `A` is" },
	{ LAB "tunnel x.example from d", "10:23: `d` has no resolver" },
	{ LAN "host d 10.0.0.5\n serve dns\n resolver d\n"
	    "lookup x.example from d", "7:23: `d` is its own resolver" },
	{ LAN "scan from a to b ports 0-5",
	    "4:24: `0-5` is not a range of ports like 1-1024" },
	{ LAN "scan from a to b ports 9-5",
	    "4:24: `9-5` is not a range of ports like 1-1024" },
	{ LAN "scan from a to b ports 1-65536",
	    "4:24: `1-65536` is not a range of ports like 1-1024" },
	{ LAN "scan from a to b", "4:17: `ports` is missing" },
	{ LAN "flood from a to b",
	    "4:1: this kind of flood needs a `port`" },
	{ LAN "flood from a to b port 3\n kind icmp",
	    "4:24: a flood of ICMP has no port" },
	{ LAN "flood from a to b port 3\n sources fd00::/64",
	    "4:1: the flood is IPv4, its `sources` are IPv6" },
	{ LAN "flood from a to b port 3\n count 7\n size 64",
	    "6:2: a SYN carries no bytes" },
	{ LAN "flood from a to b port 3\n size 0\n kind syn",
	    "5:2: a SYN carries no bytes" },

	/* Ports. */
	{ LAN "browse from a to b\ntransfer from a to b port 80",
	    "5:27: TCP port 80 of `b` is that of another program (line 4)" },
	{ LAN "browse from a to b port 1\nbrowse from a to b port 1\n tls",
	    "5:25: TCP port 1 of `b` is that of another program (line 4)" },
	{ LAB "transfer from a to b port 8080",
	    "10:27: TCP port 8080 of `b` is that of another program "
	    "(line 5)" },
	{ LAB "datagrams from a to d port 53",
	    "10:28: UDP port 53 of `d` is that of another program (line 9)" },
	{ LAB "datagrams from d to a port 9\n from-port 53",
	    "10:1: UDP port 53 of `d` is that of another program (line 9)" },
	{ LAB "talk p2p from a to b\ndatagrams from b to a port 5000",
	    "11:28: UDP port 5000 of `a` is that of another program "
	    "(line 10)" },
};

enum { FAULTS = sizeof(faults) / sizeof(faults[0]) };

START_TEST(a_fault_is_named_with_line_and_column)
{
	struct errbuf err = { "" };
	const char *text = faults[_i].text;
	struct scenario *s = scenario_parse("s", text, strlen(text), &err);

	ck_assert_msg(s == NULL, "accepted: %s", text);
	ck_assert_msg(strncmp(err.text, "s:", 2) == 0 &&
	    strcmp(err.text + 2, faults[_i].fault) == 0, "%s\n%s\nnot s:%s",
	    text, err.text, faults[_i].fault);
}
END_TEST

/* As many lines as there may be are fine, one more is not. */
static void
check_bound(const char *begin, void (*line)(char *at, size_t room, unsigned i),
    unsigned most, const char *fault)
{
	size_t room = strlen(begin) + (most + 1) * (size_t)64;
	char *text = malloc(room);
	struct errbuf err = { "" };
	struct scenario *s;

	ck_assert_ptr_nonnull(text);
	strcpy(text, begin);
	for (unsigned i = 0; i < most; i++)
		line(text + strlen(text), 64, i);
	s = scenario_parse("s", text, strlen(text), &err);
	ck_assert_msg(s != NULL, "%s", err.text);
	scenario_free(s);
	line(text + strlen(text), 64, most);
	ck_assert_ptr_null(scenario_parse("s", text, strlen(text), &err));
	ck_assert_str_eq(err.text, fault);
	free(text);
}

static void
write_network(char *at, size_t room, unsigned i)
{
	snprintf(at, room, "network n%u 10.%u.0.0/16\n", i, i);
}

static void
write_host(char *at, size_t room, unsigned i)
{
	snprintf(at, room, "host h%u\n", i);
}

static void
write_service(char *at, size_t room, unsigned i)
{
	snprintf(at, room, " serve echo port %u\n", i + 1);
}

static void
write_login(char *at, size_t room, unsigned i)
{
	snprintf(at, room, " login u%u x\n", i);
}

START_TEST(there_are_bounds)
{
	check_bound("host a 10.0.0.9\n", write_network, 64,
	    "s:66:1: more than 64 networks");
	check_bound("network n 10.0.0.0/16\n", write_host, 1024,
	    "s:1026:1: more than 1024 hosts");
	check_bound("host a\n", write_service, 64,
	    "s:66:8: more than 64 services of a host");
	check_bound("host a\n serve p2p\n", write_login, 1000,
	    "s:1003:8: more than 1000 logins");
}
END_TEST

static void
write_ping(char *at, size_t room, unsigned i)
{
	(void)i;
	snprintf(at, room, "ping from a to b\n");
}

START_TEST(actions_have_a_bound)
{
	const char *fault = "s:16387:1: more than 16384 actions";
	size_t begin = strlen("host a\nhost b\n"), step = 17;
	char *text = malloc(begin + (SCENARIO_ACTIONS_MAX + 1) * step + 64);
	struct errbuf err = { "" };
	struct scenario *s;

	strcpy(text, "host a\nhost b\n");
	for (unsigned i = 0; i <= SCENARIO_ACTIONS_MAX; i++)
		write_ping(text + begin + i * step, 64, i);
	s = scenario_parse("s", text, begin + SCENARIO_ACTIONS_MAX * step,
	    &err);
	ck_assert_msg(s != NULL, "%s", err.text);
	scenario_free(s);
	ck_assert_ptr_null(scenario_parse("s", text,
	    begin + (SCENARIO_ACTIONS_MAX + 1) * step, &err));
	ck_assert_str_eq(err.text, fault);
	free(text);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("scenario faults");
	TCase *tc = tcase_create("scenario faults");

	tcase_add_loop_test(tc, a_fault_is_named_with_line_and_column, 0,
	    FAULTS);
	tcase_add_test(tc, there_are_bounds);
	tcase_add_test(tc, actions_have_a_bound);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	SRunner *r = srunner_create(suite());
	int failed;

	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed != 0;
}
