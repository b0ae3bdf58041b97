#include "chat/protocols/room.h"
#include "chat/protocols/typed.h"
#include "tests/chat/stage.h"

#define ALICE "127.0.0.1:41246"
#define BOB "127.0.0.1:41256"
#define CAROL "[::1]:41262"
#define SERVER "127.0.0.1:55555"

static struct fake_world *
server(void)
{
	static struct chat_settings settings;

	settings = fake_settings();
	return fake_world_new(protocol_room.server, &settings);
}

static struct peer *
enter(struct fake_world *world, const char *address, const char *name)
{
	struct peer *peer = fake_join(world, address);

	fake_receive_text(world, peer, name);
	ck_assert(fake_is_admitted(world, peer));
	return peer;
}

static struct fake_world *
client(const char *name, struct peer **peer)
{
	static struct chat_settings settings;
	struct fake_world *world;

	settings = fake_settings();
	settings.name = name;
	world = fake_world_new(protocol_room.client, &settings);
	*peer = fake_join(world, SERVER);
	return world;
}

static struct fake_world *
client_in_room(struct peer **peer)
{
	struct fake_world *world = client("Alice", peer);

	fake_receive_text(world, *peer, "NICK");
	fake_receive_text(world, *peer, "Alice joined!");
	fake_receive_text(world, *peer, "Connected to server!");
	fake_forget(world);
	return world;
}

static void
expect_writes(struct fake_world *world, const struct peer *peer,
    const char *const *texts, size_t n)
{
	const struct fake_messages *sent = fake_sent(world, peer);

	for (size_t i = 0; i < n; i++)
		expect_text(sent, i, texts[i]);
	ck_assert_uint_eq(sent->count, n);
}

START_TEST(who_joins_is_asked_announced_and_welcomed)
{
	static const char *const alices[] = { "NICK", "Alice joined!",
	    "Connected to server!", "Bob joined!" };
	static const char *const bobs[] = { "NICK", "Bob joined!",
	    "Connected to server!" };
	struct fake_world *world = server();
	struct peer *alice = enter(world, ALICE, "Alice");
	struct peer *bob = enter(world, BOB, "Bob");

	expect_writes(world, alice, alices, 4);
	expect_writes(world, bob, bobs, 3);
	fake_world_free(world);
}
END_TEST

START_TEST(a_message_goes_to_all_and_back_unchanged)
{
	static const char text[] = "Bob: not Alice's \x01 caf\u00e9";
	struct fake_world *world = server();
	struct peer *alice = enter(world, ALICE, "Alice");
	struct peer *bob = enter(world, BOB, "Bob");

	fake_forget(world);
	fake_receive_text(world, alice, text);
	expect_stream(world, alice, text, strlen(text));
	expect_stream(world, bob, text, strlen(text));
	fake_world_free(world);
}
END_TEST

START_TEST(who_says_nothing_blocks_nobody_and_gets_nothing)
{
	struct fake_world *world = server();
	struct peer *silent = fake_join(world, CAROL);
	struct peer *alice = enter(world, ALICE, "Alice");

	fake_receive_text(world, alice, "Alice: hi");
	expect_stream(world, silent, "NICK", 4);
	ck_assert(!fake_is_admitted(world, silent));
	fake_leave(world, silent, LEFT_LATE);
	ck_assert_uint_eq(fake_sent(world, alice)->count, 4);
	fake_world_free(world);
}
END_TEST

/* The original tells of resets only, and that not always. */
START_TEST(the_rest_is_told_of_every_leave)
{
	static const enum left ways[] = { LEFT_ENDED, LEFT_LOST, LEFT_IDLE,
	    LEFT_SLOW };

	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		struct fake_world *world = server();
		struct peer *alice = enter(world, ALICE, "Alice");
		struct peer *bob = enter(world, BOB, "Bob");

		fake_forget(world);
		fake_leave(world, alice, ways[i]);
		expect_stream(world, bob, "Alice left!", 11);
		enter(world, CAROL, "Alice");
		fake_world_free(world);
	}
}
END_TEST

START_TEST(a_half_closed_client_leaves)
{
	struct fake_world *world = server();
	struct peer *alice = enter(world, ALICE, "Alice");
	struct peer *bob = enter(world, BOB, "Bob");

	fake_forget(world);
	fake_finish(world, alice);
	ck_assert(fake_is_gone(world, alice));
	expect_stream(world, bob, "Alice left!", 11);
	fake_world_free(world);
}
END_TEST

START_TEST(names_are_checked)
{
	static const char *const bad[] = { " Alice", "Alice ", "Al\nice",
	    "\x1b[2J", "Al\xff" "ice", "Alice", "\u202e" "ecilA",
	    "123456789012345678901234567890123456789012345678901234567890"
	    "12345" };
	struct fake_world *world = server();
	struct peer *alice = enter(world, ALICE, "Alice");

	fake_forget(world);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct peer *peer = fake_join(world, BOB);

		fake_receive_text(world, peer, bad[i]);
		ck_assert_msg(fake_is_gone(world, peer), "%s", bad[i]);
		ck_assert_uint_eq(fake_sent(world, peer)->count, 2);
		ck_assert_int_eq(fake_sent(world, peer)->list[1].data[
		    fake_sent(world, peer)->list[1].len - 1], '.');
		ck_assert(!fake_is_admitted(world, peer));
	}
	ck_assert_uint_eq(fake_sent(world, alice)->count, 0);
	fake_world_free(world);
}
END_TEST

/* Two messages in one segment are one, as for the original. */
START_TEST(a_name_and_what_follows_in_one_read_are_a_name)
{
	struct fake_world *world = server();
	struct peer *peer = enter(world, ALICE, "AliceAlice: hi");

	expect_text(fake_sent(world, peer), 1, "AliceAlice: hi joined!");
	fake_world_free(world);
}
END_TEST

START_TEST(a_character_in_two_reads_is_one)
{
	struct fake_world *world = server();
	struct peer *peer = fake_join(world, ALICE);
	const struct fake_messages *sent;

	fake_receive_text(world, peer, "Andr\xc3");
	ck_assert_uint_eq(fake_sent(world, peer)->count, 1);
	fake_receive_text(world, peer, "\xa9");
	expect_text(fake_sent(world, peer), 1, "Andr\u00e9 joined!");
	fake_forget(world);
	fake_receive_text(world, peer, "a\xe2\x82");
	fake_receive_text(world, peer, "\xac" "b");
	sent = fake_sent(world, peer);
	expect_text(sent, 0, "a");
	expect_text(sent, 1, "\u20ac" "b");
	/* What never becomes a character is relayed as it is. */
	fake_receive_text(world, peer, "\xff\xfe");
	expect_text(fake_sent(world, peer), 2, "\xff\xfe");
	fake_world_free(world);
}
END_TEST

START_TEST(a_message_in_single_bytes_is_as_many_messages)
{
	static const char text[] = "Alice: hi";
	struct fake_world *world = server();
	struct peer *peer = enter(world, ALICE, "Alice");

	fake_forget(world);
	for (size_t i = 0; i < strlen(text); i++)
		fake_receive(world, peer, text + i, 1);
	ck_assert_uint_eq(fake_sent(world, peer)->count, strlen(text));
	expect_stream(world, peer, text, strlen(text));
	fake_world_free(world);
}
END_TEST

START_TEST(more_than_an_original_reads_is_several_messages)
{
	struct fake_world *world = server();
	struct peer *peer = enter(world, ALICE, "Alice");
	static uint8_t text[3000];
	size_t len;

	memset(text, 'x', sizeof(text));
	memcpy(text + 1023, "\u00e9", 2);
	fake_forget(world);
	fake_receive(world, peer, text, sizeof(text));
	ck_assert_uint_eq(fake_sent(world, peer)->count, 3);
	ck_assert_uint_eq(fake_sent(world, peer)->list[0].len, 1023);
	ck_assert_uint_eq(fake_sent(world, peer)->list[1].len, 1024);
	ck_assert_mem_eq(fake_stream(world, peer, &len), text, sizeof(text));
	fake_world_free(world);
}
END_TEST

START_TEST(nobody_makes_the_others_say_their_names)
{
	struct fake_world *world = server();
	struct peer *peer = enter(world, ALICE, "Alice");

	fake_forget(world);
	fake_receive_text(world, peer, "NICK");
	ck_assert_uint_eq(fake_sent(world, peer)->count, 0);
	ck_assert_uint_eq(count_events(world, "dropped"), 1);
	fake_receive_text(world, peer, "NICKEL");
	expect_stream(world, peer, "NICKEL", 6);
	fake_world_free(world);
}
END_TEST

START_TEST(the_log_has_the_originals_words)
{
	struct fake_world *world = server();
	const struct fake_messages *events;

	enter(world, ALICE, "Alice");
	events = fake_events(world);
	expect_text(events, 0, "Server is listening...");
	/* "listening" is the event of chat/net, with the address. */
	ck_assert_str_eq(events->list[0].name, "ready");
	expect_text(events, 1, "Connected with ('127.0.0.1', 41246)");
	expect_text(events, 2, "Nickname is Alice");
	fake_world_free(world);
}
END_TEST

START_TEST(the_client_answers_nick_with_its_name)
{
	struct peer *peer;
	struct fake_world *world = client("Alice", &peer);

	fake_receive_text(world, peer, "NICK");
	expect_stream(world, peer, "Alice", 5);
	ck_assert_uint_eq(fake_shown(world)->count, 0);
	fake_world_free(world);
}
END_TEST

START_TEST(a_name_that_is_not_given_is_asked_for)
{
	struct peer *peer;
	struct fake_world *world = client(NULL, &peer);

	ck_assert_str_eq(fake_prompt(world), "Choose your nickname: ");
	fake_line(world, "");
	fake_line(world, " Alice");
	ck_assert_uint_eq(fake_shown(world)->count, 2);
	fake_receive_text(world, peer, "NICK");
	ck_assert_uint_eq(fake_sent(world, peer)->count, 0);
	fake_forget(world);
	fake_receive_text(world, peer, "NICK");
	expect_shown(world, SHOW_MESSAGE, "NICK");
	fake_line(world, "Alice");
	expect_stream(world, peer, "Alice", 5);
	ck_assert_str_eq(fake_prompt(world), "");
	fake_world_free(world);
}
END_TEST

START_TEST(a_line_is_sent_behind_the_name)
{
	struct peer *peer;
	struct fake_world *world = client_in_room(&peer);

	fake_line(world, "Hello everyone!");
	fake_line(world, "");
	/* Not so soon behind the first that it could be read with it. */
	fake_pass(world, TYPED_GAP_NS - 1);
	ck_assert_uint_eq(fake_sent(world, peer)->count, 1);
	fake_pass(world, 1);
	ck_assert_uint_eq(fake_sent(world, peer)->count, 2);
	expect_text(fake_sent(world, peer), 0, "Alice: Hello everyone!");
	expect_text(fake_sent(world, peer), 1, "Alice: ");
	fake_world_free(world);
}
END_TEST

START_TEST(a_line_that_is_too_long_is_not_sent)
{
	struct peer *peer;
	struct fake_world *world = client_in_room(&peer);
	char line[1024 - 7 + 2];

	memset(line, 'x', sizeof(line));
	line[1024 - 7 + 1] = '\0';
	fake_line(world, line);
	expect_shown(world, SHOW_ERROR, "A message has at most 1024 bytes "
	    "with the nickname; this one has 1025.");
	ck_assert_uint_eq(fake_sent(world, peer)->count, 0);
	line[1024 - 7] = '\0';
	fake_line(world, line);
	ck_assert_uint_eq(fake_sent(world, peer)->list[0].len, 1024);
	fake_world_free(world);
}
END_TEST

/* Cut anywhere: at 0 it is one read. */
START_TEST(joined_and_connected_are_two_lines_however_they_come)
{
	static const char all[] = "NICKAlice joined!Connected to server!";
	struct peer *peer;
	struct fake_world *world = client("Alice", &peer);
	size_t cut = (size_t)_i;

	if (cut > 0)
		fake_receive(world, peer, all, cut);
	fake_receive(world, peer, all + cut, strlen(all) - cut);
	expect_stream(world, peer, "Alice", 5);
	ck_assert_uint_eq(fake_shown(world)->count, 2);
	expect_text(fake_shown(world), 0, "Alice joined!");
	expect_text(fake_shown(world), 1, "Connected to server!");
	fake_world_free(world);
}
END_TEST

/* The beginning of a welcome that never comes is a text of somebody. */
START_TEST(what_was_taken_for_a_welcome_is_shown_in_the_end)
{
	struct peer *peer;
	struct fake_world *world = client("Alice", &peer);

	fake_receive_text(world, peer, "NICK");
	fake_receive_text(world, peer, "Con");
	ck_assert_uint_eq(fake_shown(world)->count, 0);
	fake_pass(world, INT64_C(1000000000));
	expect_shown(world, SHOW_MESSAGE, "Con");
	fake_world_free(world);
}
END_TEST

START_TEST(what_comes_in_single_bytes_is_told_apart)
{
	static const char all[] = "NICKAlice joined!Connected to server!";
	struct peer *peer;
	struct fake_world *world = client("Alice", &peer);

	for (size_t i = 0; i < strlen(all); i++)
		fake_receive(world, peer, all + i, 1);
	expect_stream(world, peer, "Alice", 5);
	expect_text(fake_shown(world), 0, "Alice joined!");
	expect_text(fake_shown(world), 1, "Connected to server!");
	fake_world_free(world);
}
END_TEST

START_TEST(nick_is_a_text_later_on)
{
	struct peer *peer;
	struct fake_world *world = client_in_room(&peer);

	fake_receive_text(world, peer, "NICK");
	expect_shown(world, SHOW_MESSAGE, "NICK");
	ck_assert_uint_eq(fake_sent(world, peer)->count, 0);
	fake_world_free(world);
}
END_TEST

START_TEST(texts_are_shown_clean)
{
	struct peer *peer;
	struct fake_world *world = client_in_room(&peer);

	fake_receive_text(world, peer, "Bob: \x1b[2J\xff\nAlice: no\xc3");
	expect_shown(world, SHOW_MESSAGE,
	    "Bob: \ufffd[2J\ufffd\n    Alice: no");
	fake_receive_text(world, peer, "\xa9");
	expect_shown(world, SHOW_MESSAGE, "\u00e9");
	fake_world_free(world);
}
END_TEST

START_TEST(a_refusal_is_shown_and_ends_with_1)
{
	struct peer *peer;
	struct fake_world *world = client("Alice", &peer);

	fake_receive_text(world, peer, "NICK");
	fake_receive_text(world, peer, "This nickname is in use.");
	fake_leave(world, peer, LEFT_ENDED);
	expect_text(fake_shown(world), 0, "This nickname is in use.");
	expect_text(fake_shown(world), 1, "Server disconnected.");
	ck_assert_int_eq(fake_status(world), 1);
	fake_world_free(world);
}
END_TEST

START_TEST(lines_that_are_typed_early_wait_for_the_room)
{
	static const char *const writes[] = { "Alice", "Alice: one",
	    "Alice: two" };
	struct peer *peer;
	struct fake_world *world = client("Alice", &peer);

	fake_line(world, "one");
	fake_line(world, "two");
	fake_input_ended(world);
	fake_receive_text(world, peer, "NICK");
	fake_receive_text(world, peer, "Alice joined!");
	ck_assert_int_eq(fake_status(world), -1);
	fake_receive_text(world, peer, "Connected to server!");
	expect_writes(world, peer, writes, 2);
	ck_assert_int_eq(fake_status(world), -1);
	fake_pass(world, TYPED_GAP_NS);
	expect_writes(world, peer, writes, 3);
	ck_assert_int_eq(fake_status(world), -1);
	fake_receive_text(world, peer, "Alice: oneAlice: two");
	ck_assert_int_eq(fake_status(world), 0);
	fake_world_free(world);
}
END_TEST

/* Behind what others say, cut anywhere; the same text twice is two. */
START_TEST(own_messages_are_awaited_before_leaving)
{
	static const char all[] = "Alice: hiBob: Alice: hAlice: hi";
	size_t cut = (size_t)_i;
	struct peer *peer;
	struct fake_world *world = client_in_room(&peer);

	fake_line(world, "hi");
	fake_line(world, "hi");
	fake_line(world, "exit");
	fake_pass(world, TYPED_GAP_NS);
	ck_assert_int_eq(fake_status(world), -1);
	fake_receive(world, peer, all, cut);
	ck_assert_int_eq(fake_status(world), -1);
	fake_receive(world, peer, all + cut, strlen(all) - cut);
	ck_assert_int_eq(fake_status(world), 0);
	fake_world_free(world);
}
END_TEST

START_TEST(messages_that_never_come_back_are_said)
{
	struct peer *peer;
	struct fake_world *world = client_in_room(&peer);

	fake_line(world, "hi");
	fake_input_ended(world);
	fake_receive_text(world, peer, "Bob: hi");
	fake_forget(world);
	fake_pass(world, TYPED_LAST_NS + TYPED_GAP_NS);
	expect_shown(world, SHOW_ERROR,
	    "The server did not send everything back.");
	ck_assert_int_eq(fake_status(world), 1);
	fake_world_free(world);
}
END_TEST

/* Of more than is remembered the last has to come back, at least. */
START_TEST(what_is_awaited_is_bounded)
{
	struct peer *peer;
	struct fake_world *world = client_in_room(&peer);
	char text[1008];

	memset(text, 'x', sizeof(text));
	text[sizeof(text) - 1] = '\0';
	for (int i = 0; i < 200; i++) {
		fake_line(world, text);
		fake_pass(world, TYPED_GAP_NS);
	}
	fake_line(world, "last");
	fake_input_ended(world);
	fake_pass(world, TYPED_GAP_NS);
	for (int i = 0; i < 200; i++) {
		fake_receive_text(world, peer, "Alice: ");
		fake_receive_text(world, peer, text);
	}
	ck_assert_int_eq(fake_status(world), -1);
	fake_receive_text(world, peer, "Alice: last");
	ck_assert_int_eq(fake_status(world), 0);
	fake_world_free(world);
}
END_TEST

START_TEST(early_lines_are_bounded)
{
	struct peer *peer;
	struct fake_world *world = client("Alice", &peer);
	char line[1000];

	memset(line, 'x', sizeof(line) - 1);
	line[sizeof(line) - 1] = '\0';
	for (size_t i = 0; i < TYPED_WAITING_MAX / sizeof(line); i++)
		fake_line(world, line);
	ck_assert_uint_eq(fake_shown(world)->count, 0);
	fake_line(world, line);
	expect_shown(world, SHOW_ERROR, "Too much waits for the server's "
	    "answer: a line of 999 bytes is lost.");
	fake_world_free(world);
}
END_TEST

/* Some servers of this kind never say "Connected to server!". */
START_TEST(the_welcome_is_not_awaited_for_ever)
{
	struct peer *peer;
	struct fake_world *world = client("Alice", &peer);

	fake_receive_text(world, peer, "NICK");
	fake_line(world, "one");
	fake_pass(world, INT64_C(999999999));
	expect_stream(world, peer, "Alice", 5);
	fake_pass(world, 1);
	expect_stream(world, peer, "AliceAlice: one", 15);
	fake_world_free(world);
}
END_TEST

START_TEST(a_silent_server_is_not_awaited_for_ever)
{
	struct peer *peer;
	struct fake_world *world = client("Alice", &peer);

	fake_line(world, "one");
	fake_line(world, "exit");
	fake_pass(world, INT64_C(4999999999));
	ck_assert_int_eq(fake_status(world), -1);
	fake_pass(world, 1);
	expect_shown(world, SHOW_ERROR, "The server does not answer.");
	ck_assert_int_eq(fake_status(world), 1);
	fake_world_free(world);
}
END_TEST

/* More is piped in than is taken before the server answers, so that the end of
 * the input is not seen. */
START_TEST(held_lines_do_not_wait_for_a_silent_server_for_ever)
{
	struct peer *peer;
	struct fake_world *world = client("Alice", &peer);
	char text[1000];

	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
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
	struct fake_world *world = client("Alice", &peer);
	char text[1000];

	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	while (!fake_lines_are_held(world))
		fake_line(world, text);
	fake_pass(world, TYPED_LAST_NS - 1);
	fake_receive_text(world, peer, "NICKAlice joined!Connected to "
	    "server!");
	fake_pass(world, 100 * TYPED_GAP_NS + TYPED_LAST_NS);
	ck_assert_int_eq(fake_status(world), -1);
	ck_assert(!fake_lines_are_held(world));
	fake_world_free(world);
}
END_TEST

START_TEST(exit_and_the_end_of_the_input_leave)
{
	for (int i = 0; i < 6; i++) {
		struct peer *peer;
		struct fake_world *world = i < 2 ? client_in_room(&peer) :
		    client(i < 4 ? "Alice" : NULL, &peer);

		if (i % 2 == 0)
			fake_line(world, " EXIT");
		else
			fake_input_ended(world);
		ck_assert_int_eq(fake_status(world), 0);
		ck_assert_uint_eq(fake_sent(world, peer)->count, 0);
		fake_world_free(world);
	}
}
END_TEST

START_TEST(a_bad_name_of_the_command_line_opens_nothing)
{
	struct chat_settings settings = fake_settings();
	struct errbuf err = { "" };
	struct world world = { NULL };

	settings.name = "Al\tice";
	ck_assert_ptr_null(protocol_room.client->open(&world, &settings,
	    &err));
	ck_assert_str_ne(err.text, "");
}
END_TEST

/*
 * Where our server differs from the recorded one, on purpose.  Alice, Bob and
 * Charlie (connections 0 to 2) end by a plain close after "Raw: caf\u00e9",
 * which their clients cannot read: ours tells of it at once, to those that are
 * left; the recorded one told nobody until Raw's (3) reset, and then of Charlie
 * only, to two that were gone.  Connection 5 connects while connection 4 keeps
 * silent, and is asked by ours, but never by the recorded one.
 */
static const struct {
	unsigned connection;
	const char *ours, *recorded;	/* behind what is the same */
} differences[] = {
	{ 0, "", "" },
	{ 1, "Alice left!Charlie left!", "Charlie left!" },
	{ 2, "Alice left!", "Charlie left!" },
	{ 3, "Alice left!Charlie left!Bob left!", "" },
	{ 4, "", "" },
	{ 5, "NICK", "" },
};

START_TEST(our_server_answers_as_the_recorded_one)
{
	struct replay *replay = replay_read("oel_nick_chatroom");
	struct fake_world *world = server();

	replay_to_server(replay, world, REPLAY_PIECES, NULL, NULL);
	ck_assert_uint_eq(replay_connections(replay), 6);
	for (unsigned i = 0; i < 6; i++) {
		const char *ours = differences[i].ours;
		const char *recorded = differences[i].recorded;
		size_t n, m;
		const uint8_t *stream = fake_stream(world,
		    replay_peer(replay, i), &n);
		const uint8_t *other = replay_stream(replay, i, false, &m);

		ck_assert_uint_ge(n, strlen(ours));
		n -= strlen(ours);
		m -= strlen(recorded);
		ck_assert_mem_eq(stream + n, ours, strlen(ours));
		if (*recorded != '\0')
			ck_assert_mem_eq(other + m, recorded,
			    strlen(recorded));
		ck_assert_uint_eq(n, m);
		if (n > 0)
			ck_assert_mem_eq(stream, other, n);
	}
	fake_world_free(world);
	replay_free(replay);
}
END_TEST

/* The writes, up to the first that differs. */
START_TEST(our_server_writes_in_the_recorded_pieces)
{
	struct replay *replay = replay_read("oel_nick_chatroom");
	struct fake_world *world = server();

	replay_to_server(replay, world, REPLAY_PIECES, NULL, NULL);
	for (unsigned i = 0; i < 5; i++) {
		const struct fake_messages *sent = replay_written(replay, i);
		const uint8_t *piece;
		size_t len, k = 0;

		while ((piece = replay_piece(replay, i, false, k, &len)) !=
		    NULL && (len != 13 ||
		    memcmp(piece, "Charlie left!", len) != 0)) {
			ck_assert_uint_lt(k, sent->count);
			ck_assert_uint_eq(sent->list[k].len, len);
			ck_assert_mem_eq(sent->list[k].data, piece, len);
			k++;
		}
		ck_assert_uint_gt(k, 0);
	}
	fake_world_free(world);
	replay_free(replay);
}
END_TEST

START_TEST(our_clients_send_what_the_recorded_ones_did)
{
	static const struct {
		const char *name;
		struct replay_line lines[3];
		size_t n;
		const char *last;	/* shown */
	} clients[] = {
		{ "Alice", { { 2.3, "Hello everyone!" } }, 1,
		    "Raw: caf\u00e9" },
		{ "Bob", { { 2.7, "hi" }, { 3.1, "" } }, 2, "Charlie left!" },
		{ "Charlie", { { 0, NULL } }, 0, "Charlie left!" },
		{ "Raw", { { 4.3, "one" }, { 4.6, "caf\u00e9" } }, 2,
		    "Raw: caf\u00e9" },
	};
	static const enum replay_cut cuts[] = { REPLAY_PIECES, REPLAY_JOINED };

	for (unsigned i = 0; i < 4; i++) {
		struct replay *replay = replay_read("oel_nick_chatroom");
		static struct chat_settings settings;
		const struct fake_messages *shown;
		const char *difference;
		struct fake_world *world;

		settings = fake_settings();
		settings.name = clients[i].name;
		world = fake_world_new(protocol_room.client, &settings);
		replay_to_client(replay, world, i, cuts[_i], clients[i].lines,
		    clients[i].n);
		difference = replay_difference(replay, i, true);
		ck_assert_msg(difference == NULL, "%s", difference);
		shown = fake_shown(world);
		for (size_t k = shown->count; k > 0; k--)
			if (shown->list[k - 1].kind != SHOW_ERROR) {
				expect_text(shown, k - 1, clients[i].last);
				break;
			}
		fake_world_free(world);
		replay_free(replay);
	}
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("room");
	TCase *tc = tcase_create("server");

	tcase_add_test(tc, who_joins_is_asked_announced_and_welcomed);
	tcase_add_test(tc, a_message_goes_to_all_and_back_unchanged);
	tcase_add_test(tc, who_says_nothing_blocks_nobody_and_gets_nothing);
	tcase_add_test(tc, the_rest_is_told_of_every_leave);
	tcase_add_test(tc, a_half_closed_client_leaves);
	tcase_add_test(tc, names_are_checked);
	tcase_add_test(tc, a_name_and_what_follows_in_one_read_are_a_name);
	tcase_add_test(tc, a_character_in_two_reads_is_one);
	tcase_add_test(tc, a_message_in_single_bytes_is_as_many_messages);
	tcase_add_test(tc, more_than_an_original_reads_is_several_messages);
	tcase_add_test(tc, nobody_makes_the_others_say_their_names);
	tcase_add_test(tc, the_log_has_the_originals_words);
	suite_add_tcase(s, tc);
	tc = tcase_create("client");
	tcase_add_test(tc, the_client_answers_nick_with_its_name);
	tcase_add_test(tc, a_name_that_is_not_given_is_asked_for);
	tcase_add_test(tc, a_line_is_sent_behind_the_name);
	tcase_add_test(tc, a_line_that_is_too_long_is_not_sent);
	tcase_add_loop_test(tc,
	    joined_and_connected_are_two_lines_however_they_come, 0, 37);
	tcase_add_test(tc, what_was_taken_for_a_welcome_is_shown_in_the_end);
	tcase_add_test(tc, what_comes_in_single_bytes_is_told_apart);
	tcase_add_test(tc, nick_is_a_text_later_on);
	tcase_add_test(tc, texts_are_shown_clean);
	tcase_add_test(tc, a_refusal_is_shown_and_ends_with_1);
	tcase_add_test(tc, lines_that_are_typed_early_wait_for_the_room);
	tcase_add_loop_test(tc, own_messages_are_awaited_before_leaving, 1,
	    31);
	tcase_add_test(tc, messages_that_never_come_back_are_said);
	tcase_add_test(tc, what_is_awaited_is_bounded);
	tcase_add_test(tc, early_lines_are_bounded);
	tcase_add_test(tc, the_welcome_is_not_awaited_for_ever);
	tcase_add_test(tc, a_silent_server_is_not_awaited_for_ever);
	tcase_add_test(tc,
	    held_lines_do_not_wait_for_a_silent_server_for_ever);
	tcase_add_test(tc, held_lines_go_on_once_the_server_answers);
	tcase_add_test(tc, exit_and_the_end_of_the_input_leave);
	tcase_add_test(tc, a_bad_name_of_the_command_line_opens_nothing);
	suite_add_tcase(s, tc);
	tc = tcase_create("recordings");
	tcase_add_test(tc, our_server_answers_as_the_recorded_one);
	tcase_add_test(tc, our_server_writes_in_the_recorded_pieces);
	tcase_add_loop_test(tc, our_clients_send_what_the_recorded_ones_did,
	    0, 2);
	add_recordings(s, tc);
	return s;
}

int
main(void)
{
	return run_suite(suite());
}
