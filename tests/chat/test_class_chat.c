#include "tests/chat/class_stage.h"

#define MISUSE "Server: Invalid message format. Please adhere to the message " \
    "protocol.\n"

/* A room of three. */
struct room {
	struct fake_world *w;
	struct peer *ann, *bob, *eve;
};

static struct room
room_of_three(void)
{
	struct room r = { .w = class_world(false) };

	r.ann = enter_as(r.w, "ann");
	r.bob = enter_as(r.w, "bob");
	r.eve = enter_as(r.w, "eve");
	fake_forget(r.w);
	return r;
}

START_TEST(a_message_goes_to_all_others)
{
	struct room r = room_of_three();

	say(r.w, r.ann, "msg", "gr\xc3\xbc\xc3\x9f:e");
	expect_frames(r.w, r.bob, "msg", "Client ann: gr\xc3\xbc\xc3\x9f:e\n",
	    NULL);
	expect_frames(r.w, r.eve, "msg", "Client ann: gr\xc3\xbc\xc3\x9f:e\n",
	    NULL);
	expect_frames(r.w, r.ann, NULL);
	fake_world_free(r.w);
}
END_TEST

START_TEST(two_messages_in_one_read_are_two_writes)
{
	struct room r = room_of_three();
	struct bytes both = { NULL, 0, 0 };

	add_frame(&both, "msg", "a", 1);
	add_frame(&both, "msg", "b", 1);
	fake_receive(r.w, r.ann, both.data, both.len);
	expect_frames(r.w, r.bob, "msg", "Client ann: a\n",
	    "msg", "Client ann: b\n", NULL);
	ck_assert_uint_eq(fake_sent(r.w, r.bob)->count, 2);
	bytes_reset(&both);
	fake_world_free(r.w);
}
END_TEST

START_TEST(many_messages_take_turns_with_those_of_others)
{
	struct room r = room_of_three();
	const struct fake_messages *sent;
	struct bytes many = { NULL, 0, 0 };
	size_t all = 0, turn;

	for (; many.len + 9 <= SIDE_READ_MAX; all++)
		add_frame(&many, "msg", "", 0);
	fake_receive(r.w, r.ann, many.data, many.len);
	turn = fake_sent(r.w, r.bob)->count;
	ck_assert_uint_lt(turn, all);
	ck_assert(fake_is_held(r.w, r.ann));
	say(r.w, r.eve, "msg", "hello");
	sent = fake_sent(r.w, r.bob);
	ck_assert_uint_eq(sent->count, turn + 1);
	ck_assert_uint_ne(sent->list[turn].len, sent->list[0].len);
	fake_pass(r.w, 1);
	sent = fake_sent(r.w, r.bob);
	ck_assert_uint_eq(sent->count, all + 1);
	ck_assert(!fake_is_held(r.w, r.ann));
	bytes_reset(&many);
	fake_world_free(r.w);
}
END_TEST

START_TEST(a_private_message_goes_to_its_user_alone)
{
	struct room r = room_of_three();

	say(r.w, r.ann, "to", "bob:x: y");
	expect_frames(r.w, r.bob, "info", "ann (private): x: y\n", NULL);
	expect_frames(r.w, r.eve, NULL);
	expect_frames(r.w, r.ann, NULL);
	say(r.w, r.eve, "to", "eve:to myself");
	expect_frames(r.w, r.eve, "info", "eve (private): to myself\n", NULL);
	fake_world_free(r.w);
}
END_TEST

START_TEST(an_unknown_recipient_is_told_to_the_sender)
{
	struct room r = room_of_three();

	say(r.w, r.ann, "to", "kim:x");
	say(r.w, r.ann, "to", "k\033m:x");
	expect_frames(r.w, r.ann,
	    "info", "Server: There is no user 'kim' here.\n",
	    "info", "Server: There is no user 'k\xef\xbf\xbdm' here.\n", NULL);
	fake_world_free(r.w);
}
END_TEST

START_TEST(what_is_no_message_of_the_protocol_is_answered_by_error)
{
	static const char *const frames[][2] = {
		{ "bogus", "header" }, { "to", "no colon" }, { "", "" },
		{ "msg", "\xff" }, { "to", "bob:\xff" }, { "cmd", "reboot" },
		{ "file", "3:file_to_server:x" },
		{ "file_transfer", "file_to_nobody:x" },
		{ "file_transfer", "file from server:x" },
		{ "file_transfer", "file_to::x" },
	};
	struct room r = room_of_three();

	for (size_t i = 0; i < sizeof(frames) / sizeof(frames[0]); i++) {
		say(r.w, r.ann, frames[i][0], frames[i][1]);
		expect_frames(r.w, r.ann, "error", MISUSE, NULL);
		fake_forget(r.w);
	}
	say(r.w, r.ann, "msg", "goes on");
	expect_frames(r.w, r.bob, "msg", "Client ann: goes on\n", NULL);
	fake_world_free(r.w);
}
END_TEST

START_TEST(info_and_quiz_question_of_clients_are_only_logged)
{
	struct room r = room_of_three();

	say(r.w, r.ann, "info", "x");
	say(r.w, r.ann, "quiz_question", "x");
	ck_assert_uint_eq(count_events(r.w, "unused"), 2);
	expect_frames(r.w, r.ann, NULL);
	expect_frames(r.w, r.bob, NULL);
	fake_world_free(r.w);
}
END_TEST

START_TEST(a_text_over_the_limit_is_refused_and_the_longest_is_not)
{
	struct room r = room_of_three();
	char text[1025];

	memset(text, 'x', sizeof(text));
	say_bytes(r.w, r.ann, "msg", text, 1025);
	expect_frames(r.w, r.ann, "info",
	    "Server: This text is longer than 1024 bytes.\n", NULL);
	expect_frames(r.w, r.bob, NULL);
	say_bytes(r.w, r.ann, "msg", text, 1024);
	ck_assert_uint_eq(fake_sent(r.w, r.bob)->count, 1);
	ck_assert_uint_eq(fake_sent(r.w, r.bob)->list[0].len,
	    2 + 3 + 4 + strlen("Client ann: ") + 1024 + 1);
	fake_world_free(r.w);
}
END_TEST

START_TEST(who_leaves_in_any_way_is_told_to_the_rest)
{
	static const enum left whys[] = { LEFT_ENDED, LEFT_LOST, LEFT_IDLE,
	    LEFT_SLOW };
	struct room r = room_of_three();

	for (size_t i = 0; i < sizeof(whys) / sizeof(whys[0]); i++) {
		fake_leave(r.w, r.bob, whys[i]);
		expect_frames(r.w, r.ann, "info",
		    "Server: Client bob left the server.\n", NULL);
		r.bob = enter_as(r.w, "bob");
	}
	say(r.w, r.bob, "cmd", "disconnect");
	expect_frames(r.w, r.ann, "info",
	    "Server: Client bob left the server.\n", NULL);
	ck_assert(fake_is_closed(r.w, r.bob));
	fake_world_free(r.w);
}
END_TEST

START_TEST(nothing_reaches_who_has_disconnected)
{
	struct room r = room_of_three();

	fake_set_settling(r.w, false);
	say(r.w, r.bob, "cmd", "disconnect");
	fake_forget(r.w);
	say(r.w, r.ann, "msg", "x");
	say(r.w, r.ann, "to", "bob:x");
	expect_frames(r.w, r.bob, NULL);
	expect_frames(r.w, r.ann, "info",
	    "Server: There is no user 'bob' here.\n", NULL);
	fake_set_settling(r.w, true);
	fake_world_free(r.w);
}
END_TEST

/* A header length, and a payload length of 4 GiB behind a right header. */
START_TEST(who_sends_no_frames_is_dropped_and_nobody_else)
{
	static const struct {
		const char *bytes;
		size_t len;
	} rows[] = {
		{ "GET / HTTP/1.1\r\n\r\n", 18 },
		{ "\0\3msg\xff\xff\xff\xff", 9 },
		{ "\xff\xff", 2 },
		{ "\0\3msg\0\1\0\1x", 10 },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct room r = room_of_three();

		fake_receive(r.w, r.bob, rows[i].bytes, rows[i].len);
		ck_assert(fake_is_closed(r.w, r.bob));
		ck_assert_uint_eq(count_events(r.w, "malformed"), 1);
		expect_frames(r.w, r.ann, "info",
		    "Server: Client bob left the server.\n", NULL);
		fake_world_free(r.w);
	}
}
END_TEST

START_TEST(half_a_frame_and_silence_hurt_nobody)
{
	struct room r = room_of_three();

	fake_receive(r.w, r.bob, "\0\3ms", 4);
	fake_pass(r.w, 10 * (int64_t)SECOND_NS);
	say(r.w, r.ann, "msg", "x");
	expect_frames(r.w, r.eve, "msg", "Client ann: x\n", NULL);
	fake_leave(r.w, r.bob, LEFT_LOST);
	fake_world_free(r.w);
}
END_TEST

START_TEST(the_operator_talks_to_all_who_are_here)
{
	struct room r = room_of_three();
	struct peer *coming = fake_join(r.w, "127.0.0.1:1");

	fake_forget(r.w);
	fake_line(r.w, "hello: everyone");
	fake_line(r.w, "");
	expect_frames(r.w, r.ann, "info", "Server: hello: everyone\n", NULL);
	expect_frames(r.w, r.eve, "info", "Server: hello: everyone\n", NULL);
	expect_frames(r.w, coming, NULL);
	/* Words of commands that are none here. */
	fake_forget(r.w);
	fake_line(r.w, "Quiz tomorrow: all of it");
	fake_line(r.w, "shutdown: at five");
	expect_frames(r.w, r.bob, "info", "Server: Quiz tomorrow: all of it\n",
	    "info", "Server: shutdown: at five\n", NULL);
	fake_world_free(r.w);
}
END_TEST

START_TEST(the_operator_ends_the_server)
{
	struct room r = room_of_three();

	fake_line(r.w, "shutdown");
	expect_frames(r.w, r.ann, "info", "Server is shutting down.\n", NULL);
	ck_assert_int_eq(fake_status(r.w), 0);
	fake_world_free(r.w);
}
END_TEST

START_TEST(a_stop_is_told_and_no_leaving_behind_it)
{
	struct room r = room_of_three();

	fake_stop(r.w);
	fake_leave(r.w, r.ann, LEFT_STOP);
	expect_frames(r.w, r.bob, "info", "Server is shutting down.\n", NULL);
	fake_world_free(r.w);
}
END_TEST

/* The client. */

START_TEST(lines_are_sent_as_they_are)
{
	struct peer *s;
	struct fake_world *w = client_world(&s, false);

	fake_line(w, "msg:hello: you");
	fake_line(w, "to:bob:hi");
	fake_line(w, "quiz_answer:a b c");
	fake_line(w, "bogus:header");
	fake_line(w, "msg:");
	expect_frames(w, s, "msg", "hello: you", "to", "bob:hi",
	    "quiz_answer", "a b c", "bogus", "header", "msg", "", NULL);
	fake_world_free(w);
}
END_TEST

START_TEST(lines_that_mean_nothing_are_explained)
{
	/* The last has a header of 65 bytes. */
	static const char *const lines[] = { "hello", "", ":x", "file:3:x",
	    "file_transfer:x",
	    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa:"
	};
	struct peer *s;
	struct fake_world *w = client_world(&s, false);

	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		const struct fake_messages *shown;

		fake_line(w, lines[i]);
		shown = fake_shown(w);
		ck_assert_uint_eq(shown->count, 1);
		ck_assert_int_eq(shown->list[0].kind, SHOW_ERROR);
		ck_assert_mem_eq(shown->list[0].data, "Not sent: ", 10);
		expect_frames(w, s, NULL);
		fake_forget(w);
	}
	fake_world_free(w);
}
END_TEST

START_TEST(a_line_over_the_limit_is_not_sent)
{
	struct peer *s;
	struct fake_world *w = client_world(&s, false);
	char line[4 + 1025 + 1];

	memset(line, 'x', sizeof(line) - 1);
	memcpy(line, "msg:", 4);
	line[sizeof(line) - 1] = '\0';
	fake_line(w, line);
	expect_shown(w, SHOW_ERROR, "Not sent: longer than 1024 bytes.");
	expect_frames(w, s, NULL);
	fake_world_free(w);
}
END_TEST

START_TEST(what_the_server_sends_is_shown_by_its_kind)
{
	struct peer *s;
	struct fake_world *w = client_world(&s, false);

	say(w, s, "msg", "Client ann: hi\nServer: fake\n");
	expect_shown(w, SHOW_MESSAGE, "Client ann: hi\n    Server: fake");
	say(w, s, "info", "ann (private): hi\n");
	expect_shown(w, SHOW_MESSAGE, "ann (private): hi");
	say(w, s, "info", "Server: hi\n");
	expect_shown(w, SHOW_NOTICE, "Server: hi");
	say(w, s, "error", MISUSE);
	ck_assert_int_eq(fake_shown(w)->list[0].kind, SHOW_ERROR);
	fake_forget(w);
	say(w, s, "quiz_question", "Question 1: x?\n\nOptions: a. y\n\n");
	expect_shown(w, SHOW_NOTICE, "Question 1: x?\n\nOptions: a. y");
	say(w, s, "news", "text");
	expect_shown(w, SHOW_MESSAGE, "text");
	fake_world_free(w);
}
END_TEST

START_TEST(leaving_in_order_is_status_0)
{
	struct peer *s;
	struct fake_world *w = client_world(&s, false);

	fake_line(w, "exit");
	expect_frames(w, s, "cmd", "disconnect", NULL);
	ck_assert_int_eq(fake_status(w), -1);
	fake_finish(w, s);
	ck_assert_int_eq(fake_status(w), 0);
	fake_world_free(w);
}
END_TEST

START_TEST(a_server_that_does_not_close_is_not_waited_for_long)
{
	struct peer *s;
	struct fake_world *w = client_world(&s, false);

	fake_line(w, "cmd:disconnect");
	fake_pass(w, 6 * (int64_t)SECOND_NS);
	ck_assert_int_eq(fake_status(w), 0);
	fake_world_free(w);
}
END_TEST

START_TEST(the_end_of_the_input_leaves)
{
	struct peer *s;
	struct fake_world *w = client_world(&s, false);

	fake_input_ended(w);
	expect_frames(w, s, "cmd", "disconnect", NULL);
	fake_finish(w, s);
	ck_assert_int_eq(fake_status(w), 0);
	fake_world_free(w);
}
END_TEST

START_TEST(a_server_that_goes_is_status_1)
{
	struct peer *s;
	struct fake_world *w = client_world(&s, false);

	fake_leave(w, s, LEFT_LOST);
	expect_shown(w, SHOW_ERROR, "The connection to the server was lost.");
	ck_assert_int_eq(fake_status(w), 1);
	fake_line(w, "msg:too late");
	fake_world_free(w);
}
END_TEST

START_TEST(a_server_of_another_protocol_is_status_1)
{
	struct peer *s;
	struct fake_world *w = client_world(&s, false);

	fake_receive(w, s, "HTTP/1.1 400 Bad Request\r\n", 26);
	expect_shown(w, SHOW_ERROR, "The server does not speak this "
	    "protocol.");
	ck_assert(fake_is_closed(w, s));
	ck_assert_int_eq(fake_status(w), 1);
	fake_world_free(w);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("class_chat");
	TCase *server = tcase_create("server");
	TCase *client = tcase_create("client");

	tcase_add_test(server, a_message_goes_to_all_others);
	tcase_add_test(server, two_messages_in_one_read_are_two_writes);
	tcase_add_test(server, many_messages_take_turns_with_those_of_others);
	tcase_add_test(server, a_private_message_goes_to_its_user_alone);
	tcase_add_test(server, an_unknown_recipient_is_told_to_the_sender);
	tcase_add_test(server,
	    what_is_no_message_of_the_protocol_is_answered_by_error);
	tcase_add_test(server,
	    info_and_quiz_question_of_clients_are_only_logged);
	tcase_add_test(server,
	    a_text_over_the_limit_is_refused_and_the_longest_is_not);
	tcase_add_test(server, who_leaves_in_any_way_is_told_to_the_rest);
	tcase_add_test(server, nothing_reaches_who_has_disconnected);
	tcase_add_test(server,
	    who_sends_no_frames_is_dropped_and_nobody_else);
	tcase_add_test(server, half_a_frame_and_silence_hurt_nobody);
	tcase_add_test(server, the_operator_talks_to_all_who_are_here);
	tcase_add_test(server, the_operator_ends_the_server);
	tcase_add_test(server, a_stop_is_told_and_no_leaving_behind_it);
	suite_add_tcase(s, server);
	tcase_add_test(client, lines_are_sent_as_they_are);
	tcase_add_test(client, lines_that_mean_nothing_are_explained);
	tcase_add_test(client, a_line_over_the_limit_is_not_sent);
	tcase_add_test(client, what_the_server_sends_is_shown_by_its_kind);
	tcase_add_test(client, leaving_in_order_is_status_0);
	tcase_add_test(client,
	    a_server_that_does_not_close_is_not_waited_for_long);
	tcase_add_test(client, the_end_of_the_input_leaves);
	tcase_add_test(client, a_server_that_goes_is_status_1);
	tcase_add_test(client, a_server_of_another_protocol_is_status_1);
	suite_add_tcase(s, client);
	return run_suite(s);
}
