/*
 * A frame: one record of a capture, as it was stored.
 *
 * Borrowed from the reader: `data` is valid until the next call of
 * reader_next().
 */
#ifndef ANALYZER_CAPTURE_FRAME_H
#define ANALYZER_CAPTURE_FRAME_H

#include <stdint.h>

enum {
	FRAME_NO_TIME = 1,	/* a simple packet block: ts_ns is 0 */
	FRAME_TIME_RANGE = 2,	/* outside int64 nanoseconds: ts_ns is 0 */
	FRAME_TIME_ODD = 4,	/* a fraction of 1 s or more; taken as it stands */
	FRAME_BIG_ENDIAN = 8,	/* the file's byte order; filters need it, for
				   some link types store numbers in it */
	/* no use for gaps, windows and first or last times */
	FRAME_UNTIMED = FRAME_NO_TIME | FRAME_TIME_RANGE,
};

struct frame {
	const uint8_t *data;	/* cap_len bytes */
	int64_t ts_ns;		/* since 1970-01-01 UTC */
	uint64_t number;	/* of the record in its file, from 1 */
	uint32_t cap_len;	/* bytes stored */
	uint32_t wire_len;	/* original length, as the record says */
	uint32_t interface;	/* within its section; 0 in classic pcap */
	uint16_t link_type;	/* LINKTYPE_ number of the file, not DLT_ */
	uint8_t ts_digits;	/* decimals of the second that the file keeps, 0-9 */
	uint8_t flags;		/* FRAME_* */
};

#endif
