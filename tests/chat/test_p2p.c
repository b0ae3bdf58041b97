#include "chat/protocols/p2p.h"
#include "chat/protocols/p2p_feed.h"
#include "chat/protocols/typed.h"
#include "tests/chat/stage.h"

#define ALICE "127.0.0.11:42763"
#define BOB "127.0.0.12:49195"
#define CAROL "[::1]:50615"
#define SERVER "127.0.0.3:5000"

#define LIST_A "!{\"alice\": \"127.0.0.11\"}"
#define LIST_AB "!{\"alice\": \"127.0.0.11\", \"bob\": \"127.0.0.12\"}"

static struct fake_world *
server(void)
{
	static struct chat_settings settings;

	settings = fake_settings();
	return fake_world_new(protocol_p2p.server, &settings);
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
	world = fake_world_new(protocol_p2p.client, &settings);
	*peer = fake_join(world, SERVER);
	return world;
}

static struct fake_world *
client_in_room(struct peer **peer)
{
	struct fake_world *world = client("alice", peer);

	fake_receive_text(world, *peer, LIST_AB);
	fake_forget(world);
	return world;
}

static void
expect_sent(struct fake_world *world, const struct peer *peer,
    const char *text)
{
	expect_stream(world, peer, text, strlen(text));
}

START_TEST(each_join_and_leave_sends_the_list_to_all)
{
	struct fake_world *world = server();
	struct peer *alice = enter(world, ALICE, "alice");
	struct peer *bob = enter(world, BOB, "bob");

	ck_assert_uint_eq(fake_sent(world, alice)->count, 2);
	expect_text(fake_sent(world, alice), 0, LIST_A);
	expect_text(fake_sent(world, alice), 1, LIST_AB);
	expect_sent(world, bob, LIST_AB);
	fake_finish(world, alice);
	ck_assert(fake_is_gone(world, alice));
	expect_text(fake_sent(world, bob), 1, "!{\"bob\": \"127.0.0.12\"}");
	fake_world_free(world);
}
END_TEST

static void
enter_many(struct fake_world *world, struct peer **peers, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		char name[32];

		snprintf(name, sizeof(name), "user%zu", i);
		peers[i] = enter(world, ALICE, name);
	}
	fake_pass(world, INT64_C(1000000000));
	fake_forget(world);
}

/* Otherwise the end of 1000 clients at once would be 1000 lists to 1000. */
START_TEST(many_users_get_one_list_for_many_joins_and_leaves)
{
	struct fake_world *world = server();
	struct peer *peers[P2P_FEW_USERS + 20], *bob;

	enter_many(world, peers, P2P_FEW_USERS + 20);
	fake_finish(world, peers[1]);
	ck_assert_uint_eq(fake_sent(world, peers[0])->count, 1);
	for (size_t i = 2; i < 10; i++)
		fake_finish(world, peers[i]);
	bob = enter(world, BOB, "bob");
	ck_assert_uint_eq(fake_sent(world, peers[0])->count, 1);
	ck_assert_uint_eq(fake_sent(world, bob)->count, 1);
	fake_pass(world, P2P_LIST_GAP_NS * 100 * 100);
	ck_assert_uint_eq(fake_sent(world, peers[0])->count, 2);
	ck_assert_uint_eq(fake_sent(world, bob)->count, 2);
	ck_assert_str_eq((const char *)fake_sent(world, bob)->list[0].data,
	    (const char *)fake_sent(world, peers[0])->list[1].data);
	fake_pass(world, INT64_C(1000000000));
	ck_assert_uint_eq(fake_sent(world, bob)->count, 2);
	fake_world_free(world);
}
END_TEST

START_TEST(few_users_get_each_list)
{
	struct fake_world *world = server();
	struct peer *peers[P2P_FEW_USERS];

	enter_many(world, peers, P2P_FEW_USERS);
	for (size_t i = 1; i < 10; i++)
		fake_finish(world, peers[i]);
	ck_assert_uint_eq(fake_sent(world, peers[0])->count, 9);
	fake_world_free(world);
}
END_TEST

START_TEST(a_list_has_ipv6_addresses_and_escapes)
{
	struct fake_world *world = server();
	struct peer *peer = enter(world, CAROL, "caf\u00e9 \U0001f600");

	expect_sent(world, peer,
	    "!{\"caf\\u00e9 \\ud83d\\ude00\": \"::1\"}");
	fake_world_free(world);
}
END_TEST

START_TEST(a_text_goes_to_the_others_with_a_blank_behind)
{
	struct fake_world *world = server();
	struct peer *alice = enter(world, ALICE, "alice");
	struct peer *bob = enter(world, BOB, "bob");
	struct peer *carol = enter(world, CAROL, "carol");

	fake_forget(world);
	fake_receive_text(world, alice, "!not json but bang");
	expect_sent(world, bob, "alice: !not json but bang ");
	expect_sent(world, carol, "alice: !not json but bang ");
	ck_assert_uint_eq(fake_sent(world, alice)->count, 0);
	fake_world_free(world);
}
END_TEST

START_TEST(who_says_nothing_blocks_nobody_and_is_not_listed)
{
	struct fake_world *world = server();
	struct peer *silent = fake_join(world, CAROL);
	struct peer *alice = enter(world, ALICE, "alice");

	fake_receive_text(world, alice, "hi");
	ck_assert(!fake_is_admitted(world, silent));
	fake_leave(world, silent, LEFT_LATE);
	ck_assert_uint_eq(fake_sent(world, silent)->count, 0);
	expect_sent(world, alice, LIST_A);
	fake_world_free(world);
}
END_TEST

START_TEST(a_refusal_is_a_clear_text_and_the_end)
{
	static const char *const bad[] = { "!{\"a\": \"1.2.3.4\"}", "!x",
	    " alice", "alice\n", "al\x1bice", "\xff", "alice", "a:b",
	    "!login {\"name\": \"a\", \"password\": \"b\"}\n",
	    ("123456789012345678901234567890123456789012345678901234567890"
	    "12345") };
	struct fake_world *world = server();
	struct peer *alice = enter(world, ALICE, "alice");

	fake_forget(world);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct peer *peer = fake_join(world, BOB);
		const struct fake_messages *sent;

		fake_receive_text(world, peer, bad[i]);
		ck_assert_msg(fake_is_gone(world, peer), "%s", bad[i]);
		sent = fake_sent(world, peer);
		ck_assert_uint_eq(sent->count, 1);
		ck_assert_int_ne(sent->list[0].data[0], '!');
		ck_assert_int_eq(sent->list[0].data[sent->list[0].len - 1],
		    '.');
	}
	ck_assert_uint_eq(count_events(world, "refused"),
	    sizeof(bad) / sizeof(bad[0]));
	ck_assert_uint_eq(fake_sent(world, alice)->count, 0);
	fake_world_free(world);
}
END_TEST

START_TEST(a_name_is_free_again_after_its_user)
{
	struct fake_world *world = server();
	struct peer *alice = enter(world, ALICE, "alice");

	fake_leave(world, alice, LEFT_LOST);
	enter(world, BOB, "alice");
	fake_world_free(world);
}
END_TEST

START_TEST(a_character_in_two_reads_is_one)
{
	struct fake_world *world = server();
	struct peer *alice = enter(world, ALICE, "alice");
	struct peer *bob = fake_join(world, BOB);

	fake_receive_text(world, bob, "ren\xc3");
	ck_assert(!fake_is_admitted(world, bob));
	fake_receive_text(world, bob, "\xa9");
	ck_assert(fake_is_admitted(world, bob));
	fake_forget(world);
	fake_receive_text(world, bob, "1\xe2");
	fake_receive_text(world, bob, "\x82");
	fake_receive_text(world, bob, "\xac");
	ck_assert_uint_eq(fake_sent(world, alice)->count, 2);
	expect_text(fake_sent(world, alice), 0, "ren\u00e9: 1 ");
	expect_text(fake_sent(world, alice), 1, "ren\u00e9: \u20ac ");
	fake_world_free(world);
}
END_TEST

START_TEST(what_never_becomes_text_ends_its_sender_alone)
{
	static const char *const bad[] = { "a\xff", "\xe2\x82" "b", "\xed\xa0"
	    "\x80" };

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct fake_world *world = server();
		struct peer *alice = enter(world, ALICE, "alice");
		struct peer *bob = enter(world, BOB, "bob");

		fake_forget(world);
		fake_receive_text(world, alice, bad[i]);
		ck_assert(fake_is_gone(world, alice));
		expect_sent(world, alice, "That was no text in UTF-8.");
		expect_sent(world, bob, "!{\"bob\": \"127.0.0.12\"}");
		fake_world_free(world);
	}
}
END_TEST

START_TEST(more_than_an_original_reads_is_several_messages)
{
	struct fake_world *world = server();
	struct peer *alice = enter(world, ALICE, "alice");
	struct peer *bob = enter(world, BOB, "bob");
	const struct fake_messages *sent;
	static char text[2500];
	size_t total = 0;

	memset(text, '!', sizeof(text));
	memcpy(text + 1015, "\u00e9", 2);
	fake_forget(world);
	fake_receive(world, alice, text, sizeof(text));
	sent = fake_sent(world, bob);
	ck_assert_uint_eq(sent->count, 3);
	ck_assert_uint_eq(sent->list[0].len, 1023);
	ck_assert_uint_eq(sent->list[1].len, 1024);
	for (size_t i = 0; i < 3; i++) {
		ck_assert_mem_eq(sent->list[i].data, "alice: ", 7);
		total += sent->list[i].len - 8;
	}
	ck_assert_uint_eq(total, sizeof(text));
	fake_world_free(world);
}
END_TEST

START_TEST(the_end_of_the_server_sends_no_lists)
{
	struct fake_world *world = server();
	struct peer *alice = enter(world, ALICE, "alice");
	struct peer *bob = enter(world, BOB, "bob");

	fake_forget(world);
	fake_stop(world);
	fake_leave(world, alice, LEFT_STOP);
	ck_assert_uint_eq(fake_sent(world, bob)->count, 0);
	fake_world_free(world);
}
END_TEST

START_TEST(the_log_has_the_originals_words)
{
	struct fake_world *world = server();
	const struct fake_messages *events;

	enter(world, ALICE, "alice");
	events = fake_events(world);
	expect_text(events, 0, "Waiting for connection...");
	expect_text(events, 1,
	    "alice with IP address:127.0.0.11, has connected");
	fake_world_free(world);
}
END_TEST

/* With users. */

static struct fake_world *
server_with_users(void)
{
	static struct chat_settings settings;
	struct fake_world *world;

	settings = fake_settings();
	settings.users = true;
	world = fake_world_new(protocol_p2p.server, &settings);
	fake_add_user(world, "alice", "secret");
	return world;
}

#define LOGIN(name, password, more) \
	"!login {\"name\": \"" name "\", \"password\": \"" password "\"" more \
	"}\n"

/* What a login comes to: the list, or a refusal. */
static const struct {
	const char *line, *answer;
} logins[] = {
	{ LOGIN("alice", "secret", ""), LIST_A },
	{ LOGIN("alice", "secret", ", \"register\": false"), LIST_A },
	{ LOGIN("alice", "wrong", ""), "The name or the password is wrong." },
	{ LOGIN("alice", "wrong", ", \"register\": false"),
	    "The name or the password is wrong." },
	{ LOGIN("bob", "new", ""), "!{\"bob\": \"127.0.0.11\"}" },
	{ LOGIN("bob", "new", ", \"register\": true"),
	    "!{\"bob\": \"127.0.0.11\"}" },
	{ LOGIN("bob", "new", ", \"register\": false"),
	    "The name or the password is wrong." },
	{ LOGIN("alice", "secret", ", \"register\": true"),
	    "The name is taken." },
	{ LOGIN("!bob", "new", ""),
	    "A name must not begin with this character." },
	{ LOGIN("a:b", "new", ""), "A name must not have a colon in it." },
	{ "!login {}\n", "The login is not as it has to be." },
	{ "bob", "This server asks for a password: it wants labchat p2p "
	    "--login." },
	{ "!{\"a\": \"1.2.3.4\"}", "This server asks for a password: it wants "
	    "labchat p2p --login." },
};

START_TEST(a_login_is_answered)
{
	struct fake_world *world = server_with_users();
	struct peer *peer = fake_join(world, ALICE);
	bool welcome = logins[_i].answer[0] == '!';

	fake_receive_text(world, peer, logins[_i].line);
	expect_sent(world, peer, logins[_i].answer);
	ck_assert(fake_is_admitted(world, peer) == welcome);
	ck_assert(fake_is_gone(world, peer) != welcome);
	if (welcome)
		ck_assert(!fake_is_held(world, peer));
	fake_world_free(world);
}
END_TEST

START_TEST(a_name_is_registered_on_first_contact)
{
	struct fake_world *world = server_with_users();
	struct peer *bob = fake_join(world, BOB), *other;

	fake_receive_text(world, bob, LOGIN("bob", "first", ""));
	ck_assert(fake_is_admitted(world, bob));
	ck_assert_uint_eq(count_events(world, "registered"), 1);
	fake_leave(world, bob, LEFT_ENDED);
	other = fake_join(world, BOB);
	fake_receive_text(world, other, LOGIN("bob", "second", ""));
	expect_sent(world, other, "The name or the password is wrong.");
	other = fake_join(world, BOB);
	fake_receive_text(world, other, LOGIN("bob", "first", ""));
	ck_assert(fake_is_admitted(world, other));
	ck_assert_uint_eq(count_events(world, "registered"), 1);
	fake_world_free(world);
}
END_TEST

/* Two at once with a new name: the second is told what it would be later. */
START_TEST(a_race_for_a_new_name_has_one_winner)
{
	struct fake_world *world = server_with_users();
	struct peer *one, *two;

	fake_set_settling(world, false);
	one = fake_join(world, ALICE);
	two = fake_join(world, BOB);
	fake_receive_text(world, one, LOGIN("bob", "one", ""));
	fake_receive_text(world, two, LOGIN("bob", "two", ""));
	fake_set_settling(world, true);
	fake_settle(world);
	ck_assert(fake_is_admitted(world, one) != fake_is_admitted(world,
	    two));
	fake_world_free(world);
}
END_TEST

/* As when somebody else has registered it between question and answer. */
START_TEST(a_name_that_was_registered_since_has_to_fit)
{
	struct fake_world *world = server_with_users();
	struct peer *peer = fake_join(world, ALICE);

	fake_answer_next(world, LOGIN_UNKNOWN);
	fake_receive_text(world, peer, LOGIN("alice", "secret", ""));
	ck_assert(fake_is_admitted(world, peer));
	fake_world_free(world);
}
END_TEST

START_TEST(a_user_is_there_once)
{
	struct fake_world *world = server_with_users();
	struct peer *one = fake_join(world, ALICE);
	struct peer *two = fake_join(world, BOB);

	fake_receive_text(world, one, LOGIN("alice", "secret", ""));
	fake_receive_text(world, two, LOGIN("alice", "secret", ""));
	expect_sent(world, two, "The name alice is in use.");
	expect_sent(world, one, LIST_A);
	fake_world_free(world);
}
END_TEST

START_TEST(a_busy_or_broken_store_is_told)
{
	static const enum login_answer answers[] = { LOGIN_BUSY, LOGIN_FAILED,
	    LOGIN_WELCOME };
	static const char *const texts[] = {
		"Too many log in now: try again later.",
		"The server cannot check passwords now.",
		"The server cannot check passwords now.",
	};

	for (size_t i = 0; i < 3; i++) {
		struct fake_world *world = server_with_users();
		struct peer *peer = fake_join(world, ALICE);

		/* WELCOME is no answer to whether a name is known. */
		fake_answer_next(world, answers[i]);
		fake_receive_text(world, peer, LOGIN("alice", "secret", ""));
		expect_sent(world, peer, texts[i]);
		ck_assert(fake_is_gone(world, peer));
		fake_world_free(world);
	}
}
END_TEST

START_TEST(a_login_may_come_in_single_bytes)
{
	static const char line[] = LOGIN("alice", "secret", "");
	struct fake_world *world = server_with_users();
	struct peer *peer = fake_join(world, ALICE);

	for (size_t i = 0; i < strlen(line); i++) {
		ck_assert_uint_eq(fake_sent(world, peer)->count, 0);
		fake_receive(world, peer, line + i, 1);
	}
	expect_sent(world, peer, LIST_A);
	fake_world_free(world);
}
END_TEST

START_TEST(what_stands_behind_a_login_is_the_first_message)
{
	struct fake_world *world = server_with_users();
	struct peer *bob = fake_join(world, BOB);
	struct peer *alice = fake_join(world, ALICE);

	fake_receive_text(world, bob, LOGIN("bob", "new", ""));
	fake_receive_text(world, alice, LOGIN("alice", "secret", "") "hello");
	fake_receive_text(world, alice, "again");
	ck_assert_uint_eq(fake_sent(world, bob)->count, 4);
	expect_text(fake_sent(world, bob), 2, "alice: hello ");
	expect_text(fake_sent(world, bob), 3, "alice: again ");
	fake_world_free(world);
}
END_TEST

START_TEST(a_peer_may_vanish_while_it_logs_in)
{
	struct fake_world *world = server_with_users();
	struct peer *peer, *other;

	fake_set_settling(world, false);
	peer = fake_join(world, ALICE);
	fake_receive_text(world, peer, LOGIN("alice", "secret", ""));
	ck_assert(fake_is_held(world, peer));
	fake_leave(world, peer, LEFT_LOST);
	fake_set_settling(world, true);
	fake_settle(world);
	other = fake_join(world, BOB);
	fake_receive_text(world, other, LOGIN("alice", "secret", ""));
	ck_assert(fake_is_admitted(world, other));
	fake_world_free(world);
}
END_TEST

START_TEST(a_login_without_end_is_refused)
{
	struct fake_world *world = server_with_users();
	struct peer *peer = fake_join(world, ALICE);
	char blanks[1000];
	size_t sent = 7;

	memset(blanks, ' ', sizeof(blanks));
	fake_receive_text(world, peer, "!login ");
	while (!fake_is_closed(world, peer)) {
		ck_assert_uint_le(sent, 8192);
		fake_receive(world, peer, blanks, sizeof(blanks));
		sent += sizeof(blanks);
	}
	expect_sent(world, peer, "The login is not as it has to be.");
	fake_world_free(world);
}
END_TEST

/* The client. */

START_TEST(the_client_begins_with_its_name)
{
	struct peer *peer;
	struct fake_world *world = client("alice", &peer);

	expect_sent(world, peer, "alice");
	ck_assert_str_eq(fake_prompt(world), ">");
	fake_world_free(world);
	world = client(NULL, &peer);
	ck_assert_str_eq(fake_prompt(world),
	    "First enter your name to register it in the server: ");
	fake_line(world, "!alice");
	ck_assert_uint_eq(fake_shown(world)->count, 1);
	fake_line(world, "alice");
	expect_sent(world, peer, "alice");
	ck_assert_str_eq(fake_prompt(world), ">");
	fake_world_free(world);
}
END_TEST

static struct fake_world *
client_with_login(const char *password, bool make, struct peer **peer)
{
	static struct chat_settings settings;
	static struct secret secret;
	struct fake_world *world;

	settings = fake_settings();
	settings.name = "alice";
	settings.login = true;
	settings.make_user = make;
	if (password != NULL) {
		ck_assert_int_eq(secret_set(&secret, password,
		    strlen(password)), 0);
		settings.password = secret;
	}
	world = fake_world_new(protocol_p2p.client, &settings);
	*peer = fake_join(world, SERVER);
	secret_reset(&secret);
	return world;
}

START_TEST(the_client_logs_in_where_it_is_told_to)
{
	struct peer *peer;
	struct fake_world *world = client_with_login("secret", false, &peer);

	expect_sent(world, peer, LOGIN("alice", "secret", ""));
	fake_world_free(world);
	world = client_with_login("secret", true, &peer);
	expect_sent(world, peer, LOGIN("alice", "secret",
	    ", \"register\": true"));
	fake_world_free(world);
	world = client_with_login(NULL, false, &peer);
	ck_assert_str_eq(fake_prompt(world), "Password: ");
	ck_assert(fake_prompt_is_secret(world));
	fake_line(world, "exit");
	expect_sent(world, peer, LOGIN("alice", "exit", ""));
	ck_assert(!fake_prompt_is_secret(world));
	fake_world_free(world);
	world = client_with_login("", false, &peer);
	ck_assert_uint_eq(fake_sent(world, peer)->count, 0);
	ck_assert_int_eq(fake_status(world), 1);
	fake_world_free(world);
}
END_TEST

START_TEST(a_refusal_is_shown_and_ends_with_1)
{
	struct peer *peer;
	struct fake_world *world = client("alice", &peer);

	fake_receive_text(world, peer, "The name alice is in use.");
	fake_leave(world, peer, LEFT_ENDED);
	expect_text(fake_shown(world), 0, "The name alice is in use.");
	ck_assert_int_eq(fake_shown(world)->list[0].kind, SHOW_ERROR);
	expect_text(fake_shown(world), 1, "Server disconnected.");
	ck_assert_int_eq(fake_status(world), 1);
	fake_world_free(world);
}
END_TEST

START_TEST(ls_lists_as_the_original_does)
{
	struct peer *peer;
	struct fake_world *world = client_in_room(&peer);

	fake_line(world, "#ls");
	expect_shown(world, SHOW_NOTICE,
	    "{'alice': '127.0.0.11', 'bob': '127.0.0.12'}");
	fake_receive_text(world, peer,
	    "!{\"caf\\u00e9\": \"127.0.0.13\"}");
	ck_assert_uint_eq(fake_shown(world)->count, 0);
	fake_line(world, "#ls");
	expect_shown(world, SHOW_NOTICE, "{'caf\u00e9': '127.0.0.13'}");
	fake_receive_text(world, peer, "!{}");
	fake_line(world, "#ls");
	expect_shown(world, SHOW_NOTICE, "{}");
	ck_assert_uint_eq(fake_sent(world, peer)->count, 0);
	fake_world_free(world);
}
END_TEST

START_TEST(lines_are_for_the_room)
{
	struct peer *peer;
	struct fake_world *world = client_in_room(&peer);

	fake_line(world, "");
	fake_line(world, "hello all");
	fake_line(world, " #ls");
	fake_line(world, "!{}");
	/* Not so soon behind each other that they could be read at once. */
	for (size_t i = 1; i < 3; i++) {
		fake_pass(world, TYPED_GAP_NS - 1);
		ck_assert_uint_eq(fake_sent(world, peer)->count, i);
		fake_pass(world, 1);
	}
	ck_assert_uint_eq(fake_sent(world, peer)->count, 3);
	expect_text(fake_sent(world, peer), 0, "hello all");
	expect_text(fake_sent(world, peer), 1, " #ls");
	expect_text(fake_sent(world, peer), 2, "!{}");
	fake_world_free(world);
}
END_TEST

START_TEST(a_private_message_is_a_datagram)
{
	struct peer *peer;
	struct fake_world *world = client_in_room(&peer);
	const struct fake_message *message;

	fake_line(world, "@ bob : private: hi");
	ck_assert_uint_eq(fake_datagrams(world)->count, 1);
	message = &fake_datagrams(world)->list[0];
	ck_assert_str_eq((const char *)message->data, " private: hi");
	ck_assert_uint_eq(message->to.version, 4);
	ck_assert_mem_eq(message->to.bytes, "\x7f\0\0\x0c", 4);
	ck_assert_uint_eq(message->to.port, 5000);
	fake_receive_text(world, peer, "!{\"six\": \"::1\"}");
	fake_line(world, "@six:yo");
	message = &fake_datagrams(world)->list[1];
	ck_assert_uint_eq(message->to.version, 6);
	ck_assert_uint_eq(message->to.bytes[15], 1);
	ck_assert_uint_eq(fake_sent(world, peer)->count, 0);
	fake_world_free(world);
}
END_TEST

START_TEST(a_private_message_to_nobody_is_told)
{
	struct peer *peer;
	struct fake_world *world = client_in_room(&peer);

	fake_line(world, "@nobody: hi");
	expect_shown(world, SHOW_ERROR, "nobody is not registered");
	fake_line(world, "@bob hi");
	expect_shown(world, SHOW_ERROR, "@NAME:TEXT sends a private message; "
	    "there is no colon in this line.");
	fake_line(world, "@");
	ck_assert_uint_eq(fake_shown(world)->count, 1);
	ck_assert_uint_eq(fake_datagrams(world)->count, 0);
	ck_assert_uint_eq(fake_sent(world, peer)->count, 0);
	fake_world_free(world);
}
END_TEST

START_TEST(datagrams_are_shown_with_the_name_of_their_address)
{
	struct peer *peer;
	struct fake_world *world = client_in_room(&peer);

	fake_datagram(world, "127.0.0.12:5000", " private: hi");
	expect_shown(world, SHOW_MESSAGE,
	    "Incoming msg (P2P) from bob: private: hi");
	fake_datagram(world, "127.0.0.12:9", "yo");
	expect_shown(world, SHOW_MESSAGE, "Incoming msg (P2P) from bob:yo");
	fake_datagram(world, "127.0.0.99:50349", "stranger\x1b\xff");
	expect_shown(world, SHOW_MESSAGE,
	    "Incoming msg (P2P) from Non-registered:stranger\ufffd\ufffd");
	fake_datagram(world, "127.0.0.12:5000", "");
	expect_shown(world, SHOW_MESSAGE, "Incoming msg (P2P) from bob:");
	fake_world_free(world);
}
END_TEST

START_TEST(a_text_is_shown_in_the_originals_words)
{
	struct peer *peer;
	struct fake_world *world = client_in_room(&peer);

	fake_receive_text(world, peer, "alice: hello all ");
	expect_shown(world, SHOW_MESSAGE,
	    "incoming msg from chatserver (alice: hello all )");
	fake_receive_text(world, peer, "bob: \x1b[2J\nincoming msg ");
	expect_shown(world, SHOW_MESSAGE, "incoming msg from chatserver "
	    "(bob: \ufffd[2J\n    incoming msg )");
	fake_world_free(world);
}
END_TEST

/* What a read holds, and what is made of it: L for a list, else a text. */
static const struct {
	const char *read, *items[5];
} reads[] = {
	{ LIST_A, { "L" } },
	{ LIST_A LIST_AB, { "L", "L" } },
	{ LIST_AB "bob: hi ", { "L", "bob: hi " } },
	{ LIST_AB LIST_A "bob: hi ", { "L", "L", "bob: hi " } },
	{ "bob: hi " LIST_AB, { "bob: hi ", "L" } },
	{ "bob: hi " LIST_AB LIST_A, { "bob: hi ", "L", "L" } },
	{ "!{}", { "L" } },
	{ "!{\"a}\\\"}\": \"1.2.3.4\"}x", { "L", "x" } },
	/* Typed by a user: there is the server's blank behind it. */
	{ "bob: see !{\"alice\": \"6.6.6.6\"} ",
	    { "bob: see !{\"alice\": \"6.6.6.6\"} " } },
	{ "bob: see!{\"alice\": \"6.6.6.6\"}",
	    { "bob: see!{\"alice\": \"6.6.6.6\"}" } },
	/* The same, where a read ended within it. */
	{ "!{\"alice\": \"6.6.6.6\"} ", { "!{\"alice\": \"6.6.6.6\"} " } },
	{ "!{\"alice\": \"6.6.6.6\"} " LIST_A,
	    { "!{\"alice\": \"6.6.6.6\"} ", "L" } },
	{ "bob: !{ " LIST_A, { "bob: !{ ", "L" } },
	{ "!not a list ", { "!not a list " } },
	{ "!{not a list} ", { "!{not a list} " } },
	{ "!{\"a\": 1}", { "!{\"a\": 1}" } },
	{ "!{\"a\": \"no address\"}", { "!{\"a\": \"no address\"}" } },
};

START_TEST(a_read_is_taken_apart)
{
	struct p2p_feed feed = { .given = 0 };
	struct user_list users = { NULL, 0 };
	struct wire_span span;
	enum p2p_item item;
	size_t len = strlen(reads[_i].read), n = 0;

	ck_assert_int_eq(p2p_feed_add(&feed, (const uint8_t *)reads[_i].read,
	    len), 0);
	while ((item = p2p_feed_next(&feed, false, &users, &span)) !=
	    P2P_ITEM_NONE) {
		const char *wanted = reads[_i].items[n++];

		ck_assert_ptr_nonnull(wanted);
		if (item == P2P_ITEM_LIST) {
			ck_assert_str_eq(wanted, "L");
			continue;
		}
		ck_assert_uint_eq(span.len, strlen(wanted));
		ck_assert_mem_eq(span.data, wanted, span.len);
	}
	ck_assert_ptr_null(reads[_i].items[n]);
	ck_assert(!p2p_feed_waits(&feed));
	user_list_reset(&users);
	p2p_feed_reset(&feed);
}
END_TEST

START_TEST(a_list_may_come_in_pieces)
{
	static const char list[] = LIST_AB "bob: hi ";
	struct peer *peer;
	struct fake_world *world = client("alice", &peer);
	size_t cut = (size_t)_i;

	fake_receive(world, peer, list, cut);
	fake_pass(world, P2P_LIST_WAIT_NS - 1);
	fake_receive(world, peer, list + cut, strlen(list) - cut);
	expect_shown(world, SHOW_MESSAGE,
	    "incoming msg from chatserver (bob: hi )");
	fake_line(world, "#ls");
	expect_shown(world, SHOW_NOTICE,
	    "{'alice': '127.0.0.11', 'bob': '127.0.0.12'}");
	fake_world_free(world);
}
END_TEST

START_TEST(a_list_without_end_is_a_text_after_a_while)
{
	struct peer *peer;
	struct fake_world *world = client_in_room(&peer);

	fake_receive_text(world, peer, "!{\"ali");
	fake_pass(world, P2P_LIST_WAIT_NS - 1);
	ck_assert_uint_eq(fake_shown(world)->count, 0);
	fake_pass(world, 1);
	expect_shown(world, SHOW_MESSAGE,
	    "incoming msg from chatserver (!{\"ali)");
	fake_receive_text(world, peer, LIST_A "bob: hi ");
	expect_shown(world, SHOW_MESSAGE,
	    "incoming msg from chatserver (bob: hi )");
	fake_world_free(world);
}
END_TEST

/* The hostile server: looking at every byte again with each read would take
 * hours here. */
START_TEST(a_long_list_in_small_reads_costs_little)
{
	struct p2p_feed feed = { .given = 0 };
	struct user_list users = { NULL, 0 };
	struct wire_span span;
	enum p2p_item item = P2P_ITEM_NONE;
	size_t len = 2;

	ck_assert_int_eq(p2p_feed_add(&feed, (const uint8_t *)"!{", 2), 0);
	for (; item == P2P_ITEM_NONE && len <= P2P_LIST_BYTES_MAX; len++) {
		/* No ck_assert() here: each writes to a pipe. */
		if (p2p_feed_add(&feed, (const uint8_t *)"\"", 1) != 0)
			break;
		item = p2p_feed_next(&feed, false, &users, &span);
	}
	ck_assert_int_eq(item, P2P_ITEM_TEXT);
	ck_assert_uint_eq(span.len, P2P_LIST_BYTES_MAX);
	p2p_feed_reset(&feed);
}
END_TEST

START_TEST(lines_that_are_typed_early_wait_for_the_first_list)
{
	struct peer *peer;
	struct fake_world *world = client("alice", &peer);

	fake_line(world, "one");
	fake_line(world, "two");
	fake_input_ended(world);
	expect_sent(world, peer, "alice");
	ck_assert_int_eq(fake_status(world), -1);
	fake_receive_text(world, peer, LIST_A);
	ck_assert_int_eq(fake_status(world), -1);
	fake_pass(world, TYPED_GAP_NS);
	ck_assert_uint_eq(fake_sent(world, peer)->count, 3);
	expect_sent(world, peer, "aliceonetwo");
	ck_assert_int_eq(fake_status(world), 0);
	fake_world_free(world);
}
END_TEST

START_TEST(a_silent_server_is_not_awaited_for_ever)
{
	struct peer *peer;
	struct fake_world *world = client("alice", &peer);

	fake_line(world, "one");
	fake_line(world, "exit");
	fake_pass(world, INT64_C(5000000000));
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
	struct fake_world *world = client("alice", &peer);
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
	struct fake_world *world = client("alice", &peer);
	char text[1000];

	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	while (!fake_lines_are_held(world))
		fake_line(world, text);
	fake_pass(world, TYPED_LAST_NS - 1);
	fake_receive_text(world, peer, LIST_A);
	fake_pass(world, 100 * TYPED_GAP_NS + TYPED_LAST_NS);
	ck_assert_int_eq(fake_status(world), -1);
	ck_assert(!fake_lines_are_held(world));
	fake_world_free(world);
}
END_TEST

START_TEST(exit_and_the_end_of_the_input_leave)
{
	for (int i = 0; i < 4; i++) {
		struct peer *peer;
		struct fake_world *world = i < 2 ? client_in_room(&peer) :
		    client(NULL, &peer);

		if (i % 2 == 0)
			fake_line(world, "exit");
		else
			fake_input_ended(world);
		ck_assert_int_eq(fake_status(world), 0);
		ck_assert_uint_eq(fake_sent(world, peer)->count, 0);
		fake_world_free(world);
	}
}
END_TEST

START_TEST(a_lost_server_is_told)
{
	struct peer *peer;
	struct fake_world *world = client_in_room(&peer);

	fake_receive_text(world, peer, "!{\"half");
	fake_leave(world, peer, LEFT_LOST);
	expect_text(fake_shown(world), 0,
	    "incoming msg from chatserver (!{\"half)");
	expect_text(fake_shown(world), 1,
	    "The connection to the server was lost.");
	ck_assert_int_eq(fake_status(world), 1);
	fake_world_free(world);
}
END_TEST

START_TEST(lines_that_are_too_long_are_not_sent)
{
	struct peer *peer;
	struct fake_world *world = client_in_room(&peer);
	char line[5 + 1025 + 1];

	memset(line, 'x', sizeof(line));
	line[1025] = '\0';
	fake_line(world, line);
	expect_shown(world, SHOW_ERROR, "A message has at most 1024 bytes; "
	    "this one has 1025.");
	line[1025] = 'x';
	memcpy(line, "@bob:", 5);
	line[sizeof(line) - 1] = '\0';
	fake_line(world, line);
	expect_shown(world, SHOW_ERROR, "A message has at most 1024 bytes; "
	    "this one has 1025.");
	ck_assert_uint_eq(fake_datagrams(world)->count, 0);
	ck_assert_uint_eq(fake_sent(world, peer)->count, 0);
	fake_world_free(world);
}
END_TEST

/* The recording; our server differs from the recorded one in nothing. */

START_TEST(our_server_answers_as_the_recorded_one)
{
	struct replay *replay = replay_read("ntnu_chat");
	struct fake_world *world = server();

	replay_to_server(replay, world, _i == 0 ? REPLAY_PIECES :
	    REPLAY_JOINED, NULL, NULL);
	ck_assert_uint_eq(replay_connections(replay), 3);
	for (unsigned i = 0; i < 3; i++) {
		const char *difference = replay_difference(replay, i, true);

		ck_assert_msg(difference == NULL, "%s", difference);
	}
	fake_world_free(world);
	replay_free(replay);
}
END_TEST

START_TEST(our_clients_send_what_the_recorded_ones_did)
{
	static const struct {
		const char *name;
		struct replay_line lines[4];
		size_t n;
		const char *last;	/* shown before the end */
		const char *datagram;
	} clients[] = {
		{ "alice", { { 2.1, "hello all" },
		    { 2.9, "@bob: private: hi" }, { 5.8, "to raw" } }, 3,
		    "Incoming msg (P2P) from Non-registered:stranger",
		    " private: hi" },
		{ "bob", { { 3.3, "@alice:yo" }, { 4.1, "multi\u00e9" },
		    { 4.5, "!not json but bang" }, { 7.6, NULL } }, 4,
		    "incoming msg from chatserver (alice: to raw )", "yo" },
		{ "caf\u00e9", { { 5.4, "raw says" } }, 1,
		    "incoming msg from chatserver (alice: to raw )", NULL },
	};

	for (unsigned i = 0; i < 3; i++) {
		struct replay *replay = replay_read("ntnu_chat");
		static struct chat_settings settings;
		const struct fake_messages *shown, *datagrams;
		const char *difference;
		struct fake_world *world;
		size_t last;

		settings = fake_settings();
		settings.name = clients[i].name;
		world = fake_world_new(protocol_p2p.client, &settings);
		replay_to_client(replay, world, i, _i == 0 ? REPLAY_PIECES :
		    REPLAY_JOINED, clients[i].lines, clients[i].n);
		difference = replay_difference(replay, i, true);
		ck_assert_msg(difference == NULL, "%s", difference);
		shown = fake_shown(world);
		for (last = shown->count - 1; last > 0 &&
		    shown->list[last].kind == SHOW_ERROR; last--)
			;
		expect_text(shown, last, clients[i].last);
		datagrams = fake_datagrams(world);
		ck_assert_uint_eq(datagrams->count,
		    clients[i].datagram != NULL);
		if (clients[i].datagram != NULL)
			expect_text(datagrams, 0, clients[i].datagram);
		fake_world_free(world);
		replay_free(replay);
	}
}
END_TEST

#define COUNT(array) (int)(sizeof(array) / sizeof((array)[0]))

static void
add_server_tests(Suite *s)
{
	TCase *tc = tcase_create("server");

	tcase_add_test(tc, each_join_and_leave_sends_the_list_to_all);
	tcase_add_test(tc, many_users_get_one_list_for_many_joins_and_leaves);
	tcase_add_test(tc, few_users_get_each_list);
	tcase_add_test(tc, a_list_has_ipv6_addresses_and_escapes);
	tcase_add_test(tc, a_text_goes_to_the_others_with_a_blank_behind);
	tcase_add_test(tc, who_says_nothing_blocks_nobody_and_is_not_listed);
	tcase_add_test(tc, a_refusal_is_a_clear_text_and_the_end);
	tcase_add_test(tc, a_name_is_free_again_after_its_user);
	tcase_add_test(tc, a_character_in_two_reads_is_one);
	tcase_add_test(tc, what_never_becomes_text_ends_its_sender_alone);
	tcase_add_test(tc, more_than_an_original_reads_is_several_messages);
	tcase_add_test(tc, the_end_of_the_server_sends_no_lists);
	tcase_add_test(tc, the_log_has_the_originals_words);
	suite_add_tcase(s, tc);
	tc = tcase_create("users");
	tcase_add_loop_test(tc, a_login_is_answered, 0, COUNT(logins));
	tcase_add_test(tc, a_name_is_registered_on_first_contact);
	tcase_add_test(tc, a_race_for_a_new_name_has_one_winner);
	tcase_add_test(tc, a_name_that_was_registered_since_has_to_fit);
	tcase_add_test(tc, a_user_is_there_once);
	tcase_add_test(tc, a_busy_or_broken_store_is_told);
	tcase_add_test(tc, a_login_may_come_in_single_bytes);
	tcase_add_test(tc, what_stands_behind_a_login_is_the_first_message);
	tcase_add_test(tc, a_peer_may_vanish_while_it_logs_in);
	tcase_add_test(tc, a_login_without_end_is_refused);
	suite_add_tcase(s, tc);
}

static void
add_client_tests(Suite *s)
{
	TCase *tc = tcase_create("client");

	tcase_add_test(tc, the_client_begins_with_its_name);
	tcase_add_test(tc, the_client_logs_in_where_it_is_told_to);
	tcase_add_test(tc, a_refusal_is_shown_and_ends_with_1);
	tcase_add_test(tc, ls_lists_as_the_original_does);
	tcase_add_test(tc, lines_are_for_the_room);
	tcase_add_test(tc, a_private_message_is_a_datagram);
	tcase_add_test(tc, a_private_message_to_nobody_is_told);
	tcase_add_test(tc,
	    datagrams_are_shown_with_the_name_of_their_address);
	tcase_add_test(tc, a_text_is_shown_in_the_originals_words);
	tcase_add_loop_test(tc, a_read_is_taken_apart, 0, COUNT(reads));
	tcase_add_loop_test(tc, a_list_may_come_in_pieces, 1,
	    COUNT(LIST_AB) - 1);
	tcase_add_test(tc, a_list_without_end_is_a_text_after_a_while);
	tcase_add_test(tc, a_long_list_in_small_reads_costs_little);
	tcase_add_test(tc,
	    lines_that_are_typed_early_wait_for_the_first_list);
	tcase_add_test(tc, a_silent_server_is_not_awaited_for_ever);
	tcase_add_test(tc,
	    held_lines_do_not_wait_for_a_silent_server_for_ever);
	tcase_add_test(tc, held_lines_go_on_once_the_server_answers);
	tcase_add_test(tc, exit_and_the_end_of_the_input_leave);
	tcase_add_test(tc, a_lost_server_is_told);
	tcase_add_test(tc, lines_that_are_too_long_are_not_sent);
	suite_add_tcase(s, tc);
}

int
main(void)
{
	Suite *s = suite_create("p2p");
	TCase *recordings = tcase_create("recordings");

	add_server_tests(s);
	add_client_tests(s);
	tcase_add_loop_test(recordings,
	    our_server_answers_as_the_recorded_one, 0, 2);
	tcase_add_loop_test(recordings,
	    our_clients_send_what_the_recorded_ones_did, 0, 2);
	add_recordings(s, recordings);
	return run_suite(s);
}
