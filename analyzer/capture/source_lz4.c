/* lz4 frames and skippable frames (LZ4 Frame Format 1.6.4), by liblz4. */
#include "analyzer/capture/source_codec.h"

#ifdef HAVE_LZ4

#include <lz4frame.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum {
	LZ4_BLOCK_HEADER = 4,
	LZ4_BLOCK_CHECKSUM = 4,
	LZ4_FRAME_HEADER = 7,	/* the shortest; the library asks for more */
};

struct lz4 {
	LZ4F_dctx *context;
	size_t asked;		/* for the next call */
	bool full;		/* the last call filled its room: it may hold
				   more, which must come out before new input
				   can meet an error */
};

static int
lz4_restart(void *state)
{
	struct lz4 *z = state;

	LZ4F_resetDecompressionContext(z->context);
	z->asked = LZ4_FRAME_HEADER;
	z->full = false;
	return 0;
}

static void *
lz4_open(void)
{
	struct lz4 *z = calloc(1, sizeof(*z));

	if (z == NULL)
		return NULL;
	if (LZ4F_isError(LZ4F_createDecompressionContext(&z->context,
	    LZ4F_VERSION))) {
		free(z);
		return NULL;
	}
	lz4_restart(z);
	return z;
}

/* The library's words are names: "ERROR_contentChecksum_invalid". */
static enum codec_status
lz4_fault(size_t code, struct errbuf *why)
{
	static const char prefix[] = "ERROR_";
	const char *name = LZ4F_getErrorName(code);

	if (strncmp(name, prefix, sizeof(prefix) - 1) == 0)
		name += sizeof(prefix) - 1;
	errbuf_set(why, "%s", name);
	return strcmp(name, "allocation_failed") == 0 ? CODEC_FAILED :
	    CODEC_DAMAGED;
}

static enum codec_status
lz4_call(struct lz4 *z, struct codec_io *io, size_t piece, struct errbuf *why)
{
	size_t taken = piece, given = io->room;
	size_t code = LZ4F_decompress(z->context, io->out, &given, io->in,
	    &taken, NULL);

	if (LZ4F_isError(code))
		return lz4_fault(code, why);
	io->in += taken;
	io->in_left -= taken;
	io->out += given;
	io->room -= given;
	z->asked = code;
	return code == 0 ? CODEC_MEMBER : CODEC_OK;
}

/* Neither the next block's header nor a block's checksum may fail in the call
 * that gives out the block (the library writes stored ones unchecked). */
static size_t
lz4_piece(const struct lz4 *z, size_t in_left)
{
	size_t header = LZ4_BLOCK_HEADER;

	if (z->asked > LZ4_BLOCK_HEADER + LZ4_BLOCK_CHECKSUM)
		header += LZ4_BLOCK_CHECKSUM;
	return codec_piece(z->asked, header, in_left);
}

static enum codec_status
lz4_step(void *state, struct codec_io *io, struct errbuf *why)
{
	struct lz4 *z = state;
	size_t room = io->room;
	enum codec_status status = CODEC_OK;

	if (z->full)
		status = lz4_call(z, io, 0, why);
	if (status == CODEC_OK && io->room == room)
		status = lz4_call(z, io, lz4_piece(z, io->in_left), why);
	z->full = io->room == 0;
	return status;
}

static void
lz4_close(void *state)
{
	struct lz4 *z = state;

	LZ4F_freeDecompressionContext(z->context);
	free(z);
}

const struct source_codec source_lz4 = {
	.open = lz4_open,
	.step = lz4_step,
	.restart = lz4_restart,
	.close = lz4_close,
};

#endif
