/* The client of `class`: its connection, and what the server sends. */
#include "chat/protocols/class_client.h"

#include <stdlib.h>
#include <string.h>

#include "chat/protocols/server_gone.h"

/* Room for a server's longest quiz. */
enum { PAYLOAD_MAX = 1 << 20 };

static void *
open_client(struct world *world, const struct chat_settings *settings,
    struct errbuf *err)
{
	struct class_client *c = calloc(1, sizeof(*c));

	if (c == NULL) {
		errbuf_set(err, "out of memory");
		return NULL;
	}
	c->world = world;
	c->settings = settings;
	class_in_init(&c->in, PAYLOAD_MAX);
	return c;
}

static int
joined(void *state, struct peer *p)
{
	struct class_client *c = state;

	c->server = p;
	class_out_init(&c->out, c->world, p, &class_sent_told, c,
	    CLASS_TIMER_OUT);
	return 0;
}

/* The originals end their texts with newlines; a line of ours has its own. */
static void
show(struct class_client *c, enum show kind, const struct wire_span *text)
{
	size_t len = text->len;

	while (len > 0 && text->data[len - 1] == '\n')
		len--;
	typed_show_text(c->world, kind, "", text->data, len, "");
}

static void
take_info(struct class_client *c, const struct wire_span *text)
{
	static const char server[] = "Server: ";
	bool by_server = c->turn < TURN_HERE || (text->len >= strlen(server) &&
	    memcmp(text->data, server, strlen(server)) == 0);

	if (c->turn >= TURN_HERE && wire_span_is(text, CLASS_EXTENSION)) {
		c->greeted = c->out.sized = true;
		c->out.files_wait = false;
		class_out_go_on(&c->out);
		return;
	}
	if (class_dialogue_refuses(c, text))
		show(c, SHOW_ERROR, text);
	else
		show(c, by_server ? SHOW_NOTICE : SHOW_MESSAGE, text);
	if (c->turn < TURN_HERE)
		class_dialogue_info(c, text);
}

/* Nothing behind this can be understood. */
static void
give_up(struct class_client *c, const char *why)
{
	typed_show(c->world, SHOW_ERROR, "%s", why);
	c->turn = TURN_LEAVES;
	c->out.broken = true;
	world_close(c->world, c->server, true);
	world_end(c->world, 1);
}

/* The server's own text, on lines as it has them. */
static void
take_quiz(struct class_client *c, const struct wire_span *text)
{
	size_t len = text->len;

	while (len > 0 && text->data[len - 1] == '\n')
		len--;
	world_show(c->world, SHOW_NOTICE, (const char *)text->data, len);
}

static void
take_frame(struct class_client *c, const struct header_frame *frame)
{
	if (header_frame_is(frame, "info")) {
		take_info(c, &frame->payload);
	} else if (header_frame_is(frame, "file_transfer") ||
	    header_frame_is(frame, "file")) {
		if (class_download_begin(c, frame) != 0)
			give_up(c, "The server sends a file that cannot be "
			    "received.");
	} else if (header_frame_is(frame, "quiz_question")) {
		take_quiz(c, &frame->payload);
	} else if (header_frame_is(frame, "error")) {
		show(c, SHOW_ERROR, &frame->payload);
	} else if (header_frame_is(frame, CLASS_FILE_FAULT)) {
		show(c, SHOW_ERROR, &frame->payload);
		c->failed = true;
	} else {
		show(c, SHOW_MESSAGE, &frame->payload);
	}
}

static void
read_on(struct class_client *c)
{
	struct class_piece piece;

	while (!c->out.broken) {
		switch (class_in_next(&c->in, &piece)) {
		case CLASS_WAIT:
			return;
		case CLASS_QUIET:
			world_timer(c->world, c->server, CLASS_TIMER_QUIET,
			    CLASS_QUIET_NS);
			return;
		case CLASS_FRAME:
			take_frame(c, &piece.frame);
			break;
		case CLASS_BYTES:
			class_download_bytes(c, &piece.bytes);
			break;
		case CLASS_LAST:
			class_download_bytes(c, &piece.bytes);
			class_download_end(c);
			break;
		case CLASS_BAD:
			give_up(c, "The server does not speak this protocol.");
			return;
		}
	}
}

static void
received(void *state, struct peer *p, const uint8_t *data, size_t len)
{
	struct class_client *c = state;

	(void)p;
	if (class_in_add(&c->in, data, len) == 0)
		read_on(c);
	else
		give_up(c, "out of memory");
}

static void
drained(void *state, struct peer *p)
{
	struct class_client *c = state;

	(void)p;
	class_out_go_on(&c->out);
}

/* The server should have closed by now: it was told of our leaving long ago, or
 * still takes our files.  Or the input has ended in the login, and it does not
 * answer. */
static void
leave_at_last(struct class_client *c)
{
	if (c->turn < TURN_HERE) {
		typed_show(c->world, SHOW_ERROR, "The server does not answer.");
		world_end(c->world, 1);
	} else if (c->out.files > 0) {
		world_timer(c->world, c->server, CLASS_TIMER_LEAVE,
		    TYPED_LAST_NS);
	} else {
		world_end(c->world, c->failed);
	}
}

static void
timer(void *state, struct peer *p, unsigned id)
{
	struct class_client *c = state;

	if (id == CLASS_TIMER_OUT) {
		class_out_timer(&c->out);
	} else if (id == CLASS_TIMER_ANSWER) {
		c->out.files_wait = false;
		class_out_go_on(&c->out);
	} else if (id == CLASS_TIMER_LEAVE) {
		leave_at_last(c);
	} else if (world_queued(c->world, p) > 0) {
		/* A server that does not read may have been held. */
		world_timer(c->world, p, id, CLASS_QUIET_NS);
	} else if (class_in_quiet(&c->in)) {
		class_download_end(c);
		read_on(c);
	}
}

static void
end_download(struct class_client *c, enum left why)
{
	if (c->arrival == NULL)
		return;
	if (why == LEFT_ENDED && class_in_quiet(&c->in)) {
		class_download_end(c);
		return;
	}
	c->failed = true;
	typed_show(c->world, SHOW_ERROR, "'%s' is incomplete and dropped.",
	    c->arrival->order.file);
	class_arrival_drop(c->arrival, c->world);
	c->arrival = NULL;
}

/* A server that closes after our "disconnect" does as it was asked. */
static void
left(void *state, struct peer *p, enum left why)
{
	struct class_client *c = state;
	bool broken = c->out.broken;
	bool done = c->turn == TURN_LEAVES && c->out.first == NULL;

	(void)p;
	end_download(c, why);
	class_out_reset(&c->out, "the connection ended");
	c->server = NULL;
	if (broken)
		world_end(c->world, 1);
	else if (done)
		world_end(c->world, c->failed);
	else
		server_gone(c->world, why);
}

static void
line(void *state, const char *text, size_t len)
{
	struct class_client *c = state;

	if (c->server == NULL)
		return;
	if (typed_next(&c->lines) != NULL)
		typed_keep(&c->lines, c->world, text, len);
	else if (typed_exit(text, len))
		class_leave(c);
	else if (c->turn == TURN_HERE)
		class_typed_line(c, text, len);
	else if (c->turn != TURN_LEAVES)
		class_dialogue_line(c, text, len);
	class_dialogue_go_on(c);
}

/* What waits for the server's turn is still done. */
static void
input_ended(void *state)
{
	struct class_client *c = state;

	c->lines.ended = true;
	if (c->server != NULL)
		class_dialogue_go_on(c);
}

static void
stop(void *state)
{
	struct class_client *c = state;

	if (c->turn == TURN_HERE)
		class_leave(c);
}

static void
close_client(void *state)
{
	struct class_client *c = state;

	class_in_reset(&c->in);
	typed_reset(&c->lines);
	free(c);
}

const struct side class_client = {
	.open = open_client,
	.joined = joined,
	.received = received,
	.left = left,
	.drained = drained,
	.timer = timer,
	.line = line,
	.input_ended = input_ended,
	.stop = stop,
	.close = close_client,
};
