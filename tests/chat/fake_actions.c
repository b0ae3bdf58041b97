#include "tests/chat/fake_internal.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

void
fake_fail(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	fputs("stage: ", stderr);
	vfprintf(stderr, format, args);
	fputc('\n', stderr);
	va_end(args);
	abort();
}

void *
fake_copy(const void *data, size_t len)
{
	uint8_t *copy = malloc(len + 1);

	if (copy == NULL)
		fake_fail("out of memory");
	if (len > 0)
		memcpy(copy, data, len);
	copy[len] = '\0';
	return copy;
}

void *
fake_grow(void *array, size_t *room, size_t count, size_t size)
{
	array = memory_grow(array, room, count + 1, size);
	if (array == NULL)
		fake_fail("out of memory");
	return array;
}

struct fake_message *
fake_keep(struct fake_messages *messages, const void *data, size_t len)
{
	struct fake_message *message;

	messages->list = fake_grow(messages->list, &messages->room,
	    messages->count, sizeof(*messages->list));
	message = &messages->list[messages->count++];
	*message = (struct fake_message){
		.data = fake_copy(data, len), .len = len,
	};
	return message;
}

void
fake_drop(struct fake_messages *messages)
{
	for (size_t i = 0; i < messages->count; i++) {
		free(messages->list[i].data);
		free(messages->list[i].name);
		free(messages->list[i].fields);
	}
	free(messages->list);
	*messages = (struct fake_messages){ NULL, 0, 0 };
}

const struct fake_user *
fake_user(const struct fake_world *world, const char *name)
{
	for (size_t i = 0; i < world->user_count; i++)
		if (strcmp(world->users[i].name, name) == 0)
			return &world->users[i];
	return NULL;
}

static struct fake_world *
world_of(struct world *w)
{
	return (struct fake_world *)w;
}

/* A peer that the protocol may still speak of. */
static struct fake_peer *
peer_of(struct peer *p, const char *what)
{
	struct fake_peer *peer = (struct fake_peer *)p;

	if (peer == NULL)
		fake_fail("%s: no peer is given", what);
	if (peer->gone)
		fake_fail("%s: %s has left", what, p->label);
	return peer;
}

static void
fake_send(struct world *w, struct peer *p, const void *data, size_t len)
{
	struct fake_peer *peer = peer_of(p, "world_send");

	(void)w;
	/* No write is made of nothing. */
	if (peer->closed || len == 0)
		return;
	fake_keep(&peer->sent, data, len);
	peer->queued += len;
	if (peer->queued >= WORLD_LOW_WATER)
		peer->was_full = true;
}

static size_t
fake_queued(struct world *w, const struct peer *p)
{
	const struct fake_peer *peer = (const struct fake_peer *)p;

	(void)w;
	if (peer->gone)
		fake_fail("world_queued: %s has left", p->label);
	return peer->queued;
}

static void
fake_hold(struct world *w, struct peer *p, bool hold)
{
	(void)w;
	peer_of(p, "world_hold")->held = hold;
}

static void
fake_close(struct world *w, struct peer *p, bool at_once)
{
	struct fake_peer *peer = peer_of(p, "world_close");

	(void)w;
	if (!peer->closed)
		peer->why = LEFT_CLOSED;
	peer->closed = true;
	peer->at_once = peer->at_once || at_once;
}

static void
fake_admit(struct world *w, struct peer *p)
{
	(void)w;
	peer_of(p, "world_admit")->admitted = true;
}

static void
fake_timer_set(struct world *w, struct peer *p, unsigned id, int64_t after_ns)
{
	struct fake_world *world = world_of(w);
	struct fake_timer *timers = world->timers;

	if (id >= WORLD_TIMERS)
		fake_fail("world_timer: there is no timer %u", id);
	if (p != NULL)
		timers = peer_of(p, "world_timer")->timers;
	timers[id] = (struct fake_timer){
		.on = after_ns >= 0,
		.due_ns = world->now_ns + after_ns,
		.order = world->order++,
	};
}

static int64_t
fake_now_ns(struct world *w)
{
	return world_of(w)->now_ns;
}

static void
fake_random(struct world *w, void *out, size_t len)
{
	struct fake_world *world = world_of(w);
	uint8_t *at = out;

	for (size_t i = 0; i < len; i++) {
		if (world->given_used < world->given.len) {
			at[i] = world->given.data[world->given_used++];
			continue;
		}
		if (world->counting) {
			at[i] = world->next_byte++;
			continue;
		}
		/* The generator of Numerical Recipes: any bytes will do. */
		world->random = world->random * 6364136223846793005u +
		    1442695040888963407u;
		at[i] = (uint8_t)(world->random >> 56);
	}
}

static char *
fields_text(const struct event_field *fields, size_t n)
{
	struct bytes text = { NULL, 0, 0 };
	char *copy;

	for (size_t i = 0; i < n; i++) {
		const struct event_field *f = &fields[i];
		char number[32];
		int digits = snprintf(number, sizeof(number), "%lld",
		    (long long)f->number);

		if ((i > 0 && bytes_append(&text, " ", 1) != 0) ||
		    bytes_append(&text, f->key, strlen(f->key)) != 0 ||
		    bytes_append(&text, "=", 1) != 0 ||
		    (f->text != NULL ?
		    bytes_append(&text, f->text, f->len) :
		    bytes_append(&text, number, (size_t)digits)) != 0)
			fake_fail("out of memory");
	}
	copy = fake_copy(text.data, text.len);
	bytes_reset(&text);
	return copy;
}

static void
fake_event(struct world *w, const struct peer *p, const char *name,
    const struct event_field *fields, size_t n, const char *text)
{
	struct fake_message *message;

	if (p != NULL && ((const struct fake_peer *)p)->gone)
		fake_fail("world_event: %s has left", p->label);
	message = fake_keep(&world_of(w)->events, text,
	    text == NULL ? 0 : strlen(text));
	message->name = fake_copy(name, strlen(name));
	message->fields = fields_text(fields, n);
}

static void
ask(struct peer *p, enum fake_request request, const char *name,
    const char *what)
{
	struct fake_peer *peer = peer_of(p, what);

	if (peer->request != FAKE_NOTHING)
		fake_fail("%s: %s has a request that waits", what, p->label);
	peer->request = request;
	peer->name = fake_copy(name, strlen(name));
}

static void
fake_login(struct world *w, struct peer *p, const struct login *login)
{
	struct fake_peer *peer = (struct fake_peer *)p;

	(void)w;
	ask(p, FAKE_LOGIN, login->name, "world_login");
	peer->make = login->make;
	if (bytes_append(&peer->password, login->password,
	    login->password_len) != 0)
		fake_fail("out of memory");
}

static void
fake_name_known(struct world *w, struct peer *p, const char *name)
{
	(void)w;
	ask(p, FAKE_NAME_KNOWN, name, "world_name_known");
}

static int
fake_send_datagram(struct world *w, const struct chat_address *to,
    const void *data, size_t len, struct errbuf *err)
{
	(void)err;
	fake_keep(&world_of(w)->datagrams, data, len)->to = *to;
	return 0;
}

static void
fake_show(struct world *w, enum show kind, const char *text, size_t len)
{
	fake_keep(&world_of(w)->shown, text, len)->kind = kind;
}

static void
fake_set_prompt(struct world *w, const char *text, bool secret)
{
	struct fake_world *world = world_of(w);

	free(world->prompt);
	world->prompt = fake_copy(text, strlen(text));
	world->secret = secret;
}

static void
fake_hold_lines(struct world *w, bool hold)
{
	world_of(w)->lines_held = hold;
}

static void
fake_end(struct world *w, int status)
{
	struct fake_world *world = world_of(w);

	if (world->status == -1)
		world->status = status;
}

const struct world_actions fake_actions = {
	.send = fake_send,
	.queued = fake_queued,
	.hold = fake_hold,
	.close = fake_close,
	.admit = fake_admit,
	.timer = fake_timer_set,
	.now_ns = fake_now_ns,
	.random = fake_random,
	.event = fake_event,
	.login = fake_login,
	.name_known = fake_name_known,
	.datagram = fake_send_datagram,
	.show = fake_show,
	.prompt = fake_set_prompt,
	.hold_lines = fake_hold_lines,
	.end = fake_end,
	.file_make = fake_file_make,
	.file_write = memory_files_write,
	.file_keep = memory_files_keep,
	.file_open = fake_file_open,
	.file_read = memory_files_read,
	.file_drop = memory_files_drop,
	.file_add = fake_file_add,
	.file_open_kept = fake_file_open,
};
