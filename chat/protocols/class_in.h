/*
 * `class`: what one end reads.  Frames, and between them the bytes of files.
 *
 * A reader asks for the next piece until it has to wait, and says after the
 * frame that announces a file how the file comes.
 */
#ifndef CHAT_PROTOCOLS_CLASS_IN_H
#define CHAT_PROTOCOLS_CLASS_IN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "chat/wire/header_frame.h"
#include "chat/wire/stream.h"
#include "chat/wire/wire.h"

enum class_mode { CLASS_FRAMES, CLASS_MARKED_FILE, CLASS_SIZED_FILE };

struct class_in {
	struct stream stream;
	size_t used;		/* bytes of the piece that was handed out */
	uint32_t payload_max;	/* of a frame */
	enum class_mode mode;
	uint64_t left;		/* of a sized file */
};

enum class_what {
	CLASS_WAIT,	/* for more bytes */
	CLASS_QUIET,	/* the same; if nothing comes the file is over: call
			   class_in_quiet() after CLASS_QUIET_NS */
	CLASS_FRAME,
	CLASS_BYTES,	/* of the file */
	CLASS_LAST,	/* the last of them, maybe none; frames follow */
	CLASS_BAD,	/* no frame can be found any more */
};

/* A file with "EOF" in the middle goes on sooner than this: longer than a
 * sender waits for a delayed ACK (40 ms). */
#define CLASS_QUIET_NS	INT64_C(100000000)

struct class_piece {
	struct header_frame frame;
	struct wire_span bytes;
};

/* A longer payload than that is CLASS_BAD. */
void class_in_init(struct class_in *in, uint32_t payload_max);

/* Frees what was not used up. */
void class_in_reset(struct class_in *in);

/* -1 without memory. */
int class_in_add(struct class_in *in, const uint8_t *data, size_t len);

/* What is in the piece is borrowed until the next call. */
enum class_what class_in_next(struct class_in *in, struct class_piece *piece);

/* The file of the last frame follows, up to its "EOF". */
void class_in_marked_file(struct class_in *in);

/* The same, of so many bytes. */
void class_in_sized_file(struct class_in *in, uint64_t size);

/* Nothing came for a while, or nothing will: true where that ends the file
 * (CLASS_LAST with no bytes); frames follow. */
bool class_in_quiet(struct class_in *in);

#endif
