#include "chat/wire/proto.h"

#include "base/cursor.h"

/* Wire types; 3 and 4 are groups, 6 and 7 nothing. */
enum { VARINT = 0, FIXED64 = 1, BYTES = 2, FIXED32 = 5 };

enum { VARINT_BYTES_MAX = 10, TAG_BYTES_MAX = 5 };

struct scan {
	struct cursor c;	/* ends at `max` at the latest */
	size_t beyond;		/* how many bytes may yet follow its end */
	bool bad;
};

/* Seven bits a byte, the least first; the last has no bit 7. */
static uint64_t
take_varint(struct scan *s, size_t bytes_max)
{
	uint64_t value = 0;

	for (size_t i = 0; i < bytes_max; i++) {
		uint8_t byte = cursor_u8(&s->c);

		value |= (uint64_t)(byte & 0x7f) << (7 * i);
		if (byte < 0x80)
			return value;
	}
	s->bad = true;
	return 0;
}

static struct wire_span
take_value(struct scan *s, uint64_t len)
{
	const uint8_t *at;

	if (s->c.failed)
		return (struct wire_span){ NULL, 0 };
	/* Too long even when everything that may come has come. */
	if (len > INT32_MAX || (len > s->c.left && len - s->c.left > s->beyond))
		s->bad = true;
	at = cursor_take(&s->c, (size_t)len);
	return (struct wire_span){ at, (size_t)len };
}

static void
take_field(struct scan *s, struct proto_field fields[2])
{
	uint64_t tag = take_varint(s, TAG_BYTES_MAX);
	uint64_t number = tag >> 3;
	unsigned type = tag & 7;
	struct proto_field *field = number == fields[0].number ? &fields[0] :
	    number == fields[1].number ? &fields[1] : NULL;

	if (s->c.failed || s->bad)
		return;
	if (tag > UINT32_MAX || number == 0 || (field != NULL && type != BYTES))
		s->bad = true;
	else if (type == BYTES) {
		struct wire_span value = take_value(s,
		    take_varint(s, TAG_BYTES_MAX));

		if (field != NULL && value.data != NULL) {
			field->value = value;
			field->seen = true;
		}
	} else if (type == VARINT)
		take_varint(s, VARINT_BYTES_MAX);
	else if (type == FIXED64 || type == FIXED32)
		take_value(s, type == FIXED64 ? 8 : 4);
	else
		s->bad = true;
}

static bool
is_whole(const struct scan *s, enum proto_end end,
    const struct proto_field fields[2])
{
	return end == PROTO_AT_LEN ? s->c.left == 0 :
	    fields[0].seen && fields[1].seen;
}

enum wire_status
proto_read(const uint8_t *data, size_t len, size_t max, enum proto_end end,
    struct proto_field fields[2], size_t *used)
{
	size_t shown = len < max ? len : max;
	struct scan s = { cursor_over(data, shown, SIZE_MAX), max - shown,
		false };

	fields[0].seen = fields[1].seen = false;
	for (int count = 0; !is_whole(&s, end, fields); count++) {
		if (count == PROTO_FIELDS_MAX)
			return WIRE_BAD;
		take_field(&s, fields);
		if (s.bad || (s.c.failed && s.beyond == 0))
			return WIRE_BAD;
		if (s.c.failed)
			return WIRE_PARTIAL;
	}
	*used = shown - s.c.left;
	return WIRE_WHOLE;
}

int
proto_read_all(const uint8_t *data, size_t len, struct proto_field fields[2])
{
	size_t used;

	if (proto_read(data, len, len, PROTO_AT_LEN, fields, &used) !=
	    WIRE_WHOLE)
		return -1;
	return fields[0].seen && fields[1].seen ? 0 : -1;
}
