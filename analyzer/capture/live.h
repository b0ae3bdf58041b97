/*
 * An interface that is captured from, by libpcap.
 *
 * Opened once and early, while the right to do so is there (CAP_NET_RAW alone
 * is enough); read by reader_open_live() in analyzer/capture/reader.h.  Times
 * are nanoseconds where the interface has them.  Packets come in blocks, at
 * most 10 ms late: see live_internal.h.  What had come when the end was asked
 * for (by *stop or the duration) is still read.
 */
#ifndef ANALYZER_CAPTURE_LIVE_H
#define ANALYZER_CAPTURE_LIVE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/errbuf.h"

struct live_options {
	const char *interface;
	uint32_t snaplen;	/* most bytes kept of a packet; 0: all */
	uint64_t buffer_bytes;	/* of the kernel; 0: LIVE_BUFFER */
	int64_t duration_ns;	/* from the first look on; 0: no end */
	uint64_t count;		/* packets; 0: no end */
};

enum { LIVE_BUFFER = 64 * 1024 * 1024 };

/* Packets since it was opened, as the kernel counts them. */
struct live_drops {
	uint64_t received;	/* those that it then lost among them */
	uint64_t kernel;	/* lost for want of room in the buffer */
	uint64_t interface;	/* lost by the interface or its driver */
};

struct live;

/* NULL with the reason in *err, which says what right is missing where it is
 * one.  The interface's name is copied. */
struct live *live_open(const struct live_options *options,
    struct errbuf *err);

/* Borrowed. */
const char *live_name(const struct live *live);

/* LINKTYPE_ number, as in a savefile. */
uint16_t live_link_type(const struct live *live);

/* Of the second, in time stamps: 6 or 9. */
uint8_t live_ts_digits(const struct live *live);

/* Most bytes kept of a packet. */
uint32_t live_snaplen(const struct live *live);

/* False where the system does not tell. */
bool live_drops(struct live *live, struct live_drops *out);

/* After the reader is closed.  NULL does nothing. */
void live_close(struct live *live);

#endif
