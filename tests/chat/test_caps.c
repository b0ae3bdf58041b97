#include "chat/protocols/caps.h"
#include "chat/protocols/typed.h"
#include "tests/chat/stage.h"

#define CLIENT "127.0.0.1:58632"
#define OTHER "[::1]:9"
#define SERVER "127.0.0.1:12000"

enum { LINE_MAX_BYTES = 64 };

/* "the answer is no", encrypted. */
static const uint8_t sealed[] = {
	0x75, 0x74, 0x67, 0x73, 0x8a, 0x09, 0x0c, 0x8b,
	0xef, 0x19, 0xa8, 0x39, 0xf5, 0x06, 0xc5, 0x55,
};
static const char opened[] = "the answer is no";

static struct fake_world *
world_of(const struct side *side)
{
	static struct chat_settings settings;

	settings = fake_settings();
	settings.line_max = LINE_MAX_BYTES;
	return fake_world_new(side, &settings);
}

static struct fake_world *
server(void)
{
	return world_of(protocol_caps.server);
}

static struct fake_world *
client(struct peer **peer)
{
	struct fake_world *world = world_of(protocol_caps.client);

	*peer = fake_join(world, SERVER);
	fake_forget(world);
	return world;
}

/* Is this line among those of the log? */
static bool
is_logged(struct fake_world *world, const char *text)
{
	const struct fake_messages *events = fake_events(world);

	for (size_t i = 0; i < events->count; i++)
		if (strcmp((const char *)events->list[i].data, text) == 0)
			return true;
	return false;
}

static bool
is_shown(struct fake_world *world, const char *text)
{
	const struct fake_messages *shown = fake_shown(world);

	for (size_t i = 0; i < shown->count; i++)
		if (strcmp((const char *)shown->list[i].data, text) == 0)
			return true;
	return false;
}

START_TEST(a_word_comes_back_with_its_ascii_in_upper_case)
{
	struct fake_world *world = server();
	struct peer *peer = fake_join(world, CLIENT);

	fake_receive_text(world, peer, "abcd 1x \u00e9");
	ck_assert_uint_eq(fake_sent(world, peer)->count, 0);
	fake_receive_text(world, peer, "1");
	expect_stream(world, peer, "ABCD 1X \u00e9", 10);
	ck_assert(!fake_is_closed(world, peer));
	fake_world_free(world);
}
END_TEST

START_TEST(a_ciphertext_is_answered_by_two_writes)
{
	struct fake_world *world = server();
	struct peer *peer = fake_join(world, CLIENT);

	fake_receive(world, peer, sealed, sizeof(sealed));
	fake_receive_text(world, peer, "2");
	fake_pass(world, CAPS_PAUSE_NS - 1);
	ck_assert_uint_eq(fake_sent(world, peer)->count, 1);
	fake_pass(world, 1);
	ck_assert_uint_eq(fake_sent(world, peer)->count, 2);
	expect_text(fake_sent(world, peer), 0, opened);
	ck_assert_uint_eq(fake_sent(world, peer)->list[1].len, sizeof(sealed));
	ck_assert_mem_eq(fake_sent(world, peer)->list[1].data, sealed,
	    sizeof(sealed));
	fake_world_free(world);
}
END_TEST

/* What comes between the two answers waits for the second. */
START_TEST(an_action_does_not_overtake_an_answer)
{
	struct fake_world *world = server();
	struct peer *peer = fake_join(world, CLIENT);
	struct bytes want = { NULL, 0, 0 };

	fake_receive(world, peer, sealed, sizeof(sealed));
	fake_receive_text(world, peer, "2");
	fake_receive_text(world, peer, "abc");
	fake_receive_text(world, peer, "1");
	fake_finish(world, peer);
	ck_assert_uint_eq(fake_sent(world, peer)->count, 1);
	fake_pass(world, CAPS_PAUSE_NS);
	ck_assert_int_eq(bytes_append(&want, opened, 16), 0);
	ck_assert_int_eq(bytes_append(&want, sealed, sizeof(sealed)), 0);
	ck_assert_int_eq(bytes_append(&want, "ABC", 3), 0);
	expect_stream(world, peer, want.data, want.len);
	ck_assert(fake_is_gone(world, peer));
	bytes_reset(&want);
	fake_world_free(world);
}
END_TEST

/* Word and option joined, and then the end: both answers come before ours. */
START_TEST(both_answers_come_before_the_end)
{
	struct fake_world *world = server();
	struct peer *peer = fake_join(world, CLIENT);
	uint8_t joined[sizeof(sealed) + 1];

	memcpy(joined, sealed, sizeof(sealed));
	joined[sizeof(sealed)] = '2';
	fake_receive(world, peer, joined, sizeof(joined));
	fake_finish(world, peer);
	ck_assert(!fake_is_closed(world, peer));
	fake_pass(world, CAPS_PAUSE_NS);
	ck_assert_uint_eq(fake_sent(world, peer)->count, 2);
	ck_assert(fake_is_gone(world, peer));
	fake_world_free(world);
}
END_TEST

START_TEST(one_action_follows_another_until_quit)
{
	struct fake_world *world = server();
	struct peer *peer = fake_join(world, CLIENT);
	struct peer *other = fake_join(world, OTHER);

	fake_receive_text(world, peer, "a");
	fake_receive_text(world, other, "z");
	fake_receive_text(world, peer, "1");
	fake_receive_text(world, other, "1");
	fake_receive_text(world, peer, "b");
	fake_receive_text(world, peer, "1");
	expect_stream(world, peer, "AB", 2);
	expect_stream(world, other, "Z", 1);
	fake_receive_text(world, peer, "No data");
	fake_receive_text(world, peer, "3");
	ck_assert(fake_is_gone(world, peer));
	ck_assert(!fake_is_closed(world, other));
	fake_receive_text(world, other, "y");
	fake_receive_text(world, other, "1");
	expect_stream(world, other, "ZY", 2);
	fake_world_free(world);
}
END_TEST

START_TEST(the_steps_are_logged_in_the_originals_words)
{
	static const char *const lines[] = {
		"The server is ready to receive",
		"Connection Established in Server. Client IP address 127.0.0.1 "
		    "Client port number 58632",
		"Received word from client: abc",
		"Word is cleartext, so I will capitalize.",
		"Send the word to Client after capitalized it...",
		"Received word from client: 757467738a090c8bef19a839f506c555",
		"The word is encrypted, so I will decrypt.",
		"The word after decrypted is: the answer is no",
		"The client ended its connection, I will end the connection as "
		    "well..",
		"Connection End.",
	};
	struct fake_world *world = server();
	struct peer *peer = fake_join(world, CLIENT);

	fake_receive_text(world, peer, "abc");
	fake_receive_text(world, peer, "1");
	fake_receive(world, peer, sealed, sizeof(sealed));
	fake_receive_text(world, peer, "2");
	fake_pass(world, CAPS_PAUSE_NS);
	fake_receive_text(world, peer, "No data");
	fake_receive_text(world, peer, "3");
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		ck_assert_msg(is_logged(world, lines[i]), "%s", lines[i]);
	fake_world_free(world);
}
END_TEST

/* What one read brings is taken apart once nothing follows. */
START_TEST(word_and_option_may_come_joined)
{
	struct fake_world *world = server();
	struct peer *peer = fake_join(world, CLIENT);
	uint8_t joined[sizeof(sealed) + 1];

	fake_receive_text(world, peer, "abcd1");
	fake_pass(world, CAPS_OPTION_WAIT_NS - 1);
	ck_assert_uint_eq(fake_sent(world, peer)->count, 0);
	fake_pass(world, 1);
	expect_stream(world, peer, "ABCD", 4);
	memcpy(joined, sealed, sizeof(sealed));
	joined[sizeof(sealed)] = '2';
	fake_receive(world, peer, joined, sizeof(joined));
	fake_pass(world, CAPS_OPTION_WAIT_NS + CAPS_PAUSE_NS);
	ck_assert_uint_eq(fake_sent(world, peer)->count, 3);
	expect_text(fake_sent(world, peer), 1, opened);
	fake_receive_text(world, peer, "No data3");
	fake_pass(world, CAPS_OPTION_WAIT_NS);
	ck_assert(fake_is_gone(world, peer));
	fake_world_free(world);
}
END_TEST

START_TEST(a_word_that_ends_in_a_digit_waits_for_its_option)
{
	struct fake_world *world = server();
	struct peer *peer = fake_join(world, CLIENT);

	fake_receive_text(world, peer, "room 21");
	fake_pass(world, CAPS_OPTION_WAIT_NS - 1);
	fake_receive_text(world, peer, "1");
	expect_stream(world, peer, "ROOM 21", 7);
	fake_pass(world, 10 * CAPS_OPTION_WAIT_NS);
	expect_stream(world, peer, "ROOM 21", 7);
	fake_world_free(world);
}
END_TEST

START_TEST(a_word_of_one_digit_is_a_word)
{
	struct fake_world *world = server();
	struct peer *peer = fake_join(world, CLIENT);

	fake_receive_text(world, peer, "3");
	fake_pass(world, 10 * CAPS_OPTION_WAIT_NS);
	ck_assert(!fake_is_closed(world, peer));
	fake_receive_text(world, peer, "1");
	expect_stream(world, peer, "3", 1);
	fake_world_free(world);
}
END_TEST

START_TEST(a_word_may_come_in_pieces)
{
	struct fake_world *world = server();
	struct peer *peer = fake_join(world, CLIENT);
	static const char word[] = "in pieces";

	for (size_t i = 0; word[i] != '\0'; i++) {
		fake_receive(world, peer, &word[i], 1);
		fake_pass(world, 10 * CAPS_OPTION_WAIT_NS);
	}
	fake_receive_text(world, peer, "1");
	expect_stream(world, peer, "IN PIECES", 9);
	fake_world_free(world);
}
END_TEST

START_TEST(a_client_that_sends_no_more_has_its_last_action)
{
	struct fake_world *world = server();
	struct peer *peer = fake_join(world, CLIENT);

	fake_receive_text(world, peer, "abcd1");
	fake_finish(world, peer);
	expect_stream(world, peer, "ABCD", 4);
	ck_assert(fake_is_gone(world, peer));
	fake_world_free(world);
}
END_TEST

START_TEST(a_ciphertext_of_another_length_ends_that_client_alone)
{
	struct fake_world *world = server();
	struct peer *peer = fake_join(world, CLIENT);
	struct peer *other = fake_join(world, OTHER);

	fake_receive(world, peer, sealed, sizeof(sealed) - 1);
	fake_receive_text(world, other, "a");
	fake_receive_text(world, peer, "2");
	ck_assert(fake_is_gone(world, peer));
	ck_assert_uint_eq(fake_sent(world, peer)->count, 0);
	ck_assert(is_logged(world,
	    "The word of 15 bytes cannot be decrypted"));
	fake_receive_text(world, other, "1");
	expect_stream(world, other, "A", 1);
	fake_world_free(world);
}
END_TEST

/* The longest word, with its option behind it, and one byte more. */
START_TEST(a_word_is_bounded)
{
	for (size_t extra = 0; extra < 3; extra++) {
		struct fake_world *world = server();
		struct peer *peer = fake_join(world, CLIENT);
		char word[LINE_MAX_BYTES + 2];

		memset(word, 'w', sizeof(word));
		fake_receive(world, peer, word, 10);
		fake_receive(world, peer, word, LINE_MAX_BYTES + extra - 10);
		fake_receive_text(world, peer, "1");
		ck_assert_uint_eq(fake_sent(world, peer)->count, extra == 0);
		ck_assert(fake_is_closed(world, peer) == (extra > 0));
		fake_world_free(world);
	}
}
END_TEST

START_TEST(a_client_may_vanish_at_any_point)
{
	static const char *const before[] = { "", "word", "word1", "3" };

	for (size_t i = 0; i < sizeof(before) / sizeof(before[0]); i++) {
		struct fake_world *world = server();
		struct peer *peer = fake_join(world, CLIENT);

		fake_receive_text(world, peer, before[i]);
		fake_leave(world, peer, LEFT_LOST);
		fake_pass(world, 10 * CAPS_OPTION_WAIT_NS);
		ck_assert(is_logged(world, "Connection End."));
		ck_assert_uint_eq(fake_sent(world, peer)->count, 0);
		fake_world_free(world);
	}
}
END_TEST

START_TEST(the_client_sends_the_option_after_a_pause)
{
	static const char *const options[] = { "open mode", "OPEN Mode", "1",
	    " 1 " };

	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
		struct peer *peer;
		struct fake_world *world = client(&peer);

		fake_line(world, options[i]);
		ck_assert_str_eq(fake_prompt(world), "Input lowercase word:");
		fake_line(world, "abcd 1x \u00e9");
		fake_pass(world, CAPS_PAUSE_NS - 1);
		expect_stream(world, peer, "abcd 1x \u00e9", 10);
		fake_pass(world, 1);
		expect_stream(world, peer, "abcd 1x \u00e9" "1", 11);
		ck_assert_uint_eq(fake_sent(world, peer)->count, 2);
		fake_world_free(world);
	}
}
END_TEST

START_TEST(the_client_shows_the_answer_and_its_menu_again)
{
	struct peer *peer;
	struct fake_world *world = client(&peer);

	fake_line(world, "1");
	fake_line(world, "abcd");
	fake_pass(world, CAPS_PAUSE_NS);
	fake_receive_text(world, peer, "AB");
	ck_assert(!is_shown(world, "Received the word from Server after "
	    "capitalized it: AB"));
	fake_receive_text(world, peer, "CD");
	ck_assert(is_shown(world, "Received the word from Server after "
	    "capitalized it: ABCD"));
	ck_assert_str_eq(fake_prompt(world), "> ");
	fake_line(world, "3");
	fake_pass(world, CAPS_PAUSE_NS);
	ck_assert_int_eq(fake_status(world), 0);
	fake_world_free(world);
}
END_TEST

static void
expect_secure_answer(struct fake_world *world)
{
	ck_assert(is_shown(world, "The word is the answer is no"));
	ck_assert(is_shown(world, "After encryption is "
	    "757467738a090c8bef19a839f506c555"));
	ck_assert(is_shown(world, "The first receive: Received the word as "
	    "cleartext from the Server after decrypted it: "
	    "the answer is no"));
	ck_assert(is_shown(world, "The second receive: Received the word as "
	    "ciphertext from the Server after encrypted it: "
	    "757467738a090c8bef19a839f506c555"));
}

/* Cut anywhere, and joined (at 0). */
START_TEST(both_answers_of_the_secure_mode_are_told_apart)
{
	struct peer *peer;
	struct fake_world *world = client(&peer);
	uint8_t answers[2 * sizeof(sealed)];
	size_t cut = (size_t)_i;

	memcpy(answers, opened, sizeof(sealed));
	memcpy(answers + sizeof(sealed), sealed, sizeof(sealed));
	fake_line(world, "Secure Mode");
	fake_line(world, opened);
	fake_pass(world, CAPS_PAUSE_NS);
	ck_assert_uint_eq(fake_sent(world, peer)->list[0].len, sizeof(sealed));
	ck_assert_mem_eq(fake_sent(world, peer)->list[0].data, sealed,
	    sizeof(sealed));
	expect_text(fake_sent(world, peer), 1, "2");
	if (cut > 0)
		fake_receive(world, peer, answers, cut);
	fake_receive(world, peer, answers + cut, sizeof(answers) - cut);
	expect_secure_answer(world);
	fake_world_free(world);
}
END_TEST

START_TEST(a_secure_word_of_another_length_is_refused_with_it)
{
	struct peer *peer;
	struct fake_world *world = client(&peer);

	fake_line(world, "secure mode");
	fake_line(world, "the answer is yes");
	ck_assert(is_shown(world, "The length of a secure word is a multiple "
	    "of 16 bytes, this one has 17"));
	fake_line(world, "2");
	fake_line(world, "");
	ck_assert(is_shown(world, "A word has 1 to 64 bytes, this one has 0"));
	ck_assert_str_eq(fake_prompt(world), "> ");
	fake_pass(world, 10 * CAPS_PAUSE_NS);
	ck_assert_uint_eq(fake_sent(world, peer)->count, 0);
	fake_world_free(world);
}
END_TEST

START_TEST(a_wrong_option_is_asked_for_again)
{
	static const char *const wrong[] = { "", "4", "open", "12", "abc" };
	struct peer *peer;
	struct fake_world *world = client(&peer);

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		fake_forget(world);
		fake_line(world, wrong[i]);
		ck_assert(is_shown(world, "You write wrong word, try again!"));
		ck_assert_str_eq(fake_prompt(world), "> ");
	}
	ck_assert_uint_eq(fake_sent(world, peer)->count, 0);
	fake_world_free(world);
}
END_TEST

/* Quit, exit and the end of the input. */
START_TEST(the_client_says_that_it_leaves)
{
	static const char *const ways[] = { "quit application", "3", "exit",
	    NULL };

	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		struct peer *peer;
		struct fake_world *world = client(&peer);

		if (ways[i] == NULL)
			fake_input_ended(world);
		else
			fake_line(world, ways[i]);
		ck_assert_int_eq(fake_status(world), -1);
		fake_pass(world, CAPS_PAUSE_NS);
		ck_assert_uint_eq(fake_sent(world, peer)->count, 2);
		expect_text(fake_sent(world, peer), 0, "No data");
		expect_text(fake_sent(world, peer), 1, "3");
		ck_assert_int_eq(fake_status(world), 0);
		fake_world_free(world);
	}
}
END_TEST

/* More is piped in than is taken before the server answers, so that the end of
 * the input is not seen. */
START_TEST(held_lines_do_not_wait_for_a_silent_server_for_ever)
{
	struct peer *peer;
	struct fake_world *world = client(&peer);
	char text[1000];

	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	fake_line(world, "1");
	fake_line(world, "x");
	while (!fake_lines_are_held(world))
		fake_line(world, text);
	fake_line(world, text);		/* it was under way */
	fake_forget(world);
	fake_pass(world, TYPED_LAST_NS - 1);
	ck_assert_int_eq(fake_status(world), -1);
	fake_pass(world, 1);
	expect_shown(world, SHOW_ERROR, "The server does not answer.");
	ck_assert_int_eq(fake_status(world), 1);
	fake_world_free(world);
}
END_TEST

START_TEST(held_lines_go_on_once_the_server_answers)
{
	struct peer *peer;
	struct fake_world *world = client(&peer);
	char text[1000];

	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	fake_line(world, "1");
	fake_line(world, "x");
	while (!fake_lines_are_held(world))
		fake_line(world, text);
	fake_pass(world, TYPED_LAST_NS - 1);
	/* Then the menu takes them all, as wrong words. */
	fake_receive(world, peer, "X", 1);
	fake_pass(world, TYPED_LAST_NS);
	ck_assert_int_eq(fake_status(world), -1);
	ck_assert(!fake_lines_are_held(world));
	fake_world_free(world);
}
END_TEST

/* Input that is no terminal. */
START_TEST(lines_that_come_at_once_wait_for_the_answers)
{
	static const char expected[] = "one" "1" "two" "1" "No data" "3";
	struct peer *peer;
	struct fake_world *world = client(&peer);

	fake_line(world, "1");
	fake_line(world, "one");
	fake_line(world, "open mode");
	fake_line(world, "two");
	fake_input_ended(world);
	fake_pass(world, CAPS_PAUSE_NS);
	fake_receive_text(world, peer, "ONE");
	fake_pass(world, CAPS_PAUSE_NS);
	fake_receive_text(world, peer, "TWO");
	fake_pass(world, CAPS_PAUSE_NS);
	expect_stream(world, peer, expected, strlen(expected));
	ck_assert_int_eq(fake_status(world), 0);
	fake_world_free(world);
}
END_TEST

START_TEST(a_server_that_does_not_answer_is_not_awaited_for_ever)
{
	struct peer *peer;
	struct fake_world *world = client(&peer);

	fake_line(world, "1");
	fake_line(world, "word");
	fake_line(world, "exit");
	fake_pass(world, INT64_C(60000000000));
	ck_assert(is_shown(world, "The server does not answer."));
	ck_assert_int_eq(fake_status(world), 1);
	fake_world_free(world);
}
END_TEST

START_TEST(a_lost_server_is_told)
{
	static const char *const lines[] = { NULL, "1", "word", "exit" };

	for (size_t n = 0; n < sizeof(lines) / sizeof(lines[0]); n++) {
		struct peer *peer;
		struct fake_world *world = client(&peer);

		for (size_t i = 1; i <= n; i++)
			fake_line(world, lines[i]);
		fake_leave(world, peer, LEFT_ENDED);
		ck_assert(is_shown(world, "Server disconnected."));
		ck_assert_int_eq(fake_status(world), 1);
		fake_world_free(world);
	}
}
END_TEST

START_TEST(an_answer_that_is_too_long_is_told)
{
	struct peer *peer;
	struct fake_world *world = client(&peer);

	fake_receive_text(world, peer, "unasked\x1b");
	expect_shown(world, SHOW_ERROR, "The server sent more than it was "
	    "asked for: unasked\ufffd");
	fake_line(world, "1");
	fake_line(world, "ab");
	fake_pass(world, CAPS_PAUSE_NS);
	fake_receive_text(world, peer, "ABCD");
	ck_assert(is_shown(world, "Received the word from Server after "
	    "capitalized it: AB"));
	ck_assert(is_shown(world, "The server sent more than it was asked "
	    "for: CD"));
	fake_world_free(world);
}
END_TEST

START_TEST(our_server_answers_as_the_recorded_one)
{
	struct replay *replay = replay_read("cs330_open_secure");
	struct fake_world *world = server();
	const char *difference;

	/* Joined is only the quit: between the others there are answers. */
	replay_to_server(replay, world, _i == 0 ? REPLAY_PIECES :
	    REPLAY_JOINED, NULL, NULL);
	fake_pass(world, CAPS_OPTION_WAIT_NS);
	difference = replay_difference(replay, 0, true);
	ck_assert_msg(difference == NULL, "%s", difference);
	ck_assert(fake_is_gone(world, replay_peer(replay, 0)));
	fake_world_free(world);
	replay_free(replay);
}
END_TEST

START_TEST(our_client_sends_what_the_recorded_one_did)
{
	static const struct replay_line lines[] = {
		{ 0.5, "open mode" }, { 1.0, "abcd 1x \u00e9" },
		{ 2.0, "secure mode" }, { 2.1, "the answer is no" },
		{ 3.5, "quit application" },
	};
	static const enum replay_cut cuts[] = { REPLAY_PIECES, REPLAY_JOINED,
	    REPLAY_BYTES };
	struct replay *replay = replay_read("cs330_open_secure");
	struct fake_world *world = world_of(protocol_caps.client);
	const char *difference;

	replay_to_client(replay, world, 0, cuts[_i], lines, 5);
	fake_pass(world, CAPS_PAUSE_NS);
	difference = replay_difference(replay, 0, true);
	ck_assert_msg(difference == NULL, "%s", difference);
	expect_secure_answer(world);
	ck_assert(is_shown(world, "Received the word from Server after "
	    "capitalized it: ABCD 1X \u00e9"));
	ck_assert_int_eq(fake_status(world), 0);
	fake_world_free(world);
	replay_free(replay);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("caps");
	TCase *server_tests = tcase_create("server");
	TCase *client_tests = tcase_create("client");
	TCase *recordings = tcase_create("recordings");
	TCase *tc = server_tests;

	tcase_add_test(tc, a_word_comes_back_with_its_ascii_in_upper_case);
	tcase_add_test(tc, a_ciphertext_is_answered_by_two_writes);
	tcase_add_test(tc, an_action_does_not_overtake_an_answer);
	tcase_add_test(tc, both_answers_come_before_the_end);
	tcase_add_test(tc, one_action_follows_another_until_quit);
	tcase_add_test(tc, the_steps_are_logged_in_the_originals_words);
	tcase_add_test(tc, word_and_option_may_come_joined);
	tcase_add_test(tc, a_word_that_ends_in_a_digit_waits_for_its_option);
	tcase_add_test(tc, a_word_of_one_digit_is_a_word);
	tcase_add_test(tc, a_word_may_come_in_pieces);
	tcase_add_test(tc, a_client_that_sends_no_more_has_its_last_action);
	tcase_add_test(tc,
	    a_ciphertext_of_another_length_ends_that_client_alone);
	tcase_add_test(tc, a_word_is_bounded);
	tcase_add_test(tc, a_client_may_vanish_at_any_point);
	suite_add_tcase(s, tc);
	tc = client_tests;
	tcase_add_test(tc, the_client_sends_the_option_after_a_pause);
	tcase_add_test(tc, the_client_shows_the_answer_and_its_menu_again);
	tcase_add_loop_test(tc,
	    both_answers_of_the_secure_mode_are_told_apart, 0,
	    2 * sizeof(sealed));
	tcase_add_test(tc, a_secure_word_of_another_length_is_refused_with_it);
	tcase_add_test(tc, a_wrong_option_is_asked_for_again);
	tcase_add_test(tc, the_client_says_that_it_leaves);
	tcase_add_test(tc, lines_that_come_at_once_wait_for_the_answers);
	tcase_add_test(tc,
	    held_lines_do_not_wait_for_a_silent_server_for_ever);
	tcase_add_test(tc, held_lines_go_on_once_the_server_answers);
	tcase_add_test(tc,
	    a_server_that_does_not_answer_is_not_awaited_for_ever);
	tcase_add_test(tc, a_lost_server_is_told);
	tcase_add_test(tc, an_answer_that_is_too_long_is_told);
	suite_add_tcase(s, tc);
	tc = recordings;
	tcase_add_loop_test(tc, our_server_answers_as_the_recorded_one, 0, 2);
	tcase_add_loop_test(tc, our_client_sends_what_the_recorded_one_did, 0,
	    3);
	add_recordings(s, tc);
	return s;
}

int
main(void)
{
	return run_suite(suite());
}
