/*
 * What a test looks at and sets in a fake world between two things that happen.
 */
#include <string.h>

#include "tests/chat/fake_internal.h"

const struct fake_messages *
fake_sent(struct fake_world *world, const struct peer *peer)
{
	(void)world;
	return &((const struct fake_peer *)peer)->sent;
}

const struct fake_messages *
fake_shown(struct fake_world *world)
{
	return &world->shown;
}

const struct fake_messages *
fake_events(struct fake_world *world)
{
	return &world->events;
}

const struct fake_messages *
fake_datagrams(struct fake_world *world)
{
	return &world->datagrams;
}

void
fake_forget(struct fake_world *world)
{
	fake_drop(&world->shown);
	fake_drop(&world->events);
	fake_drop(&world->datagrams);
	for (size_t i = 0; i < world->peer_count; i++)
		fake_drop(&world->peers[i]->sent);
}

const uint8_t *
fake_stream(struct fake_world *world, const struct peer *p, size_t *len)
{
	struct fake_peer *peer = NULL;

	for (size_t i = 0; i < world->peer_count; i++)
		if (&world->peers[i]->peer == p)
			peer = world->peers[i];
	if (peer == NULL)
		fake_fail("there is no such peer");
	peer->stream.len = 0;
	for (size_t i = 0; i < peer->sent.count; i++)
		if (bytes_append(&peer->stream, peer->sent.list[i].data,
		    peer->sent.list[i].len) != 0)
			fake_fail("out of memory");
	if (bytes_reserve(&peer->stream, 1) == NULL)
		fake_fail("out of memory");
	peer->stream.data[peer->stream.len] = '\0';
	*len = peer->stream.len;
	return peer->stream.data;
}

bool
fake_is_closed(const struct fake_world *world, const struct peer *peer)
{
	const struct fake_peer *p = (const struct fake_peer *)peer;

	(void)world;
	return p->closed || p->gone;
}

bool
fake_is_gone(const struct fake_world *world, const struct peer *peer)
{
	(void)world;
	return ((const struct fake_peer *)peer)->gone;
}

bool
fake_is_admitted(const struct fake_world *world, const struct peer *peer)
{
	(void)world;
	return ((const struct fake_peer *)peer)->admitted;
}

size_t
fake_queued_bytes(const struct fake_world *world, const struct peer *peer)
{
	(void)world;
	return ((const struct fake_peer *)peer)->queued;
}

bool
fake_is_held(const struct fake_world *world, const struct peer *peer)
{
	(void)world;
	return ((const struct fake_peer *)peer)->held;
}

const char *
fake_prompt(const struct fake_world *world)
{
	return world->prompt;
}

bool
fake_lines_are_held(const struct fake_world *world)
{
	return world->lines_held;
}

bool
fake_prompt_is_secret(const struct fake_world *world)
{
	return world->secret;
}

int
fake_status(const struct fake_world *world)
{
	return world->status;
}

void
fake_set_reading(struct fake_world *world, struct peer *peer, bool reading)
{
	((struct fake_peer *)peer)->reading = reading;
	fake_settle_if_asked(world);
}

void
fake_answer_next(struct fake_world *world, enum login_answer what)
{
	world->has_answer = true;
	world->answer = what;
}

void
fake_add_user(struct fake_world *world, const char *name,
    const char *password)
{
	struct fake_user *user;

	world->users = fake_grow(world->users, &world->user_room,
	    world->user_count, sizeof(*world->users));
	user = &world->users[world->user_count++];
	*user = (struct fake_user){ .name = fake_copy(name, strlen(name)) };
	if (bytes_append(&user->password, password, strlen(password)) != 0)
		fake_fail("out of memory");
}

void
fake_set_random(struct fake_world *world, uint8_t first)
{
	world->counting = true;
	world->next_byte = first;
}

void
fake_give_random(struct fake_world *world, const void *data, size_t len)
{
	if (bytes_append(&world->given, data, len) != 0)
		fake_fail("out of memory");
}
