#include "chat/protocols/protocol.h"
#include "tests/chat/stage.h"

#define CLIENT "127.0.0.1:43402"
#define SERVER "127.0.0.1:18080"

static struct fake_world *
server(bool reverse)
{
	static struct chat_settings settings;

	settings = fake_settings();
	settings.reverse = reverse;
	return fake_world_new(protocol_echo.server, &settings);
}

static struct fake_world *
client(struct peer **peer)
{
	static struct chat_settings settings;
	struct fake_world *world;

	settings = fake_settings();
	world = fake_world_new(protocol_echo.client, &settings);
	*peer = fake_join(world, SERVER);
	return world;
}

START_TEST(what_is_sent_comes_back)
{
	struct fake_world *world = server(false);
	struct peer *peer = fake_join(world, CLIENT);

	fake_receive_text(world, peer, "hello world\n");
	expect_text(fake_sent(world, peer), 0, "hello world\n");
	ck_assert_uint_eq(count_events(world, "echoed"), 1);
	fake_world_free(world);
}
END_TEST

START_TEST(each_read_is_reversed_not_each_line)
{
	struct fake_world *world = server(true);
	struct peer *peer = fake_join(world, CLIENT);

	fake_receive_text(world, peer, "hello world\n");
	fake_receive_text(world, peer, "ab\ncd");
	expect_text(fake_sent(world, peer), 0, "\ndlrow olleh");
	expect_text(fake_sent(world, peer), 1, "dc\nba");
	fake_world_free(world);
}
END_TEST

START_TEST(a_large_read_is_answered_in_pieces)
{
	static const size_t pieces[] = { 1024, 1024, 952 };
	struct fake_world *world = server(true);
	struct peer *peer = fake_join(world, CLIENT);
	const struct fake_messages *sent;
	uint8_t data[3000];

	for (size_t i = 0; i < sizeof(data); i++)
		data[i] = (uint8_t)(i / 1024 + i);
	fake_receive(world, peer, data, sizeof(data));
	sent = fake_sent(world, peer);
	ck_assert_uint_eq(sent->count, 3);
	for (size_t i = 0, at = 0; i < 3; at += pieces[i], i++) {
		ck_assert_uint_eq(sent->list[i].len, pieces[i]);
		for (size_t k = 0; k < pieces[i]; k++)
			ck_assert_uint_eq(sent->list[i].data[k],
			    data[at + pieces[i] - 1 - k]);
	}
	fake_world_free(world);
}
END_TEST

START_TEST(a_client_that_sends_no_more_gets_the_rest_and_the_end)
{
	struct fake_world *world = server(false);
	struct peer *peer = fake_join(world, CLIENT);

	fake_set_reading(world, peer, false);
	fake_receive_text(world, peer, "last words");
	fake_finish(world, peer);
	ck_assert(fake_is_closed(world, peer));
	ck_assert(!fake_is_gone(world, peer));
	fake_set_reading(world, peer, true);
	ck_assert(fake_is_gone(world, peer));
	expect_stream(world, peer, "last words", 10);
	fake_world_free(world);
}
END_TEST

START_TEST(a_client_that_vanishes_disturbs_nobody)
{
	struct fake_world *world = server(false);
	struct peer *gone = fake_join(world, CLIENT);
	struct peer *stays = fake_join(world, "[::1]:9");

	fake_receive_text(world, gone, "a");
	fake_leave(world, gone, LEFT_LOST);
	fake_receive_text(world, stays, "b");
	expect_stream(world, stays, "b", 1);
	ck_assert(!fake_is_closed(world, stays));
	fake_world_free(world);
}
END_TEST

START_TEST(a_typed_line_is_sent_and_shown_when_it_is_back)
{
	struct peer *peer;
	struct fake_world *world = client(&peer);

	fake_line(world, "hello");
	expect_stream(world, peer, "hello\n", 6);
	fake_receive_text(world, peer, "hel");
	ck_assert_uint_eq(fake_shown(world)->count, 0);
	fake_receive_text(world, peer, "lo\n");
	expect_shown(world, SHOW_MESSAGE, "hello");
	fake_world_free(world);
}
END_TEST

START_TEST(a_reversed_line_has_its_newline_in_front)
{
	struct peer *peer;
	struct fake_world *world = client(&peer);

	fake_line(world, "hello");
	fake_receive_text(world, peer, "\nolleh");
	expect_shown(world, SHOW_MESSAGE, "olleh");
	fake_world_free(world);
}
END_TEST

START_TEST(what_nobody_asked_for_is_shown_as_it_comes)
{
	struct peer *peer;
	struct fake_world *world = client(&peer);

	fake_receive_text(world, peer, "\n");
	expect_shown(world, SHOW_MESSAGE, "");
	fake_receive_text(world, peer, "x");
	expect_shown(world, SHOW_MESSAGE, "x");
	fake_world_free(world);
}
END_TEST

/* A server that sends for ever what was not awaited to its end. */
START_TEST(what_is_kept_unshown_is_bounded)
{
	struct peer *peer;
	struct fake_world *world = client(&peer);
	static uint8_t data[60000];
	char line[1001];

	memset(line, 'x', 1000);
	line[1000] = '\0';
	for (int i = 0; i < 200; i++)
		fake_line(world, line);
	fake_receive(world, peer, data, sizeof(data));
	ck_assert_uint_eq(fake_shown(world)->count, 0);
	fake_receive(world, peer, data, sizeof(data));
	ck_assert_uint_eq(fake_shown(world)->count, 1);
	ck_assert_uint_eq(fake_shown(world)->list[0].len, 2 * sizeof(data));
	fake_world_free(world);
}
END_TEST

START_TEST(exit_waits_for_what_is_not_back)
{
	struct peer *peer;
	struct fake_world *world = client(&peer);

	fake_line(world, "hello");
	fake_line(world, " Exit ");
	ck_assert_int_eq(fake_status(world), -1);
	fake_line(world, "not sent any more");
	fake_receive_text(world, peer, "hello\n");
	expect_shown(world, SHOW_MESSAGE, "hello");
	ck_assert_int_eq(fake_status(world), 0);
	ck_assert(fake_is_closed(world, peer));
	fake_world_free(world);
}
END_TEST

START_TEST(exit_does_not_wait_for_ever)
{
	struct peer *peer;
	struct fake_world *world = client(&peer);

	fake_line(world, "hello");
	fake_input_ended(world);
	fake_receive_text(world, peer, "he");
	fake_pass(world, 4999999999);
	ck_assert_int_eq(fake_status(world), -1);
	fake_pass(world, 1);
	ck_assert_int_eq(fake_status(world), 1);
	expect_text(fake_shown(world), 0, "he");
	expect_text(fake_shown(world), 1,
	    "The server did not send everything back.");
	fake_world_free(world);
}
END_TEST

START_TEST(exit_with_nothing_on_the_way_leaves_at_once)
{
	struct peer *peer;
	struct fake_world *world = client(&peer);

	fake_line(world, "exit");
	ck_assert_int_eq(fake_status(world), 0);
	ck_assert(fake_is_gone(world, peer));
	expect_stream(world, peer, NULL, 0);
	fake_world_free(world);
}
END_TEST

START_TEST(a_line_that_is_too_long_is_refused)
{
	struct peer *peer;
	struct fake_world *world = client(&peer);
	char line[1026];

	memset(line, 'x', 1025);
	line[1025] = '\0';
	fake_line(world, line);
	expect_stream(world, peer, NULL, 0);
	expect_shown(world, SHOW_ERROR,
	    "A line has at most 1024 bytes; this one has 1025.");
	fake_line(world, line + 1);
	ck_assert_uint_eq(fake_sent(world, peer)->list[0].len, 1025);
	fake_world_free(world);
}
END_TEST

START_TEST(a_server_that_is_gone_ends_the_client)
{
	static const char *const lines[] = {
		[LEFT_ENDED] = "Server disconnected.",
		[LEFT_LOST] = "The connection to the server was lost.",
	};
	struct peer *peer;
	struct fake_world *world = client(&peer);

	fake_line(world, "hello");
	fake_receive_text(world, peer, "hel");
	if (_i == LEFT_ENDED)
		fake_finish(world, peer);
	else
		fake_leave(world, peer, LEFT_LOST);
	expect_text(fake_shown(world), 0, "hel");
	expect_text(fake_shown(world), 1, lines[_i]);
	ck_assert_int_eq(fake_status(world), 1);
	fake_world_free(world);
}
END_TEST

static const struct {
	const char *name;
	bool reverse;
} recordings[] = {
	{ "mp2_echo", false },
	{ "mp2_echo_reverse", true },
};

/* Also the pieces are the recorded ones. */
START_TEST(the_server_answers_as_recorded)
{
	struct replay *replay = replay_read(recordings[_i].name);
	struct fake_world *world = server(recordings[_i].reverse);

	replay_to_server(replay, world, REPLAY_PIECES, NULL, NULL);
	for (unsigned i = 0; i < replay_connections(replay); i++) {
		const char *difference = replay_difference(replay, i, true);

		ck_assert_msg(difference == NULL, "%s", difference);
	}
	/* Intended: it closes once the client sends no more. */
	ck_assert(fake_is_gone(world, replay_peer(replay, 0)));
	fake_world_free(world);
	replay_free(replay);
}
END_TEST

/* The recorded client was no program of ours; its first line is one that can
 * be typed. */
START_TEST(the_client_sends_and_shows_as_recorded)
{
	static const struct replay_line lines[] = {
		{ 0, "hello world" }, { 0.2, "exit" },
	};
	struct replay *replay = replay_read(recordings[_i].name);
	struct chat_settings settings = fake_settings();
	struct fake_world *world = fake_world_new(protocol_echo.client,
	    &settings);
	size_t len;
	const uint8_t *piece = replay_piece(replay, 0, true, 0, &len);

	replay_to_client(replay, world, 0, REPLAY_PIECES, lines, 2);
	expect_stream(world, replay_peer(replay, 0), piece, len);
	expect_shown(world, SHOW_MESSAGE, recordings[_i].reverse ?
	    "dlrow olleh" : "hello world");
	ck_assert_int_eq(fake_status(world), 0);
	fake_world_free(world);
	replay_free(replay);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("echo");
	TCase *tc = tcase_create("server"), *user = tcase_create("client");
	TCase *recorded = tcase_create("recordings");

	tcase_add_test(tc, what_is_sent_comes_back);
	tcase_add_test(tc, each_read_is_reversed_not_each_line);
	tcase_add_test(tc, a_large_read_is_answered_in_pieces);
	tcase_add_test(tc,
	    a_client_that_sends_no_more_gets_the_rest_and_the_end);
	tcase_add_test(tc, a_client_that_vanishes_disturbs_nobody);
	suite_add_tcase(s, tc);
	tcase_add_test(user, a_typed_line_is_sent_and_shown_when_it_is_back);
	tcase_add_test(user, a_reversed_line_has_its_newline_in_front);
	tcase_add_test(user, what_nobody_asked_for_is_shown_as_it_comes);
	tcase_add_test(user, what_is_kept_unshown_is_bounded);
	tcase_add_test(user, exit_waits_for_what_is_not_back);
	tcase_add_test(user, exit_does_not_wait_for_ever);
	tcase_add_test(user, exit_with_nothing_on_the_way_leaves_at_once);
	tcase_add_test(user, a_line_that_is_too_long_is_refused);
	tcase_add_loop_test(user, a_server_that_is_gone_ends_the_client, 0, 2);
	suite_add_tcase(s, user);
	tcase_add_loop_test(recorded, the_server_answers_as_recorded, 0, 2);
	tcase_add_loop_test(recorded, the_client_sends_and_shows_as_recorded,
	    0, 2);
	add_recordings(s, recorded);
	return s;
}

int
main(void)
{
	return run_suite(suite());
}
