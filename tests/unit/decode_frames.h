/*
 * A frame of each kind that decode knows, and what it takes to know it.
 */
#ifndef TESTS_UNIT_DECODE_FRAMES_H
#define TESTS_UNIT_DECODE_FRAMES_H

#include "tests/unit/decode_shots.h"
#include "tests/unit/quick_check.h"

/*
 * `known`: with fewer bytes nobody can say whether there is IP inside, or who
 * sent it; the frame is skipped.  `needed`: with fewer a header, or a datagram,
 * is cut; 0 stands for all bytes.
 */
struct known_frame {
	const char *name;
	unsigned link_type;
	const char *path;
	const char *hex;
	size_t known, needed;
	enum packet_status status;
};

#define WLAN_ADDRESSES "020000000001 020000000002 020000000003"
#define LLC_SNAP_IP4 "aaaa03 000000 0800"
#define SLL_UNTIL_PROTOCOL "0000 0001 0006 0200000000010000"
#define SLL2_AFTER_PROTOCOL "0000 00000002 0001 00 06 0200000000010000"
#define IPOIB_PSEUDO \
	"0000000000000000000000000000000000000000" \
	"8000055000000000000000000010e000664ab451"

static const struct known_frame known_frames[] = {
	{ "ethernet ipv4 udp", 1, "eth:ip:udp",
	    ETH("0800") IP4_UDP, 30, 0, PACKET_OK },
	{ "ethernet ipv4 tcp", 1, "eth:ip:tcp",
	    ETH("0800") IP4_TCP, 30, 0, PACKET_OK },
	{ "tcp with options", 1, "eth:ip:tcp",
	    ETH("0800") IP4("0034", "06") "1388 0050 01020304 00000000"
	    "8002 2000 0000 0000 020405b4 01 030307 0402 00 00",
	    30, 0, PACKET_OK },
	{ "tcp with time stamps", 1, "eth:ip:tcp",
	    ETH("0800") IP4("0034", "06") "1388 0050 01020304 05060708"
	    "8010 2000 0000 0000 0101080a 00000001 00000002",
	    30, 0, PACKET_OK },
	{ "ipv4 options", 1, "eth:ip:udp",
	    ETH("0800") "4600 0024 0001 0000 4011 0000 c0a80102 0a000003"
	    "94040000" UDP_ABCD, 30, 0, PACKET_OK },
	{ "icmp", 1, "eth:ip:icmp",
	    ETH("0800") IP4("001c", "01") "0800 0000 0001 0001",
	    30, 0, PACKET_OK },
	{ "igmp", 1, "eth:ip:igmp",
	    ETH("0800") IP4("001c", "02") "1600 0000 e0000001",
	    30, 0, PACKET_OK },
	{ "udp-lite", 1, "eth:ip:udplite",
	    ETH("0800") IP4("0020", "88") "1388 0035 0008 0000 61626364",
	    30, 0, PACKET_OK },
	{ "sctp", 1, "eth:ip:sctp",
	    ETH("0800") IP4("0024", "84") "1388 0050 00000001 00000000"
	    "0a000004", 30, 0, PACKET_OK },
	{ "ospf", 1, "eth:ip:unknown",
	    ETH("0800") IP4("0018", "59") "02010000",
	    30, 0, PACKET_UNSUPPORTED },
	{ "ipv6 udp", 1, "eth:ipv6:udp",
	    ETH("86dd") IP6_UDP, 38, 0, PACKET_OK },
	{ "ipv6 tcp", 1, "eth:ipv6:tcp",
	    ETH("86dd") IP6_TCP, 38, 0, PACKET_OK },
	{ "ipv6 icmpv6", 1, "eth:ipv6:icmpv6",
	    ETH("86dd") IP6("0008", "3a") "8000 0000 0001 0001",
	    38, 0, PACKET_OK },
	{ "ipv6 with seven extension headers", 1, "eth:ipv6:tcp",
	    ETH("86dd") IP6("0068", "00")
	    "2b00 050200000100" "3c00 040000000000" "8701 0104000000000000"
	    "010400000000" "8b00 010400000000" "8c00 010400000000"
	    "3300 010400000000" "0604 0000 00000001 00000001"
	    "000000000000000000000000"
	    TCP_ABCD, 38, 0, PACKET_OK },
	{ "ipv6 no next header", 1, "eth:ipv6",
	    ETH("86dd") IP6("0000", "3b"), 38, 0, PACKET_OK },
	{ "ipv6 esp", 1, "eth:ipv6:esp",
	    ETH("86dd") IP6("000c", "32") "00000001 00000001 deadbeef",
	    38, 0, PACKET_OK },
	{ "arp", 1, "eth:arp",
	    ETH("0806") "0001 0800 06 04 0001 020000000002 c0a80102"
	    "000000000000 c0a80103", 14, 0, PACKET_OK },
	{ "rarp", 1, "eth:arp",
	    ETH("8035") "0001 0800 06 04 0003 020000000002 00000000"
	    "020000000002 00000000", 14, 0, PACKET_OK },
	{ "lldp", 1, "eth:unknown", ETH("88cc") "0207", 14, 14,
	    PACKET_UNSUPPORTED },
	{ "vlan", 1, "eth:vlan:ip:udp",
	    ETH("8100") "2007 0800" IP4_UDP, 34, 0, PACKET_OK },
	{ "four kinds of tag", 1, "eth:vlan:vlan:vlan:vlan:ipv6:udp",
	    ETH("88a8") "0001 9100 0002 9200 0003 8100 0004 86dd" IP6_UDP,
	    54, 0, PACKET_OK },
	{ "802.3 snap ip", 1, "eth:llc:snap:ip:udp",
	    ETH("0028") LLC_SNAP_IP4 IP4_UDP, 38, 0, PACKET_OK },
	{ "802.3 llc ip in a tag", 1, "eth:vlan:llc:ip:udp",
	    ETH("8100") "0005 0023 060603" IP4_UDP, 37, 0, PACKET_OK },
	{ "cisco snap", 1, "eth:llc:snap:unknown",
	    ETH("0009") "aaaa03 00000c 2000 02", 22, 22, PACKET_UNSUPPORTED },
	{ "mpls stack", 1, "eth:mpls:ip:tcp",
	    ETH("8847") "00010040 00011140" IP4_TCP, 38, 0, PACKET_OK },
	{ "mpls ipv6", 1, "eth:mpls:ipv6:udp",
	    ETH("8848") "00011140" IP6_UDP, 42, 0, PACKET_OK },
	{ "mpls pseudowire", 1, "eth:mpls:eth:ip:udp",
	    ETH("8847") "00011140 00000000" ETH("0800") IP4_UDP,
	    52, 0, PACKET_OK },
	{ "pppoe session", 1, "eth:pppoe:ppp:ip:tcp",
	    ETH("8864") "1100 0001 002e 0021" IP4_TCP, 38, 0, PACKET_OK },
	{ "pppoe lcp", 1, "eth:pppoe:ppp",
	    ETH("8864") "1100 0001 0004 c021 0901", 22, 22, PACKET_OK },
	{ "pppoe discovery", 1, "eth:pppoed",
	    ETH("8863") "1109 0000 0004 01010000", 14, 20, PACKET_OK },
	{ "ppp", 9, "ppp:ip:udp", "0021" IP4_UDP, 18, 0, PACKET_OK },
	{ "ppp in hdlc framing", 9, "ppp:ipv6:udp",
	    "ff03 0057" IP6_UDP, 28, 0, PACKET_OK },
	{ "ppp with a compressed protocol", 50, "ppp:ip:udp",
	    "ff03 21" IP4_UDP, 19, 0, PACKET_OK },
	{ "cisco hdlc on a ppp link", 50, "ppp:chdlc:ip:udp",
	    "0f00 0800" IP4_UDP, 20, 0, PACKET_OK },
	{ "ppp_ether", 51, "pppoe:ppp:ipv6:tcp",
	    "1100 0001 0042 0057" IP6_TCP, 32, 0, PACKET_OK },
	{ "cisco hdlc", 104, "chdlc:ip:udp",
	    "8f00 0800" IP4_UDP, 20, 0, PACKET_OK },
	{ "slarp", 104, "chdlc",
	    "8f00 8035 00000002 00000001", 4, 4, PACKET_OK },
	{ "linux cooked", 113, "sll:ip:tcp",
	    SLL_UNTIL_PROTOCOL "0800" IP4_TCP, 32, 0, PACKET_OK },
	{ "linux cooked llc", 113, "sll:llc",
	    SLL_UNTIL_PROTOCOL "0004 424203", 19, 19, PACKET_OK },
	{ "linux cooked netlink", 113, "sll:unknown",
	    "0004 0338 0000 0000000000000000 0000 00", 16, 16,
	    PACKET_UNSUPPORTED },
	{ "linux cooked v2", 276, "sll2:ipv6:udp",
	    "86dd" SLL2_AFTER_PROTOCOL IP6_UDP, 44, 0, PACKET_OK },
	{ "null, little-endian", 0, "null:ip:udp",
	    "02000000" IP4_UDP, 20, 0, PACKET_OK },
	{ "null, big-endian", 0, "null:ip:udp",
	    "00000002" IP4_UDP, 20, 0, PACKET_OK },
	{ "null, AF_INET6 of Linux", 0, "null:ipv6:udp",
	    "0a000000" IP6_UDP, 28, 0, PACKET_OK },
	{ "loop, AF_INET6 of OpenBSD", 108, "null:ipv6:udp",
	    "00000018" IP6_UDP, 28, 0, PACKET_OK },
	{ "null, AF_INET6 of FreeBSD", 0, "null:ipv6:udp",
	    "1c000000" IP6_UDP, 28, 0, PACKET_OK },
	{ "null, AF_INET6 of macOS", 0, "null:ipv6:udp",
	    "1e000000" IP6_UDP, 28, 0, PACKET_OK },
	{ "null, AF_APPLETALK", 0, "null:unknown",
	    "10000000 00", 4, 4, PACKET_UNSUPPORTED },
	{ "raw ipv4", 101, "raw:ip:udp", IP4_UDP, 16, 0, PACKET_OK },
	{ "raw ipv6", 12, "raw:ipv6:tcp", IP6_TCP, 24, 0, PACKET_OK },
	{ "raw, OpenBSD's number", 14, "raw:ip:udp", IP4_UDP, 16, 0,
	    PACKET_OK },
	{ "ipv4 link", 228, "ip:udp", IP4_UDP, 16, 0, PACKET_OK },
	{ "ipv6 link", 229, "ipv6:udp", IP6_UDP, 24, 0, PACKET_OK },
	{ "802.11 data", 105, "wlan:llc:snap:ip:udp",
	    "0801 0000" WLAN_ADDRESSES "0000" LLC_SNAP_IP4 IP4_UDP,
	    48, 0, PACKET_OK },
	{ "802.11 qos data, four addresses, ht control", 105,
	    "wlan:llc:snap:ip:udp",
	    "8883 0000" WLAN_ADDRESSES "0000 020000000004 0000 00000000"
	    LLC_SNAP_IP4 IP4_UDP, 60, 0, PACKET_OK },
	{ "802.11 a-msdu", 105, "wlan:llc:snap:ip:udp",
	    "8801 0000" WLAN_ADDRESSES "0000 8000"
	    "020000000001 020000000002 0028" LLC_SNAP_IP4 IP4_UDP,
	    64, 0, PACKET_OK },
	{ "802.11 protected", 105, "wlan",
	    "0841 0000" WLAN_ADDRESSES "0000 deadbeef", 2, 2, PACKET_OK },
	{ "802.11 beacon", 105, "wlan",
	    "8000 0000" WLAN_ADDRESSES "0000", 2, 2, PACKET_OK },
	{ "802.11 null data", 105, "wlan",
	    "4801 0000" WLAN_ADDRESSES "0000", 2, 2, PACKET_OK },
	{ "802.11 later fragment", 105, "wlan",
	    "0801 0000" WLAN_ADDRESSES "0100 00", 24, 24, PACKET_OK },
	{ "radiotap", 127, "radiotap:wlan:llc:snap:ip:udp",
	    "0000 0900 02000000 00"
	    "0801 0000" WLAN_ADDRESSES "0000" LLC_SNAP_IP4 IP4_UDP,
	    57, 0, PACKET_OK },
	{ "radiotap, three present words, tsft, padding", 127,
	    "radiotap:wlan:llc:snap:ip:udp",
	    "0000 1900 030000a0 00000080 00000000 0102030405060708 20"
	    "8801 0000" WLAN_ADDRESSES "0000 0000 0000"
	    LLC_SNAP_IP4 IP4_UDP, 77, 0, PACKET_OK },
	{ "ppi", 192, "ppi:wlan:llc:snap:ip:udp",
	    "00000800 69000000"
	    "0801 0000" WLAN_ADDRESSES "0000" LLC_SNAP_IP4 IP4_UDP,
	    56, 0, PACKET_OK },
	{ "ppi of an unknown link", 192, "ppi:unknown",
	    "00000800 ff000000 00", 8, 8, PACKET_UNSUPPORTED },
	{ "fddi", 10, "fddi:llc:snap:ip:udp",
	    "54 020000000001 020000000002" LLC_SNAP_IP4 IP4_UDP,
	    37, 0, PACKET_OK },
	{ "fddi station management", 10, "fddi", "41 0200", 1, 1, PACKET_OK },
	{ "frame relay", 107, "fr:ip:udp",
	    "1841 03 cc" IP4_UDP, 20, 0, PACKET_OK },
	{ "frame relay, long address and padding", 107, "fr:snap:ipv6:udp",
	    "18000001 03 00 80 000000 86dd" IP6_UDP, 36, 0, PACKET_OK },
	{ "frame relay, cisco's way", 107, "fr:ip:udp",
	    "1841 0800" IP4_UDP, 20, 0, PACKET_OK },
	{ "nflog", 239, "nflog:ip:udp",
	    "0200 0000 0800 0100 08000103 0500 0a00 00000000"
	    "2400 0900" IP4_UDP, 40, 0, PACKET_OK },
	{ "nflog, big-endian", 239, "nflog:ipv6:udp",
	    "0a00 0000 0008 0001 86dd0103 0038 0009" IP6_UDP,
	    40, 0, PACKET_OK },
	{ "ipoib", 242, "ipoib:ip:udp",
	    IPOIB_PSEUDO "0800 0000" IP4_UDP, 60, 0, PACKET_OK },
	{ "ip in ip", 1, "eth:ip:ip:udp",
	    ETH("0800") IP4("0034", "04") IP4_UDP, 30, 0, PACKET_OK },
	{ "ipv6 in ipv4", 1, "eth:ip:ipv6:tcp",
	    ETH("0800") IP4("0054", "29") IP6_TCP, 30, 0, PACKET_OK },
	{ "gre", 1, "eth:ip:gre:ip:udp",
	    ETH("0800") IP4("0038", "2f") "0000 0800" IP4_UDP,
	    30, 0, PACKET_OK },
	{ "gre with checksum, key, sequence number, ethernet", 1,
	    "eth:ip:gre:eth:vlan:ip:udp",
	    ETH("0800") IP4("0056", "2f") "b000 6558 00000000 00000001"
	    "00000002" ETH("8100") "0009 0800" IP4_UDP, 30, 0, PACKET_OK },
	{ "gre with source routes", 1, "eth:ip:gre:ip:udp",
	    ETH("0800") IP4("0048", "2f") "4000 0800 00000000"
	    "0800 00 04 0a000001 0000 0000" IP4_UDP, 30, 0, PACKET_OK },
	{ "pptp", 1, "eth:ip:gre:ppp:ip:udp",
	    ETH("0800") IP4("0046", "2f") "3081 880b 0022 0001 00000001"
	    "00000001 0021" IP4_UDP, 30, 0, PACKET_OK },
	{ "pptp acknowledgment", 1, "eth:ip:gre",
	    ETH("0800") IP4("0020", "2f") "2081 880b 0000 0001 00000001",
	    30, 0, PACKET_OK },
	{ "erspan", 1, "eth:ip:gre:unknown",
	    ETH("0800") IP4("0020", "2f") "1000 88be 00000001 10010000",
	    30, 0, PACKET_UNSUPPORTED },
	{ "ah in ipv4", 1, "eth:ip:tcp",
	    ETH("0800") IP4("0044", "33") "0604 0000 00000001 00000001"
	    "000000000000000000000000" TCP_ABCD, 30, 0, PACKET_OK },
};

enum { KNOWN_FRAMES = sizeof(known_frames) / sizeof(known_frames[0]) };

#endif
