/*
 * `im`: instant messages for everyone else.  A message is a nickname and a text
 * in protobuf (chat/wire/im_message.h).
 *
 * Without framing, as the original: messages lie one behind the other, and an
 * original client takes what one recv(1280) gives for one message.  So
 *
 *  - a message is whole with the field that makes both of its fields seen; each
 *    goes out in one write of its own, however the reads cut or joined them (an
 *    original server passes reads on, and its clients show but the last of
 *    two messages that came in one);
 *  - what is not whole yet waits for the rest, up to IM_BYTES_MAX;
 *  - a message of more than IM_RECV_BYTES is not passed on, since it ends every
 *    original client that gets it (nor is a text of more than
 *    settings->line_max), and our client does not send one;
 *  - our client leaves TYPED_GAP_NS between its messages, so that an original
 *    server reads lines apart that come at once (a pipe, a paste);
 *  - what can be no message ends the connection of the peer that sent it.
 *
 * With --framing length, each message stands behind its length instead
 * (chat/wire/frame32.h); what is no message is then passed over.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "chat/protocols/im_user.h"
#include "chat/protocols/relay.h"
#include "chat/protocols/server_gone.h"
#include "chat/protocols/typed.h"
#include "chat/wire/frame32.h"
#include "chat/wire/im_message.h"
#include "chat/wire/stream.h"

enum {
	IM_RECV_BYTES = 1280,	/* of the originals' recv */
	IM_BYTES_MAX = 65536,	/* of any message */
};

/* One message of a stream, with what is around it. */
struct unit {
	const uint8_t *data;	/* as it came, `used` bytes */
	size_t used;
	bool valid;
	struct im_message message;	/* where valid */
};

/* What both framings have in common; unframed, WIRE_WHOLE is always valid. */
static enum wire_status
next_unit(enum im_framing framing, const struct stream *stream,
    struct unit *out)
{
	struct wire_span body;
	enum wire_status status;

	out->data = stream_data(stream);
	out->valid = true;
	if (framing == IM_FRAMING_NONE)
		return im_message_next(out->data, stream->len, IM_BYTES_MAX,
		    &out->message, &out->used);
	status = frame32_next(out->data, stream->len, IM_BYTES_MAX, &body,
	    &out->used);
	if (status == WIRE_WHOLE)
		out->valid = im_message_parse(body.data, body.len,
		    &out->message) == 0;
	return status;
}

static void
tell_refused(struct relay *s, const struct peer *p, size_t len,
    const char *what)
{
	const struct event_field bytes = {
		.key = "bytes", .number = (int64_t)len,
	};
	char line[CHAT_LABEL_BYTES + 100];

	snprintf(line, sizeof(line), "%s: %s", p->label, what);
	world_event(s->world, p, "refused", &bytes, 1, line);
}

static void
tell_relayed(struct relay *s, const struct peer *p, const struct unit *unit)
{
	const struct event_field fields[] = {
		{ .key = "bytes", .number = (int64_t)unit->used },
		{ .key = "nickname", .text = unit->message.nickname,
		    .len = unit->message.nickname_len },
	};

	world_event(s->world, p, "relayed", fields, 2, NULL);
}

static enum wire_status
take(struct relay *s, struct relay_talker *talker, size_t *used)
{
	struct peer *p = talker->entry.peer;
	struct unit unit;
	enum wire_status status = next_unit(s->settings->framing,
	    &talker->stream, &unit);

	if (status != WIRE_WHOLE)
		return status;
	*used = unit.used;
	if (!unit.valid)
		tell_refused(s, p, unit.used, "a frame that is no message");
	else if (unit.message.text_len > s->settings->line_max ||
	    (s->settings->framing == IM_FRAMING_NONE &&
	    unit.used > IM_RECV_BYTES))
		tell_refused(s, p, unit.used, "a message that is too long");
	else {
		relay_send(s, talker, unit.data, unit.used);
		tell_relayed(s, p, &unit);
	}
	return status;
}

static void
refused(struct relay *s, struct relay_talker *talker, enum relay_fault fault)
{
	tell_refused(s, talker->entry.peer, talker->stream.len,
	    fault == RELAY_NO_MESSAGE ? "what it sends can be no message" :
	    "out of memory");
}

static const struct relay_rules rules = { .take = take, .refused = refused };

static void *
server_open(struct world *world, const struct chat_settings *settings,
    struct errbuf *err)
{
	return relay_open(world, settings, &rules, err);
}

static const struct side im_server = {
	.open = server_open,
	.joined = relay_joined,
	.received = relay_received,
	.left = relay_left,
	.timer = relay_timer,
	.close = relay_close,
};

/*
 * The client.  An original server passes on whatever anybody sends, so here
 * what is no message is said and passed over.  What may be the beginning of a
 * message, and has no end for PART_NS, is no message either: the next one
 * would be taken for its rest.
 */
enum { TIMER_PART, TIMER_GAP };
#define PART_NS INT64_C(2000000000)

struct client {
	struct im_user user;
	struct stream stream;
	struct typed_lines lines;	/* that wait for the end of a gap */
	bool gap;			/* a message went out just now */
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
	if (im_user_init(&c->user, world, settings, err) != 0) {
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
pass_over(struct client *c, size_t len)
{
	typed_show(c->user.world, SHOW_ERROR,
	    "The server sent %zu bytes that are no message.", len);
	stream_use(&c->stream, len);
}

static void
show_unit(struct client *c, const struct unit *unit)
{
	const struct im_message *m = &unit->message;

	if (!unit->valid) {
		pass_over(c, unit->used);
		return;
	}
	im_user_show(&c->user, m->nickname, m->nickname_len, m->text,
	    m->text_len);
	stream_use(&c->stream, unit->used);
}

/* A length that is none leaves nothing to tell frames apart by. */
static void
bad_stream(struct client *c)
{
	pass_over(c, c->stream.len);
	if (c->user.settings->framing == IM_FRAMING_NONE)
		return;
	world_close(c->user.world, c->user.server, true);
	world_end(c->user.world, 1);
}

static void
client_received(void *state, struct peer *p, const uint8_t *data, size_t len)
{
	struct client *c = state;
	bool framed = c->user.settings->framing != IM_FRAMING_NONE;
	enum wire_status status;
	struct unit unit;

	if (stream_add(&c->stream, data, len) != 0) {
		typed_show(c->user.world, SHOW_ERROR,
		    "out of memory: %zu bytes are not shown", len);
		return;
	}
	while ((status = next_unit(c->user.settings->framing, &c->stream,
	    &unit)) == WIRE_WHOLE)
		show_unit(c, &unit);
	if (status == WIRE_BAD)
		bad_stream(c);
	else if (!framed)
		world_timer(c->user.world, p, TIMER_PART,
		    c->stream.len > 0 ? PART_NS : -1);
}

static void
client_left(void *state, struct peer *p, enum left why)
{
	struct client *c = state;

	(void)p;
	c->user.server = NULL;
	server_gone(c->user.world, why);
}

/* The message as it goes out; -1 without memory. */
static int
append_unit(struct client *c, const char *text, size_t len, struct bytes *out)
{
	const struct typed_name *name = &c->user.name;
	struct bytes message = { NULL, 0, 0 };
	int failed;

	if (c->user.settings->framing == IM_FRAMING_NONE)
		return im_message_append(out, name->text, name->len, text,
		    len);
	failed = im_message_append(&message, name->text, name->len, text,
	    len) != 0 ||
	    frame32_append(out, message.data, (uint32_t)message.len) != 0;
	bytes_reset(&message);
	return failed ? -1 : 0;
}

static void
send_unit(struct client *c, const struct bytes *unit)
{
	world_send(c->user.world, c->user.server, unit->data, unit->len);
	if (c->user.settings->framing != IM_FRAMING_NONE)
		return;
	c->gap = true;
	world_timer(c->user.world, c->user.server, TIMER_GAP, TYPED_GAP_NS);
}

static void
take_line(struct client *c, const char *text, size_t len)
{
	struct bytes unit = { NULL, 0, 0 };

	if (!im_user_line(&c->user, text, len))
		return;
	if (append_unit(c, text, len, &unit) != 0)
		typed_show(c->user.world, SHOW_ERROR,
		    "out of memory: the message is not sent");
	else if (c->user.settings->framing == IM_FRAMING_NONE &&
	    unit.len > IM_RECV_BYTES)
		typed_show(c->user.world, SHOW_ERROR, "With the nickname the "
		    "message has %zu bytes; without --framing length at most "
		    "%d can be sent.", unit.len, IM_RECV_BYTES);
	else
		send_unit(c, &unit);
	bytes_reset(&unit);
}

/* The end of a gap: the next line, and then the end of the input. */
static void
take_waiting(struct client *c)
{
	const char *text;

	while (!c->gap && (text = typed_next(&c->lines)) != NULL) {
		take_line(c, text, strlen(text));
		typed_drop(&c->lines, c->user.world);
	}
	if (c->lines.ended && typed_next(&c->lines) == NULL)
		im_user_leave(&c->user);
}

static void
client_input_ended(void *state)
{
	struct client *c = state;

	c->lines.ended = true;
	take_waiting(c);
}

static void
client_line(void *state, const char *text, size_t len)
{
	struct client *c = state;

	if (c->lines.ended)
		return;
	if (typed_exit(text, len))
		client_input_ended(c);
	else if (c->gap)
		typed_keep(&c->lines, c->user.world, text, len);
	else
		take_line(c, text, len);
}

static void
client_timer(void *state, struct peer *p, unsigned id)
{
	struct client *c = state;

	(void)p;
	if (id == TIMER_GAP) {
		c->gap = false;
		take_waiting(c);
	} else if (c->stream.len > 0) {
		pass_over(c, c->stream.len);
	}
}

static void
client_close(void *state)
{
	struct client *c = state;

	stream_reset(&c->stream);
	typed_reset(&c->lines);
	free(c);
}

static const struct side im_client = {
	.open = client_open,
	.joined = client_joined,
	.received = client_received,
	.left = client_left,
	.timer = client_timer,
	.line = client_line,
	.input_ended = client_input_ended,
	.close = client_close,
};

const struct protocol protocol_im = {
	.name = "im",
	.purpose = "instant messages",
	.port = 9999,
	.needs = PROTOCOL_NAME,
	.server = &im_server,
	.client = &im_client,
	.banner = "Type a message for everyone else; exit leaves.",
};
