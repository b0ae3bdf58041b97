/* gzip members (RFC 1952), by zlib, which checks header and data CRC. */
#include "analyzer/capture/source_codec.h"

#ifdef HAVE_ZLIB

#include <stdlib.h>

#define ZLIB_CONST		/* zlib's input pointer is const then */
#include <zlib.h>

enum {
	GZIP_WINDOW_BITS = 15,	/* the largest that deflate has */
	GZIP_ONLY = 16,		/* zlib's flag: no zlib header, no raw data */
	GZIP_CALL_MAX = 1 << 30,	/* zlib counts in unsigned int */
};

static void *
gzip_open(void)
{
	z_stream *z = calloc(1, sizeof(*z));

	if (z == NULL)
		return NULL;
	if (inflateInit2(z, GZIP_WINDOW_BITS + GZIP_ONLY) != Z_OK) {
		free(z);
		return NULL;
	}
	return z;
}

static uInt
at_most(size_t n)
{
	return n < GZIP_CALL_MAX ? (uInt)n : (uInt)GZIP_CALL_MAX;
}

static enum codec_status
gzip_status(int code, const char *message, struct errbuf *why)
{
	switch (code) {
	case Z_OK:
	case Z_BUF_ERROR:	/* nothing to take, or no room: no fault */
		return CODEC_OK;
	case Z_STREAM_END:
		return CODEC_MEMBER;
	case Z_MEM_ERROR:
		errbuf_set(why, "out of memory");
		return CODEC_FAILED;
	default:
		errbuf_set(why, "%s", message != NULL ? message : zError(code));
		return CODEC_DAMAGED;
	}
}

static enum codec_status
gzip_step(void *state, struct codec_io *io, struct errbuf *why)
{
	z_stream *z = state;
	int code;

	z->next_in = io->in;
	z->avail_in = at_most(io->in_left);
	z->next_out = io->out;
	z->avail_out = at_most(io->room);
	code = inflate(z, Z_NO_FLUSH);
	io->in_left -= (size_t)(z->next_in - io->in);
	io->in = z->next_in;
	io->room -= (size_t)(z->next_out - io->out);
	io->out = z->next_out;
	return gzip_status(code, z->msg, why);
}

static int
gzip_restart(void *state)
{
	return inflateReset(state) == Z_OK ? 0 : -1;
}

static void
gzip_close(void *state)
{
	inflateEnd(state);
	free(state);
}

const struct source_codec source_gzip = {
	.open = gzip_open,
	.step = gzip_step,
	.restart = gzip_restart,
	.close = gzip_close,
};

#endif
