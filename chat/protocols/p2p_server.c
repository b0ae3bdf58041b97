/* The server of `p2p`; p2p.h has the rules. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "chat/protocols/p2p.h"
#include "chat/protocols/p2p_member.h"
#include "chat/wire/chat_text.h"
#include "chat/wire/user_list.h"

enum { TIMER_LIST };

static void *
open_server(struct world *world, const struct chat_settings *settings,
    struct errbuf *err)
{
	struct p2p_room *room = calloc(1, sizeof(*room));

	if (room == NULL) {
		errbuf_set(err, "out of memory");
		return NULL;
	}
	room->world = world;
	room->settings = settings;
	world_event(world, NULL, "waiting", NULL, 0,
	    "Waiting for connection...");
	return room;
}

static int
joined(void *state, struct peer *p)
{
	(void)state;
	p->state = calloc(1, sizeof(struct p2p_member));
	return p->state == NULL ? -1 : 0;
}

void
p2p_refuse(struct p2p_room *room, struct peer *p, const char *reason)
{
	struct p2p_member *m = p->state;
	const struct event_field field = {
		.key = "reason", .text = reason, .len = strlen(reason),
	};
	char line[CHAT_LABEL_BYTES + CHAT_NAME_MAX + 128];

	p2p_forget_login(m);
	stream_reset(&m->kept);
	m->stage = P2P_STAGE_REFUSED;
	snprintf(line, sizeof(line), "%s is refused: %s", p->label, reason);
	world_event(room->world, p, "refused", &field, 1, line);
	world_send(room->world, p, reason, strlen(reason));
	world_close(room->world, p, false);
}

static int
append_list(const struct p2p_room *room, struct bytes *list)
{
	struct user_entry *entries = memory_array(room->users.count,
	    sizeof(*entries));
	size_t n = 0;
	int status;

	if (entries == NULL)
		return -1;
	for (const struct roster_entry *e = room->users.first; e != NULL;
	    e = e->next)
		entries[n++] = (struct user_entry){ e->name, e->peer->ip };
	status = user_list_append(list, entries, n);
	free(entries);
	return status;
}

/* Who is there, to one or (NULL) to all. */
static void
send_list(struct p2p_room *room, struct peer *to)
{
	struct bytes list = { NULL, 0, 0 };

	if (room->users.count == 0)
		return;
	if (append_list(room, &list) != 0)
		world_event(room->world, NULL, "failed", NULL, 0,
		    "out of memory: the list of users is not sent");
	else if (to != NULL)
		world_send(room->world, to, list.data, list.len);
	else
		roster_send(&room->users, room->world, NULL, list.data,
		    list.len);
	bytes_reset(&list);
}

/* The next list is not sent before so long. */
static int64_t
list_gap_ns(size_t users)
{
	return users <= P2P_FEW_USERS ? 0 :
	    (int64_t)(users * users) * P2P_LIST_GAP_NS;
}

/* Tells of a join or leave; who has joined gets the list in any case, since it
 * awaits one before anything else. */
static void
share_list(struct p2p_room *room, struct peer *joined)
{
	int64_t wait_ns = room->next_list_ns - world_now_ns(room->world);

	if (wait_ns > 0) {
		world_timer(room->world, NULL, TIMER_LIST, wait_ns);
		if (joined != NULL)
			send_list(room, joined);
		return;
	}
	world_timer(room->world, NULL, TIMER_LIST, -1);
	send_list(room, NULL);
	room->next_list_ns = world_now_ns(room->world) +
	    list_gap_ns(room->users.count);
}

static void
timer(void *state, struct peer *p, unsigned id)
{
	(void)p;
	if (id == TIMER_LIST)
		share_list(state, NULL);
}

static void
tell(struct p2p_room *room, struct peer *p, const char *name, const char *what)
{
	const struct roster_entry *user = p->state;
	const struct event_field fields[] = {
		{ .key = "user", .text = user->name, .len = user->name_len },
		{ .key = "address", .text = p->ip, .len = strlen(p->ip) },
	};
	char line[CHAT_NAME_MAX + INET6_ADDRSTRLEN + 64];

	snprintf(line, sizeof(line), "%s with IP address:%s, has %s",
	    user->name, p->ip, what);
	world_event(room->world, p, name, fields, 2, line);
}

void
p2p_welcome(struct p2p_room *room, struct peer *p, const char *name,
    size_t len)
{
	struct p2p_member *m = p->state;
	char line[CHAT_NAME_MAX + 64];

	if (roster_find(&room->users, name, len) != NULL) {
		snprintf(line, sizeof(line), "The name %.*s is in use.",
		    (int)len, name);
		p2p_refuse(room, p, line);
		return;
	}
	if (roster_name(&m->entry, name, len) != 0) {
		p2p_refuse(room, p, "The server is out of memory.");
		return;
	}
	roster_add(&room->users, &m->entry, p);
	m->stage = P2P_STAGE_NAMED;
	world_admit(room->world, p);
	tell(room, p, "named", "connected");
	share_list(room, p);
}

const char *
p2p_name_fault(const uint8_t *name, size_t len)
{
	const char *fault = chat_name_fault(name, len, "!");

	if (fault == NULL && memchr(name, ':', len) != NULL)
		return "A name must not have a colon in it.";
	return fault;
}

static void
take_name(struct p2p_room *room, struct peer *p)
{
	struct p2p_member *m = p->state;
	char name[CHAT_NAME_MAX];
	const uint8_t *data = stream_data(&m->kept);
	size_t len = m->kept.len;
	const char *fault;

	if (p2p_login_begins(data, len) && len >= P2P_LOGIN_INTRO_BYTES) {
		p2p_refuse(room, p, "This server keeps no users: log in "
		    "without a password.");
		return;
	}
	if (len <= CHAT_NAME_MAX && chat_text_cut(data, len) > 0)
		return;
	fault = p2p_name_fault(data, len);
	if (fault != NULL) {
		p2p_refuse(room, p, fault);
		return;
	}
	memcpy(name, data, len);
	stream_use(&m->kept, len);
	p2p_welcome(room, p, name, len);
}

static void
send_text(struct p2p_room *room, struct peer *p, const uint8_t *text,
    size_t len)
{
	const struct roster_entry *user = p->state;
	struct bytes message = { NULL, 0, 0 };

	if (bytes_append(&message, user->name, user->name_len) == 0 &&
	    bytes_append(&message, ": ", 2) == 0 &&
	    bytes_append(&message, text, len) == 0 &&
	    bytes_append(&message, " ", 1) == 0)
		roster_send(&room->users, room->world, user, message.data,
		    message.len);
	else
		world_event(room->world, p, "failed", NULL, 0,
		    "out of memory: a message is not sent");
	bytes_reset(&message);
}

/* The bytes of a message: an original reads all of "NAME: TEXT " at once.  At
 * least one character. */
static size_t
text_max(const struct p2p_room *room, const struct roster_entry *user)
{
	size_t max = P2P_READ_BYTES - user->name_len - 3;

	if (max > room->settings->line_max)
		max = room->settings->line_max;
	return max < 4 ? 4 : max;
}

void
p2p_take_texts(struct p2p_room *room, struct peer *p)
{
	struct p2p_member *m = p->state;
	const uint8_t *data = stream_data(&m->kept);
	size_t len = m->kept.len, max = text_max(room, &m->entry);

	len -= len == 0 ? 0 : chat_text_cut(data, len);
	if (!chat_text_is_utf8(data, len)) {
		p2p_refuse(room, p, "That was no text in UTF-8.");
		return;
	}
	for (size_t done = 0, n; done < len; done += n) {
		n = len - done;
		if (n > max)
			n = max - chat_text_cut(data + done, max);
		send_text(room, p, data + done, n);
	}
	stream_use(&m->kept, len);
}

static void
received(void *state, struct peer *p, const uint8_t *data, size_t len)
{
	struct p2p_room *room = state;
	struct p2p_member *m = p->state;

	if (stream_add(&m->kept, data, len) != 0)
		p2p_refuse(room, p, "The server is out of memory.");
	else if (m->stage == P2P_STAGE_NAMED)
		p2p_take_texts(room, p);
	else if (m->stage == P2P_STAGE_NEW && room->settings->users)
		p2p_take_login(room, p);
	else if (m->stage == P2P_STAGE_NEW)
		take_name(room, p);
}

static void
answered(void *state, struct peer *p, enum login_answer answer)
{
	p2p_take_answer(state, p, answer);
}

static void
left(void *state, struct peer *p, enum left why)
{
	struct p2p_room *room = state;
	struct p2p_member *m = p->state;
	bool listed = m->entry.peer != NULL;

	if (listed)
		tell(room, p, "gone", "left");
	roster_remove(&room->users, &m->entry);
	/* At the end of the server all go, one after another. */
	if (listed && why != LEFT_STOP)
		share_list(room, NULL);
	p2p_forget_login(m);
	stream_reset(&m->kept);
	free(m);
}

static void
close_server(void *state)
{
	free(state);
}

const struct side p2p_server = {
	.open = open_server,
	.joined = joined,
	.received = received,
	.left = left,
	.timer = timer,
	.answered = answered,
	.close = close_server,
};
