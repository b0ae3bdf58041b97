/*
 * `echo`: what a client sends comes back.  No framing, any bytes.
 *
 * The original server answers each recv(1024) by one send, reversed with -r:
 * the bytes of that read, not the line and not the stream.  So ours cuts what a
 * read gave into pieces of 1024 and answers each by one write.
 *
 * Intended differences from it: many clients are served at once; a client that
 * ends its sending gets the rest and then the end, at once (the original closes
 * when the next client comes, so that one who waits for the end hangs).
 */
#include <stdlib.h>
#include <string.h>

#include "chat/protocols/protocol.h"
#include "chat/protocols/server_gone.h"
#include "chat/protocols/typed.h"
#include "chat/wire/stream.h"

enum { ECHO_PIECE = 1024 };

struct server {
	struct world *world;
	bool reverse;
};

static void *
server_open(struct world *world, const struct chat_settings *settings,
    struct errbuf *err)
{
	struct server *s = malloc(sizeof(*s));

	if (s == NULL) {
		errbuf_set(err, "out of memory");
		return NULL;
	}
	*s = (struct server){ world, settings->reverse };
	return s;
}

static void
answer(struct server *s, struct peer *p, const uint8_t *data, size_t len)
{
	const struct event_field bytes = {
		.key = "bytes", .number = (int64_t)len,
	};
	uint8_t reversed[ECHO_PIECE];

	for (size_t i = 0; s->reverse && i < len; i++)
		reversed[i] = data[len - 1 - i];
	world_send(s->world, p, s->reverse ? reversed : data, len);
	world_event(s->world, p, "echoed", &bytes, 1, NULL);
}

static void
server_received(void *state, struct peer *p, const uint8_t *data, size_t len)
{
	while (len > 0) {
		size_t n = len < ECHO_PIECE ? len : ECHO_PIECE;

		answer(state, p, data, n);
		data += n;
		len -= n;
	}
}

static void
server_close(void *state)
{
	free(state);
}

static const struct side echo_server = {
	.open = server_open,
	.received = server_received,
	.close = server_close,
};

/*
 * The client.  What comes back has no marks, but as many bytes as were sent:
 * it is shown once all of them are there, without the newline that every line
 * had (at the end or, reversed, at the beginning).
 */
enum { SHOWN_MAX = 65536 };	/* more than that is not waited for */
enum { TIMER_LAST };
#define LAST_NS INT64_C(5000000000)	/* for answers, when input has ended */

struct client {
	struct world *world;
	size_t line_max;
	struct peer *server;	/* NULL: not there */
	struct stream back;
	uint64_t awaited;	/* bytes that are yet to come back */
	bool leaving;
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
	c->world = world;
	c->line_max = settings->line_max;
	return c;
}

static int
client_joined(void *state, struct peer *p)
{
	struct client *c = state;

	c->server = p;
	return 0;
}

static void
show_back(struct client *c)
{
	const char *text = (const char *)stream_data(&c->back);
	size_t len = c->back.len;

	if (len > 0 && text[len - 1] == '\n')
		len--;
	else if (len > 0 && text[0] == '\n')
		text++, len--;
	if (c->back.len > 0)
		world_show(c->world, SHOW_MESSAGE, text, len);
	stream_reset(&c->back);
}

static void
leave(struct client *c)
{
	if (c->server != NULL)
		world_close(c->world, c->server, false);
	world_end(c->world, 0);
}

static void
client_received(void *state, struct peer *p, const uint8_t *data, size_t len)
{
	struct client *c = state;

	(void)p;
	c->awaited -= c->awaited < len ? c->awaited : len;
	if (stream_add(&c->back, data, len) != 0) {
		typed_show(c->world, SHOW_ERROR,
		    "out of memory: %zu bytes are not shown", len);
		return;
	}
	if (c->awaited == 0 || c->back.len >= SHOWN_MAX)
		show_back(c);
	if (c->awaited == 0 && c->leaving)
		leave(c);
}

static void
client_left(void *state, struct peer *p, enum left why)
{
	struct client *c = state;

	(void)p;
	c->server = NULL;
	show_back(c);
	server_gone(c->world, why);
}

/* What was sent comes back before we go. */
static void
client_input_ended(void *state)
{
	struct client *c = state;

	if (c->awaited == 0 || c->server == NULL) {
		leave(c);
		return;
	}
	c->leaving = true;
	world_timer(c->world, c->server, TIMER_LAST, LAST_NS);
}

static void
client_timer(void *state, struct peer *p, unsigned id)
{
	struct client *c = state;

	(void)p;
	(void)id;
	show_back(c);
	typed_show(c->world, SHOW_ERROR,
	    "The server did not send everything back.");
	world_end(c->world, 1);
}

static void
client_line(void *state, const char *text, size_t len)
{
	struct client *c = state;
	char *line;

	if (c->server == NULL || c->leaving)
		return;
	if (typed_exit(text, len)) {
		client_input_ended(c);
		return;
	}
	if (len > c->line_max) {
		typed_show(c->world, SHOW_ERROR, "A line has at most %zu "
		    "bytes; this one has %zu.", c->line_max, len);
		return;
	}
	line = malloc(len + 1);
	if (line == NULL) {
		typed_show(c->world, SHOW_ERROR,
		    "out of memory: the line is not sent");
		return;
	}
	memcpy(line, text, len);
	line[len] = '\n';
	world_send(c->world, c->server, line, len + 1);
	c->awaited += len + 1;
	free(line);
}

static void
client_close(void *state)
{
	struct client *c = state;

	stream_reset(&c->back);
	free(c);
}

static const struct side echo_client = {
	.open = client_open,
	.joined = client_joined,
	.received = client_received,
	.left = client_left,
	.timer = client_timer,
	.line = client_line,
	.input_ended = client_input_ended,
	.close = client_close,
};

const struct protocol protocol_echo = {
	.name = "echo",
	.purpose = "what is sent comes back",
	.port = 8080,
	.server = &echo_server,
	.client = &echo_client,
	.banner = "Type a line, and the server sends it back; exit leaves.",
};
