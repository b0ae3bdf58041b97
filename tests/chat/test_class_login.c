#include "chat/protocols/typed.h"
#include "tests/chat/class_stage.h"

START_TEST(a_new_user_registers_with_the_originals_words)
{
	struct fake_world *w = class_world(true);
	struct peer *old = enter_as(w, "ann"), *p;

	p = fake_join(w, "[::1]:9");
	say(w, p, "info", "no");
	say(w, p, "info", "bob");
	ck_assert(!fake_is_admitted(w, p));
	say(w, p, "info", "pw");
	ck_assert(fake_is_admitted(w, p));
	ck_assert(!fake_is_held(w, p));
	expect_frames(w, p,
	    "info", "Are you already registered? (yes/no):",
	    "info", "Username registered successfully.",
	    "info", "Server: You joined the server.\n", NULL);
	expect_frames(w, old, "info", "Server: Client bob joined the server.\n",
	    NULL);
	fake_world_free(w);
}
END_TEST

static struct peer *
log_in(struct fake_world *w, const char *name, const char *password)
{
	struct peer *p = fake_join(w, "127.0.0.1:40508");

	fake_forget(w);
	say(w, p, "info", "yes");
	say(w, p, "info", name);
	say(w, p, "info", password);
	return p;
}

START_TEST(an_old_user_logs_in_by_his_password)
{
	struct fake_world *w = class_world(true);
	struct peer *p;

	fake_add_user(w, "bob", "pw");
	p = log_in(w, "bob", "pw");
	expect_frames(w, p, "info", "Server: You joined the server.\n", NULL);
	fake_world_free(w);
}
END_TEST

START_TEST(an_unknown_name_is_refused_like_a_wrong_password)
{
	static const char *const tries[][2] = {
		{ "bob", "wrong" }, { "eve", "pw" }, { "b:b", "pw" },
		{ "", "pw" }, { "bob", "" },
	};
	struct fake_world *w = class_world(true);

	fake_add_user(w, "bob", "pw");
	for (size_t i = 0; i < sizeof(tries) / sizeof(tries[0]); i++) {
		struct peer *p = log_in(w, tries[i][0], tries[i][1]);

		ck_assert(fake_is_closed(w, p));
		expect_frames(w, p, "info", "Invalid username or password.",
		    NULL);
	}
	fake_world_free(w);
}
END_TEST

START_TEST(a_taken_name_is_asked_for_again)
{
	struct fake_world *w = class_world(true);
	struct peer *p = fake_join(w, "127.0.0.1:40508");

	fake_add_user(w, "bob", "pw");
	fake_forget(w);
	say(w, p, "info", "no");
	say(w, p, "info", "bob");
	say(w, p, "info", "kapil");
	expect_frames(w, p,
	    "info", "Username already exists. Please choose another: ",
	    "info", "Username registered successfully.", NULL);
	fake_world_free(w);
}
END_TEST

START_TEST(a_name_that_somebody_is_registering_is_taken)
{
	struct fake_world *w = class_world(true);
	struct peer *first = fake_join(w, "127.0.0.1:1");
	struct peer *second = fake_join(w, "127.0.0.1:2");

	fake_forget(w);
	say(w, first, "info", "no");
	say(w, first, "info", "bob");
	say(w, second, "info", "no");
	say(w, second, "info", "bob");
	expect_frames(w, second, "info",
	    "Username already exists. Please choose another: ", NULL);
	fake_leave(w, first, LEFT_LOST);
	fake_forget(w);
	say(w, second, "info", "bob");
	expect_frames(w, second, "info", "Username registered successfully.",
	    NULL);
	fake_world_free(w);
}
END_TEST

START_TEST(a_user_who_is_here_cannot_log_in_again)
{
	struct fake_world *w = class_world(true);
	struct peer *first = enter_as(w, "bob"), *second, *third;

	second = log_in(w, "bob", "secret");
	expect_frames(w, second, "info",
	    "Somebody is here under this name already.", NULL);
	ck_assert(fake_is_closed(w, second));
	expect_frames(w, first, NULL);
	fake_leave(w, first, LEFT_ENDED);
	third = log_in(w, "bob", "secret");
	expect_frames(w, third, "info", "Server: You joined the server.\n",
	    NULL);
	fake_world_free(w);
}
END_TEST

START_TEST(a_login_that_fails_keeps_nobody_out)
{
	struct fake_world *w = class_world(true);
	struct peer *eve, *bob;

	fake_add_user(w, "bob", "pw");
	fake_set_settling(w, false);
	eve = log_in(w, "bob", "guess");
	bob = log_in(w, "bob", "pw");
	fake_set_settling(w, true);
	fake_settle(w);
	ck_assert(fake_is_closed(w, eve));
	ck_assert(fake_is_admitted(w, bob));
	fake_world_free(w);
}
END_TEST

START_TEST(a_bad_name_is_explained_and_asked_for_again)
{
	static const struct {
		const char *name;
		size_t len;
	} names[] = {
		{ "", 0 }, { "a:b", 3 }, { "a/b", 3 }, { "a\\b", 3 },
		{ ".x", 2 }, { "all", 3 }, { "SERVER", 6 },
		{ "all_quiz_scores", 15 }, { "a\033[1m", 5 }, { "a\0b", 3 },
		{ " a", 2 }, { "a\xff", 2 },
		{ "0123456789abcdef0123456789abcdef0123456789abcdef"
		    "0123456789abcdef0", 65 },
	};
	struct fake_world *w = class_world(true);
	struct peer *p = fake_join(w, "127.0.0.1:40508");
	const struct fake_messages *sent;

	say(w, p, "info", "no");
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		fake_forget(w);
		say_bytes(w, p, "info", names[i].name, names[i].len);
		sent = fake_sent(w, p);
		ck_assert_uint_eq(sent->count, 1);
		ck_assert_ptr_nonnull(strstr((char *)sent->list[0].data + 10,
		    " Please choose another: "));
	}
	fake_forget(w);
	say(w, p, "info", "0123456789abcdef0123456789abcdef0123456789abcdef"
	    "0123456789abcdef");
	expect_frames(w, p, "info", "Username registered successfully.", NULL);
	fake_world_free(w);
}
END_TEST

START_TEST(another_answer_than_yes_or_no_ends_the_login)
{
	struct fake_world *w = class_world(true);
	struct peer *p = fake_join(w, "127.0.0.1:40508");

	fake_forget(w);
	say(w, p, "info", "maybe");
	expect_frames(w, p, "info", "Invalid response.", NULL);
	ck_assert(fake_is_closed(w, p));
	fake_world_free(w);
}
END_TEST

START_TEST(another_header_than_info_ends_the_login)
{
	struct fake_world *w = class_world(true);

	for (int steps = 0; steps < 3; steps++) {
		struct peer *p = fake_join(w, "127.0.0.1:40508");

		if (steps > 0)
			say(w, p, "info", "no");
		if (steps > 1)
			say(w, p, "info", "bob");
		fake_forget(w);
		say(w, p, "msg", "hello");
		ck_assert(fake_is_closed(w, p));
		expect_frames(w, p, NULL);
	}
	fake_world_free(w);
}
END_TEST

static void
add_registration(struct bytes *out)
{
	add_frame(out, "info", "no", 2);
	add_frame(out, "info", "bob", 3);
	add_frame(out, "info", "pw", 2);
	add_frame(out, "msg", "hello", 5);
}

/* To a name that is known no password is said to be impossible. */
START_TEST(a_new_password_that_can_be_none_is_refused_by_its_length)
{
	static const struct {
		size_t len;
		bool fits;
	} passwords[] = { { 0, false }, { 1, true }, { 1024, true },
	    { 1025, false } };
	static char text[1026];
	bool is_new = _i == 0;

	memset(text, 'x', sizeof(text));
	for (size_t i = 0; i < sizeof(passwords) / sizeof(passwords[0]); i++) {
		struct fake_world *w = class_world(true);
		struct peer *p = fake_join(w, "[::1]:9");

		say(w, p, "info", is_new ? "no" : "yes");
		say(w, p, "info", "bob");
		fake_forget(w);
		say_bytes(w, p, "info", text, passwords[i].len);
		ck_assert_int_eq(fake_is_admitted(w, p),
		    is_new && passwords[i].fits);
		if (!is_new)
			expect_frames(w, p, "info",
			    "Invalid username or password.", NULL);
		else if (!passwords[i].fits)
			expect_frames(w, p, "info", "Server: The password has "
			    "to have 1 to 1024 bytes.", NULL);
		fake_world_free(w);
	}
}
END_TEST

START_TEST(frames_that_come_early_wait_for_the_store)
{
	struct fake_world *w = class_world(true);
	struct peer *ann = enter_as(w, "ann");
	struct peer *p = fake_join(w, "127.0.0.1:40508");
	struct bytes all = { NULL, 0, 0 };

	add_registration(&all);
	fake_forget(w);
	fake_set_settling(w, false);
	fake_receive(w, p, all.data, all.len);
	ck_assert(fake_is_held(w, p));
	expect_frames(w, p, NULL);
	fake_set_settling(w, true);
	fake_settle(w);
	ck_assert(!fake_is_held(w, p));
	expect_frames(w, ann, "info", "Server: Client bob joined the server.\n",
	    "msg", "Client bob: hello\n", NULL);
	bytes_reset(&all);
	fake_world_free(w);
}
END_TEST

START_TEST(frames_may_come_byte_by_byte)
{
	struct fake_world *w = class_world(true);
	struct peer *ann = enter_as(w, "ann");
	struct peer *p = fake_join(w, "127.0.0.1:40508");
	struct bytes all = { NULL, 0, 0 };

	add_registration(&all);
	for (size_t i = 0; i < all.len; i++)
		fake_receive(w, p, all.data + i, 1);
	expect_frames(w, ann, "info", "Server: Client bob joined the server.\n",
	    "msg", "Client bob: hello\n", NULL);
	bytes_reset(&all);
	fake_world_free(w);
}
END_TEST

START_TEST(without_a_user_store_names_are_unique_and_any_password_is_right)
{
	struct fake_world *w = class_world(false);
	struct peer *bob, *p;

	ck_assert_uint_eq(count_events(w, "no_users"), 1);
	bob = enter_as(w, "bob");
	p = log_in(w, "bob", "secret");
	expect_frames(w, p, "info",
	    "Somebody is here under this name already.", NULL);
	fake_leave(w, bob, LEFT_LOST);
	p = log_in(w, "bob", "other");
	expect_frames(w, p, "info", "Server: You joined the server.\n", NULL);
	p = fake_join(w, "127.0.0.1:3");
	fake_forget(w);
	say(w, p, "info", "no");
	say(w, p, "info", "bob");
	expect_frames(w, p, "info",
	    "Username already exists. Please choose another: ", NULL);
	fake_world_free(w);
}
END_TEST

START_TEST(a_bad_name_is_refused_without_a_user_store_too)
{
	char longest[1000];
	const char *const names[] = { "", "a:b", "../x", "all", "a\033",
	    longest };
	struct fake_world *w = class_world(false);

	memset(longest, 'x', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct peer *p = log_in(w, names[i], "pw");

		ck_assert(!fake_is_admitted(w, p));
		expect_frames(w, p, "info", "Invalid username or password.",
		    NULL);
	}
	fake_world_free(w);
}
END_TEST

START_TEST(a_store_that_cannot_answer_is_told_and_the_login_ends)
{
	static const struct {
		enum login_answer answer;
		const char *text;
	} rows[] = {
		{ LOGIN_BUSY, "The server is busy. Please try again later." },
		{ LOGIN_FAILED, "The server cannot look up names at the "
		    "moment." },
		{ LOGIN_TAKEN, "Invalid username or password." },
	};
	struct fake_world *w = class_world(true);
	struct peer *p;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		fake_answer_next(w, rows[i].answer);
		p = log_in(w, "bob", "pw");
		expect_frames(w, p, "info", rows[i].text, NULL);
		ck_assert(fake_is_closed(w, p));
	}
	fake_answer_next(w, LOGIN_FAILED);
	p = fake_join(w, "127.0.0.1:5");
	fake_forget(w);
	say(w, p, "info", "no");
	say(w, p, "info", "bob");
	expect_frames(w, p, "info", rows[1].text, NULL);
	fake_world_free(w);
}
END_TEST

/* Step i of a login was the last thing that the peer did. */
START_TEST(a_peer_may_vanish_in_every_state)
{
	static const char *const steps[] = { "no", "bob", "pw" };
	static const enum left whys[] = { LEFT_ENDED, LEFT_LOST, LEFT_IDLE,
	    LEFT_LATE, LEFT_SLOW };
	struct fake_world *w = class_world(true);
	struct peer *ann = enter_as(w, "ann"), *p;

	fake_set_settling(w, false);
	for (size_t why = 0; why < sizeof(whys) / sizeof(whys[0]); why++) {
		p = fake_join(w, "127.0.0.1:40508");
		for (int i = 0; i < _i; i++)
			say(w, p, "info", steps[i]);
		fake_leave(w, p, whys[why]);
	}
	fake_set_settling(w, true);
	expect_frames(w, ann, NULL);
	p = enter_as(w, "bob");
	say(w, ann, "msg", "still here");
	expect_frames(w, p, "msg", "Client ann: still here\n", NULL);
	fake_world_free(w);
}
END_TEST

static struct fake_world *
typing(struct chat_settings *settings, struct peer **server)
{
	struct fake_world *w;

	*settings = fake_settings();
	w = fake_world_new(protocol_class.client, settings);
	*server = fake_join(w, "127.0.0.1:10000");
	return w;
}

START_TEST(the_client_shows_the_dialogue_and_hides_the_password)
{
	struct chat_settings settings;
	struct peer *s;
	struct fake_world *w = typing(&settings, &s);

	say(w, s, "info", CLASS_ASK);
	expect_shown(w, SHOW_NOTICE, CLASS_ASK);
	fake_line(w, "no");
	ck_assert_str_eq(fake_prompt(w), "name: ");
	fake_line(w, "taken");
	ck_assert_str_eq(fake_prompt(w), "");
	say(w, s, "info", CLASS_TAKEN);
	ck_assert_str_eq(fake_prompt(w), "name: ");
	fake_line(w, "bob");
	ck_assert(!fake_prompt_is_secret(w));
	say(w, s, "info", CLASS_REGISTERED);
	ck_assert(fake_prompt_is_secret(w));
	fake_line(w, "pw");
	ck_assert(!fake_prompt_is_secret(w));
	expect_frames(w, s, "info", "no", "info", "taken", "info", "bob",
	    "info", "pw", NULL);
	fake_forget(w);
	say(w, s, "info", CLASS_WELCOME);
	expect_frames(w, s, "info", CLASS_EXTENSION, NULL);
	ck_assert_int_eq(fake_status(w), -1);
	fake_world_free(w);
}
END_TEST

START_TEST(settings_answer_for_the_user)
{
	struct chat_settings settings;
	struct peer *s;
	struct fake_world *w = typing(&settings, &s);

	settings.name = "bob";
	settings.password = (struct secret){ (uint8_t *)"pw", 2 };
	say(w, s, "info", CLASS_ASK);
	expect_frames(w, s, "info", "yes", "info", "bob", "info", "pw", NULL);
	fake_world_free(w);

	w = typing(&settings, &s);
	settings.name = "bob";
	settings.make_user = true;
	say(w, s, "info", CLASS_ASK);
	expect_frames(w, s, "info", "no", "info", "bob", NULL);
	say(w, s, "info", CLASS_REGISTERED);
	ck_assert(fake_prompt_is_secret(w));
	fake_forget(w);
	fake_line(w, "typed");
	expect_frames(w, s, "info", "typed", NULL);
	fake_world_free(w);
}
END_TEST

START_TEST(a_name_of_the_settings_that_is_taken_ends_the_client)
{
	struct chat_settings settings;
	struct peer *s;
	struct fake_world *w = typing(&settings, &s);

	settings.name = "bob";
	settings.make_user = true;
	say(w, s, "info", CLASS_ASK);
	say(w, s, "info", CLASS_TAKEN);
	ck_assert_int_eq(fake_status(w), 1);
	fake_world_free(w);
}
END_TEST

START_TEST(lines_of_a_pipe_wait_for_their_turn)
{
	static const char *const lines[] = { "no", "bob", "pw", "msg:hi",
	    "exit" };
	struct chat_settings settings;
	struct peer *s;
	struct fake_world *w = typing(&settings, &s);

	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		fake_line(w, lines[i]);
	fake_input_ended(w);
	expect_frames(w, s, NULL);
	say(w, s, "info", CLASS_ASK);
	expect_frames(w, s, "info", "no", "info", "bob", NULL);
	say(w, s, "info", CLASS_REGISTERED);
	say(w, s, "info", CLASS_WELCOME);
	expect_frames(w, s, "info", "no", "info", "bob", "info", "pw",
	    "info", CLASS_EXTENSION, "msg", "hi", "cmd", "disconnect", NULL);
	ck_assert_int_eq(fake_status(w), -1);
	fake_finish(w, s);
	ck_assert_int_eq(fake_status(w), 0);
	fake_world_free(w);
}
END_TEST

/* More is piped in than is taken before the server answers, so that the end of
 * the input is not seen. */
START_TEST(held_lines_do_not_wait_for_a_silent_server_for_ever)
{
	struct chat_settings settings;
	struct peer *peer;
	struct fake_world *world = typing(&settings, &peer);
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
	struct chat_settings settings;
	struct peer *peer;
	struct fake_world *world = typing(&settings, &peer);
	char text[1000];

	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	while (!fake_lines_are_held(world))
		fake_line(world, text);
	fake_pass(world, TYPED_LAST_NS - 1);
	say(world, peer, "info", CLASS_ASK);
	say(world, peer, "info", "Invalid response.");
	say(world, peer, "info", CLASS_WELCOME);
	fake_pass(world, 100 * TYPED_GAP_NS + TYPED_LAST_NS);
	ck_assert_int_eq(fake_status(world), -1);
	ck_assert(!fake_lines_are_held(world));
	fake_world_free(world);
}
END_TEST

START_TEST(a_refused_login_ends_with_status_1)
{
	struct chat_settings settings;
	struct peer *s;
	struct fake_world *w = typing(&settings, &s);

	settings.name = "bob";
	settings.password = (struct secret){ (uint8_t *)"no", 2 };
	say(w, s, "info", CLASS_ASK);
	fake_forget(w);
	say(w, s, "info", "Invalid username or password.");
	expect_shown(w, SHOW_ERROR, "Invalid username or password.");
	fake_finish(w, s);
	ck_assert_int_eq(fake_status(w), 1);
	fake_world_free(w);
}
END_TEST

/* 0: the input ends in front of the prompt for another name; 1: "exit" there;
 * 2: the name is one of the command line; 3: another name is taken. */
START_TEST(a_taken_name_is_an_error_until_another_is_taken)
{
	struct chat_settings settings;
	struct peer *s;
	struct fake_world *w = typing(&settings, &s);

	settings.make_user = true;
	if (_i == 2)
		settings.name = "ann";
	say(w, s, "info", CLASS_ASK);
	if (_i != 2) {
		fake_line(w, "no");
		fake_line(w, "ann");
	}
	fake_forget(w);
	if (_i == 0)
		fake_input_ended(w);
	say(w, s, "info", CLASS_TAKEN);
	expect_shown(w, SHOW_ERROR, CLASS_TAKEN);
	if (_i == 1)
		fake_line(w, "exit");
	if (_i == 3) {
		fake_line(w, "bob");
		say(w, s, "info", CLASS_REGISTERED);
		fake_line(w, "pw");
		say(w, s, "info", CLASS_WELCOME);
		fake_line(w, "exit");
		fake_finish(w, s);
	}
	ck_assert_int_eq(fake_status(w), _i != 3);
	fake_world_free(w);
}
END_TEST

START_TEST(the_end_of_the_input_leaves_a_login)
{
	struct chat_settings settings;
	struct peer *s;
	struct fake_world *w = typing(&settings, &s);

	say(w, s, "info", CLASS_ASK);
	fake_input_ended(w);
	ck_assert_int_eq(fake_status(w), 0);
	fake_world_free(w);
}
END_TEST

/* 0: it never says anything; 1: it stops in the middle of the dialogue. */
START_TEST(a_silent_server_is_not_awaited_for_ever)
{
	struct chat_settings settings;
	struct peer *s;
	struct fake_world *w = typing(&settings, &s);

	if (_i == 1) {
		settings.name = "bob";
		settings.password = (struct secret){ (uint8_t *)"pw", 2 };
		fake_input_ended(w);
		fake_pass(w, 4 * (int64_t)SECOND_NS);
		say(w, s, "info", CLASS_ASK);
		fake_forget(w);
	} else {
		fake_input_ended(w);
	}
	fake_pass(w, 5 * (int64_t)SECOND_NS - 1);
	ck_assert_int_eq(fake_status(w), -1);
	fake_pass(w, 1);
	expect_shown(w, SHOW_ERROR, "The server does not answer.");
	ck_assert_int_eq(fake_status(w), 1);
	fake_world_free(w);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("class_login");
	TCase *server = tcase_create("server");
	TCase *client = tcase_create("client");

	tcase_add_test(server, a_new_user_registers_with_the_originals_words);
	tcase_add_test(server, an_old_user_logs_in_by_his_password);
	tcase_add_test(server,
	    an_unknown_name_is_refused_like_a_wrong_password);
	tcase_add_test(server, a_taken_name_is_asked_for_again);
	tcase_add_test(server, a_name_that_somebody_is_registering_is_taken);
	tcase_add_test(server, a_user_who_is_here_cannot_log_in_again);
	tcase_add_test(server, a_login_that_fails_keeps_nobody_out);
	tcase_add_test(server, a_bad_name_is_explained_and_asked_for_again);
	tcase_add_test(server, another_answer_than_yes_or_no_ends_the_login);
	tcase_add_test(server, another_header_than_info_ends_the_login);
	tcase_add_loop_test(server,
	    a_new_password_that_can_be_none_is_refused_by_its_length, 0, 2);
	tcase_add_test(server, frames_that_come_early_wait_for_the_store);
	tcase_add_test(server, frames_may_come_byte_by_byte);
	tcase_add_test(server,
	    without_a_user_store_names_are_unique_and_any_password_is_right);
	tcase_add_test(server,
	    a_bad_name_is_refused_without_a_user_store_too);
	tcase_add_test(server,
	    a_store_that_cannot_answer_is_told_and_the_login_ends);
	tcase_add_loop_test(server, a_peer_may_vanish_in_every_state, 0, 4);
	suite_add_tcase(s, server);
	tcase_add_test(client,
	    the_client_shows_the_dialogue_and_hides_the_password);
	tcase_add_test(client, settings_answer_for_the_user);
	tcase_add_test(client,
	    a_name_of_the_settings_that_is_taken_ends_the_client);
	tcase_add_test(client, lines_of_a_pipe_wait_for_their_turn);
	tcase_add_loop_test(client,
	    a_taken_name_is_an_error_until_another_is_taken, 0, 4);
	tcase_add_test(client,
	    held_lines_do_not_wait_for_a_silent_server_for_ever);
	tcase_add_test(client, held_lines_go_on_once_the_server_answers);
	tcase_add_test(client, a_refused_login_ends_with_status_1);
	tcase_add_test(client, the_end_of_the_input_leaves_a_login);
	tcase_add_loop_test(client, a_silent_server_is_not_awaited_for_ever, 0,
	    2);
	suite_add_tcase(s, client);
	return run_suite(s);
}
