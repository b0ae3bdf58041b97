/* zstd frames and skippable frames (RFC 8878), by libzstd. */
#include "analyzer/capture/source_codec.h"

#ifdef HAVE_ZSTD

#include <stdbool.h>
#include <stdlib.h>
#include <zstd.h>
#include <zstd_errors.h>

enum {
	ZSTD_WINDOW_LOG = 27,	/* 128 MiB, what zstd itself takes unasked */
	ZSTD_BLOCK_HEADER = 3,
};

struct zstd {
	ZSTD_DStream *stream;
	size_t asked;		/* for the next call */
	bool full;		/* the last call filled its room: it may hold
				   more, which must come out before new input
				   can meet an error */
};

static void
zstd_close(void *state)
{
	struct zstd *z = state;

	ZSTD_freeDStream(z->stream);
	free(z);
}

static int
zstd_restart(void *state)
{
	struct zstd *z = state;

	z->asked = ZSTD_initDStream(z->stream);
	z->full = false;
	return ZSTD_isError(z->asked) ? -1 : 0;
}

static void *
zstd_open(void)
{
	struct zstd *z = calloc(1, sizeof(*z));

	if (z == NULL)
		return NULL;
	z->stream = ZSTD_createDStream();
	if (z->stream == NULL ||
	    ZSTD_isError(ZSTD_DCtx_setParameter(z->stream,
	    ZSTD_d_windowLogMax, ZSTD_WINDOW_LOG)) || zstd_restart(z) < 0) {
		zstd_close(z);
		return NULL;
	}
	return z;
}

static enum codec_status
zstd_fault(size_t code, struct errbuf *why)
{
	switch (ZSTD_getErrorCode(code)) {
	case ZSTD_error_frameParameter_windowTooLarge:
		errbuf_set(why, "the window is larger than %d MiB",
		    1 << (ZSTD_WINDOW_LOG - 20));
		return CODEC_FAILED;
	case ZSTD_error_memory_allocation:
		errbuf_set(why, "out of memory");
		return CODEC_FAILED;
	default:
		errbuf_set(why, "%s", ZSTD_getErrorName(code));
		return CODEC_DAMAGED;
	}
}

static enum codec_status
zstd_call(struct zstd *z, struct codec_io *io, size_t piece,
    struct errbuf *why)
{
	ZSTD_inBuffer in = { io->in, piece, 0 };
	ZSTD_outBuffer out = { io->out, io->room, 0 };
	size_t code = ZSTD_decompressStream(z->stream, &out, &in);

	if (ZSTD_isError(code))
		return zstd_fault(code, why);
	io->in += in.pos;
	io->in_left -= in.pos;
	io->out += out.pos;
	io->room -= out.pos;
	z->asked = code;
	return code == 0 ? CODEC_MEMBER : CODEC_OK;
}

static enum codec_status
zstd_step(void *state, struct codec_io *io, struct errbuf *why)
{
	struct zstd *z = state;
	size_t room = io->room;
	enum codec_status status = CODEC_OK;

	if (z->full)
		status = zstd_call(z, io, 0, why);
	if (status == CODEC_OK && io->room == room)
		status = zstd_call(z, io, codec_piece(z->asked,
		    ZSTD_BLOCK_HEADER, io->in_left), why);
	z->full = io->room == 0;
	return status;
}

const struct source_codec source_zstd = {
	.open = zstd_open,
	.step = zstd_step,
	.restart = zstd_restart,
	.close = zstd_close,
};

#endif
