#include "chat/crypto/eim_seal.h"
#include "chat/protocols/protocol.h"
#include "chat/protocols/roster.h"
#include "chat/wire/frame32.h"
#include "tests/chat/eim_vector.h"
#include "tests/chat/stage.h"

#define NOT_AUTHENTIC "The message or key is not authentic."

enum { FRAME_BYTES = FRAME32_HEADER_BYTES + VECTOR_PACKAGE_BYTES };

static struct chat_settings settings;
static uint8_t frame[HEX_BYTES_MAX];	/* the vector, as it goes out */

static void
setup(void)
{
	static uint8_t c[] = VECTOR_C, a[] = VECTOR_A;

	settings = fake_settings();
	settings.name = VECTOR_NICKNAME;
	settings.confidentiality_key = (struct secret){ c, strlen(VECTOR_C) };
	settings.authenticity_key = (struct secret){ a, strlen(VECTOR_A) };
	ck_assert_uint_eq(vector_bytes("00000066" VECTOR_PACKAGE, frame),
	    FRAME_BYTES);
}

/* A server with three clients. */
struct room {
	struct fake_world *world;
	struct peer *peers[3];
};

static struct room
room_of_three(void)
{
	static const char *const addresses[] = {
		"127.0.0.1:33632", "127.0.0.1:33638", "[::1]:33642",
	};
	struct room room = { .world = fake_world_new(protocol_eim.server,
	    &settings) };

	for (size_t i = 0; i < 3; i++)
		room.peers[i] = fake_join(room.world, addresses[i]);
	return room;
}

static void
nobody_else_is_disturbed(struct room *room)
{
	fake_forget(room->world);
	fake_receive(room->world, room->peers[1], frame, FRAME_BYTES);
	expect_stream(room->world, room->peers[1], NULL, 0);
	expect_stream(room->world, room->peers[2], frame, FRAME_BYTES);
	ck_assert(!fake_is_closed(room->world, room->peers[1]));
	ck_assert(!fake_is_closed(room->world, room->peers[2]));
}

static struct fake_world *
client(struct peer **peer)
{
	struct fake_world *world = fake_world_new(protocol_eim.client,
	    &settings);

	*peer = fake_join(world, "127.0.0.1:9999");
	return world;
}

START_TEST(a_frame_goes_to_everyone_else_however_it_is_cut)
{
	struct room room = room_of_three();
	size_t cut = (size_t)_i;
	uint8_t two[2 * FRAME_BYTES];

	memcpy(two, frame, FRAME_BYTES);
	memcpy(two + FRAME_BYTES, frame, FRAME_BYTES);
	fake_receive(room.world, room.peers[0], two, cut);
	ck_assert_uint_eq(fake_sent(room.world, room.peers[1])->count,
	    cut / FRAME_BYTES);
	fake_receive(room.world, room.peers[0], two + cut, sizeof(two) - cut);
	expect_stream(room.world, room.peers[0], NULL, 0);
	expect_stream(room.world, room.peers[1], two, sizeof(two));
	expect_stream(room.world, room.peers[2], two, sizeof(two));
	fake_world_free(room.world);
}
END_TEST

/* Frames without a body, which originals pass on. */
START_TEST(many_frames_take_turns_with_those_of_others)
{
	static const uint8_t data[SIDE_READ_MAX];
	const size_t turn = ROSTER_TURN_SENDS / 3 + 1;
	struct room room = room_of_three();
	const struct fake_messages *sent;

	fake_receive(room.world, room.peers[0], data, sizeof(data));
	sent = fake_sent(room.world, room.peers[2]);
	ck_assert_uint_eq(sent->count, turn);
	fake_receive(room.world, room.peers[1], frame, FRAME_BYTES);
	sent = fake_sent(room.world, room.peers[2]);
	ck_assert_uint_eq(sent->list[turn].len, FRAME_BYTES);
	fake_pass(room.world, 1);
	sent = fake_sent(room.world, room.peers[2]);
	ck_assert_uint_eq(sent->count, sizeof(data) / 4 + 1);
	ck_assert(!fake_is_held(room.world, room.peers[0]));
	fake_world_free(room.world);
}
END_TEST

START_TEST(the_log_is_that_of_the_original)
{
	struct room room = room_of_three();
	const struct fake_messages *events = fake_events(room.world);

	fake_receive(room.world, room.peers[0], frame, FRAME_BYTES);
	fake_receive(room.world, room.peers[0], "\0\0\0\1\xff", 5);
	fake_leave(room.world, room.peers[2], LEFT_LOST);
	expect_text(events, 0, "accepted new client connection from "
	    "('127.0.0.1', 33632)");
	expect_text(events, 2, "accepted new client connection from "
	    "('::1', 33642, 0, 0)");
	expect_text(events, 3, "client (('127.0.0.1', 33632)) is sending "
	    "102-byte long protobuf");
	expect_text(events, 4, "iv is b'" VECTOR_IV "'");
	expect_text(events, 5, "client (('127.0.0.1', 33632)) is sending "
	    "1-byte long protobuf");
	expect_text(events, 6,
	    "cannot decode EncryptedPackage: it is no protobuf");
	expect_text(events, 7,
	    "client (('::1', 33642, 0, 0)) disconnected");
	ck_assert_uint_eq(events->count, 8);
	fake_world_free(room.world);
}
END_TEST

START_TEST(what_is_no_protobuf_is_not_passed_on)
{
	struct room room = room_of_three();

	fake_receive(room.world, room.peers[0], "\0\0\0\5\xff\xff\xff\xff\xff",
	    9);
	expect_stream(room.world, room.peers[1], NULL, 0);
	ck_assert(!fake_is_closed(room.world, room.peers[0]));
	fake_receive(room.world, room.peers[0], frame, FRAME_BYTES);
	expect_stream(room.world, room.peers[1], frame, FRAME_BYTES);
	nobody_else_is_disturbed(&room);
	fake_world_free(room.world);
}
END_TEST

START_TEST(an_empty_package_is_passed_on)
{
	struct room room = room_of_three();

	fake_receive(room.world, room.peers[0], "\0\0\0\0", 4);
	expect_stream(room.world, room.peers[1], "\0\0\0\0", 4);
	fake_world_free(room.world);
}
END_TEST

static const char *const lengths[] = {
	"\xff\xff\xff\xff", "\x80\0\0\0", "\0\x01\0\x01", "HTTP",
};

START_TEST(a_length_that_is_none_ends_who_sends_it)
{
	struct room room = room_of_three();

	fake_receive(room.world, room.peers[0], lengths[_i], 4);
	ck_assert(fake_is_gone(room.world, room.peers[0]));
	expect_text(fake_events(room.world), 3, "client (('127.0.0.1', 33632))"
	    " has a length that is no package's");
	nobody_else_is_disturbed(&room);
	fake_world_free(room.world);
}
END_TEST

/* 64 KiB wait for as long as the rest does not come. */
START_TEST(the_longest_package_waits_for_its_end)
{
	struct room room = room_of_three();
	static uint8_t body[65536] = { 0xa2, 0x01, 0xfc, 0xff, 0x03 };

	fake_receive(room.world, room.peers[0], "\0\1\0\0", 4);
	fake_receive(room.world, room.peers[0], body, sizeof(body) - 1);
	ck_assert_uint_eq(fake_sent(room.world, room.peers[1])->count, 0);
	nobody_else_is_disturbed(&room);
	fake_forget(room.world);
	fake_receive(room.world, room.peers[0], body, 1);
	ck_assert_uint_eq(count_events(room.world, "sending"), 1);
	fake_world_free(room.world);
}
END_TEST

START_TEST(the_end_of_a_client_disturbs_nobody)
{
	for (int way = 0; way < 2; way++) {
		struct room room = room_of_three();

		fake_receive(room.world, room.peers[0], frame, (size_t)_i);
		if (way == 0)
			fake_leave(room.world, room.peers[0], LEFT_LOST);
		else
			fake_finish(room.world, room.peers[0]);
		ck_assert(fake_is_gone(room.world, room.peers[0]));
		nobody_else_is_disturbed(&room);
		fake_world_free(room.world);
	}
}
END_TEST

START_TEST(a_line_is_sealed)
{
	struct peer *peer;
	struct fake_world *world = client(&peer);

	fake_set_random(world, 0);
	fake_line(world, VECTOR_TEXT);
	ck_assert_uint_eq(fake_sent(world, peer)->count, 1);
	expect_stream(world, peer, frame, FRAME_BYTES);
	fake_line(world, VECTOR_TEXT);
	ck_assert_mem_ne(fake_sent(world, peer)->list[1].data, frame,
	    FRAME_BYTES);
	fake_world_free(world);
}
END_TEST

START_TEST(each_profile_opens_what_it_sealed)
{
	struct fake_world *world;
	struct peer *peer;
	uint8_t *sent;
	size_t len;

	settings.key_profile = (enum eim_profile)_i;
	world = client(&peer);
	fake_line(world, "gr\xc3\xbc\xc3\x9f");
	len = fake_sent(world, peer)->list[0].len;
	sent = malloc(len);
	ck_assert_ptr_nonnull(sent);
	memcpy(sent, fake_sent(world, peer)->list[0].data, len);
	fake_receive(world, peer, sent, len);
	expect_shown(world, SHOW_MESSAGE, "Alice: gr\xc3\xbc\xc3\x9f");
	free(sent);
	fake_world_free(world);
}
END_TEST

START_TEST(what_comes_is_opened_however_it_is_cut)
{
	struct peer *peer;
	struct fake_world *world = client(&peer);
	size_t cut = (size_t)_i;

	fake_receive(world, peer, frame, cut);
	fake_receive(world, peer, frame + cut, FRAME_BYTES - cut);
	expect_shown(world, SHOW_MESSAGE, "Alice: coding is fun");
	fake_world_free(world);
}
END_TEST

/* Length, IV, ciphertext: whatever is wrong, the answer is the same. */
START_TEST(one_answer_to_every_byte_that_is_wrong)
{
	struct peer *peer;
	struct fake_world *world = client(&peer);

	frame[FRAME32_HEADER_BYTES + _i] ^= 1;
	fake_receive(world, peer, frame, FRAME_BYTES);
	expect_shown(world, SHOW_ERROR, NOT_AUTHENTIC);
	frame[FRAME32_HEADER_BYTES + _i] ^= 1;
	fake_receive(world, peer, frame, FRAME_BYTES);
	expect_shown(world, SHOW_MESSAGE, "Alice: coding is fun");
	ck_assert_int_eq(fake_status(world), -1);
	fake_world_free(world);
}
END_TEST

START_TEST(a_length_that_is_none_ends_the_client)
{
	struct peer *peer;
	struct fake_world *world = client(&peer);

	fake_receive(world, peer, lengths[_i], 4);
	expect_shown(world, SHOW_ERROR,
	    "The server sent a length that is no message's.");
	ck_assert_int_eq(fake_status(world), 1);
	ck_assert(fake_is_gone(world, peer));
	fake_world_free(world);
}
END_TEST

START_TEST(lines_that_are_no_messages_are_not_sent)
{
	struct peer *peer;
	struct fake_world *world = client(&peer);
	char line[1026];

	memset(line, 'x', 1025);
	line[1025] = '\0';
	fake_line(world, "");
	fake_line(world, line);
	expect_shown(world, SHOW_ERROR,
	    "A message has at most 1024 bytes; this one has 1025.");
	fake_line(world, "exit");
	expect_stream(world, peer, NULL, 0);
	ck_assert_int_eq(fake_status(world), 0);
	fake_world_free(world);
}
END_TEST

/* The longest that can be typed still fits in a frame. */
START_TEST(the_longest_line_arrives)
{
	static char line[60001], name[65];
	struct fake_world *world;
	struct peer *peer;
	struct room room;
	const struct fake_messages *sent;

	memset(line, 'x', 60000);
	memset(name, 'n', 64);
	settings.line_max = 60000;
	settings.name = name;
	world = client(&peer);
	room = room_of_three();
	fake_line(world, line);
	sent = fake_sent(world, peer);
	ck_assert_uint_eq(sent->count, 1);
	fake_receive(room.world, room.peers[0], sent->list[0].data,
	    sent->list[0].len);
	expect_stream(room.world, room.peers[1], sent->list[0].data,
	    sent->list[0].len);
	fake_world_free(room.world);
	fake_world_free(world);
}
END_TEST

START_TEST(keys_are_needed)
{
	struct errbuf err = { "" };
	struct peer *peer;
	struct fake_world *world = client(&peer);

	settings.authenticity_key.len = 0;
	ck_assert_ptr_null(protocol_eim.client->open((struct world *)world,
	    &settings, &err));
	ck_assert_str_ne(err.text, "");
	fake_world_free(world);
}
END_TEST

START_TEST(a_server_that_is_gone_ends_the_client)
{
	struct peer *peer;
	struct fake_world *world = client(&peer);

	fake_receive(world, peer, frame, (size_t)_i);
	fake_leave(world, peer, LEFT_LOST);
	ck_assert_int_eq(fake_status(world), 1);
	expect_shown(world, SHOW_ERROR,
	    "The connection to the server was lost.");
	fake_world_free(world);
}
END_TEST

START_TEST(the_server_answers_as_recorded)
{
	struct replay *replay = replay_read("mp4_encryptedim");
	struct fake_world *world = fake_world_new(protocol_eim.server,
	    &settings);

	replay_to_server(replay, world, (enum replay_cut)_i, NULL, NULL);
	expect_recorded(replay);
	ck_assert_uint_eq(count_events(world, "refused"), 1);
	fake_world_free(world);
	replay_free(replay);
}
END_TEST

/* All that the raw peer wrote, at once: the others get the same, but for the
 * one frame that the original did not pass on either. */
START_TEST(a_recorded_client_at_once)
{
	static const uint8_t refused[] = "\0\0\0\5\xff\xff\xff\xff\xff";
	struct replay *replay = replay_read("mp4_encryptedim");
	struct room room = room_of_three();
	size_t len, before;
	const uint8_t *stream = replay_stream(replay, 4, true, &len), *at, *got;

	at = memmem(stream, len, refused, 9);
	ck_assert_ptr_nonnull(at);
	before = (size_t)(at - stream);
	fake_receive(room.world, room.peers[0], stream, len);
	got = fake_stream(room.world, room.peers[1], &len);
	ck_assert_mem_eq(got, stream, before);
	ck_assert_mem_eq(got + before, at + 9, len - before);
	replay_stream(replay, 4, true, &before);
	ck_assert_uint_eq(len, before - 9);
	fake_world_free(room.world);
	replay_free(replay);
}
END_TEST

/*
 * The recorded clients.  Intended difference: what they print where a package
 * does not open depends on what is wrong with it ("cannot decode
 * EncryptedPackage: ..."); ours says one and the same.
 */
#define FUN "Alice: coding is fun"

static const struct user {
	const char *name, *c, *a;
	unsigned connection;
	struct replay_line lines[3];
	const char *shown[11];
} users[] = {
	{ "Bob", VECTOR_C, VECTOR_A, 0,
	    { { 1.43, "hi Alice" }, { 10.15, "exit" } },
	    { FUN, "Alice: to everyone", FUN, "Alice: raw should see", FUN,
	    FUN, NOT_AUTHENTIC, NOT_AUTHENTIC, FUN, FUN } },
	{ "Alice", VECTOR_C, VECTOR_A, 1,
	    { { 1.03, "coding is fun" }, { 3.34, "to everyone" },
	    { 4.64, "raw should see" } },
	    { "Bob: hi Alice", FUN, FUN, FUN, NOT_AUTHENTIC, NOT_AUTHENTIC,
	    FUN, FUN } },
	{ "Eve", "another key", VECTOR_A, 2, { { 0, NULL } },
	    { NOT_AUTHENTIC, NOT_AUTHENTIC, NOT_AUTHENTIC, NOT_AUTHENTIC,
	    NOT_AUTHENTIC, NOT_AUTHENTIC, NOT_AUTHENTIC, NOT_AUTHENTIC,
	    NOT_AUTHENTIC } },
	{ "Mallory", VECTOR_C, "another key", 3, { { 0, NULL } },
	    { NOT_AUTHENTIC, NOT_AUTHENTIC, NOT_AUTHENTIC, NOT_AUTHENTIC,
	    NOT_AUTHENTIC, NOT_AUTHENTIC, NOT_AUTHENTIC, NOT_AUTHENTIC,
	    NOT_AUTHENTIC } },
};
enum { USERS = sizeof(users) / sizeof(users[0]) };

/* The recorded IVs are the client's random bytes. */
static void
give_ivs(struct fake_world *world, struct replay *replay,
    unsigned connection)
{
	/* Behind the length of the package and the IV's tag and length. */
	enum { IV_AT = 7 };
	size_t len, used;
	const uint8_t *at = replay_stream(replay, connection, true, &len);
	struct wire_span body;

	while (len > 0) {
		ck_assert_int_eq(frame32_next(at, len, 1000, &body, &used),
		    WIRE_WHOLE);
		fake_give_random(world, at + IV_AT, EIM_IV_BYTES);
		at += used;
		len -= used;
	}
}

static struct secret
key_of(const char *text, uint8_t room[32])
{
	memcpy(room, text, strlen(text) + 1);
	return (struct secret){ room, strlen(text) };
}

START_TEST(the_client_sends_and_shows_as_recorded)
{
	const struct user *user = &users[_i % USERS];
	struct replay *replay = replay_read("mp4_encryptedim");
	struct fake_world *world;
	const char *difference;
	uint8_t keys[2][32];
	size_t lines = 0, n = 0;

	settings.name = user->name;
	settings.confidentiality_key = key_of(user->c, keys[0]);
	settings.authenticity_key = key_of(user->a, keys[1]);
	world = fake_world_new(protocol_eim.client, &settings);
	give_ivs(world, replay, user->connection);
	while (lines < 3 && user->lines[lines].text != NULL)
		lines++;
	replay_to_client(replay, world, user->connection,
	    (enum replay_cut)(_i / USERS), user->lines, lines);
	difference = replay_difference(replay, user->connection, false);
	ck_assert_msg(difference == NULL, "%s", difference);
	for (; n < 11 && user->shown[n] != NULL; n++)
		expect_text(fake_shown(world), n, user->shown[n]);
	ck_assert_uint_eq(fake_shown(world)->count, n);
	fake_world_free(world);
	replay_free(replay);
}
END_TEST

static TCase *
server_cases(void)
{
	TCase *tc = tcase_create("server");

	tcase_add_checked_fixture(tc, setup, NULL);
	tcase_add_loop_test(tc,
	    a_frame_goes_to_everyone_else_however_it_is_cut, 0,
	    2 * FRAME_BYTES + 1);
	tcase_add_test(tc, many_frames_take_turns_with_those_of_others);
	tcase_add_test(tc, the_log_is_that_of_the_original);
	tcase_add_test(tc, what_is_no_protobuf_is_not_passed_on);
	tcase_add_test(tc, an_empty_package_is_passed_on);
	tcase_add_loop_test(tc, a_length_that_is_none_ends_who_sends_it, 0, 4);
	tcase_add_test(tc, the_longest_package_waits_for_its_end);
	tcase_add_loop_test(tc, the_end_of_a_client_disturbs_nobody, 0,
	    FRAME_BYTES);
	return tc;
}

static TCase *
client_cases(void)
{
	TCase *tc = tcase_create("client");

	tcase_add_checked_fixture(tc, setup, NULL);
	tcase_add_test(tc, a_line_is_sealed);
	tcase_add_loop_test(tc, each_profile_opens_what_it_sealed, 0,
	    EIM_PROFILES);
	tcase_add_loop_test(tc, what_comes_is_opened_however_it_is_cut, 0,
	    FRAME_BYTES);
	tcase_add_loop_test(tc, one_answer_to_every_byte_that_is_wrong, 0,
	    VECTOR_PACKAGE_BYTES);
	tcase_add_loop_test(tc, a_length_that_is_none_ends_the_client, 0, 4);
	tcase_add_test(tc, lines_that_are_no_messages_are_not_sent);
	tcase_add_test(tc, the_longest_line_arrives);
	tcase_add_test(tc, keys_are_needed);
	tcase_add_loop_test(tc, a_server_that_is_gone_ends_the_client, 0,
	    FRAME_BYTES);
	return tc;
}

static TCase *
recorded(void)
{
	TCase *tc = tcase_create("recordings");

	tcase_add_checked_fixture(tc, setup, NULL);
	tcase_add_loop_test(tc, the_server_answers_as_recorded, 0, 3);
	tcase_add_test(tc, a_recorded_client_at_once);
	tcase_add_loop_test(tc, the_client_sends_and_shows_as_recorded, 0,
	    3 * USERS);
	return tc;
}

int
main(void)
{
	Suite *s = suite_create("eim");

	suite_add_tcase(s, server_cases());
	suite_add_tcase(s, client_cases());
	add_recordings(s, recorded());
	return run_suite(s);
}
