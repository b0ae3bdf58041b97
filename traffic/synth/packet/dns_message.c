/*
 * DNS messages, RFC 1035 section 4:
 *
 *    2  id
 *    2  QR 1, opcode 4, AA TC RD RA 1 each, Z 3, rcode 4
 *    8  counts: questions, answers, authority, additional
 *       questions: name, type 2, class 2
 *       records: name, type 2, class 2, TTL 4, length 2, data
 *
 * A name is labels with a length byte in front, up to an empty one, or up to a
 * pointer (two bits set) to an earlier name.
 */
#include "traffic/synth/packet/dns_message.h"

#include <string.h>
#include <strings.h>

#include "base/cursor.h"

enum {
	HEADER_BYTES = 12,
	CLASS_IN = 1,
	FLAG_ANSWER = 0x8000, FLAG_AUTHORITATIVE = 0x400,
	FLAG_TRUNCATED = 0x200, FLAG_DESIRED = 0x100, FLAG_AVAILABLE = 0x80,
	OPCODE_MASK = 0x7800, RCODE_MASK = 0xf,
	POINTER = 0xc0,
	ANSWERS_AT = 6,		/* the count in the header */
	NAME_WIRE_MAX = 255,
};

static void
put16(uint8_t *at, uint16_t value)
{
	at[0] = (uint8_t)(value >> 8);
	at[1] = (uint8_t)value;
}

static int
append16(struct bytes *out, uint16_t value)
{
	uint8_t two[2];

	put16(two, value);
	return bytes_append(out, two, sizeof(two));
}

/* What a label may hold so that its text means only it. */
static bool
is_plain(uint8_t c)
{
	return c > ' ' && c != '.' && c != '\\' && c != 0x7f;
}

/* The labels of the text; 0 where it is no name. */
static size_t
name_to_wire(const char *name, uint8_t wire[NAME_WIRE_MAX])
{
	size_t len = 0;

	while (*name != '\0') {
		size_t label = strcspn(name, ".");

		if (label == 0 || label > DNS_LABEL_MAX ||
		    len + 1 + label + 1 > NAME_WIRE_MAX)
			return 0;
		wire[len++] = (uint8_t)label;
		for (size_t i = 0; i < label; i++) {
			if (!is_plain((uint8_t)name[i]))
				return 0;
			wire[len++] = (uint8_t)name[i];
		}
		name += label;
		/* A dot with nothing behind it would be a second text for the
		 * same name. */
		if (*name == '.' && *++name == '\0')
			return 0;
	}
	wire[len++] = 0;
	return len;
}

static int
name_write(const char *name, struct bytes *out, struct errbuf *err)
{
	uint8_t wire[NAME_WIRE_MAX];
	size_t len = name_to_wire(name, wire);

	if (len == 0) {
		errbuf_set(err, "\"%s\" is not a name of DNS", name);
		return -1;
	}
	if (bytes_append(out, wire, len) != 0) {
		errbuf_set(err, "out of memory");
		return -1;
	}
	return 0;
}

static uint16_t
flags_of(const struct dns_message *m)
{
	return (uint16_t)((m->is_answer ? FLAG_ANSWER : 0) |
	    (m->authoritative ? FLAG_AUTHORITATIVE : 0) |
	    (m->truncated ? FLAG_TRUNCATED : 0) |
	    (m->recursion_desired ? FLAG_DESIRED : 0) |
	    (m->recursion_available ? FLAG_AVAILABLE : 0) |
	    (m->rcode & RCODE_MASK));
}

static int
question_write(const struct dns_message *m, struct bytes *out,
    struct errbuf *err)
{
	uint8_t header[HEADER_BYTES] = { 0 };

	put16(header, m->id);
	put16(header + 2, flags_of(m));
	put16(header + 4, 1);
	if (bytes_append(out, header, sizeof(header)) != 0)
		goto no_memory;
	if (name_write(m->name, out, err) != 0)
		return -1;
	if (append16(out, m->type) == 0 && append16(out, CLASS_IN) == 0)
		return 0;
no_memory:
	errbuf_set(err, "out of memory");
	return -1;
}

/* The question's name stands right behind the header; most answers are about
 * it. */
static int
owner_write(const struct dns_message *m, const struct dns_record *record,
    struct bytes *out, struct errbuf *err)
{
	if (m->name[0] == '\0' || !dns_name_is(record->name, m->name))
		return name_write(record->name, out, err);
	if (append16(out, POINTER << 8 | HEADER_BYTES) != 0) {
		errbuf_set(err, "out of memory");
		return -1;
	}
	return 0;
}

static int
record_write(const struct dns_message *m, const struct dns_record *record,
    struct bytes *out, struct errbuf *err)
{
	if (record->len > UINT16_MAX) {
		errbuf_set(err, "a record of DNS is at most 65535 bytes");
		return -1;
	}
	if (owner_write(m, record, out, err) != 0)
		return -1;
	if (append16(out, record->type) != 0 || append16(out, CLASS_IN) != 0 ||
	    append16(out, (uint16_t)(record->ttl_s >> 16)) != 0 ||
	    append16(out, (uint16_t)record->ttl_s) != 0 ||
	    append16(out, (uint16_t)record->len) != 0 ||
	    bytes_append(out, record->data, record->len) != 0) {
		errbuf_set(err, "out of memory");
		return -1;
	}
	return 0;
}

int
dns_message_write(const struct dns_message *m, size_t room, struct bytes *out,
    struct errbuf *err)
{
	size_t begin = out->len, before, count;

	if (question_write(m, out, err) != 0)
		goto fail;
	for (count = 0; count < m->answer_count; count++) {
		before = out->len;
		if (record_write(m, &m->answers[count], out, err) != 0)
			goto fail;
		if (room != 0 && out->len - begin > room) {
			out->len = before;
			out->data[begin + 2] |= FLAG_TRUNCATED >> 8;
			break;
		}
	}
	put16(out->data + begin + ANSWERS_AT, (uint16_t)count);
	return 0;

fail:
	out->len = begin;
	return -1;
}

/* A label's text behind what is there. */
static int
label_read(struct cursor *c, size_t len, char *name, size_t *used)
{
	const uint8_t *label = cursor_take(c, len);
	size_t dot = *used == 0 ? 0 : 1;

	if (label == NULL || *used + dot + len >= DNS_NAME_BYTES)
		return -1;
	if (dot != 0)
		name[(*used)++] = '.';
	for (size_t i = 0; i < len; i++) {
		if (!is_plain(label[i]))
			return -1;
		name[(*used)++] = (char)label[i];
	}
	return 0;
}

/* A pointer leads before the name that it is in, so there is an end. */
static int
name_read(struct cursor *message, const uint8_t *begin, char *name)
{
	struct cursor away, *c = message;
	size_t used = 0, lowest = (size_t)(message->at - begin), to;
	uint8_t len;

	while ((len = cursor_u8(c)) != 0) {
		if ((len & POINTER) == POINTER) {
			to = (size_t)(len & ~POINTER) << 8 | cursor_u8(c);
			if (c->failed || to >= lowest)
				return -1;
			lowest = to;
			away = cursor_over(begin + to,
			    (size_t)(message->at - begin) - to,
			    (size_t)(message->at - begin) - to);
			c = &away;
		} else if ((len & POINTER) != 0 ||
		    label_read(c, len, name, &used) != 0) {
			return -1;
		}
	}
	name[used] = '\0';
	return c->failed ? -1 : 0;
}

static void
flags_read(struct dns_message *out, uint16_t flags)
{
	out->is_answer = (flags & FLAG_ANSWER) != 0;
	out->authoritative = (flags & FLAG_AUTHORITATIVE) != 0;
	out->truncated = (flags & FLAG_TRUNCATED) != 0;
	out->recursion_desired = (flags & FLAG_DESIRED) != 0;
	out->recursion_available = (flags & FLAG_AVAILABLE) != 0;
	out->rcode = flags & RCODE_MASK;
}

/* How many answers there are. */
static int
question_read(struct dns_message *out, struct cursor *c, const uint8_t *begin,
    uint16_t *answers)
{
	uint16_t flags, questions;

	out->id = cursor_be16(c);
	flags = cursor_be16(c);
	questions = cursor_be16(c);
	*answers = cursor_be16(c);
	cursor_take(c, 4);
	if (c->failed || questions != 1 || (flags & OPCODE_MASK) != 0)
		return -1;
	flags_read(out, flags);
	if (name_read(c, begin, out->name) != 0)
		return -1;
	out->type = cursor_be16(c);
	return cursor_be16(c) != CLASS_IN || c->failed ? -1 : 0;
}

int
dns_message_read(struct dns_message *out, const uint8_t *data, size_t len)
{
	struct cursor c = cursor_over(data, len, len);
	uint16_t answers, class;

	out->answer_count = 0;
	if (question_read(out, &c, data, &answers) != 0)
		return -1;
	while (answers-- > 0 && out->answer_count < DNS_ANSWERS_MAX) {
		struct dns_record *record = &out->answers[out->answer_count];

		if (name_read(&c, data, record->name) != 0)
			return -1;
		record->type = cursor_be16(&c);
		class = cursor_be16(&c);
		record->ttl_s = cursor_be32(&c);
		record->len = cursor_be16(&c);
		record->data = cursor_take(&c, record->len);
		if (c.failed)
			return -1;
		out->answer_count += class == CLASS_IN;
	}
	return 0;
}

bool
dns_name_is(const char *name, const char *other)
{
	return strcasecmp(name, other) == 0;
}
