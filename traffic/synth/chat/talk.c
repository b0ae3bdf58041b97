/*
 * A user of labchat in virtual time: VERB_TALK.  What chat/net/client.c does
 * with sockets and a user, done with host.h and a script.
 *
 * A wait in vain, and a step that is left over when the connection is, end the
 * scenario with an error: its captures would not show what it says.
 */
#include <stdlib.h>
#include <string.h>

#include "chat/net/server.h"
#include "chat/script/player.h"
#include "traffic/scenario/file_bytes.h"
#include "traffic/synth/chat/chat_world.h"

/* As of chat/net/client.c. */
enum { SEND_BUFFER = 16777216, HOLD_BYTES = WORLD_LOW_WATER };

/* How long a program that has ended waits for the server's end, once all that
 * it sent is acknowledged. */
#define LINGER_NS	INT64_C(500000000)

/* What one datagram can carry over IPv4. */
enum { DATAGRAM_MAX = 65507 };

struct talk {
	struct chat_world world;	/* first */
	const struct scenario_action *action;
	struct chat_link *server;	/* NULL: not there */
	struct udp_socket *udp;
	struct player_calls calls;
	struct player player;
	uint64_t tick, linger;		/* events */
	int64_t tick_ns;
	bool ends;
	bool lines_held;		/* by the protocol */
	bool held;			/* for any reason */
	bool is_done;
};

static struct talk *
talk_of(struct chat_world *world)
{
	return (struct talk *)world;
}

static int64_t
now_ns(const struct talk *t)
{
	return clock_now_ns(t->world.play->clock);
}

/* The scenario ends with this. */
static void
fail(struct talk *t, size_t line, const char *why)
{
	struct errbuf err;

	errbuf_set(&err, "%s:%zu: %s", t->world.play->scenario->name, line,
	    why);
	clock_fail(t->world.play->clock, &err);
}

static void
be_done(struct talk *t)
{
	if (t->is_done)
		return;
	t->is_done = true;
	clock_cancel(t->world.play->clock, t->tick);
	clock_cancel(t->world.play->clock, t->linger);
	host_udp_close(t->udp);
	t->udp = NULL;
	play_done(t->world.play);
}


/* The script. */

static void on_tick(void *owner, uint64_t token);

/* After each call that may have changed what the script waits for. */
static void
schedule(struct talk *t)
{
	int64_t due_ns = t->ends ? INT64_MAX : player_due_ns(&t->player);

	if (t->tick != 0 && due_ns == t->tick_ns)
		return;
	clock_cancel(t->world.play->clock, t->tick);
	t->tick = 0;
	t->tick_ns = due_ns;
	if (due_ns != INT64_MAX)
		t->tick = clock_at(t->world.play->clock, due_ns, on_tick, t,
		    0);
}

static void
on_tick(void *owner, uint64_t token)
{
	struct talk *t = owner;

	(void)token;
	t->tick = 0;
	player_tick(&t->player, now_ns(t));
	schedule(t);
}

static void
update_hold(struct talk *t)
{
	size_t queued = t->server == NULL ? 0 :
	    chat_act_queued(&t->world.world, &t->server->peer);
	bool hold = t->ends || t->server == NULL || t->lines_held ||
	    (t->held ? queued > HOLD_BYTES / 2 : queued > HOLD_BYTES);

	if (hold == t->held)
		return;
	t->held = hold;
	player_hold(&t->player, hold);
	schedule(t);
}

static void
end(struct talk *t)
{
	if (t->ends)
		return;
	t->ends = true;
	update_hold(t);
	schedule(t);
	if (t->server != NULL)
		chat_link_close(t->server, LEFT_CLOSED);
}

static void
on_line(void *context, const char *text, size_t len)
{
	struct talk *t = context;
	const struct side *side = t->world.rules.side;

	if (!t->ends && side->line != NULL)
		side->line(t->world.state, text, len);
	update_hold(t);
}

static void
on_input_ended(void *context)
{
	struct talk *t = context;
	const struct side *side = t->world.rules.side;

	if (t->ends)
		return;
	if (side->input_ended != NULL)
		side->input_ended(t->world.state);
	else
		end(t);
}

static void
on_script_failed(void *context, const char *why)
{
	struct talk *t = context;
	struct errbuf err;

	errbuf_set(&err, "%s", why);
	clock_fail(t->world.play->clock, &err);
}

/* Steps that nobody will take. */
static void
check_script_is_over(struct talk *t, const char *why)
{
	const struct script_step *step = player_next(&t->player);

	if (step != NULL)
		fail(t, step->line, why);
}


/* What a client's world has beyond that of both sides. */

static void
act_send(struct world *world, struct peer *peer, const void *data, size_t len)
{
	chat_act_send(world, peer, data, len);
	update_hold(talk_of(chat_world_of(world)));
}

static int
act_datagram(struct world *world, const struct chat_address *to,
    const void *data, size_t len, struct errbuf *err)
{
	struct chat_world *w = chat_world_of(world);
	struct talk *t = talk_of(w);
	struct endpoint target = { .port = to->port };

	if (t->udp == NULL || len > DATAGRAM_MAX) {
		errbuf_set(err, t->udp == NULL ? "there is no UDP socket" :
		    "Message too long");
		return -1;
	}
	target.address.version = to->version;
	memcpy(target.address.bytes, to->bytes,
	    sizeof(target.address.bytes));
	truth_message(w->play->truth, w->rules.host,
	    chat_world_host(w, &target.address), w->rules.protocol->name,
	    data, len, now_ns(t));
	host_udp_send(t->udp, &target, data, len);
	return 0;
}

static void
act_show(struct world *world, enum show kind, const char *text, size_t len)
{
	struct talk *t = talk_of(chat_world_of(world));

	(void)kind;
	player_shown(&t->player, text, len, now_ns(t));
	schedule(t);
}

static void
act_prompt(struct world *world, const char *text, bool secret)
{
	(void)world;
	(void)text;
	(void)secret;
}

static void
act_hold_lines(struct world *world, bool hold)
{
	struct talk *t = talk_of(chat_world_of(world));

	t->lines_held = hold;
	update_hold(t);
}

static void
act_end(struct world *world, int status)
{
	(void)status;
	end(talk_of(chat_world_of(world)));
}

/* A client keeps no users and serves no files: no side of one asks for
 * them. */
static const struct world_actions actions = {
	.send = act_send,
	.queued = chat_act_queued,
	.hold = chat_act_hold,
	.close = chat_act_close,
	.admit = chat_act_admit,
	.timer = chat_act_timer,
	.now_ns = chat_act_now_ns,
	.random = chat_act_random,
	.event = chat_act_event,
	.datagram = act_datagram,
	.show = act_show,
	.prompt = act_prompt,
	.hold_lines = act_hold_lines,
	.end = act_end,
	.file_make = chat_act_file_make,
	.file_write = memory_files_write,
	.file_keep = memory_files_keep,
	.file_open = chat_act_file_open,
	.file_read = memory_files_read,
	.file_drop = memory_files_drop,
	.file_add = chat_act_file_add,
};


/* The connection. */

static void
on_datagram(void *app, struct udp_socket *socket, const struct endpoint *from,
    const uint8_t *data, size_t len)
{
	struct talk *t = app;
	const struct side *side = t->world.rules.side;
	struct chat_address address = {
		.version = from->address.version, .port = from->port,
	};

	(void)socket;
	memcpy(address.bytes, from->address.bytes, sizeof(address.bytes));
	if (!t->ends && side->datagram != NULL)
		side->datagram(t->world.state, &address, data, len);
}

static int
open_datagrams(struct talk *t, struct errbuf *err)
{
	struct chat_world *w = &t->world;
	const struct chat_settings *settings = &t->action->talk.settings;

	if ((w->rules.protocol->needs & PROTOCOL_UDP) == 0)
		return 0;
	t->udp = host_udp_open(w->play->hosts[w->rules.host],
	    settings->peer_port, t->action->label, on_datagram, t, err);
	return t->udp == NULL ? -1 : 0;
}

static void
on_connected(struct chat_world *w, struct chat_link *link)
{
	struct talk *t = talk_of(w);
	struct errbuf err;

	if (open_datagrams(t, &err) == 0)
		w->state = w->rules.side->open(&w->world,
		    &t->action->talk.settings, &err);
	if (w->state == NULL) {
		fail(t, t->action->line, err.text);
		return;
	}
	t->server = link;
	player_connected(&t->player, now_ns(t));
	chat_link_join(link, link->conn);
	update_hold(t);
	schedule(t);
}

static void
on_unreachable(struct chat_world *w, enum tcp_end why)
{
	struct talk *t = talk_of(w);

	check_script_is_over(t, why == TCP_END_REFUSED ?
	    "the server refused the connection" :
	    "the server was not reached");
	be_done(t);
}

static void
on_wrote(struct chat_world *w)
{
	update_hold(talk_of(w));
}

/* A server that does not close its end keeps nobody. */
static void
on_lingered(void *owner, uint64_t token)
{
	struct talk *t = owner;
	const struct chat_link *link = t->world.links;

	(void)token;
	if (link != NULL && link->conn != NULL &&
	    conn_unacknowledged(link->conn) > 0)
		t->linger = clock_after(t->world.play->clock, LINGER_NS,
		    on_lingered, t, 0);
	else
		be_done(t);
}

static void
on_left(struct chat_world *w, struct chat_link *link, enum left why)
{
	struct talk *t = talk_of(w);

	(void)link;
	(void)why;
	check_script_is_over(t, "the connection was over before this");
	t->server = NULL;
	t->ends = true;
	update_hold(t);
	schedule(t);
	t->linger = clock_after(w->play->clock, LINGER_NS, on_lingered, t, 0);
}

static void
on_gone(struct chat_world *w, struct chat_link *link)
{
	(void)link;
	be_done(talk_of(w));
}


/* The beginning. */

static void
on_found(void *app, const struct endpoint *to)
{
	struct talk *t = app;
	struct chat_world *w = &t->world;
	struct chat_link *link;
	struct errbuf err;

	if (to == NULL) {
		check_script_is_over(t, "the server's name has no address");
		be_done(t);
		return;
	}
	link = chat_link_new(w, to);
	errbuf_set(&err, "out of memory");
	if (link == NULL || host_connect(w->play->hosts[w->rules.host], to, 0,
	    t->action->label, &chat_link_calls, link, &err) == NULL)
		fail(t, t->action->line, err.text);
}

struct file_sink {
	struct sink sink;		/* first */
	struct bytes *content;
};

static int
append(struct sink *sink, const void *data, size_t n, struct errbuf *err)
{
	struct file_sink *f = (struct file_sink *)sink;

	if (bytes_append(f->content, data, n) == 0)
		return 0;
	errbuf_set(err, "out of memory");
	return -1;
}

static int
make_files(struct talk *t, struct errbuf *err)
{
	const struct scenario_talk *talk = &t->action->talk;
	struct memory_files *files = &t->world.files;

	files->file_max = SERVER_FILE_MAX;
	for (size_t i = 0; i < talk->file_count; i++) {
		struct memory_file *file = memory_files_put(files,
		    talk->files[i].name, err);
		struct file_sink sink = { { append }, NULL };

		if (file == NULL)
			return -1;
		sink.content = &file->content;
		if (file_bytes_write(&talk->files[i], t->world.play->seed,
		    &sink.sink, err) == -1)
			return -1;
	}
	return 0;
}

static void
release(void *state)
{
	struct talk *t = state;

	chat_world_reset(&t->world);
	player_reset(&t->player);
	free(t);
}

static void
set_up(struct talk *t, struct play *play)
{
	const struct scenario_action *action = t->action;
	const struct chat_rules rules = {
		.protocol = action->talk.protocol,
		.side = action->talk.protocol->client,
		.host = action->from,
		.send_buffer = SEND_BUFFER,
		.connected = on_connected,
		.unreachable = on_unreachable,
		.wrote = on_wrote,
		.left = on_left,
		.gone = on_gone,
	};

	chat_world_init(&t->world, &actions, play, &rules);
	play_random(play, action, &t->world.random);
	t->held = true;
	t->calls = (struct player_calls){ on_line, on_input_ended,
	    on_script_failed, t };
	player_init(&t->player, play->scenario->name, &action->talk.steps,
	    &t->calls);
}

int
talk_start(struct play *play, const struct scenario_action *action,
    struct errbuf *err)
{
	struct talk *t = calloc(1, sizeof(*t));

	if (t == NULL) {
		errbuf_set(err, "out of memory");
		return -1;
	}
	t->action = action;
	set_up(t, play);
	if (play_keep(play, t, release, err) == -1 ||
	    make_files(t, err) == -1)
		return -1;
	return play_target(play, action, on_found, t, err);
}
