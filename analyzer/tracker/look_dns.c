/*
 * DNS (RFC 1035): id 2, flags 2, four counts of 2, questions (name, type 2,
 * class 2), records.  Over TCP a length of 2 comes first (RFC 7766).
 *
 * Any 12 bytes are a header, so that one is asked for that makes sense: one
 * question of a known class behind it, or a port of the family (DNS, mDNS,
 * LLMNR), whose messages are laxer: mDNS answers without a question.
 */
#include <stdio.h>
#include <string.h>

#include "analyzer/tracker/application_look.h"
#include "base/cursor.h"

enum {
	PROTOCOL_TCP = 6,
	PORT_DNS = 53,
	PORT_NETBIOS = 137,	/* the same form, other names */
	PORT_MDNS = 5353,
	PORT_LLMNR = 5355,

	HEADER_BYTES = 12,
	FLAG_RESPONSE = 0x8000,
	OPCODE = 0x7800,
	NAME_MAX_BYTES = 255,
	LABEL_MAX_BYTES = 63,
	CLASS_INTERNET = 1,
	CLASS_ANY = 255,
	MDNS_TOP_BIT = 0x8000,
};

struct question {
	uint8_t name[NAME_MAX_BYTES];	/* labels, a point between them */
	size_t name_len;
	uint16_t type;
};

static const struct { uint16_t type; const char *name; } types[] = {
	{ 1, "A" }, { 2, "NS" }, { 5, "CNAME" }, { 6, "SOA" }, { 10, "NULL" },
	{ 12, "PTR" }, { 13, "HINFO" }, { 15, "MX" }, { 16, "TXT" },
	{ 28, "AAAA" }, { 29, "LOC" }, { 33, "SRV" }, { 35, "NAPTR" },
	{ 43, "DS" }, { 46, "RRSIG" }, { 47, "NSEC" }, { 48, "DNSKEY" },
	{ 50, "NSEC3" }, { 52, "TLSA" }, { 64, "SVCB" }, { 65, "HTTPS" },
	{ 99, "SPF" }, { 249, "TKEY" }, { 250, "TSIG" }, { 251, "IXFR" },
	{ 252, "AXFR" }, { 255, "ANY" }, { 257, "CAA" },
};

/* Of a first name: there is nothing yet that it could point to. */
static bool
read_name(struct cursor *c, struct question *q)
{
	uint8_t len;

	q->name_len = 0;
	while ((len = cursor_u8(c)) != 0) {
		const uint8_t *label = cursor_take(c, len);
		size_t point = q->name_len > 0;

		if (len > LABEL_MAX_BYTES || label == NULL ||
		    q->name_len + point + len > NAME_MAX_BYTES)
			return false;
		if (point)
			q->name[q->name_len++] = '.';
		memcpy(q->name + q->name_len, label, len);
		q->name_len += len;
	}
	return !c->failed;
}

struct header {
	uint16_t flags;
	uint16_t questions, answers, authorities, additional;
};

/* Is a header like this sent?  `hint`: the port says it is DNS. */
static bool
makes_sense(const struct header *h, bool hint)
{
	enum { OPCODE_MAX = 6, RECORDS_MAX = 256 };

	if (hint)
		return (h->flags & OPCODE) >> 11 <= OPCODE_MAX &&
		    (h->questions > 0 || h->answers > 0);
	if ((h->flags & OPCODE) != 0 || h->questions != 1)
		return false;
	if (h->flags & FLAG_RESPONSE)
		return h->answers < RECORDS_MAX &&
		    h->authorities < RECORDS_MAX &&
		    h->additional < RECORDS_MAX;
	return h->answers == 0 && h->authorities == 0 && h->additional <= 2;
}

static bool
class_is_known(uint16_t class, bool hint)
{
	if (hint)
		class &= (uint16_t)~MDNS_TOP_BIT;
	return class == CLASS_INTERNET || class == CLASS_ANY ||
	    class == 3 /* CHAOS */ || class == 254 /* none */;
}

/* `whole`: there is no more than these bytes. */
static enum look_kind
read_message(struct cursor c, bool whole, bool hint, struct question *q)
{
	struct header h;
	uint16_t class;

	cursor_be16(&c);
	h.flags = cursor_be16(&c);
	h.questions = cursor_be16(&c);
	h.answers = cursor_be16(&c);
	h.authorities = cursor_be16(&c);
	h.additional = cursor_be16(&c);
	if (c.failed)
		return whole ? SIDE_WRONG : SIDE_SHORT;
	if (!makes_sense(&h, hint))
		return SIDE_WRONG;
	if (!read_name(&c, q))
		return c.failed && !whole ? SIDE_SHORT : SIDE_WRONG;
	q->type = cursor_be16(&c);
	class = cursor_be16(&c);
	if (c.failed)
		return whole ? SIDE_WRONG : SIDE_SHORT;
	return class_is_known(class, hint) ? SIDE_RIGHT : SIDE_WRONG;
}

static enum look_kind
read_side(const struct look *look, const struct look_side *side, bool hint,
    struct question *q)
{
	struct cursor c = cursor_over(side->bytes, side->len, side->len);
	size_t len;
	bool whole;

	if (side->len == 0)
		return SIDE_EMPTY;
	if (look->ip_protocol != PROTOCOL_TCP) {
		c.left = look_datagram(side);
		return read_message(c, true, hint, q);
	}
	len = cursor_be16(&c);
	if (c.failed)
		return SIDE_SHORT;
	if (len < HEADER_BYTES)
		return SIDE_WRONG;
	whole = cursor_limit(&c, len);
	return read_message(c, whole || side->full, hint, q);
}

static void
say(const struct question *q, struct flow_application *out)
{
	char text[16];
	const char *type = text;

	snprintf(text, sizeof(text), "TYPE%u", q->type);	/* RFC 3597 */
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (types[i].type == q->type)
			type = types[i].name;
	look_say(out, type);
	look_say(out, " ");
	if (q->name_len == 0)
		look_say(out, ".");
	look_say_bytes(out, q->name, q->name_len);
}

enum look_answer
look_dns(const struct look *look, struct flow_application *out)
{
	bool hint = look_has_port(look, PORT_DNS) ||
	    look_has_port(look, PORT_MDNS) || look_has_port(look, PORT_LLMNR);
	enum look_kind kinds[2];

	if (look_has_port(look, PORT_NETBIOS))
		return LOOK_NO;
	for (unsigned i = 0; i < 2; i++) {
		struct question q;

		kinds[i] = read_side(look, &look->sides[i], hint, &q);
		if (kinds[i] != SIDE_RIGHT)
			continue;
		look_is(out, APPLICATION_DNS);
		say(&q, out);
		return LOOK_DONE;
	}
	return look_unsure(look, kinds);
}
