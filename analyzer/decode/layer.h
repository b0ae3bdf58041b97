/*
 * The protocols that decode knows, by the names used in protocol paths.
 * Adding one is a row here, a row in the table of decode.c and a file.
 */
#ifndef ANALYZER_DECODE_LAYER_H
#define ANALYZER_DECODE_LAYER_H

#define LAYER_LIST(X) \
	X(NONE, "none") \
	X(UNKNOWN, "unknown")	/* no decoder for what follows */ \
	X(ETHERNET, "eth") \
	X(LLC, "llc") \
	X(SNAP, "snap") \
	X(VLAN, "vlan") \
	X(MPLS, "mpls") \
	X(PPPOE, "pppoe") \
	X(PPPOE_DISCOVERY, "pppoed") \
	X(PPP, "ppp") \
	X(CHDLC, "chdlc") \
	X(SLL, "sll") \
	X(SLL2, "sll2") \
	X(RAW, "raw") \
	X(LOOPBACK, "null") \
	X(IEEE80211, "wlan") \
	X(RADIOTAP, "radiotap") \
	X(PPI, "ppi") \
	X(FDDI, "fddi") \
	X(FRAME_RELAY, "fr") \
	X(NFLOG, "nflog") \
	X(IPOIB, "ipoib") \
	X(ARP, "arp") \
	X(IPV4, "ip") \
	X(IPV6, "ipv6") \
	X(TCP, "tcp") \
	X(UDP, "udp") \
	X(UDPLITE, "udplite") \
	X(ICMP, "icmp") \
	X(ICMPV6, "icmpv6") \
	X(IGMP, "igmp") \
	X(SCTP, "sctp") \
	X(GRE, "gre") \
	X(ESP, "esp")

enum layer {
#define LAYER_ENUM(name, text) LAYER_##name,
	LAYER_LIST(LAYER_ENUM)
#undef LAYER_ENUM
	LAYERS,
};

/* The name in protocol paths; never NULL for a value of the enum. */
const char *layer_name(enum layer layer);

#endif
