/*
 * `eim`: encrypted instant messages for everyone else.  A package
 * (chat/crypto/eim_seal.h) behind its length (chat/wire/frame32.h).
 *
 * The server has no key: it passes frames on as they came, where the original
 * would (fields may be missing), and logs what the original logs.
 *
 * Intended differences from the originals: a length of more than EIM_BYTES_MAX
 * ends that connection; a frame goes out in one write, not two (on the stream
 * it is the same); the client has one and the same answer to everything that
 * does not open, so that nobody learns why; a text of more than
 * settings->line_max is not sent.
 */
#include <stdio.h>
#include <stdlib.h>

#include "chat/crypto/eim_seal.h"
#include "chat/protocols/im_user.h"
#include "chat/protocols/relay.h"
#include "chat/protocols/server_gone.h"
#include "chat/protocols/typed.h"
#include "chat/wire/eim_package.h"
#include "chat/wire/frame32.h"
#include "chat/wire/stream.h"

/* Of a package: the longest text with all that is around it. */
enum { EIM_BYTES_MAX = 65536 };

/* A log line, with the address as Python has it: ('127.0.0.1', 33632). */
static void
tell(struct relay *s, const struct peer *p, const char *name,
    const char *before, const char *after, size_t len)
{
	const struct event_field bytes = {
		.key = "bytes", .number = (int64_t)len,
	};
	char line[CHAT_LABEL_BYTES + 160], rest[48] = "";

	if (p->address.version == 6)
		snprintf(rest, sizeof(rest), ", 0, %lu",
		    (unsigned long)p->address.scope);
	snprintf(line, sizeof(line), "%s('%s', %u%s)%s", before, p->ip,
	    p->address.port, rest, after);
	world_event(s->world, p, name, &bytes, len > 0, line);
}

/* "iv is b'c21f...'", of one that is as long as it has to be. */
static void
tell_iv(struct relay *s, const struct peer *p, struct wire_span body)
{
	char line[2 * EIM_IV_BYTES + 16] = "iv is b'";
	struct wire_span iv, message;
	size_t n = 8;

	if (encrypted_package_parse(body.data, body.len, &iv, &message) != 0 ||
	    iv.len != EIM_IV_BYTES)
		return;
	for (size_t i = 0; i < iv.len; i++)
		n += (size_t)snprintf(line + n, sizeof(line) - n, "%02x",
		    iv.data[i]);
	snprintf(line + n, sizeof(line) - n, "'");
	world_event(s->world, p, "iv", NULL, 0, line);
}

static enum wire_status
take(struct relay *s, struct relay_talker *talker, size_t *used)
{
	const uint8_t *data = stream_data(&talker->stream);
	struct peer *p = talker->entry.peer;
	struct wire_span body;
	enum wire_status status = frame32_next(data, talker->stream.len,
	    EIM_BYTES_MAX, &body, used);
	struct event_field bytes = { .key = "bytes" };
	char after[64];

	if (status != WIRE_WHOLE)
		return status;
	bytes.number = (int64_t)body.len;
	snprintf(after, sizeof(after), ") is sending %zu-byte long protobuf",
	    body.len);
	tell(s, p, "sending", "client (", after, body.len);
	if (encrypted_package_relayed(body.data, body.len) != 0) {
		world_event(s->world, p, "refused", &bytes, 1,
		    "cannot decode EncryptedPackage: it is no protobuf");
		return status;
	}
	tell_iv(s, p, body);
	relay_send(s, talker, data, *used);
	return status;
}

static void
refused(struct relay *s, struct relay_talker *talker, enum relay_fault fault)
{
	tell(s, talker->entry.peer, "refused", "client (",
	    fault == RELAY_NO_MESSAGE ? ") has a length that is no package's" :
	    "): out of memory", talker->stream.len);
}

static void
joined(struct relay *s, struct peer *p)
{
	tell(s, p, "accepted", "accepted new client connection from ", "", 0);
}

static void
left(struct relay *s, struct peer *p)
{
	tell(s, p, "disconnected", "client (", ") disconnected", 0);
}

static const struct relay_rules rules = {
	.take = take, .refused = refused, .joined = joined, .left = left,
};

static void *
server_open(struct world *world, const struct chat_settings *settings,
    struct errbuf *err)
{
	return relay_open(world, settings, &rules, err);
}

static const struct side eim_server = {
	.open = server_open,
	.joined = relay_joined,
	.received = relay_received,
	.left = relay_left,
	.timer = relay_timer,
	.close = relay_close,
};

struct client {
	struct im_user user;
	struct eim_keys keys;
	struct stream stream;
};

static void *
client_open(struct world *world, const struct chat_settings *settings,
    struct errbuf *err)
{
	struct client *c = calloc(1, sizeof(*c));

	if (c == NULL) {
		errbuf_set(err, "out of memory");
		return NULL;
	}
	if (im_user_init(&c->user, world, settings, err) != 0 ||
	    eim_keys_make(&c->keys, settings->key_profile,
	    &settings->confidentiality_key, &settings->authenticity_key,
	    err) != 0) {
		free(c);
		return NULL;
	}
	return c;
}

static int
client_joined(void *state, struct peer *p)
{
	struct client *c = state;

	im_user_joined(&c->user, p);
	return 0;
}

static void
show_package(struct client *c, struct wire_span body)
{
	struct eim_opened opened;

	if (eim_open(&c->keys, body.data, body.len, NULL, NULL,
	    &opened) != 0) {
		typed_show(c->user.world, SHOW_ERROR,
		    "The message or key is not authentic.");
		return;
	}
	im_user_show(&c->user, opened.nickname, opened.nickname_len,
	    opened.text, opened.text_len);
	eim_opened_reset(&opened);
}

static void
fail(struct client *c, const char *why)
{
	typed_show(c->user.world, SHOW_ERROR, "%s", why);
	stream_reset(&c->stream);
	world_close(c->user.world, c->user.server, true);
	world_end(c->user.world, 1);
}

static void
client_received(void *state, struct peer *p, const uint8_t *data, size_t len)
{
	struct client *c = state;
	struct stream *stream = &c->stream;
	enum wire_status status;
	struct wire_span body;
	size_t used;

	(void)p;
	if (stream_add(stream, data, len) != 0) {
		fail(c, "out of memory");
		return;
	}
	while ((status = frame32_next(stream_data(stream), stream->len,
	    EIM_BYTES_MAX, &body, &used)) == WIRE_WHOLE) {
		show_package(c, body);
		stream_use(stream, used);
	}
	/* Nothing is left to tell messages apart by. */
	if (status == WIRE_BAD)
		fail(c, "The server sent a length that is no message's.");
}

static void
client_left(void *state, struct peer *p, enum left why)
{
	struct client *c = state;

	(void)p;
	c->user.server = NULL;
	server_gone(c->user.world, why);
}

static void
client_line(void *state, const char *text, size_t len)
{
	struct client *c = state;
	const struct typed_name *name = &c->user.name;
	struct bytes package = { NULL, 0, 0 }, frame = { NULL, 0, 0 };
	uint8_t iv[EIM_IV_BYTES];
	struct errbuf err = { "out of memory" };

	if (!im_user_line(&c->user, text, len))
		return;
	world_random(c->user.world, iv, sizeof(iv));
	if (eim_seal(&c->keys, name->text, name->len, text, len, iv, NULL, NULL,
	    &package, &err) == 0 &&
	    frame32_append(&frame, package.data, (uint32_t)package.len) == 0)
		world_send(c->user.world, c->user.server, frame.data,
		    frame.len);
	else
		typed_show(c->user.world, SHOW_ERROR,
		    "The message is not sent: %s", err.text);
	bytes_reset(&package);
	bytes_reset(&frame);
}

static void
client_close(void *state)
{
	struct client *c = state;

	eim_keys_reset(&c->keys);
	stream_reset(&c->stream);
	free(c);
}

static const struct side eim_client = {
	.open = client_open,
	.joined = client_joined,
	.received = client_received,
	.left = client_left,
	.line = client_line,
	.close = client_close,
};

const struct protocol protocol_eim = {
	.name = "eim",
	.purpose = "encrypted instant messages",
	.port = 9999,
	.needs = PROTOCOL_NAME | PROTOCOL_KEYS | PROTOCOL_FRAMED,
	.server = &eim_server,
	.client = &eim_client,
	.banner = "Type a message for everyone else who has the keys; "
	    "exit leaves.",
};
