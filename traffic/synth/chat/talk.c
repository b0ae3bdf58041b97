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
#include "traffic/scenario/file_bytes.h"
#include "traffic/synth/chat/talk_internal.h"

/* As of chat/net/client.c. */
enum { SEND_BUFFER = 16777216 };

/* How long a program that has ended waits for the server's end, once all that
 * it sent is acknowledged. */
#define LINGER_NS	INT64_C(500000000)


/* The end. */

static void
be_done(struct talk *t)
{
	if (t->is_done)
		return;
	t->is_done = true;
	clock_cancel(t->world.play->clock, t->tick);
	clock_cancel(t->world.play->clock, t->linger);
	chat_world_stop_timers(&t->world);
	host_udp_close(t->udp);
	t->udp = NULL;
	play_done(t->world.play);
}


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
		talk_fail(t, t->action->line, err.text);
		return;
	}
	t->server = link;
	player_connected(&t->player, talk_now_ns(t));
	chat_link_join(link, link->conn);
	talk_update_hold(t);
	talk_schedule(t);
}

static void
on_unreachable(struct chat_world *w, enum tcp_end why)
{
	struct talk *t = talk_of(w);

	talk_check_script(t, why == TCP_END_REFUSED ?
	    "the server refused the connection" :
	    "the server was not reached");
	be_done(t);
}

static void
on_wrote(struct chat_world *w)
{
	talk_update_hold(talk_of(w));
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
	talk_check_script(t, "the connection was over before this");
	t->server = NULL;
	t->ends = true;
	talk_update_hold(t);
	talk_schedule(t);
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
		talk_check_script(t, "the server's name has no address");
		be_done(t);
		return;
	}
	link = chat_link_new(w, to);
	errbuf_set(&err, "out of memory");
	if (link == NULL || host_connect(w->play->hosts[w->rules.host], to, 0,
	    t->action->label, &chat_link_calls, link, &err) == NULL)
		talk_fail(t, t->action->line, err.text);
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

	chat_world_init(&t->world, &talk_actions, play, &rules);
	play_random(play, action, &t->world.random);
	talk_user_init(t);
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
