/*
 * A whole session: one end of a protocol in a world of plain memory
 * (tests/chat/fake_world.h), and everything that can happen to it.
 *
 * The input is described in session.h.  The fake world aborts on what a side
 * must not do.  Besides, a peer that only listens must not lose its connection
 * by what others send, and what is kept for the peers has a bound.
 */
#include <stdlib.h>
#include <string.h>

#include "chat/protocols/protocol.h"
#include "tests/chat/fake_world.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/session.h"

enum {
	HAPPENINGS_MAX = 2000,
	SEND_BUFFER = 1 << 20,
	DISK_BYTES = 1 << 20,
	KEPT_MAX = 16 << 20,	/* by all of it, the disk included */
};

/* Of the sanitizers; NULL in a build without. */
size_t __sanitizer_get_current_allocated_bytes(void) __attribute__((weak));

struct session {
	const uint8_t *at;
	size_t left;
	const struct protocol *protocol;
	bool is_server;
	struct chat_settings settings;
	struct fake_world *world;
	struct peer *peers[SESSION_PEERS];	/* NULL: not there */
	struct peer *listener;
	bool quiet;		/* nothing but peers' doings so far */
};

static uint8_t
take_byte(struct session *s)
{
	if (s->left == 0)
		return 0;
	s->left--;
	return *s->at++;
}

/* A length in two bytes, and that much of what is left. */
static const uint8_t *
take_bytes(struct session *s, size_t *len)
{
	const uint8_t *bytes;

	*len = take_byte(s);
	*len = *len << 8 | take_byte(s);
	if (*len > s->left)
		*len = s->left;
	bytes = s->at;
	s->at += *len;
	s->left -= *len;
	return bytes;
}

/* A line as the world gives it: UTF-8 without controls. */
static char *
take_line(struct session *s)
{
	size_t len;
	const uint8_t *bytes = take_bytes(s, &len);
	char *line = malloc(len + 1);

	FUZZ_CHECK(line != NULL);
	for (size_t i = 0; i < len; i++)
		line[i] = bytes[i] >= ' ' && bytes[i] < 0x7f ?
		    (char)bytes[i] : '?';
	line[len] = '\0';
	return line;
}

typedef void (*happening)(struct session *s, struct peer **peer);

static void
join(struct session *s, struct peer **peer)
{
	static const char *const addresses[SESSION_PEERS] = {
		"127.0.0.1:41246", "127.0.0.1:41248", "127.0.0.11:5000",
		"127.0.0.12:5001", "[::1]:9", "[fe80::1]:65535",
	};
	size_t i = (size_t)(peer - s->peers);

	if (*peer == NULL)
		*peer = fake_join(s->world, addresses[i]);
}

static void
receive(struct session *s, struct peer **peer)
{
	size_t len;
	const uint8_t *data = take_bytes(s, &len);

	if (*peer != NULL && !fake_is_held(s->world, *peer))
		fake_receive(s->world, *peer, data, len);
}

static void
receive_each(struct session *s, struct peer **peer)
{
	size_t len;
	const uint8_t *data = take_bytes(s, &len);

	for (size_t i = 0; *peer != NULL && i < len; i++)
		if (!fake_is_held(s->world, *peer))
			fake_receive(s->world, *peer, data + i, 1);
}

/* The same again and again: 64 KiB or more from a few bytes. */
static void
receive_much(struct session *s, struct peer **peer)
{
	enum { MUCH = 66000 };
	size_t len;
	const uint8_t *data = take_bytes(s, &len);
	uint8_t *all;

	if (len == 0 || *peer == NULL || fake_is_held(s->world, *peer))
		return;
	all = malloc(MUCH);
	FUZZ_CHECK(all != NULL);
	for (size_t i = 0; i < MUCH; i++)
		all[i] = data[i % len];
	fake_receive(s->world, *peer, all, MUCH);
	free(all);
}

static void
finish(struct session *s, struct peer **peer)
{
	if (*peer != NULL)
		fake_finish(s->world, *peer);
}

static void
lose(struct session *s, struct peer **peer)
{
	static const enum left why[] = {
		LEFT_ENDED, LEFT_LOST, LEFT_IDLE, LEFT_LATE, LEFT_SLOW,
	};
	enum left this = why[take_byte(s) % (sizeof(why) / sizeof(why[0]))];

	if (*peer != NULL)
		fake_leave(s->world, *peer, this);
}

static void
pass(struct session *s, struct peer **peer)
{
	(void)peer;
	s->quiet = false;
	fake_pass(s->world, INT64_C(1000000) << take_byte(s) % 24);
}

static void
line(struct session *s, struct peer **peer)
{
	char *text = take_line(s);

	(void)peer;
	s->quiet = false;
	if (s->is_server || s->peers[0] != NULL)
		fake_line(s->world, text);
	free(text);
}

static void
read_or_not(struct session *s, struct peer **peer)
{
	bool reads = take_byte(s) % 2 != 0;

	if (*peer != NULL && !fake_is_gone(s->world, *peer))
		fake_set_reading(s->world, *peer, reads);
}

static void
answer(struct session *s, struct peer **peer)
{
	(void)peer;
	fake_answer_next(s->world,
	    (enum login_answer)(take_byte(s) % (LOGIN_UNKNOWN + 1)));
}

static void
datagram(struct session *s, struct peer **peer)
{
	size_t len;
	const uint8_t *data = take_bytes(s, &len);

	if (s->is_server || s->peers[0] == NULL)
		return;
	fake_datagram_data(s->world, peer == s->peers ? "127.0.0.11:5000" :
	    "[::1]:5000", data, len);
}

static void
stop(struct session *s, struct peer **peer)
{
	(void)peer;
	s->quiet = false;
	fake_stop(s->world);
}

static void
end_input(struct session *s, struct peer **peer)
{
	(void)peer;
	s->quiet = false;
	fake_input_ended(s->world);
}

static void
settle_or_not(struct session *s, struct peer **peer)
{
	(void)peer;
	fake_set_settling(s->world, take_byte(s) % 2 != 0);
}

static void
add_file(struct session *s, struct peer **peer)
{
	static const char *const paths[] = { "notes.txt", "quiz/q.txt",
	    "quiz/a.txt" };
	size_t len;
	const char *path = paths[take_byte(s) % 3];
	const uint8_t *data = take_bytes(s, &len);

	(void)peer;
	fake_add_file(s->world, path, data, len);
}

static void
fill_disk(struct session *s, struct peer **peer)
{
	(void)peer;
	fake_set_disk(s->world, take_byte(s));
}

static const happening happenings[SESSION_HAPPENINGS] = {
	[SESSION_JOIN] = join,
	[SESSION_RECEIVE] = receive,
	[SESSION_FINISH] = finish,
	[SESSION_LEAVE] = lose,
	[SESSION_PASS] = pass,
	[SESSION_LINE] = line,
	[SESSION_READING] = read_or_not,
	[SESSION_ANSWER] = answer,
	[SESSION_DATAGRAM] = datagram,
	[SESSION_STOP] = stop,
	[SESSION_INPUT_ENDED] = end_input,
	[SESSION_SETTLING] = settle_or_not,
	[SESSION_FILE] = add_file,
	[SESSION_RECEIVE_EACH] = receive_each,
	[SESSION_RECEIVE_MUCH] = receive_much,
	[SESSION_DISK] = fill_disk,
};

/* As the world of sockets does: a peer for which too much waits is dropped, and
 * who has left is there no more. */
static void
tend_peers(struct session *s)
{
	for (size_t i = 0; i < SESSION_PEERS; i++) {
		if (s->peers[i] == NULL)
			continue;
		if (fake_queued_bytes(s->world, s->peers[i]) > SEND_BUFFER)
			fake_leave(s->world, s->peers[i], LEFT_SLOW);
		/* A client has one connection in its life. */
		if (s->is_server && fake_is_gone(s->world, s->peers[i]))
			s->peers[i] = NULL;
	}
}

static void
happen(struct session *s, size_t before)
{
	uint8_t what = take_byte(s);
	size_t to = s->is_server ? (what >> 4) % SESSION_PEERS : 0;

	happenings[what % SESSION_HAPPENINGS](s, &s->peers[to]);
	fake_forget(s->world);
	tend_peers(s);
	if (s->listener != NULL && s->quiet)
		FUZZ_CHECK(!fake_is_closed(s->world, s->listener));
	if (__sanitizer_get_current_allocated_bytes != NULL)
		FUZZ_CHECK(__sanitizer_get_current_allocated_bytes() <
		    before + KEPT_MAX);
}

static void
choose(struct session *s)
{
	static uint8_t keys[2][16] = { "secretkey123", "authkey456" };
	uint8_t first = take_byte(s), how = take_byte(s);

	FUZZ_CHECK(protocols[SESSION_PROTOCOLS - 1] != NULL &&
	    protocols[SESSION_PROTOCOLS] == NULL);
	s->protocol = protocols[first % SESSION_PROTOCOLS];
	s->is_server = first / SESSION_PROTOCOLS % 2 == 0;
	s->settings = fake_settings();
	s->settings.name = (how & SESSION_NAME) != 0 ? "Alice" : NULL;
	s->settings.users = (how & SESSION_USERS) != 0;
	s->settings.login = s->settings.users;
	s->settings.reverse = (how & SESSION_OTHER) != 0;
	s->settings.framing = s->settings.reverse ? IM_FRAMING_LENGTH :
	    IM_FRAMING_NONE;
	s->settings.make_user = (how & SESSION_MAKE_USER) != 0;
	if ((how & SESSION_PASSWORD) != 0)
		s->settings.password = (struct secret){ keys[0], 12 };
	s->settings.key_profile = (enum eim_profile)((how >> 5) % EIM_PROFILES);
	s->settings.confidentiality_key = (struct secret){ keys[0], 12 };
	s->settings.authenticity_key = (struct secret){ keys[1], 10 };
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct session s = { .at = data, .left = len, .quiet = true };
	size_t before = 0;

	if (__sanitizer_get_current_allocated_bytes != NULL)
		before = __sanitizer_get_current_allocated_bytes();
	choose(&s);
	s.world = fake_world_new(s.is_server ? s.protocol->server :
	    s.protocol->client, &s.settings);
	fake_set_disk(s.world, DISK_BYTES);
	if (s.is_server)
		s.listener = fake_join(s.world, "127.0.0.99:1");
	for (size_t i = 0; s.left > 0 && i < HAPPENINGS_MAX; i++)
		happen(&s, before);
	fake_world_free(s.world);
	return 0;
}
