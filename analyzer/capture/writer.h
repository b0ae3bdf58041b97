/*
 * Writes savefiles: classic pcap, in microseconds or nanoseconds, and pcapng.
 *
 * pcapng keeps what a pcapng input holds byte for byte: a section for each of
 * its sections, in the same byte order, with its interfaces under the same
 * numbers, options (comments among them), name resolution, statistics and
 * secrets.  The byte order matters, for some link types store numbers in it.
 * Other blocks (custom ones, journals) are left out and counted.
 *
 * pcap has one link type, and a time from 1970 to 2106 for every packet; what
 * does not fit is an error that says so.  The first packet decides the byte
 * order and whether times are in nanoseconds.
 *
 * The same calls give the same bytes on every machine.
 *
 * Formats: draft-ietf-opsawg-pcap, draft-ietf-opsawg-pcapng.
 */
#ifndef ANALYZER_CAPTURE_WRITER_H
#define ANALYZER_CAPTURE_WRITER_H

#include <stdint.h>

#include "analyzer/capture/frame.h"
#include "analyzer/capture/reader.h"
#include "base/errbuf.h"
#include "base/sink.h"

enum writer_format { WRITER_PCAP, WRITER_PCAPNG };

/* What the output does not hold, though the input did. */
struct writer_losses {
	uint64_t comments;	/* of packets, interfaces, sections */
	uint64_t names;		/* blocks */
	uint64_t secrets;	/* blocks */
	uint64_t others;	/* blocks that no output keeps, or too long to
				   be kept */
};

struct writer;

/*
 * `sink` is borrowed, `name` (of the output, for messages) is copied.  snaplen:
 * most bytes kept of a packet; 0 for all.  NULL: no memory.
 */
struct writer *writer_new(enum writer_format format, const char *name,
    uint32_t snaplen, struct sink *sink, struct errbuf *err);

/* NULL does nothing. */
void writer_free(struct writer *writer);

/*
 * The packets that follow are of a classic pcap with this header (snaplen 0:
 * not known), whose ts_digits are 6 or 9.  In pcapng that makes a section with
 * one interface, unless the one before it is the same; in pcap the header
 * before the first packet counts.
 */
int writer_classic(struct writer *writer, const struct reader_classic *header,
    struct errbuf *err);

/* A block of a pcapng input, in the order of the file. */
int writer_block(struct writer *writer, const struct reader_block *block,
    struct errbuf *err);

/*
 * A packet.  `packet` is what the pcapng input's block said besides, NULL for
 * one of a classic pcap.  Data and lengths are those of the frame, which may
 * differ from what was read.
 */
int writer_frame(struct writer *writer, const struct frame *frame,
    const struct reader_packet *packet, struct errbuf *err);

/* No more packets: writes what a capture without any must have. */
int writer_finish(struct writer *writer, struct errbuf *err);

/* Packets written so far. */
uint64_t writer_packets(const struct writer *writer);

/* What was left out or changed on the way; all 0 where nothing was. */
void writer_losses(const struct writer *writer, struct writer_losses *out);

#endif
