#include "tests/tools/dns.h"

#include <assert.h>
#include <string.h>

enum {
	HEADER_BYTES = 12,
	NAME_MAX_BYTES = 255,
	CLASS_IN = 1,
	FLAGS_QUERY = 0x0100,		/* recursion desired */
	FLAGS_RESPONSE = 0x8180,	/* and available */
	NO_SUCH_NAME = 3,
	TTL_S = 300,
};

static uint8_t *
put16(uint8_t *at, unsigned value)
{
	at[0] = (uint8_t)(value >> 8);
	at[1] = (uint8_t)value;
	return at + 2;
}

/* "a.bc" as 1 a 2 b c 0. */
static uint8_t *
put_name(uint8_t *at, const char *name)
{
	assert(strlen(name) < NAME_MAX_BYTES);
	while (*name != '\0') {
		size_t len = strcspn(name, ".");

		*at++ = (uint8_t)len;
		memcpy(at, name, len);
		at += len;
		name += len + (name[len] == '.');
	}
	*at++ = 0;
	return at;
}

static uint8_t *
put_question(uint8_t *message, uint16_t id, unsigned flags, unsigned answers,
    const char *name, uint16_t type)
{
	uint8_t *at = message;

	memset(message, 0, HEADER_BYTES);
	at = put16(at, id);
	at = put16(at, flags);
	at = put16(at, 1);
	put16(at, answers);
	at = put_name(message + HEADER_BYTES, name);
	at = put16(at, type);
	return put16(at, CLASS_IN);
}

size_t
dns_query(uint8_t message[DNS_MESSAGE_MAX], uint16_t id, const char *name,
    uint16_t type)
{
	return (size_t)(put_question(message, id, FLAGS_QUERY, 0, name, type) -
	    message);
}

size_t
dns_response(uint8_t message[DNS_MESSAGE_MAX], uint16_t id, const char *name,
    uint16_t type, const uint8_t *address)
{
	unsigned flags = FLAGS_RESPONSE | (address == NULL ? NO_SUCH_NAME : 0);
	size_t len = type == DNS_A ? 4 : 16;
	uint8_t *at = put_question(message, id, flags, address != NULL, name,
	    type);

	if (address == NULL)
		return (size_t)(at - message);
	at = put16(at, 0xc000 | HEADER_BYTES);	/* the question's name */
	at = put16(at, type);
	at = put16(at, CLASS_IN);
	at = put16(at, 0);
	at = put16(at, TTL_S);
	at = put16(at, (unsigned)len);
	memcpy(at, address, len);
	return (size_t)(at + len - message);
}

static void
add_message(struct trace *t, const struct dns_exchange *e, bool query,
    const uint8_t *message, size_t len)
{
	const struct frames_host *from = query ? &e->client : &e->resolver;
	const struct frames_host *to = query ? &e->resolver : &e->client;
	struct frames f;

	frames_begin(&f);
	if (e->cooked)
		frames_cooked(&f, from, query);
	else
		frames_ethernet(&f, from, to);
	frames_ip(&f, from, to, 64, (uint16_t)(e->id + !query));
	frames_udp(&f, from, to);
	frames_payload(&f, message, len);
	frames_finish(&f);
	if (!e->cooked && !query)
		frames_pad(&f, FRAMES_MIN_BYTES);
	trace_add(t, query ? e->asked_ns : e->answered_ns, e->interface, &f);
}

void
dns_add_exchange(struct trace *t, const struct dns_exchange *e)
{
	uint8_t message[DNS_MESSAGE_MAX];
	size_t len = dns_query(message, e->id, e->name, e->type);

	add_message(t, e, true, message, len);
	len = dns_response(message, e->id, e->name, e->type, e->address);
	add_message(t, e, false, message, len);
}
