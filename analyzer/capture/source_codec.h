/*
 * What source.c asks of a decompressor.  Internal to the capture room.
 *
 * A compressed file is a row of members (gzip), frames (zstd, lz4) or streams
 * (xz), here all called members.  A decompressor knows one member at a time;
 * source.c finds the next one, so that what may stand between and behind them
 * is judged in one place.
 */
#ifndef ANALYZER_CAPTURE_SOURCE_CODEC_H
#define ANALYZER_CAPTURE_SOURCE_CODEC_H

#include <stddef.h>
#include <stdint.h>

#include "base/errbuf.h"

struct codec_io {
	const uint8_t *in;	/* moved past what was taken */
	size_t in_left;
	uint8_t *out;		/* moved past what was given; room > 0 */
	size_t room;
};

enum codec_status {
	CODEC_OK,		/* moved on; if not, it needs more input */
	CODEC_MEMBER,		/* it ends at io->in, all is given out */
	CODEC_DAMAGED,		/* the reason is in *why */
	CODEC_FAILED,		/* memory is short or would exceed its limit */
};

struct source_codec {
	/* NULL where memory is short. */
	void *(*open)(void);
	/* What was given out before a fault is in io, whatever the status. */
	enum codec_status (*step)(void *state, struct codec_io *io,
	    struct errbuf *why);
	/* Another member begins; -1 where memory is short. */
	int (*restart)(void *state);
	void (*close)(void *state);
};

/*
 * How much input to give to a library that forgets what it gave out in a call
 * that ends in an error (zstd, lz4): what it asks for, without the header of
 * the following block that it counts in, so that a call sees one thing only.
 */
static inline size_t
codec_piece(size_t asked, size_t header, size_t in_left)
{
	size_t piece = asked > header ? asked - header : asked;

	return piece < in_left ? piece : in_left;
}

/* Each is there where the build found its library. */
extern const struct source_codec source_gzip;
extern const struct source_codec source_zstd;
extern const struct source_codec source_lz4;
extern const struct source_codec source_xz;

#endif
