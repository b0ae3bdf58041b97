/*
 * The chats of labchatd that have a framing, or begin with words of their own:
 *
 * im:	protobuf { nickname = 1, message = 2 }, nothing around it, or a length
 *	of 4 bytes in front.
 * eim:	length 4, protobuf { iv = 20 (16 bytes), encryptedMessage = 30 }.
 * class: length 2, header, length 4, payload; the header is one of few words.
 * p2p:	the server sends its users as JSON behind a "!"; between peers bare
 *	text in datagrams.
 * room: the server sends "NICK", is told a name, and sends "NAME joined!".
 */
#include <string.h>

#include "analyzer/tracker/application_look.h"
#include "base/cursor.h"

enum {
	PROTOCOL_UDP = 17,
	PORT_P2P = 5000,
	PORT_ROOM = 55555,
	LENGTH_MAX = 1 << 20,	/* of one message */
};

/* A side read by one of these; SIDE_SHORT where bytes are missing. */
typedef enum look_kind side_reader(struct cursor c,
    struct flow_application *out);

static enum look_answer
each_side(const struct look *look, enum application application,
    side_reader *reader, struct flow_application *out)
{
	struct flow_application found = *out;
	enum look_kind kinds[2];
	bool right = false;

	look_is(&found, application);
	for (unsigned i = 0; i < 2; i++) {
		const struct look_side *side = &look->sides[i];

		kinds[i] = side->len == 0 ? SIDE_EMPTY : reader(
		    cursor_over(side->bytes, side->len, side->len), &found);
		right = right || kinds[i] == SIDE_RIGHT;
	}
	if (!right || kinds[0] == SIDE_WRONG || kinds[1] == SIDE_WRONG)
		return look_unsure(look, kinds);
	*out = found;
	return kinds[0] == kinds[1] ? LOOK_DONE : LOOK_FOUND;
}

/* A protobuf varint of at most four bytes; more is no length here. */
static uint32_t
read_varint(struct cursor *c)
{
	uint32_t value = 0;

	for (unsigned shift = 0; shift < 28; shift += 7) {
		uint8_t byte = cursor_u8(c);

		value |= (uint32_t)(byte & 0x7f) << shift;
		if ((byte & 0x80) == 0)
			return value;
	}
	return UINT32_MAX;
}

/* A field of text; SIDE_SHORT where it is cut, and text so far.  *len bytes of
 * it are there. */
static enum look_kind
read_text_field(struct cursor *c, uint8_t tag, const uint8_t **text,
    size_t *len)
{
	uint8_t found = cursor_u8(c);
	uint32_t declared = read_varint(c);
	size_t shown;

	if (c->failed)
		return c->left > 0 || found == tag || found == 0 ?
		    SIDE_SHORT : SIDE_WRONG;
	if (found != tag || declared > LENGTH_MAX)
		return SIDE_WRONG;
	*text = c->at;
	*len = declared < c->left ? declared : c->left;
	/* The last character may be cut. */
	shown = declared > c->left && *len > 3 ? *len - 3 : *len;
	if (!look_is_text(*text, shown))
		return SIDE_WRONG;
	return cursor_take(c, declared) != NULL ? SIDE_RIGHT : SIDE_SHORT;
}

static enum look_kind
read_im(struct cursor c, struct flow_application *out)
{
	enum { TAG_NICKNAME = 0x0a, TAG_MESSAGE = 0x12 };
	const uint8_t *nickname, *message;
	size_t nickname_len, message_len = 0;
	enum look_kind kind;

	if (c.at[0] == 0 && cursor_be32(&c) > LENGTH_MAX)
		return SIDE_WRONG;
	kind = read_text_field(&c, TAG_NICKNAME, &nickname, &nickname_len);
	if (kind != SIDE_RIGHT)
		return kind;
	if (nickname_len == 0)
		return SIDE_WRONG;
	kind = read_text_field(&c, TAG_MESSAGE, &message, &message_len);
	/* A long message need not be there to its end. */
	if (kind == SIDE_WRONG || (kind == SIDE_SHORT && message_len == 0))
		return kind;
	if (out->detail[0] != '\0')
		look_say(out, ", ");
	look_say_bytes(out, nickname, nickname_len > 40 ? 40 : nickname_len);
	return SIDE_RIGHT;
}

enum look_answer
look_im(const struct look *look, struct flow_application *out)
{
	return each_side(look, APPLICATION_IM, read_im, out);
}

static enum look_kind
read_eim(struct cursor c, struct flow_application *out)
{
	static const uint8_t iv_field[] = { 0xa2, 0x01, 16 };
	static const uint8_t message_field[] = { 0xf2, 0x01 };
	enum { IV_BYTES = 16, BLOCK_BYTES = 16 };
	uint32_t len = cursor_be32(&c), cipher_len;
	const uint8_t *tag;
	size_t left;

	(void)out;
	if (!c.failed && (len < 22 || len > LENGTH_MAX))
		return SIDE_WRONG;
	tag = cursor_take(&c, sizeof(iv_field));
	if (tag != NULL && memcmp(tag, iv_field, sizeof(iv_field)) != 0)
		return SIDE_WRONG;
	cursor_take(&c, IV_BYTES);
	tag = cursor_take(&c, sizeof(message_field));
	if (tag != NULL &&
	    memcmp(tag, message_field, sizeof(message_field)) != 0)
		return SIDE_WRONG;
	left = c.left;
	cipher_len = read_varint(&c);
	if (c.failed)
		return SIDE_SHORT;
	len -= (uint32_t)(sizeof(iv_field) + IV_BYTES + sizeof(message_field) +
	    (left - c.left));
	return cipher_len == len && len % BLOCK_BYTES == 0 ? SIDE_RIGHT :
	    SIDE_WRONG;
}

enum look_answer
look_eim(const struct look *look, struct flow_application *out)
{
	return each_side(look, APPLICATION_EIM, read_eim, out);
}

static enum look_kind
read_class(struct cursor c, struct flow_application *out)
{
	static const char *const headers[] = {
		"msg", "to", "info", "file_transfer", "quiz_answer",
		"quiz_question", "cmd", "error",
	};
	uint16_t len = cursor_be16(&c);
	const uint8_t *header = cursor_take(&c, len);
	bool known = false;

	(void)out;
	if (header == NULL)
		return len <= strlen("file_transfer") ? SIDE_SHORT :
		    SIDE_WRONG;
	for (size_t i = 0; i < sizeof(headers) / sizeof(headers[0]); i++)
		known = known || (strlen(headers[i]) == len &&
		    memcmp(headers[i], header, len) == 0);
	if (!known || cursor_be32(&c) > LENGTH_MAX)
		return SIDE_WRONG;
	return c.failed ? SIDE_SHORT : SIDE_RIGHT;
}

enum look_answer
look_class(const struct look *look, struct flow_application *out)
{
	return each_side(look, APPLICATION_CLASS, read_class, out);
}

/* {"name": "address"...: an object of texts. */
static bool
is_user_list(const struct look_side *side)
{
	static const char begin[] = "!{\"", middle[] = "\": \"";
	size_t len = sizeof(begin) - 1;

	return side->len > len && memcmp(side->bytes, begin, len) == 0 &&
	    memmem(side->bytes + len, side->len - len, middle,
	    sizeof(middle) - 1) != NULL;
}

static enum look_answer
look_peers(const struct look *look, struct flow_application *out)
{
	const struct look_side *side = &look->sides[look->first];

	if (look->ports[0] != PORT_P2P || look->ports[1] != PORT_P2P ||
	    !look_is_text(side->bytes, look_datagram(side)))
		return LOOK_NO;
	look_is(out, APPLICATION_P2P);
	look_say(out, "between peers");
	return LOOK_DONE;
}

/* The name that a client says first tells nothing: the list must have come. */
enum look_answer
look_p2p(const struct look *look, struct flow_application *out)
{
	bool may_be = false;

	if (look->ip_protocol == PROTOCOL_UDP)
		return look_peers(look, out);
	for (unsigned i = 0; i < 2; i++) {
		const struct look_side *side = &look->sides[i];

		if (is_user_list(side)) {
			look_is(out, APPLICATION_P2P);
			return LOOK_DONE;
		}
		may_be = may_be || side->len == 0 || side->bytes[0] == '!';
	}
	return may_be ? LOOK_MORE : LOOK_NO;
}

/* The server's words behind "NICK": does the name come that was told? */
static bool
has_joined(const struct look_side *server, const struct look_side *client)
{
	static const char joined[] = " joined!";
	const size_t nick_len = strlen("NICK");
	const uint8_t *name = server->bytes + nick_len, *end;
	size_t len;

	end = memmem(name, server->len - nick_len, joined, strlen(joined));
	if (end == NULL)
		return false;
	len = (size_t)(end - name);
	return len > 0 && len <= client->len &&
	    memcmp(name, client->bytes, len) == 0;
}

enum look_answer
look_room(const struct look *look, struct flow_application *out)
{
	static const char nick[] = "NICK";
	const size_t len = strlen(nick);

	for (unsigned i = 0; i < 2; i++) {
		const struct look_side *server = &look->sides[i];
		const struct look_side *client = &look->sides[!i];

		if (server->len < len ||
		    memcmp(server->bytes, nick, len) != 0)
			continue;
		if (client->len > 0 && has_joined(server, client)) {
			look_is(out, APPLICATION_ROOM);
			return LOOK_DONE;
		}
		if (!look->ended)
			return LOOK_MORE;
		/* Nobody answered, or nobody was let in. */
		if (look->ports[i] == PORT_ROOM && server->len == len) {
			look_is(out, APPLICATION_ROOM);
			return LOOK_DONE;
		}
	}
	return look->sides[0].len < len || look->sides[1].len < len ?
	    LOOK_MORE : LOOK_NO;
}
