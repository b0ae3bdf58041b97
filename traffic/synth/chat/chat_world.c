#include "traffic/synth/chat/chat_world.h"

#include <stdlib.h>
#include <string.h>

#include "chat/net/address.h"

void
chat_world_init(struct chat_world *w, const struct world_actions *actions,
    struct play *play, const struct chat_rules *rules)
{
	w->world.actions = actions;
	w->rules = *rules;
	w->play = play;
	memory_files_init(&w->files);
}

/* What a side does at its end reaches nobody. */
static void
cut_off(struct chat_world *w)
{
	struct chat_link *l;

	for (l = w->links; l != NULL; l = l->next) {
		l->conn = NULL;
		l->is_open = false;
	}
}

static bool
is_known(const struct chat_link *l)
{
	return l->has_joined && !l->is_refused && !l->has_left;
}

void
chat_world_reset(struct chat_world *w)
{
	const struct side *side = w->rules.side;
	struct chat_link *l, *next;

	cut_off(w);
	for (l = w->links; l != NULL; l = l->next)
		if (is_known(l) && side->left != NULL)
			side->left(w->state, &l->peer, LEFT_STOP);
	if (w->state != NULL && side->close != NULL)
		side->close(w->state);
	for (l = w->links; l != NULL; l = next) {
		next = l->next;
		free(l);
	}
	memory_files_reset(&w->files);
}

void
chat_world_stop_timers(struct chat_world *w)
{
	for (unsigned id = 0; id < WORLD_TIMERS; id++) {
		clock_cancel(w->play->clock, w->timers[id]);
		w->timers[id] = 0;
	}
}


/* The end of a link. */

static void
forget(struct chat_link *l)
{
	struct chat_world *w = l->world;
	struct chat_link **at = &w->links;

	while (*at != l)
		at = &(*at)->next;
	*at = l->next;
	if (l->has_left && w->rules.gone != NULL)
		w->rules.gone(w, l);
	free(l);
}

static void
on_leave(void *owner, uint64_t token)
{
	struct chat_link *l = owner;
	struct chat_world *w = l->world;

	(void)token;
	l->has_left = true;
	if (!l->is_refused && w->rules.side->left != NULL)
		w->rules.side->left(w->state, &l->peer, l->why);
	l->peer.state = NULL;
	if (w->rules.left != NULL)
		w->rules.left(w, l, l->why);
	if (l->conn == NULL)
		forget(l);
}

static void
cancel(struct chat_link *l, uint64_t *event)
{
	clock_cancel(l->world->play->clock, *event);
	*event = 0;
}

/* Nothing calls the side within a call of its own. */
static void
leave(struct chat_link *l, enum left why)
{
	l->is_open = false;
	l->why = why;
	cancel(l, &l->idle);
	cancel(l, &l->handshake);
	cancel(l, &l->login);
	for (unsigned id = 0; id < WORLD_TIMERS; id++)
		cancel(l, &l->timers[id]);
	/* What still comes is read and thrown away. */
	if (l->conn != NULL && l->does_not_read)
		conn_hold(l->conn, false);
	clock_after(l->world->play->clock, 0, on_leave, l, 0);
}

void
chat_link_close(struct chat_link *l, enum left why)
{
	if (!l->is_open)
		return;
	leave(l, why);
	if (l->conn != NULL)
		conn_close(l->conn);
}

void
chat_link_drop(struct chat_link *l, enum left why)
{
	if (!l->is_open)
		return;
	leave(l, why);
	if (l->conn != NULL)
		conn_abort(l->conn);
}


/* Deadlines. */

static int64_t
now_ns(const struct chat_link *l)
{
	return clock_now_ns(l->world->play->clock);
}

/* One event is under way, however often the deadline moves. */
static void
on_idle(void *owner, uint64_t token)
{
	struct chat_link *l = owner;

	(void)token;
	l->idle = 0;
	if (now_ns(l) >= l->idle_due_ns)
		chat_link_close(l, LEFT_IDLE);
	else
		l->idle = clock_at(l->world->play->clock, l->idle_due_ns,
		    on_idle, l, 0);
}

static void
postpone_idle(struct chat_link *l)
{
	if (l->world->rules.idle_ns == 0 || !l->is_open)
		return;
	l->idle_due_ns = now_ns(l) + l->world->rules.idle_ns;
	if (l->idle == 0)
		l->idle = clock_at(l->world->play->clock, l->idle_due_ns,
		    on_idle, l, 0);
}

static void
on_late(void *owner, uint64_t token)
{
	struct chat_link *l = owner;

	(void)token;
	l->handshake = 0;
	chat_link_close(l, LEFT_LATE);
}

void
chat_link_wait(struct chat_link *l, bool waits)
{
	const struct chat_rules *rules = &l->world->rules;

	if (!l->is_open || l->is_admitted || !rules->handshake ||
	    rules->handshake_ns == 0)
		return;
	cancel(l, &l->handshake);
	if (!waits)
		l->handshake = clock_after(l->world->play->clock,
		    rules->handshake_ns, on_late, l, 0);
}


/* The beginning. */

struct chat_link *
chat_link_new(struct chat_world *w, const struct endpoint *peer)
{
	struct chat_link *l = calloc(1, sizeof(*l)), **at = &w->links;

	if (l == NULL)
		return NULL;
	l->world = w;
	l->peer.address.version = peer->address.version;
	memcpy(l->peer.address.bytes, peer->address.bytes,
	    sizeof(l->peer.address.bytes));
	l->peer.address.port = peer->port;
	address_label(&l->peer.address, l->peer.label);
	address_ip(&l->peer.address, l->peer.ip);
	l->host = scenario_host_with(w->play->scenario, &peer->address);
	while (*at != NULL)
		at = &(*at)->next;
	*at = l;
	return l;
}

void
chat_link_join(struct chat_link *l, struct conn *conn)
{
	struct chat_world *w = l->world;

	l->conn = conn;
	l->has_joined = l->is_open = true;
	postpone_idle(l);
	chat_link_wait(l, false);
	if (w->rules.side->joined == NULL ||
	    w->rules.side->joined(w->state, &l->peer) == 0)
		return;
	l->is_refused = true;
	chat_link_close(l, LEFT_CLOSED);
}


/* The host's calls. */

static void
on_connected(void *app, struct conn *conn)
{
	struct chat_link *l = app;

	l->conn = conn;
	if (l->world->rules.connected != NULL)
		l->world->rules.connected(l->world, l);
}

static void
on_received(void *app, struct conn *conn, const uint8_t *data, size_t len)
{
	struct chat_link *l = app;

	(void)conn;
	if (!l->is_open)
		return;
	postpone_idle(l);
	l->world->rules.side->received(l->world->state, &l->peer, data, len);
}

static void
on_finished(void *app, struct conn *conn)
{
	struct chat_link *l = app;
	const struct side *side = l->world->rules.side;

	(void)conn;
	if (!l->is_open)
		return;
	if (side->finished == NULL)
		chat_link_close(l, LEFT_ENDED);
	else
		side->finished(l->world->state, &l->peer);
}

/* The host reads unless the protocol does not want it, or the peer does not
 * read what it is sent. */
static void
update_reading(struct chat_link *l)
{
	bool hold = l->is_held || chat_act_queued(&l->world->world, &l->peer)
	    > l->world->rules.send_buffer / 2;

	if (!l->is_open || l->conn == NULL || hold == l->does_not_read)
		return;
	l->does_not_read = hold;
	conn_hold(l->conn, hold);
}

static void
on_drained(void *app, struct conn *conn)
{
	struct chat_link *l = app;
	struct chat_world *w = l->world;
	bool was_high = l->was_high;

	(void)conn;
	l->was_high = false;
	postpone_idle(l);
	update_reading(l);
	if (was_high && l->is_open && w->rules.side->drained != NULL)
		w->rules.side->drained(w->state, &l->peer);
	if (w->rules.wrote != NULL)
		w->rules.wrote(w);
}

static void
on_ended(void *app, struct conn *conn, enum tcp_end why)
{
	struct chat_link *l = app;
	struct chat_world *w = l->world;

	(void)conn;
	l->conn = NULL;
	if (!l->has_joined) {
		forget(l);
		if (w->rules.unreachable != NULL)
			w->rules.unreachable(w, why);
	} else if (l->is_open) {
		leave(l, LEFT_LOST);
	} else if (l->has_left) {
		forget(l);
	}
}

const struct conn_calls chat_link_calls = {
	.connected = on_connected,
	.received = on_received,
	.finished = on_finished,
	.drained = on_drained,
	.ended = on_ended,
};


/* What both sides can do with a connection. */

void
chat_act_send(struct world *world, struct peer *peer, const void *data,
    size_t len)
{
	struct chat_world *w = chat_world_of(world);
	struct chat_link *l = chat_link_of(peer);
	size_t queued;

	if (!l->is_open || l->conn == NULL || len == 0)
		return;
	truth_message(w->play->truth, w->rules.host, l->host,
	    w->rules.protocol->name, data, len, now_ns(l));
	conn_write(l->conn, data, len);
	queued = chat_act_queued(world, peer);
	if (queued >= WORLD_LOW_WATER)
		l->was_high = true;
	if (queued > w->rules.send_buffer)
		chat_link_drop(l, LEFT_SLOW);
	else
		update_reading(l);
}

size_t
chat_act_queued(struct world *world, const struct peer *peer)
{
	const struct chat_link *l = chat_link_of(peer);
	size_t waiting = l->conn == NULL ? 0 : conn_unacknowledged(l->conn);

	(void)world;
	return waiting > CHAT_SEND_SPACE ? waiting - CHAT_SEND_SPACE : 0;
}

void
chat_act_hold(struct world *world, struct peer *peer, bool hold)
{
	struct chat_link *l = chat_link_of(peer);

	(void)world;
	l->is_held = hold;
	update_reading(l);
}

/* At once, too, a program closes its socket, which takes what was written. */
void
chat_act_close(struct world *world, struct peer *peer, bool at_once)
{
	(void)world;
	(void)at_once;
	chat_link_close(chat_link_of(peer), LEFT_CLOSED);
}

void
chat_act_admit(struct world *world, struct peer *peer)
{
	struct chat_link *l = chat_link_of(peer);

	(void)world;
	l->is_admitted = true;
	cancel(l, &l->handshake);
}
