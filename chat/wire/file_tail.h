/*
 * The bytes of a file in `class`: raw, outside of the frames, then "EOF".
 *
 * The original sends pieces of up to 1024 bytes and takes the file to be over
 * when what one recv(1024) gave ends in "EOF".  What a read gives depends on
 * the network, so this reader holds the last three bytes back: "EOF" at the end
 * of what has arrived is the end once nothing more follows for a while, or when
 * what follows is a frame: the u16 length of a header that `class` knows, and
 * that header.  A file in which just that stands is cut there.
 */
#ifndef CHAT_WIRE_FILE_TAIL_H
#define CHAT_WIRE_FILE_TAIL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "chat/wire/wire.h"

/* The pieces in which the original sends and reads. */
enum { FILE_TAIL_PIECE = 1024, FILE_TAIL_MARK = 3 };

/* The mark and a header that lacks its last byte: "EOF", 2, 12. */
enum { FILE_TAIL_HELD = FILE_TAIL_MARK + 2 + 12 };

/*
 * Looks at the len bytes that have arrived and are not used up:
 * WIRE_WHOLE	the file is over: `body` are its last bytes (may be none), *used
 *		counts them and the mark; a frame follows
 * WIRE_PARTIAL	`body` are bytes of the file, *used of them, and the file goes
 *		on; *marked: what remains is the mark and nothing behind it, so
 *		it is the end if nothing follows
 * What remains after WIRE_PARTIAL is at most FILE_TAIL_HELD bytes, and how the
 * bytes were split changes nothing.  Never WIRE_BAD.
 */
enum wire_status file_tail_next(const uint8_t *data, size_t len,
    struct wire_span *body, size_t *used, bool *marked);

/* Can the original's format carry a file that is sent in pieces from its
 * beginning?  To be asked for each piece (FILE_TAIL_PIECE bytes, the last one
 * shorter): not where a piece ends in "EOF". */
bool file_tail_carries(const uint8_t *piece, size_t len);

#endif
