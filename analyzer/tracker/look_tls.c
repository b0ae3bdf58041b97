/*
 * TLS (RFC 8446): records of type 1, version 2, length 2; handshake messages
 * in them (a message may be spread over records) of type 1, length 3.
 *
 * ClientHello: version 2, random 32, session id 1+, ciphers 2+, compression 1+,
 *	extensions 2+.
 * ServerHello: version 2, random 32, session id 1+, cipher 2, compression 1,
 *	extensions 2+.
 * Extension: type 2, data 2+.  Server name (RFC 6066): list 2+ of type 1,
 *	name 2+.  Supported versions: of a client a list 1+, of a server one.
 */
#include <stdio.h>
#include <string.h>

#include "analyzer/tracker/application_look.h"
#include "base/cursor.h"

enum {
	RECORD_CHANGE_CIPHER = 20,
	RECORD_HANDSHAKE = 22,
	RECORD_HEARTBEAT = 24,
	RECORD_HEADER_BYTES = 5,
	RECORD_MAX = 16384 + 2048,	/* with what ciphers add, TLS 1.2 */

	CLIENT_HELLO = 1,
	SERVER_HELLO = 2,
	RANDOM_BYTES = 32,

	EXTENSION_SERVER_NAME = 0,
	EXTENSION_VERSIONS = 43,
	NAME_HOST = 0,
};

struct hello {
	bool client, server;	/* which, if any */
	bool whole;
	uint16_t version;	/* offered at most, or chosen */
	const uint8_t *name;	/* in the look's bytes or in `joined` */
	size_t name_len;
};

struct tls_side {
	enum look_kind kind;
	struct hello hello;
	uint8_t joined[APPLICATION_LOOK_BYTES];	/* handshake, no records */
};

/* The next n bytes as a cursor of their own, as far as they are there. */
static struct cursor
inner(struct cursor *c, size_t n)
{
	struct cursor part = *c;

	if (n <= part.left)
		part.left = n;
	cursor_take(c, n);
	return part;
}

/* Values that clients send to keep servers tolerant (RFC 8701). */
static bool
is_grease(uint16_t value)
{
	return (value & 0x0f0f) == 0x0a0a && value >> 8 == (value & 0xff);
}

static void
read_versions(struct cursor c, struct hello *hello)
{
	if (hello->server) {
		uint16_t version = cursor_be16(&c);

		if (!c.failed)
			hello->version = version;
		return;
	}
	cursor_u8(&c);
	while (c.left >= 2 && !c.failed) {
		uint16_t version = cursor_be16(&c);

		if (!is_grease(version) && version > hello->version)
			hello->version = version;
	}
}

static void
read_server_name(struct cursor c, struct hello *hello)
{
	uint16_t len;
	uint8_t type;
	const uint8_t *name;

	cursor_be16(&c);
	type = cursor_u8(&c);
	len = cursor_be16(&c);
	name = cursor_take(&c, len);
	if (name == NULL || type != NAME_HOST)
		return;
	hello->name = name;
	hello->name_len = len;
}

static void
read_extensions(struct cursor c, struct hello *hello)
{
	while (c.left > 0 && !c.failed) {
		uint16_t type = cursor_be16(&c);
		uint16_t len = cursor_be16(&c);
		struct cursor data = inner(&c, len);

		if (c.failed)
			return;
		if (type == EXTENSION_SERVER_NAME && hello->client)
			read_server_name(data, hello);
		else if (type == EXTENSION_VERSIONS)
			read_versions(data, hello);
	}
}

/* False where this is no hello. */
static bool
read_hello(const uint8_t *bytes, size_t n, struct hello *hello)
{
	struct cursor c = cursor_over(bytes, n, n);
	uint8_t type = cursor_u8(&c);
	size_t len = (size_t)cursor_u8(&c) << 16;

	len |= cursor_be16(&c);
	if (c.failed)
		return true;	/* nothing to say yet */
	hello->client = type == CLIENT_HELLO;
	hello->server = type == SERVER_HELLO;
	if (!hello->client && !hello->server)
		return false;
	hello->whole = len <= c.left;
	c = inner(&c, len);
	hello->version = cursor_be16(&c);
	if (!c.failed && hello->version >> 8 != 3)
		return false;
	cursor_take(&c, RANDOM_BYTES);
	cursor_take(&c, cursor_u8(&c));
	cursor_take(&c, hello->client ? cursor_be16(&c) : 2);
	cursor_take(&c, hello->client ? cursor_u8(&c) : 1);
	len = cursor_be16(&c);
	if (!c.failed)
		read_extensions(inner(&c, len), hello);
	return true;
}

/* Is this the header of a record, as far as it is there? */
static bool
is_record(const uint8_t *p, size_t n)
{
	unsigned len;

	if (p[0] < RECORD_CHANGE_CIPHER || p[0] > RECORD_HEARTBEAT)
		return false;
	if ((n > 1 && p[1] != 3) || (n > 2 && p[2] > 4))
		return false;
	if (n < RECORD_HEADER_BYTES)
		return true;
	len = (unsigned)p[3] << 8 | p[4];
	return len > 0 && len <= RECORD_MAX;
}

/* Joins the contents of the first handshake records. */
static size_t
join_records(const uint8_t *bytes, size_t n, uint8_t *out)
{
	struct cursor c = cursor_over(bytes, n, n);
	size_t len = 0;

	while (c.left >= RECORD_HEADER_BYTES && c.at[0] == RECORD_HANDSHAKE &&
	    is_record(c.at, c.left)) {
		struct cursor record;

		cursor_take(&c, 3);
		record = inner(&c, cursor_be16(&c));
		memcpy(out + len, record.at, record.left);
		len += record.left;
		if (c.failed)
			break;
	}
	return len;
}

/* Without a hello but with the header of a record it is a conversation whose
 * beginning was not captured. */
static void
read_side(const struct look_side *side, struct tls_side *out)
{
	size_t len;

	memset(&out->hello, 0, sizeof(out->hello));
	out->kind = SIDE_EMPTY;
	if (side->len == 0)
		return;
	out->kind = SIDE_WRONG;
	if (!is_record(side->bytes, side->len))
		return;
	out->kind = SIDE_SHORT;
	if (side->len <= RECORD_HEADER_BYTES)
		return;
	out->kind = SIDE_RIGHT;
	if (side->bytes[0] != RECORD_HANDSHAKE)
		return;
	len = join_records(side->bytes, side->len, out->joined);
	if (!read_hello(out->joined, len, &out->hello))
		memset(&out->hello, 0, sizeof(out->hello));
}

static void
say_version(struct flow_application *out, uint16_t version)
{
	static const char *const names[] = {
		"SSL 3.0", "TLS 1.0", "TLS 1.1", "TLS 1.2", "TLS 1.3",
	};
	char text[16];

	if (version >> 8 == 3 &&
	    (version & 0xff) < sizeof(names) / sizeof(names[0])) {
		look_say(out, names[version & 0xff]);
		return;
	}
	snprintf(text, sizeof(text), "TLS 0x%04x", version);
	look_say(out, text);
}

static void
say(const struct hello *client, const struct hello *server,
    struct flow_application *out)
{
	if (client->name != NULL) {
		/* A hostname of 255 bytes must not push the version out. */
		enum { NAME_MAX_SHOWN = 64 };

		look_say_bytes(out, client->name,
		    client->name_len > NAME_MAX_SHOWN ? NAME_MAX_SHOWN :
		    client->name_len);
		look_say(out, client->name_len > NAME_MAX_SHOWN ? "..., " :
		    ", ");
	}
	if (!server->server)
		look_say(out, "offers ");
	say_version(out, server->server ? server->version : client->version);
}

enum look_answer
look_tls(const struct look *look, struct flow_application *out)
{
	struct tls_side sides[2];
	const struct hello *client, *server;
	enum look_kind kinds[2];

	for (unsigned i = 0; i < 2; i++) {
		read_side(&look->sides[i], &sides[i]);
		kinds[i] = sides[i].kind;
	}
	if (kinds[0] == SIDE_WRONG || kinds[1] == SIDE_WRONG)
		return LOOK_NO;
	if (kinds[0] != SIDE_RIGHT && kinds[1] != SIDE_RIGHT)
		return look_unsure(look, kinds);
	client = &sides[sides[1].hello.client].hello;
	server = &sides[!sides[0].hello.server].hello;
	look_is(out, APPLICATION_TLS);
	if (client->client || server->server)
		say(client, server, out);
	return client->whole && server->whole && client->client &&
	    server->server ? LOOK_DONE : LOOK_FOUND;
}
