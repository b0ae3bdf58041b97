/*
 * Reading protobuf (https://protobuf.dev/programming-guides/encoding): a
 * message is a row of fields, each a tag (number * 8 + wire type) and a value.
 *
 * Messages are written by protobuf-c, from the .proto files here.  They are
 * read by this scanner instead of protobuf-c's unpack, which needs to know
 * where a message ends (`im` has no framing), copies each value, and for each
 * unknown field of two bytes allocates twenty times as much.  The scanner
 * allocates nothing.  What it accepts protobuf-c accepts, with the same values:
 * tests hold the two against each other.
 *
 * It refuses what no one sends: groups, the number 0, a number that is known
 * with another wire type, tags and lengths of more than 32 bits, and more than
 * PROTO_FIELDS_MAX fields in one message.
 */
#ifndef CHAT_WIRE_PROTO_H
#define CHAT_WIRE_PROTO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "chat/wire/wire.h"

/* So a look at the beginning of a message costs the same however long it is,
 * and one that comes a byte at a time costs O(its bytes). */
enum { PROTO_FIELDS_MAX = 64 };

/* A field of bytes or text that is looked for; of several with its number the
 * last counts. */
struct proto_field {
	uint32_t number;
	bool seen;
	struct wire_span value;		/* borrowed from the bytes read */
};

/* Where a message ends. */
enum proto_end {
	PROTO_AT_LEN,	/* with the bytes */
	PROTO_AT_BOTH,	/* with the field that makes both seen */
};

/*
 * Reads one message of at most `max` bytes into the two fields (numbers set by
 * the caller).  WIRE_WHOLE: *used bytes were read; with PROTO_AT_LEN either
 * field may not be seen.
 */
enum wire_status proto_read(const uint8_t *data, size_t len, size_t max,
    enum proto_end end, struct proto_field fields[2], size_t *used);

/* The message that is all of the bytes, with both fields; 0 or -1. */
int proto_read_all(const uint8_t *data, size_t len,
    struct proto_field fields[2]);

#endif
