/* Files that the client of `class` sends and gets. */
#include "chat/protocols/class_in.h"
#include "chat/protocols/class_out.h"
#include "tests/chat/class_stage.h"

#define ORDER "file_transfer"

enum { ORIGINAL = 1 };

static void
expect_file(struct fake_world *w, const char *path, const void *data,
    size_t len)
{
	size_t n;
	const uint8_t *file = fake_file(w, path, &n);

	ck_assert_msg(file != NULL, "there is no %s", path);
	ck_assert_uint_eq(n, len);
	if (len > 0)
		ck_assert_mem_eq(file, data, len);
}

START_TEST(a_file_goes_to_an_original_as_its_own_client_sends_it)
{
	struct peer *s;
	struct fake_world *w = client_world(&s, true);
	struct bytes want = { NULL, 0, 0 };

	fake_add_file(w, "dir/f.txt", "abc", 3);
	fake_line(w, "file_transfer:file_to:bob:dir/f.txt");
	fake_line(w, "msg:behind it");
	fake_pass(w, CLASS_PAUSE_NS);
	add_frame(&want, ORDER, "file_to:bob:f.txt", 17);
	add_raw(&want, "abcEOF", 6);
	expect_stream(w, s, want.data, want.len);
	fake_pass(w, CLASS_REST_NS);
	add_frame(&want, "msg", "behind it", 9);
	expect_stream(w, s, want.data, want.len);
	expect_shown(w, SHOW_NOTICE, "'f.txt' is on its way: 3 bytes.");
	bytes_reset(&want);
	fake_world_free(w);
}
END_TEST

START_TEST(a_file_goes_to_our_server_with_its_size)
{
	struct peer *s;
	struct fake_world *w = client_world(&s, false);
	struct bytes want = { NULL, 0, 0 };

	fake_add_file(w, "f", "abcEOF", 6);
	fake_line(w, "file_transfer:file_to_server:f");
	add_frame(&want, "file", "6:file_to_server:f", 18);
	add_raw(&want, "abcEOF", 6);
	expect_stream(w, s, want.data, want.len);
	bytes_reset(&want);
	fake_world_free(w);
}
END_TEST

START_TEST(a_file_waits_until_the_kind_of_server_is_known)
{
	static struct chat_settings settings;
	struct fake_world *w;
	struct peer *s;
	struct bytes want = { NULL, 0, 0 };

	settings = fake_settings();
	settings.name = "bob";
	settings.password = (struct secret){ (uint8_t *)"pw", 2 };
	w = fake_world_new(protocol_class.client, &settings);
	s = fake_join(w, "127.0.0.1:10000");
	fake_add_file(w, "f", "EOF", 3);
	say(w, s, "info", CLASS_ASK);
	say(w, s, "info", CLASS_WELCOME);
	fake_forget(w);
	fake_line(w, "file_transfer:file_to_server:f");
	fake_line(w, "msg:x");
	expect_frames(w, s, NULL);
	if (_i == ORIGINAL) {
		fake_pass(w, CLASS_ANSWER_NS);
		add_frame(&want, "msg", "x", 1);
	} else {
		say(w, s, "info", CLASS_EXTENSION);
		add_frame(&want, "file", "3:file_to_server:f", 18);
		add_raw(&want, "EOF", 3);
		add_frame(&want, "msg", "x", 1);
	}
	expect_stream(w, s, want.data, want.len);
	bytes_reset(&want);
	fake_world_free(w);
}
END_TEST

START_TEST(what_the_originals_format_cannot_carry_is_not_sent)
{
	struct peer *s;
	struct fake_world *w = client_world(&s, true);

	fake_add_file(w, "f", "abcEOF", 6);
	fake_line(w, "file_transfer:file_to_server:f");
	expect_frames(w, s, NULL);
	expect_shown(w, SHOW_ERROR, "'f' is not sent: the original format "
	    "cannot carry it: \"EOF\" stands at the end of a piece of 1024 "
	    "bytes.");
	fake_world_free(w);
}
END_TEST

START_TEST(a_file_that_is_not_there_is_told)
{
	struct peer *s;
	struct fake_world *w = client_world(&s, false);

	fake_line(w, "file_transfer:file_to_server:dir/none");
	expect_frames(w, s, NULL);
	expect_shown(w, SHOW_ERROR, "'none' is not sent: dir/none: No such "
	    "file or directory.");
	fake_world_free(w);
}
END_TEST

/* It would never be sent, so nothing is waited for. */
START_TEST(a_file_that_is_not_there_is_told_at_once)
{
	static const char *const bad[][2] = {
		{ "file_transfer:file_to_server:", "Not sent: the name of the "
		    "file is missing." },
		{ "file_transfer:file_to:bob:", "Not sent: the name of the "
		    "file is missing." },
		{ "file_transfer:to:bob:f", "Not sent: file_transfer:"
		    "file_to_server:FILE or file_transfer:file_to:NAME:FILE is "
		    "what it takes." },
		{ "file_transfer:file_to_server:f",
		    "'f' is not sent: f: No such file or directory." },
	};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct peer *s;
		struct fake_world *w = client_world(&s, false);

		fake_line(w, bad[i][0]);
		expect_shown(w, SHOW_ERROR, bad[i][1]);
		fake_line(w, "exit");
		ck_assert_uint_eq(fake_shown(w)->count, 0);
		expect_frames(w, s, "cmd", "disconnect", NULL);
		fake_finish(w, s);
		ck_assert_int_eq(fake_status(w), 1);
		fake_world_free(w);
	}
}
END_TEST

/* What others write cannot be taken for it. */
START_TEST(only_the_server_says_that_a_file_was_not_kept)
{
	static const char text[] = "Server: File 'f' could not be stored";
	struct peer *s;
	struct fake_world *w = client_world(&s, false);

	fake_add_file(w, "f", "x", 1);
	fake_line(w, "file_transfer:file_to_server:f");
	expect_shown(w, SHOW_NOTICE, "'f' is on its way: 1 byte.");
	say(w, s, _i == 0 ? "file_fault" : _i == 1 ? "info" : "msg", text);
	expect_shown(w, _i == 0 ? SHOW_ERROR : _i == 1 ? SHOW_NOTICE :
	    SHOW_MESSAGE, text);
	fake_line(w, "exit");
	fake_finish(w, s);
	ck_assert_int_eq(fake_status(w), _i == 0);
	fake_world_free(w);
}
END_TEST

START_TEST(a_large_file_tells_how_far_it_is)
{
	struct peer *s;
	struct fake_world *w = client_world(&s, false);
	size_t size = 4 << 20;
	char *data = calloc(1, size);

	ck_assert_ptr_nonnull(data);
	fake_add_file(w, "f", data, size);
	free(data);
	fake_line(w, "file_transfer:file_to_server:f");
	fake_pass(w, SECOND_NS);
	ck_assert_uint_eq(fake_shown(w)->count, 4);
	expect_text(fake_shown(w), 0, "sending 'f': 25 % of 4194304 bytes");
	expect_text(fake_shown(w), 2, "sending 'f': 75 % of 4194304 bytes");
	expect_text(fake_shown(w), 3, "'f' is on its way: 4194304 bytes.");
	fake_world_free(w);
}
END_TEST

START_TEST(leaving_waits_for_the_file_and_a_second_exit_does_not)
{
	struct peer *s;
	struct fake_world *w = client_world(&s, false);
	static char data[300000];

	fake_add_file(w, "f", data, sizeof(data));
	fake_set_reading(w, s, false);
	fake_line(w, "file_transfer:file_to_server:f");
	fake_line(w, "exit");
	expect_shown(w, SHOW_NOTICE, "Leaving once 1 file is sent; exit again "
	    "to leave at once.");
	fake_pass(w, 20 * (int64_t)SECOND_NS);
	ck_assert_int_eq(fake_status(w), -1);
	if (_i == 0) {
		fake_line(w, "exit");
		ck_assert_int_eq(fake_status(w), 1);
	} else {
		fake_set_reading(w, s, true);
		fake_finish(w, s);
		ck_assert_int_eq(fake_status(w), 0);
	}
	fake_world_free(w);
}
END_TEST

START_TEST(a_server_that_goes_in_a_file_is_told)
{
	struct peer *s;
	struct fake_world *w = client_world(&s, false);
	static char data[300000];

	fake_add_file(w, "f", data, sizeof(data));
	fake_set_reading(w, s, false);
	fake_line(w, "file_transfer:file_to_server:f");
	fake_line(w, "exit");
	fake_leave(w, s, LEFT_LOST);
	ck_assert(was_shown(w, SHOW_ERROR, "'f' is not sent: the connection "
	    "ended."));
	ck_assert_int_eq(fake_status(w), 1);
	fake_world_free(w);
}
END_TEST

/* The original's name ends in the order's newline, ours does not. */
START_TEST(a_file_that_comes_is_saved_in_either_format)
{
	struct peer *s;
	struct fake_world *w = client_world(&s, false);

	say(w, s, ORDER, "file_to:ann:f.txt\n");
	fake_receive(w, s, "abcEOF", 6);
	fake_pass(w, CLASS_QUIET_NS);
	expect_file(w, "f.txt", "abc", 3);
	ck_assert(was_shown(w, SHOW_NOTICE, "A file from ann"));
	ck_assert(was_shown(w, SHOW_NOTICE, "Saved as 'f.txt': 3 bytes."));
	say(w, s, "file", "6:file from server:f.txt\n");
	fake_receive(w, s, "EOF", 3);
	fake_receive(w, s, "EOF", 3);
	expect_file(w, "f.txt (2)", "EOFEOF", 6);
	ck_assert(was_shown(w, SHOW_NOTICE, "Saved as 'f.txt (2)': 6 bytes."));
	fake_world_free(w);
}
END_TEST

START_TEST(bytes_follow_whatever_an_original_says_of_them)
{
	struct peer *s;
	struct fake_world *w = client_world(&s, true);

	say(w, s, ORDER, "something else");
	fake_receive(w, s, "abcEOF", 6);
	fake_pass(w, CLASS_QUIET_NS);
	expect_file(w, "unnamed", "abc", 3);
	fake_forget(w);
	say(w, s, "msg", "x");
	expect_shown(w, SHOW_MESSAGE, "x");
	fake_world_free(w);
}
END_TEST

START_TEST(an_incomplete_file_is_dropped_and_told)
{
	struct peer *s;
	struct fake_world *w = client_world(&s, false);
	size_t len;

	say(w, s, "file", "6:file_to:ann:f\n");
	fake_receive(w, s, "EOF", 3);
	fake_finish(w, s);
	ck_assert_uint_eq(fake_temporary_files(w), 0);
	ck_assert_ptr_null(fake_file(w, "f", &len));
	ck_assert(was_shown(w, SHOW_ERROR, "'f' is incomplete and dropped."));
	ck_assert_int_eq(fake_status(w), 1);
	fake_world_free(w);
}
END_TEST

START_TEST(a_full_disk_is_told_once_and_frames_go_on)
{
	struct peer *s;
	struct fake_world *w = client_world(&s, false);

	fake_set_disk(w, 4);
	say(w, s, "file", "9:file_to:ann:f\n");
	fake_forget(w);
	fake_receive(w, s, "abc", 3);
	fake_receive(w, s, "def", 3);
	fake_receive(w, s, "ghi", 3);
	expect_shown(w, SHOW_ERROR, "A file cannot be stored: f: No space left "
	    "on device");
	say(w, s, "msg", "x");
	expect_shown(w, SHOW_MESSAGE, "x");
	fake_line(w, "exit");
	fake_finish(w, s);
	ck_assert_int_eq(fake_status(w), 1);
	fake_world_free(w);
}
END_TEST

START_TEST(a_size_that_is_none_ends_the_client)
{
	static const char *const orders[] = { "x:file_to:ann:f\n", "3:f" };
	struct peer *s;

	for (size_t i = 0; i < sizeof(orders) / sizeof(orders[0]); i++) {
		struct fake_world *w = client_world(&s, false);

		say(w, s, "file", orders[i]);
		ck_assert_int_eq(fake_status(w), 1);
		ck_assert(fake_is_closed(w, s));
		fake_world_free(w);
	}
}
END_TEST

START_TEST(a_large_file_that_comes_tells_how_far_it_is)
{
	struct peer *s;
	struct fake_world *w = client_world(&s, false);
	size_t size = 9 << 20;
	char *data = calloc(1, size);

	ck_assert_ptr_nonnull(data);
	say(w, s, "file", "9437184:file_to:ann:f\n");
	fake_forget(w);
	fake_receive(w, s, data, size);
	ck_assert_uint_eq(fake_shown(w)->count, 4);
	expect_text(fake_shown(w), 1, "receiving 'f': 50 % of 9437184 bytes");
	say(w, s, ORDER, "file_to:ann:g\n");
	fake_forget(w);
	fake_receive(w, s, data, size);
	ck_assert_uint_eq(fake_shown(w)->count, 2);
	expect_text(fake_shown(w), 1, "receiving 'g': 8388608 bytes");
	free(data);
	fake_world_free(w);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("class_client_files");
	TCase *out = tcase_create("sent"), *in = tcase_create("received");

	tcase_add_test(out,
	    a_file_goes_to_an_original_as_its_own_client_sends_it);
	tcase_add_test(out, a_file_goes_to_our_server_with_its_size);
	tcase_add_loop_test(out,
	    a_file_waits_until_the_kind_of_server_is_known, 0, 2);
	tcase_add_test(out,
	    what_the_originals_format_cannot_carry_is_not_sent);
	tcase_add_test(out, a_file_that_is_not_there_is_told);
	tcase_add_test(out, a_large_file_tells_how_far_it_is);
	tcase_add_loop_test(out,
	    leaving_waits_for_the_file_and_a_second_exit_does_not, 0, 2);
	tcase_add_test(out, a_file_that_is_not_there_is_told_at_once);
	tcase_add_loop_test(out, only_the_server_says_that_a_file_was_not_kept,
	    0, 3);
	tcase_add_test(out, a_server_that_goes_in_a_file_is_told);
	suite_add_tcase(s, out);
	tcase_add_test(in, a_file_that_comes_is_saved_in_either_format);
	tcase_add_test(in, bytes_follow_whatever_an_original_says_of_them);
	tcase_add_test(in, an_incomplete_file_is_dropped_and_told);
	tcase_add_test(in, a_full_disk_is_told_once_and_frames_go_on);
	tcase_add_test(in, a_size_that_is_none_ends_the_client);
	tcase_add_test(in, a_large_file_that_comes_tells_how_far_it_is);
	suite_add_tcase(s, in);
	return run_suite(s);
}
