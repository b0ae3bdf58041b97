/*
 * xz streams (The .xz File Format 1.1.0), by liblzma.  Concatenated streams
 * are told apart by source.c and not by LZMA_CONCATENATED, which cannot say
 * bytes after the end from a damaged stream.
 */
#include "analyzer/capture/source_codec.h"

#ifdef HAVE_LZMA

#include <inttypes.h>
#include <lzma.h>
#include <stdlib.h>

/* Twice what the largest preset (xz -9) needs to decompress. */
#define XZ_MEMORY_BYTES	(UINT64_C(128) << 20)

static int
xz_restart(void *state)
{
	lzma_stream *z = state;

	return lzma_stream_decoder(z, XZ_MEMORY_BYTES, 0) == LZMA_OK ? 0 : -1;
}

static void *
xz_open(void)
{
	static const lzma_stream empty = LZMA_STREAM_INIT;
	lzma_stream *z = malloc(sizeof(*z));

	if (z == NULL)
		return NULL;
	*z = empty;
	if (xz_restart(z) < 0) {
		free(z);
		return NULL;
	}
	return z;
}

static const char *
xz_words(lzma_ret code)
{
	switch (code) {
	case LZMA_FORMAT_ERROR:
		return "not a stream header";
	case LZMA_OPTIONS_ERROR:
		return "options that liblzma does not know";
	case LZMA_DATA_ERROR:
		return "damaged data or wrong check";
	default:
		return "liblzma gave up";
	}
}

static enum codec_status
xz_status(lzma_stream *z, lzma_ret code, struct errbuf *why)
{
	switch (code) {
	case LZMA_OK:
	case LZMA_BUF_ERROR:	/* nothing to take, or no room: no fault */
		return CODEC_OK;
	case LZMA_STREAM_END:
		return CODEC_MEMBER;
	case LZMA_MEM_ERROR:
		errbuf_set(why, "out of memory");
		return CODEC_FAILED;
	case LZMA_MEMLIMIT_ERROR:
		errbuf_set(why, "needs %" PRIu64 " MiB of memory, the limit "
		    "is %" PRIu64 " MiB", (lzma_memusage(z) >> 20) + 1,
		    XZ_MEMORY_BYTES >> 20);
		return CODEC_FAILED;
	default:
		errbuf_set(why, "%s", xz_words(code));
		return CODEC_DAMAGED;
	}
}

static enum codec_status
xz_step(void *state, struct codec_io *io, struct errbuf *why)
{
	lzma_stream *z = state;
	lzma_ret code;

	z->next_in = io->in;
	z->avail_in = io->in_left;
	z->next_out = io->out;
	z->avail_out = io->room;
	code = lzma_code(z, LZMA_RUN);
	io->in = z->next_in;
	io->in_left = z->avail_in;
	io->out = z->next_out;
	io->room = z->avail_out;
	return xz_status(z, code, why);
}

static void
xz_close(void *state)
{
	lzma_end(state);
	free(state);
}

const struct source_codec source_xz = {
	.open = xz_open,
	.step = xz_step,
	.restart = xz_restart,
	.close = xz_close,
};

#endif
