/*
 * What is seen, kept in a ring of captures: PREFIX-00001.pcapng and so on, of
 * which the oldest is removed when there are enough.
 *
 * pcapng with nanoseconds.  A file ends before the record that would make it
 * larger than the bound; only one that holds a single record may be larger.
 * Each is a whole capture between two calls, and after a write that failed; who
 * reads in the midst of a call may see the last record cut.  A file that was
 * there before is never touched.
 */
#ifndef ANALYZER_CAPTURE_RING_H
#define ANALYZER_CAPTURE_RING_H

#include <stddef.h>
#include <stdint.h>

#include "analyzer/capture/frame.h"
#include "base/errbuf.h"

struct ring;

struct ring_options {
	const char *prefix;	/* with the folder; copied */
	uint64_t file_bytes;	/* most of a file */
	uint64_t files;		/* most at a time, 1 or more */
	uint16_t link_type;	/* of all frames */
	uint8_t ts_digits;
	uint32_t snaplen;	/* 0: not known */
};

/* Makes the first file.  NULL with the reason in *err, also where there is a
 * file of such a name. */
struct ring *ring_open(const struct ring_options *options,
    struct errbuf *err);

/* -1 with the reason: nothing more is written then, and later calls do
 * nothing. */
int ring_add(struct ring *ring, const struct frame *frames, size_t n,
    struct errbuf *err);

/* The file that is written now; borrowed until the next ring_add(). */
const char *ring_path(const struct ring *ring);

/* Files so far, those removed among them. */
uint64_t ring_files(const struct ring *ring);

/* Removes those files that are there still. */
void ring_remove(struct ring *ring);

/* The files stay.  NULL does nothing. */
void ring_close(struct ring *ring);

#endif
