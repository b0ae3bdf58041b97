/* The client of `room`; room.h has the rules. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "chat/protocols/room.h"
#include "chat/protocols/server_gone.h"
#include "chat/protocols/typed.h"
#include "chat/wire/chat_text.h"
#include "chat/wire/stream.h"

enum { TIMER_WELCOME, TIMER_LAST, TIMER_GAP };

/* Not every server of this kind says "Connected to server!". */
#define WELCOME_NS	INT64_C(1000000000)

/* Bytes of our own messages that are remembered until they come back: of a
 * server that never sends them the last ones. */
enum { AWAITED_MAX = 65536 };

enum stage {
	STAGE_BEGIN,	/* NICK is awaited */
	STAGE_ANSWERED,	/* with the name; "Connected to server!" is awaited */
	STAGE_ROOM,
	STAGE_LEFT,
};

struct client {
	struct world *world;
	const struct chat_settings *settings;
	struct peer *server;
	enum stage stage;
	bool asked;			/* NICK has come */
	struct typed_name name;
	struct stream in;
	struct typed_lines lines;
	bool gap;			/* a message went out just now */
	struct stream awaited;		/* ours that are yet to come back, */
					/* each with its '\0' */
	struct stream back;		/* what may be the first one's begin */
};

static void *
open_client(struct world *world, const struct chat_settings *settings,
    struct errbuf *err)
{
	struct client *c = calloc(1, sizeof(*c));

	if (c == NULL) {
		errbuf_set(err, "out of memory");
		return NULL;
	}
	c->world = world;
	c->settings = settings;
	if (typed_name_open(&c->name, settings, "", err) != 0) {
		free(c);
		return NULL;
	}
	return c;
}

static int
joined(void *state, struct peer *p)
{
	struct client *c = state;

	c->server = p;
	if (c->name.len == 0)
		world_prompt(c->world, "Choose your nickname: ", false);
	return 0;
}

static void
answer(struct client *c)
{
	if (!c->asked || c->name.len == 0 || c->stage != STAGE_BEGIN)
		return;
	c->stage = STAGE_ANSWERED;
	world_send(c->world, c->server, c->name.text, c->name.len);
	world_timer(c->world, c->server, TIMER_WELCOME, WELCOME_NS);
}

static void
leave(struct client *c)
{
	c->stage = STAGE_LEFT;
	world_end(c->world, 0);
}

/* Without memory it is not awaited. */
static void
await(struct client *c, const uint8_t *text, size_t len)
{
	while (c->awaited.len > 0 && c->awaited.len + len >= AWAITED_MAX)
		stream_use(&c->awaited,
		    strlen((const char *)stream_data(&c->awaited)) + 1);
	if (stream_add(&c->awaited, text, len) == 0 &&
	    stream_add(&c->awaited, (const uint8_t *)"", 1) != 0)
		stream_reset(&c->awaited);
}

/* The message comes back whole, but in pieces or joined with others'. */
static void
note_back(struct client *c, const uint8_t *data, size_t len)
{
	if (c->awaited.len == 0 || stream_add(&c->back, data, len) != 0)
		return;
	while (c->awaited.len > 0) {
		const uint8_t *at = stream_data(&c->back), *found;
		const char *text = (const char *)stream_data(&c->awaited);
		size_t n = strlen(text);

		if (c->back.len < n)
			return;
		found = memmem(at, c->back.len, text, n);
		if (found == NULL) {
			stream_use(&c->back, c->back.len - n + 1);
			return;
		}
		stream_use(&c->back, (size_t)(found - at) + n);
		stream_use(&c->awaited, n + 1);
	}
	stream_reset(&c->back);
}

/* All is sent: once it has come back, too. */
static void
leave_at_last(struct client *c)
{
	if (c->awaited.len == 0)
		leave(c);
	else
		world_timer(c->world, c->server, TIMER_LAST, TYPED_LAST_NS);
}

static void
send_message(struct client *c, const void *data, size_t len)
{
	await(c, data, len);
	world_send(c->world, c->server, data, len);
	c->gap = true;
	world_timer(c->world, c->server, TIMER_GAP, TYPED_GAP_NS);
}

/* "NAME: TEXT", in one write. */
static void
send_text(struct client *c, const char *text, size_t len)
{
	size_t name_len = c->name.len;
	struct bytes message = { NULL, 0, 0 };

	if (name_len + 2 + len > c->settings->line_max)
		typed_show(c->world, SHOW_ERROR, "A message has at most %zu "
		    "bytes with the nickname; this one has %zu.",
		    c->settings->line_max, name_len + 2 + len);
	else if (bytes_append(&message, c->name.text, name_len) == 0 &&
	    bytes_append(&message, ": ", 2) == 0 &&
	    bytes_append(&message, text, len) == 0)
		send_message(c, message.data, message.len);
	else
		typed_show(c->world, SHOW_ERROR,
		    "out of memory: the line is not sent");
	bytes_reset(&message);
}

static void
type_name(struct client *c, const char *text, size_t len)
{
	const char *fault = typed_name_set(&c->name, text, len, "");

	if (fault != NULL) {
		typed_show(c->world, SHOW_ERROR, "%s", fault);
		return;
	}
	world_prompt(c->world, "", false);
	answer(c);
}

/* The name is known, but we are not in the room. */
static bool
is_coming(const struct client *c)
{
	return c->name.len > 0 &&
	    (c->stage == STAGE_BEGIN || c->stage == STAGE_ANSWERED);
}

/* In the room: what was typed too early, and then the end of the input. */
static void
take_waiting(struct client *c)
{
	const char *text;

	while (!c->gap && (text = typed_next(&c->lines)) != NULL) {
		send_text(c, text, strlen(text));
		typed_drop(&c->lines, c->world);
	}
	if (c->lines.ended && typed_next(&c->lines) == NULL)
		leave_at_last(c);
}

/* Until we are in the room; more input cannot be taken. */
static void
keep(struct client *c, const char *text, size_t len)
{
	bool pressed = typed_pressing(&c->lines);

	typed_keep(&c->lines, c->world, text, len);
	if (is_coming(c) && !pressed && typed_pressing(&c->lines))
		world_timer(c->world, c->server, TIMER_LAST, TYPED_LAST_NS);
}

/* A name that is out may yet be refused, which the status tells: only "exit"
 * does not wait for that. */
static void
end_input(struct client *c, bool by_exit)
{
	c->lines.ended = true;
	if (c->stage == STAGE_ROOM)
		take_waiting(c);
	else if ((c->stage == STAGE_ANSWERED && !by_exit) ||
	    (is_coming(c) && typed_next(&c->lines) != NULL))
		world_timer(c->world, c->server, TIMER_LAST, TYPED_LAST_NS);
	else if (c->stage != STAGE_LEFT)
		leave(c);
}

static void
input_ended(void *state)
{
	end_input(state, false);
}

static void
line(void *state, const char *text, size_t len)
{
	struct client *c = state;

	if (c->stage == STAGE_LEFT || c->lines.ended)
		return;
	if (typed_exit(text, len))
		end_input(c, true);
	else if (is_coming(c) || c->gap)
		keep(c, text, len);
	else if (c->name.len == 0)
		type_name(c, text, len);
	else
		send_text(c, text, len);
}

static void
enter(struct client *c)
{
	c->stage = STAGE_ROOM;
	world_timer(c->world, c->server, TIMER_WELCOME, -1);
	world_timer(c->world, c->server, TIMER_LAST, -1);
	take_waiting(c);
}

static void
show(struct client *c, enum show kind, const uint8_t *text, size_t len)
{
	if (len > 0)
		typed_show_text(c->world, kind, "", text, len, "");
}

/* Is the text there (1), or its beginning (0)? */
static int
begins(const uint8_t *data, size_t len, const char *text, size_t text_len)
{
	if (memcmp(data, text, len < text_len ? len : text_len) != 0)
		return -1;
	return len >= text_len;
}

/* After the answer: "NAME joined!" and "Connected to server!", joined or not.
 * Any other text is a refusal, or a server of another kind that goes on. */
static size_t
take_welcome(struct client *c, const uint8_t *data, size_t len)
{
	char own[CHAT_NAME_MAX + sizeof(ROOM_JOINED)];
	size_t own_len = (size_t)snprintf(own, sizeof(own), "%s%s",
	    c->name.text, ROOM_JOINED);
	size_t welcome_len = strlen(ROOM_WELCOME);
	int is_own = begins(data, len, own, own_len);
	int is_welcome = begins(data, len, ROOM_WELCOME, welcome_len);

	if (is_own > 0) {
		show(c, SHOW_NOTICE, data, own_len);
		return own_len;
	}
	if (is_welcome > 0) {
		show(c, SHOW_NOTICE, data, welcome_len);
		enter(c);
		return welcome_len;
	}
	if (is_own == 0 || is_welcome == 0)
		return 0;
	show(c, SHOW_MESSAGE, data, len);
	return len;
}

/* NICK, or the beginning of it; another server may begin otherwise. */
static size_t
take_begin(struct client *c, const uint8_t *data, size_t len)
{
	int is_ask = begins(data, len, ROOM_ASK, ROOM_ASK_BYTES);

	if (c->asked || is_ask < 0) {
		show(c, SHOW_MESSAGE, data, len);
		return len;
	}
	if (is_ask == 0)
		return 0;
	c->asked = true;
	answer(c);
	return ROOM_ASK_BYTES;
}

static size_t
take_message(struct client *c, const uint8_t *data, size_t len)
{
	show(c, SHOW_MESSAGE, data, len);
	if (c->stage != STAGE_ROOM)
		return len;
	note_back(c, data, len);
	if (c->lines.ended && typed_next(&c->lines) == NULL &&
	    c->awaited.len == 0)
		leave(c);
	return len;
}

/* One text, or its part; returns how many bytes it has used. */
static size_t (*const takes[])(struct client *, const uint8_t *, size_t) = {
	[STAGE_BEGIN] = take_begin,
	[STAGE_ANSWERED] = take_welcome,
	[STAGE_ROOM] = take_message,
	[STAGE_LEFT] = take_message,
};

/* As far as what has come goes. */
static void
read_on(struct client *c)
{
	while (c->in.len > 0) {
		const uint8_t *at = stream_data(&c->in);
		size_t n = c->in.len - chat_text_cut(at, c->in.len), used;

		used = n == 0 ? 0 : takes[c->stage](c, at, n);
		if (used == 0)
			return;
		stream_use(&c->in, used);
	}
}

static void
received(void *state, struct peer *p, const uint8_t *data, size_t len)
{
	struct client *c = state;

	(void)p;
	if (stream_add(&c->in, data, len) == 0)
		read_on(c);
	else
		typed_show(c->world, SHOW_ERROR,
		    "out of memory: %zu bytes are not shown", len);
}

static void
timer(void *state, struct peer *p, unsigned id)
{
	struct client *c = state;

	(void)p;
	if (id == TIMER_WELCOME) {
		enter(c);
		read_on(c);
	} else if (id == TIMER_GAP) {
		c->gap = false;
		if (c->stage == STAGE_ROOM)
			take_waiting(c);
	} else {
		typed_show(c->world, SHOW_ERROR, c->stage == STAGE_ROOM ?
		    "The server did not send everything back." :
		    "The server does not answer.");
		world_end(c->world, 1);
	}
}

static void
left(void *state, struct peer *p, enum left why)
{
	struct client *c = state;

	(void)p;
	show(c, SHOW_MESSAGE, stream_data(&c->in), c->in.len);
	if (c->stage != STAGE_LEFT)
		server_gone(c->world, why);
	c->stage = STAGE_LEFT;
}

static void
close_client(void *state)
{
	struct client *c = state;

	stream_reset(&c->in);
	stream_reset(&c->awaited);
	stream_reset(&c->back);
	typed_reset(&c->lines);
	free(c);
}

const struct side room_client = {
	.open = open_client,
	.joined = joined,
	.received = received,
	.left = left,
	.timer = timer,
	.line = line,
	.input_ended = input_ended,
	.close = close_client,
};
