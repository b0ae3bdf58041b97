/*
 * Traffic without end, for measurements: as many packets as are asked for, as
 * quick as they can be written, and the same bytes on every machine.
 *
 * A classic pcap of Ethernet.  Conversations between a host in 192.168/16 or
 * fd00::/64 and one outside; of eight, five are TCP and three UDP, and if both
 * versions of IP are wanted, one of each is IPv6.  A TCP conversation has its
 * handshake, data both ways that acknowledges all that came, and both FINs; in
 * its place a new one begins.  Nothing is lost, sent twice or out of order, and
 * every checksum is right.  A few conversations carry most of the packets:
 * number C * u^8 is taken, u uniform in [0, 1).  Gaps are about exponential.
 *
 * Method: headers are made with libnet once, and are patched for each packet,
 * their checksums by the difference (RFC 1624); payloads are pieces of one
 * block of random bytes whose sums are known.
 */
#ifndef TRAFFIC_LOAD_LOAD_H
#define TRAFFIC_LOAD_LOAD_H

#include <stdbool.h>
#include <stdint.h>

#include "base/errbuf.h"
#include "traffic/commands/command.h"

struct load_settings {
	uint64_t seed;
	uint64_t packets;	/* 0: no end */
	uint64_t rate;		/* packets a second, by the times */
	uint64_t flows;		/* conversations at a time */
	int64_t start_ns;	/* of the first packet, since 1970 */
	uint32_t snaplen;	/* 0: all */
	uint32_t life;		/* packets with data of a conversation; 0: few
				   of most and up to 1024 */
	enum load_size size;
	enum load_ip ip;
	bool microseconds;	/* not nanoseconds; cut, not rounded */
};

struct load_result {
	uint64_t packets, bytes;	/* of the file, its header included */
};

/*
 * path: "-" is standard output.  Without an end, it ends when the reader of a
 * pipe goes, or on SIGINT or SIGTERM where it writes to a file: 0 then, and the
 * file is whole.  -1: the reason; no file is left behind.
 */
int load_write(const struct load_settings *settings, const char *path,
    struct load_result *result, struct errbuf *err);

#endif
