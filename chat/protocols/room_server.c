/* The server of `room`; room.h has the rules. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "chat/protocols/room.h"
#include "chat/protocols/roster.h"
#include "chat/wire/chat_text.h"
#include "chat/wire/stream.h"

struct server {
	struct world *world;
	size_t message_max;
	struct roster users;	/* those that have said their names */
};

enum stage { STAGE_NEW, STAGE_NAMED, STAGE_REFUSED };

struct member {
	struct roster_entry entry;	/* first */
	enum stage stage;
	struct stream kept;		/* read and not yet used up */
};

static void *
open_server(struct world *world, const struct chat_settings *settings,
    struct errbuf *err)
{
	struct server *s = calloc(1, sizeof(*s));

	if (s == NULL) {
		errbuf_set(err, "out of memory");
		return NULL;
	}
	s->world = world;
	s->message_max = settings->line_max;
	if (s->message_max > ROOM_READ_BYTES)
		s->message_max = ROOM_READ_BYTES;
	/* A character fits in. */
	if (s->message_max < 4)
		s->message_max = 4;
	world_event(world, NULL, "ready", NULL, 0, "Server is listening...");
	return s;
}

static int
joined(void *state, struct peer *p)
{
	struct server *s = state;
	char line[INET6_ADDRSTRLEN + 64];

	p->state = calloc(1, sizeof(struct member));
	if (p->state == NULL)
		return -1;
	snprintf(line, sizeof(line), "Connected with ('%s', %u)", p->ip,
	    (unsigned)p->address.port);
	world_event(s->world, p, "asked", NULL, 0, line);
	world_send(s->world, p, ROOM_ASK, strlen(ROOM_ASK));
	return 0;
}

static void
refuse(struct server *s, struct peer *p, const char *reason)
{
	struct member *m = p->state;
	const struct event_field field = {
		.key = "reason", .text = reason, .len = strlen(reason),
	};
	char line[CHAT_LABEL_BYTES + CHAT_NAME_MAX + 128];

	stream_reset(&m->kept);
	m->stage = STAGE_REFUSED;
	snprintf(line, sizeof(line), "%s is refused: %s", p->label, reason);
	world_event(s->world, p, "refused", &field, 1, line);
	world_send(s->world, p, reason, strlen(reason));
	world_close(s->world, p, false);
}

/* "NAME joined!", "NAME left!" to all that are in the room. */
static void
announce(struct server *s, const char *name, const char *what)
{
	char line[CHAT_NAME_MAX + 16];
	int n = snprintf(line, sizeof(line), "%s%s", name, what);

	roster_send(&s->users, s->world, NULL, line, (size_t)n);
}

static void
tell(struct server *s, struct peer *p, const char *name, const char *before,
    const char *after)
{
	const struct roster_entry *user = p->state;
	const struct event_field field = {
		.key = "user", .text = user->name, .len = user->name_len,
	};
	char line[CHAT_NAME_MAX + 64];

	snprintf(line, sizeof(line), "%s%s%s", before, user->name, after);
	world_event(s->world, p, name, &field, 1, line);
}

static void
take_name(struct server *s, struct peer *p)
{
	struct member *m = p->state;
	const uint8_t *name = stream_data(&m->kept);
	size_t len = m->kept.len;
	const char *fault;

	if (len <= CHAT_NAME_MAX && chat_text_cut(name, len) > 0)
		return;
	fault = chat_name_fault(name, len, "");
	if (fault == NULL && roster_find(&s->users, name, len) != NULL)
		fault = "This nickname is in use.";
	if (fault == NULL && roster_name(&m->entry, name, len) != 0)
		fault = "The server is out of memory.";
	if (fault != NULL) {
		refuse(s, p, fault);
		return;
	}
	stream_use(&m->kept, len);
	roster_add(&s->users, &m->entry, p);
	m->stage = STAGE_NAMED;
	world_admit(s->world, p);
	tell(s, p, "named", "Nickname is ", "");
	announce(s, m->entry.name, ROOM_JOINED);
	world_send(s->world, p, ROOM_WELCOME, strlen(ROOM_WELCOME));
}

/* To all, the sender included. */
static void
relay(struct server *s, struct peer *p, const uint8_t *data, size_t len)
{
	if (len == ROOM_ASK_BYTES && memcmp(data, ROOM_ASK, len) == 0)
		world_event(s->world, p, "dropped", NULL, 0,
		    "A message is NICK: not relayed");
	else
		roster_send(&s->users, s->world, NULL, data, len);
}

static void
take_messages(struct server *s, struct peer *p)
{
	struct member *m = p->state;

	while (m->kept.len > 0) {
		const uint8_t *data = stream_data(&m->kept);
		size_t n = m->kept.len;

		if (n > s->message_max)
			n = s->message_max;
		n -= chat_text_cut(data, n);
		if (n == 0)
			return;
		relay(s, p, data, n);
		stream_use(&m->kept, n);
	}
}

static void
received(void *state, struct peer *p, const uint8_t *data, size_t len)
{
	struct server *s = state;
	struct member *m = p->state;

	if (stream_add(&m->kept, data, len) != 0)
		refuse(s, p, "The server is out of memory.");
	else if (m->stage == STAGE_NAMED)
		take_messages(s, p);
	else if (m->stage == STAGE_NEW)
		take_name(s, p);
}

/* At the end of the server all go, one after another: nobody is told. */
static void
left(void *state, struct peer *p, enum left why)
{
	struct server *s = state;
	struct member *m = p->state;
	char name[CHAT_NAME_MAX + 1] = "";
	bool named = m->entry.peer != NULL;

	if (named) {
		tell(s, p, "gone", "", " left");
		memcpy(name, m->entry.name, m->entry.name_len);
	}
	roster_remove(&s->users, &m->entry);
	if (named && why != LEFT_STOP)
		announce(s, name, ROOM_LEFT);
	stream_reset(&m->kept);
	free(m);
}

static void
close_server(void *state)
{
	free(state);
}

const struct side room_server = {
	.open = open_server,
	.joined = joined,
	.received = received,
	.left = left,
	.close = close_server,
};
