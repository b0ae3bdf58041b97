#include "tests/chat/fake_world.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/parse.h"
#include "tests/chat/fake_internal.h"

enum { SPIN = 1000000 };	/* so many steps in one call are too many */

struct chat_settings
fake_settings(void)
{
	return (struct chat_settings){ .line_max = 1024, .peer_port = 5000 };
}

struct fake_world *
fake_world_new(const struct side *side, const struct chat_settings *settings)
{
	struct fake_world *world = calloc(1, sizeof(*world));
	struct errbuf err = { "" };

	if (world == NULL)
		fake_fail("out of memory");
	world->world.actions = &fake_actions;
	world->side = side;
	world->settling = true;
	world->now_ns = 1000000000;
	world->status = -1;
	memory_files_init(&world->files);
	world->prompt = fake_copy("", 0);
	world->state = side->open(&world->world, settings, &err);
	if (world->state == NULL)
		fake_fail("the side does not open: %s", err.text);
	return world;
}

/* What the side is told must come from outside, never from an action. */
static void
enter(struct fake_world *world)
{
	if (world->busy)
		fake_fail("called from within the side");
	world->busy = true;
}

static void
leave(struct fake_world *world)
{
	world->busy = false;
}

static void
drop_inbox(struct fake_peer *peer)
{
	while (peer->inbox != NULL) {
		struct fake_piece *piece = peer->inbox;

		peer->inbox = piece->next;
		free(piece->data);
		free(piece);
	}
}

static void
drop_request(struct fake_peer *peer)
{
	free(peer->name);
	peer->name = NULL;
	bytes_reset(&peer->password);
	peer->request = FAKE_NOTHING;
}

static void
go(struct fake_world *world, struct fake_peer *peer, enum left why)
{
	enter(world);
	if (world->side->left != NULL)
		world->side->left(world->state, &peer->peer, why);
	leave(world);
	peer->gone = true;
	peer->peer.state = NULL;
	drop_inbox(peer);
	drop_request(peer);
}

static void
free_peer(struct fake_peer *peer)
{
	drop_inbox(peer);
	drop_request(peer);
	fake_drop(&peer->sent);
	bytes_reset(&peer->stream);
	free(peer);
}

void
fake_world_free(struct fake_world *world)
{
	for (size_t i = 0; i < world->peer_count; i++)
		if (!world->peers[i]->gone)
			go(world, world->peers[i], LEFT_STOP);
	if (world->side->close != NULL)
		world->side->close(world->state);
	fake_forget(world);
	for (size_t i = 0; i < world->peer_count; i++)
		free_peer(world->peers[i]);
	free(world->peers);
	for (size_t i = 0; i < world->user_count; i++) {
		free(world->users[i].name);
		bytes_reset(&world->users[i].password);
	}
	free(world->users);
	free(world->prompt);
	bytes_reset(&world->given);
	fake_files_free(world);
	free(world);
}

/* "127.0.0.1:41246", "[::1]:9". */
static void
parse_address(const char *text, struct chat_address *out,
    char ip[INET6_ADDRSTRLEN])
{
	const char *colon = strrchr(text, ':');
	bool v6 = text[0] == '[';
	size_t len = colon == NULL ? 0 : (size_t)(colon - text);
	struct errbuf err;
	uint64_t port = 0;

	*out = (struct chat_address){ .version = v6 ? 6 : 4 };
	if (v6 && len >= 2)
		len -= 2;
	if (len == 0 || len >= INET6_ADDRSTRLEN ||
	    parse_u64(colon + 1, 0, 65535, &port, &err) != 0)
		fake_fail("%s: no address and port", text);
	memcpy(ip, text + v6, len);
	ip[len] = '\0';
	if (inet_pton(v6 ? AF_INET6 : AF_INET, ip, out->bytes) != 1)
		fake_fail("%s: no address", text);
	out->port = (uint16_t)port;
}

static struct fake_peer *
new_peer(const char *address)
{
	struct fake_peer *peer = calloc(1, sizeof(*peer));

	if (peer == NULL)
		fake_fail("out of memory");
	parse_address(address, &peer->peer.address, peer->peer.ip);
	snprintf(peer->peer.label, sizeof(peer->peer.label), "%s", address);
	peer->reading = true;
	return peer;
}

void
fake_settle_if_asked(struct fake_world *world)
{
	if (world->settling)
		fake_settle(world);
}

struct peer *
fake_join(struct fake_world *world, const char *address)
{
	struct fake_peer *peer = new_peer(address);
	int refused = 0;

	enter(world);
	if (world->side->joined != NULL)
		refused = world->side->joined(world->state, &peer->peer);
	leave(world);
	if (refused != 0) {
		free_peer(peer);
		return NULL;
	}
	world->peers = fake_grow(world->peers, &world->peer_room,
	    world->peer_count, sizeof(struct fake_peer *));
	world->peers[world->peer_count++] = peer;
	fake_settle_if_asked(world);
	return &peer->peer;
}

/* Hands over what waits, while the side wants it. */
static bool
deliver(struct fake_world *world, struct fake_peer *peer)
{
	struct fake_piece *piece = peer->inbox;

	if (peer->closed || peer->held)
		return false;
	enter(world);
	if (piece != NULL) {
		peer->inbox = piece->next;
		if (world->side->received != NULL)
			world->side->received(world->state, &peer->peer,
			    piece->data, piece->len);
		free(piece->data);
		free(piece);
	} else if (peer->finished && !peer->told_finished) {
		peer->told_finished = true;
		if (world->side->finished != NULL) {
			world->side->finished(world->state, &peer->peer);
		} else {
			peer->closed = true;
			peer->why = LEFT_ENDED;
		}
	} else {
		leave(world);
		return false;
	}
	leave(world);
	return true;
}

static void
deliver_all(struct fake_world *world, struct fake_peer *peer)
{
	while (deliver(world, peer))
		;
	fake_settle_if_asked(world);
}

static void
add_piece(struct fake_peer *peer, const uint8_t *data, size_t len)
{
	struct fake_piece *piece = malloc(sizeof(*piece)), **at = &peer->inbox;

	if (piece == NULL)
		fake_fail("out of memory");
	/* Not terminated: what is read past the end is seen by ASan. */
	piece->data = malloc(len);
	if (piece->data == NULL)
		fake_fail("out of memory");
	memcpy(piece->data, data, len);
	piece->len = len;
	piece->next = NULL;
	while (*at != NULL)
		at = &(*at)->next;
	*at = piece;
}

void
fake_receive(struct fake_world *world, struct peer *p, const void *data,
    size_t len)
{
	struct fake_peer *peer = (struct fake_peer *)p;
	const uint8_t *at = data;

	if (peer->closed || peer->gone || peer->finished)
		return;
	while (len > 0) {
		size_t n = len < SIDE_READ_MAX ? len : SIDE_READ_MAX;

		add_piece(peer, at, n);
		at += n;
		len -= n;
	}
	deliver_all(world, peer);
}

void
fake_receive_text(struct fake_world *world, struct peer *peer,
    const char *text)
{
	fake_receive(world, peer, text, strlen(text));
}

void
fake_finish(struct fake_world *world, struct peer *p)
{
	struct fake_peer *peer = (struct fake_peer *)p;

	if (peer->closed || peer->gone)
		return;
	peer->finished = true;
	deliver_all(world, peer);
}

void
fake_leave(struct fake_world *world, struct peer *p, enum left why)
{
	struct fake_peer *peer = (struct fake_peer *)p;

	if (peer->gone)
		return;
	go(world, peer, peer->closed ? peer->why : why);
	fake_settle_if_asked(world);
}

void
fake_line(struct fake_world *world, const char *text)
{
	char *copy;

	if (world->status != -1 || world->side->line == NULL)
		return;
	copy = fake_copy(text, strlen(text));
	enter(world);
	world->side->line(world->state, copy, strlen(copy));
	leave(world);
	free(copy);
	fake_settle_if_asked(world);
}

void
fake_input_ended(struct fake_world *world)
{
	if (world->status != -1)
		return;
	enter(world);
	if (world->side->input_ended != NULL)
		world->side->input_ended(world->state);
	else
		world->status = 0;
	leave(world);
	fake_settle_if_asked(world);
}

void
fake_datagram_data(struct fake_world *world, const char *from,
    const void *data, size_t len)
{
	char ip[INET6_ADDRSTRLEN];
	struct chat_address address;
	uint8_t *copy;

	parse_address(from, &address, ip);
	if (world->side->datagram == NULL)
		return;
	copy = malloc(len == 0 ? 1 : len);
	if (copy == NULL)
		fake_fail("out of memory");
	if (len > 0)
		memcpy(copy, data, len);
	enter(world);
	world->side->datagram(world->state, &address, copy, len);
	leave(world);
	free(copy);
	fake_settle_if_asked(world);
}

void
fake_datagram(struct fake_world *world, const char *from, const char *text)
{
	fake_datagram_data(world, from, text, strlen(text));
}

void
fake_stop(struct fake_world *world)
{
	enter(world);
	if (world->side->stop != NULL)
		world->side->stop(world->state);
	leave(world);
	fake_settle_if_asked(world);
}

void
fake_set_settling(struct fake_world *world, bool settling)
{
	world->settling = settling;
}

static enum login_answer
look_up(struct fake_world *world, const struct fake_peer *peer)
{
	const struct fake_user *user = fake_user(world, peer->name);

	if (world->has_answer) {
		world->has_answer = false;
		return world->answer;
	}
	if (peer->request == FAKE_NAME_KNOWN)
		return user == NULL ? LOGIN_UNKNOWN : LOGIN_TAKEN;
	if (peer->make && user != NULL)
		return LOGIN_TAKEN;
	if (peer->make) {
		char *password = fake_copy(peer->password.data,
		    peer->password.len);

		fake_add_user(world, peer->name, password);
		free(password);
		return LOGIN_WELCOME;
	}
	return user != NULL && user->password.len == peer->password.len &&
	    (user->password.len == 0 || memcmp(user->password.data,
	    peer->password.data, user->password.len) == 0) ?
	    LOGIN_WELCOME : LOGIN_WRONG;
}

static void
answer(struct fake_world *world, struct fake_peer *peer)
{
	enum login_answer what = look_up(world, peer);

	drop_request(peer);
	enter(world);
	if (world->side->answered != NULL)
		world->side->answered(world->state, &peer->peer, what);
	leave(world);
}

static void
drain(struct fake_world *world, struct fake_peer *peer)
{
	peer->queued = 0;
	if (!peer->was_full || peer->closed)
		return;
	peer->was_full = false;
	enter(world);
	if (world->side->drained != NULL)
		world->side->drained(world->state, &peer->peer);
	leave(world);
}

/* One thing that waits; false: nothing does. */
static bool
settle_peer(struct fake_world *world, struct fake_peer *peer)
{
	if (peer->gone)
		return false;
	if (peer->reading && peer->queued > 0)
		drain(world, peer);
	else if (peer->closed && (peer->at_once || peer->queued == 0))
		go(world, peer, peer->why);
	else if (peer->request != FAKE_NOTHING && !peer->closed)
		answer(world, peer);
	else
		return deliver(world, peer);
	return true;
}

void
fake_settle(struct fake_world *world)
{
	bool again = true;
	size_t steps = 0;

	while (again) {
		again = false;
		for (size_t i = 0; i < world->peer_count; i++)
			while (settle_peer(world, world->peers[i])) {
				again = true;
				if (++steps > SPIN)
					fake_fail("the side spins");
			}
	}
}

struct due {
	struct fake_timer *timer;
	struct fake_peer *peer;
	unsigned id;
};

static void
sooner(struct due *due, struct fake_timer *timers, struct fake_peer *peer)
{
	for (unsigned id = 0; id < WORLD_TIMERS; id++) {
		struct fake_timer *t = &timers[id];

		if (t->on && (due->timer == NULL ||
		    t->due_ns < due->timer->due_ns ||
		    (t->due_ns == due->timer->due_ns &&
		    t->order < due->timer->order)))
			*due = (struct due){ t, peer, id };
	}
}

static struct due
next_due(struct fake_world *world)
{
	struct due due = { NULL, NULL, 0 };

	sooner(&due, world->timers, NULL);
	for (size_t i = 0; i < world->peer_count; i++)
		if (!world->peers[i]->closed && !world->peers[i]->gone)
			sooner(&due, world->peers[i]->timers, world->peers[i]);
	return due;
}

void
fake_pass(struct fake_world *world, int64_t ns)
{
	int64_t end_ns = world->now_ns + ns;
	struct due due;
	size_t steps = 0;

	while ((due = next_due(world)).timer != NULL &&
	    due.timer->due_ns <= end_ns) {
		if (due.timer->due_ns > world->now_ns)
			world->now_ns = due.timer->due_ns;
		if (++steps > SPIN)
			fake_fail("the side spins on timer %u", due.id);
		due.timer->on = false;
		enter(world);
		if (world->side->timer != NULL)
			world->side->timer(world->state, due.peer == NULL ?
			    NULL : &due.peer->peer, due.id);
		leave(world);
		fake_settle_if_asked(world);
	}
	world->now_ns = end_ns;
	fake_settle_if_asked(world);
}
