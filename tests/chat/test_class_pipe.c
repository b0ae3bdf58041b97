/*
 * Our client and our server joined by pipes that cut what is written where they
 * like: random files, of few letters so that they are full of "EOF", arrive
 * intact in both formats, or are refused in the original's.
 */
#include "chat/protocols/class_in.h"
#include "chat/wire/file_tail.h"
#include "tests/chat/class_stage.h"
#include "tests/unit/stats_random.h"

enum { CLIENTS = 2, ROUNDS = 60, FILE_MAX_BYTES = 6000 };

/* A client's world and its two ends of the connection. */
struct line {
	struct fake_world *client;
	struct peer *server_end, *client_end;
	struct chat_settings settings;
};

struct room {
	struct fake_world *server;
	struct line lines[CLIENTS];	/* ann sends, bob gets */
	bool originals;			/* the extension is filtered out */
	unsigned arrived, refused;
	uint64_t state;
};

static bool
is_extension(const struct fake_message *m)
{
	return m->len == 10 + strlen(CLASS_EXTENSION) &&
	    memcmp(m->data + 10, CLASS_EXTENSION, strlen(CLASS_EXTENSION)) == 0;
}

/* What one end has written, taken out of its world. */
static struct bytes
take(struct room *r, struct fake_world *from, const struct peer *end,
    size_t *seen)
{
	const struct fake_messages *sent = fake_sent(from, end);
	struct bytes out = { NULL, 0, 0 };

	for (; *seen < sent->count; (*seen)++)
		if (!r->originals || !is_extension(&sent->list[*seen]))
			add_raw(&out, sent->list[*seen].data,
			    sent->list[*seen].len);
	return out;
}

/* Hands it over in pieces, sometimes with time between them, but never so much
 * that a mark in a piece seems to be the end. */
static void
hand_over(struct room *r, struct fake_world *to, struct peer *end,
    const struct bytes *bytes)
{
	size_t at = 0;

	while (at < bytes->len) {
		size_t n = 1 + (size_t)random_below(&r->state,
		    random_below(&r->state, 4) == 0 ? 3 : 1500);

		if (n > bytes->len - at)
			n = bytes->len - at;
		fake_receive(to, end, bytes->data + at, n);
		at += n;
		if (at < bytes->len && random_below(&r->state, 8) == 0)
			fake_pass(to, CLASS_QUIET_NS / 2);
	}
}

static bool
carry_line(struct room *r, struct line *line, size_t seen[2])
{
	struct bytes up = take(r, line->client, line->client_end, &seen[0]);
	struct bytes down = take(r, r->server, line->server_end, &seen[1]);
	bool moved = up.len > 0 || down.len > 0;

	hand_over(r, r->server, line->server_end, &up);
	hand_over(r, line->client, line->client_end, &down);
	bytes_reset(&up);
	bytes_reset(&down);
	return moved;
}

/* Until nothing moves for two seconds; 20 ms a step. */
static void
carry(struct room *r)
{
	size_t seen[CLIENTS][2] = { { 0 } };

	for (int still = 0; still < 100; still++) {
		for (int i = 0; i < CLIENTS; i++)
			if (carry_line(r, &r->lines[i], seen[i]))
				still = 0;
		fake_pass(r->server, 20000000);
		for (int i = 0; i < CLIENTS; i++)
			fake_pass(r->lines[i].client, 20000000);
	}
	/* What was seen is of the past: counts begin anew. */
	fake_forget(r->server);
	for (int i = 0; i < CLIENTS; i++)
		fake_forget(r->lines[i].client);
}

static void
connect_line(struct room *r, struct line *line, const char *name)
{
	line->settings = fake_settings();
	line->settings.name = name;
	line->settings.make_user = true;
	line->settings.password = (struct secret){ (uint8_t *)"pw", 2 };
	line->client = fake_world_new(protocol_class.client, &line->settings);
	line->client_end = fake_join(line->client, "127.0.0.1:10000");
	line->server_end = fake_join(r->server, "127.0.0.1:40504");
}

static void
random_file(struct room *r, uint8_t *data, size_t *len)
{
	static const char letters[] = "EOFEOFEOFx";

	*len = (size_t)random_below(&r->state, FILE_MAX_BYTES);
	for (size_t i = 0; i < *len; i++)
		data[i] = random_below(&r->state, 3) == 0 ?
		    (uint8_t)letters[random_below(&r->state, 10)] :
		    (uint8_t)("EOF"[i % 3]);
}

/* May the file be refused? */
static bool
fits_original(const uint8_t *data, size_t len)
{
	for (size_t i = 0; i < len; i += FILE_TAIL_PIECE)
		if (!file_tail_carries(data + i, len - i < FILE_TAIL_PIECE ?
		    len - i : FILE_TAIL_PIECE))
			return false;
	return true;
}

static void
send_one(struct room *r, int round)
{
	uint8_t data[FILE_MAX_BYTES];
	char line[80], name[16];
	size_t len, got;
	const uint8_t *file;

	random_file(r, data, &len);
	snprintf(name, sizeof(name), "f%d", round);
	snprintf(line, sizeof(line), "file_transfer:file_to:bob:%s", name);
	fake_add_file(r->lines[0].client, name, data, len);
	fake_line(r->lines[0].client, line);
	fake_line(r->lines[0].client, "msg:behind it");
	carry(r);
	file = fake_file(r->lines[1].client, name, &got);
	if (r->originals && !fits_original(data, len)) {
		ck_assert_ptr_null(file);
		r->refused++;
		return;
	}
	ck_assert_msg(file != NULL, "file %d did not arrive", round);
	ck_assert_uint_eq(got, len);
	if (len > 0)
		ck_assert_mem_eq(file, data, len);
	r->arrived++;
}

START_TEST(files_arrive_intact_however_they_are_cut)
{
	struct room *r = calloc(1, sizeof(*r));

	ck_assert_ptr_nonnull(r);
	r->state = random_seed("class_pipe");
	r->originals = _i == 1;
	r->server = class_world(false);
	connect_line(r, &r->lines[0], "ann");
	connect_line(r, &r->lines[1], "bob");
	carry(r);
	for (int round = 0; round < ROUNDS; round++)
		send_one(r, round);
	ck_assert_uint_eq(fake_temporary_files(r->server), 0);
	ck_assert_uint_ge(r->arrived, ROUNDS / 10);
	if (r->originals)
		ck_assert_uint_gt(r->refused, 0);
	else
		ck_assert_uint_eq(r->refused, 0);
	fake_world_free(r->server);
	for (int i = 0; i < CLIENTS; i++)
		fake_world_free(r->lines[i].client);
	free(r);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("class_pipe");
	TCase *tc = tcase_create("pipe");

	tcase_set_timeout(tc, 120);
	tcase_add_loop_test(tc, files_arrive_intact_however_they_are_cut, 0,
	    2);
	suite_add_tcase(s, tc);
	return run_suite(s);
}
