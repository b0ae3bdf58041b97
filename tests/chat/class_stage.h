/*
 * For the tests of `class`: frames that are said and expected, and users.
 */
#ifndef TESTS_CHAT_CLASS_STAGE_H
#define TESTS_CHAT_CLASS_STAGE_H

#include <stdarg.h>

#include "base/bytes.h"
#include "chat/protocols/class.h"
#include "chat/wire/header_frame.h"
#include "tests/chat/stage.h"

enum { SECOND_NS = 1000000000 };

static inline void
add_frame(struct bytes *out, const char *header, const void *payload,
    size_t len)
{
	ck_assert_int_eq(header_frame_append(out, header, payload,
	    (uint32_t)len), 0);
}

static inline void
add_raw(struct bytes *out, const void *data, size_t len)
{
	ck_assert_int_eq(bytes_append(out, data, len), 0);
}

/* The peer writes one frame. */
static inline void
say_bytes(struct fake_world *world, struct peer *peer, const char *header,
    const void *payload, size_t len)
{
	struct bytes frame = { NULL, 0, 0 };

	add_frame(&frame, header, payload, len);
	fake_receive(world, peer, frame.data, frame.len);
	bytes_reset(&frame);
}

static inline void
say(struct fake_world *world, struct peer *peer, const char *header,
    const char *payload)
{
	say_bytes(world, peer, header, payload, strlen(payload));
}

/* All that was sent to the peer is these frames: header, payload, ..., NULL. */
static inline void
expect_frames(struct fake_world *world, const struct peer *peer, ...)
{
	struct bytes want = { NULL, 0, 0 };
	const char *header;
	va_list args;

	va_start(args, peer);
	while ((header = va_arg(args, const char *)) != NULL) {
		const char *payload = va_arg(args, const char *);

		add_frame(&want, header, payload, strlen(payload));
	}
	va_end(args);
	expect_stream(world, peer, want.data, want.len);
	bytes_reset(&want);
}

static inline struct fake_world *
class_world(bool users)
{
	static struct chat_settings settings;

	settings = fake_settings();
	settings.users = users;
	return fake_world_new(protocol_class.server, &settings);
}

/* A client that has registered; what was said for it is forgotten. */
static inline struct peer *
enter_as(struct fake_world *world, const char *name)
{
	struct peer *peer = fake_join(world, "127.0.0.1:40504");

	ck_assert_ptr_nonnull(peer);
	say(world, peer, "info", "no");
	say(world, peer, "info", name);
	say(world, peer, "info", "secret");
	ck_assert(fake_is_admitted(world, peer));
	fake_forget(world);
	return peer;
}

/* The client of a user, logged in to a server that is no original unless
 * `original`. */
static inline struct fake_world *
client_world(struct peer **server, bool original)
{
	static struct chat_settings settings;
	struct fake_world *world;

	settings = fake_settings();
	settings.name = "bob";
	settings.password = (struct secret){ (uint8_t *)"pw", 2 };
	world = fake_world_new(protocol_class.client, &settings);
	*server = fake_join(world, "127.0.0.1:10000");
	say(world, *server, "info", CLASS_ASK);
	say(world, *server, "info", CLASS_WELCOME);
	if (original)
		fake_pass(world, CLASS_ANSWER_NS);
	else
		say(world, *server, "info", CLASS_EXTENSION);
	fake_forget(world);
	return world;
}

/* Shown as one of perhaps several things. */
static inline bool
was_shown(struct fake_world *world, enum show kind, const char *text)
{
	const struct fake_messages *shown = fake_shown(world);

	for (size_t i = 0; i < shown->count; i++)
		if (shown->list[i].kind == kind &&
		    strcmp((const char *)shown->list[i].data, text) == 0)
			return true;
	return false;
}

#endif
