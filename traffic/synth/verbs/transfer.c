/*
 * Bytes over TCP in one direction (VERB_TRANSFER), in one connection after
 * another.  The client opens and closes; the writer is the client, or (a
 * download) the server.
 */
#include <stdbool.h>

#include "traffic/synth/net/draw.h"
#include "traffic/synth/play.h"
#include "traffic/synth/verbs/far_end.h"
#include "traffic/synth/verbs/verb.h"

enum { TOKEN_WRITE, TOKEN_READ_ON, TOKEN_CLOSE, TOKEN_NEXT };

struct transfer {
	struct play *play;
	const struct scenario_action *action;
	const struct scenario_transfer *how;
	struct endpoint server;
	struct random random;
	uint32_t connections_left;

	/* Of the connection that is there. */
	uint64_t number;	/* events of those before it are stale */
	struct conn *client, *far;	/* NULL: not there, or gone */
	uint64_t to_write, to_read;
	uint64_t chunk_left;	/* of to_write: before it waits again */
	bool has_stalled;
	bool is_over;		/* its last word is said */
};

static void transfer_event(void *owner, uint64_t token);

/* Tokens carry the connection they belong to. */
static void
later(struct transfer *t, int64_t after_ns, unsigned what)
{
	clock_after(t->play->clock, after_ns, transfer_event, t,
	    t->number << 2 | what);
}

static struct conn *
writer(const struct transfer *t)
{
	return t->how->from_server ? t->far : t->client;
}

static struct conn *
reader(const struct transfer *t)
{
	return t->how->from_server ? t->client : t->far;
}

/* The connection is done with; the next one comes, or the action's end. */
static void
go_on(struct transfer *t)
{
	if (t->is_over)
		return;
	t->is_over = true;
	if (t->connections_left > 0)
		later(t, t->how->gap_ns, TOKEN_NEXT);
	else
		play_done(t->play);
}

static void
draw_chunk(struct transfer *t)
{
	int64_t some = amount_draw(&t->how->chunk_bytes, &t->random);

	t->chunk_left = some <= 0 || (uint64_t)some > t->to_write ?
	    t->to_write : (uint64_t)some;
}

/* As much of the chunk as finds room. */
static void
write_noise(struct transfer *t)
{
	uint8_t noise[VERB_WRITE_MAX];

	while (t->chunk_left > 0 && verb_has_room(writer(t))) {
		size_t some = t->chunk_left < VERB_WRITE_MAX ?
		    (size_t)t->chunk_left : VERB_WRITE_MAX;

		random_fill(&t->random, noise, some);
		conn_write(writer(t), noise, some);
		t->chunk_left -= some;
		t->to_write -= some;
	}
}

static void
write_chunk(struct transfer *t)
{
	bool has_room;

	if (writer(t) == NULL || t->to_write == 0)
		return;
	has_room = verb_has_room(writer(t));
	if (has_room && t->chunk_left == 0)
		draw_chunk(t);
	if (has_room)
		write_noise(t);
	if (!has_room || t->chunk_left > 0)
		later(t, VERB_AGAIN_NS, TOKEN_WRITE);
	else if (t->to_write > 0)
		later(t, amount_draw(&t->how->every_ns, &t->random),
		    TOKEN_WRITE);
}

static void
close_client(struct transfer *t)
{
	if (t->client == NULL)
		return;
	switch (t->how->close) {
	case CLOSE_FIN:
		conn_close(t->client);
		break;
	case CLOSE_RESET:
		conn_abort(t->client);
		break;
	case CLOSE_NONE:
		break;
	}
	go_on(t);
}

static void
read_some(struct transfer *t, size_t len)
{
	const struct scenario_transfer *how = t->how;

	t->to_read -= len;
	if (!t->has_stalled && how->stall_after > 0 &&
	    how->bytes - t->to_read >= how->stall_after) {
		t->has_stalled = true;
		conn_hold(reader(t), true);
		later(t, how->stall_ns, TOKEN_READ_ON);
	}
	if (t->to_read == 0)
		later(t, how->linger_ns, TOKEN_CLOSE);
}

static void
client_connected(void *app, struct conn *conn)
{
	struct transfer *t = app;

	(void)conn;
	if (t->how->bytes == 0)
		later(t, t->how->linger_ns, TOKEN_CLOSE);
	else if (!t->how->from_server)
		write_chunk(t);
}

static void
received(void *app, struct conn *conn, const uint8_t *data, size_t len)
{
	struct transfer *t = app;

	(void)data;
	if (conn == reader(t))
		read_some(t, len);
}

static void
ended(void *app, struct conn *conn, enum tcp_end why)
{
	struct transfer *t = app;

	(void)why;
	if (conn == t->far)
		t->far = NULL;
	if (conn != t->client)
		return;
	t->client = NULL;
	go_on(t);
}

static const struct conn_calls client_calls = {
	.connected = client_connected,
	.received = received,
	.ended = ended,
};

static const struct conn_calls far_calls = {
	.received = received,
	.ended = ended,
};

static void
far_accepted(void *app, struct conn *conn)
{
	struct transfer *t = app;

	t->far = conn;
	if (t->how->from_server)
		later(t, 0, TOKEN_WRITE);
}

static int
open_connection(struct transfer *t, struct errbuf *err)
{
	const struct far_caller caller = { &far_calls, far_accepted, t };
	struct endpoint own;

	t->number++;
	t->connections_left--;
	t->to_write = t->to_read = t->how->bytes;
	t->chunk_left = 0;
	t->has_stalled = t->is_over = false;
	t->far = NULL;
	t->client = host_connect(verb_host(t->play, t->action), &t->server,
	    t->how->from_port, t->action->label, &client_calls, t, err);
	if (t->client == NULL)
		return -1;
	conn_own(t->client, &own);
	return far_end_expect(t->play, t->action->to, t->server.port, &own,
	    &caller, err);
}

static void
next_connection(struct transfer *t)
{
	struct errbuf err;

	if (open_connection(t, &err) == -1)
		verb_fail(t->play, &err);
}

static void
transfer_event(void *owner, uint64_t token)
{
	struct transfer *t = owner;

	if (token >> 2 != t->number)
		return;
	switch (token & 3) {
	case TOKEN_WRITE:
		write_chunk(t);
		break;
	case TOKEN_READ_ON:
		if (reader(t) != NULL)
			conn_hold(reader(t), false);
		break;
	case TOKEN_CLOSE:
		close_client(t);
		break;
	case TOKEN_NEXT:
		next_connection(t);
		break;
	}
}

static void
found(void *app, const struct endpoint *to)
{
	struct transfer *t = app;

	if (to == NULL) {
		play_done(t->play);	/* nobody of that name */
		return;
	}
	t->server = *to;
	next_connection(t);
}

int
transfer_start(struct play *play, const struct scenario_action *action,
    struct errbuf *err)
{
	struct transfer *t = verb_new(play, sizeof(*t), NULL, err);

	if (t == NULL || far_end_listen(play, action->to, action->port, err)
	    == -1)
		return -1;
	t->play = play;
	t->action = action;
	t->how = &action->transfer;
	t->connections_left = t->how->connections;
	play_random(play, action, &t->random);
	return play_target(play, action, found, t, err);
}
