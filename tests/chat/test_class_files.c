/* Files that the server of `class` takes and sends on. */
#include "chat/protocols/class_in.h"
#include "chat/protocols/class_out.h"
#include "tests/chat/class_stage.h"

#define ORDER "file_transfer"

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

/* The peer says that it is no original. */
static void
announce(struct fake_world *w, struct peer *p)
{
	say(w, p, "info", CLASS_EXTENSION);
	fake_forget(w);
}

/* What an original sends, mark included. */
static void
upload(struct fake_world *w, struct peer *p, const char *order,
    const void *data, size_t len)
{
	say(w, p, ORDER, order);
	if (len > 0)
		fake_receive(w, p, data, len);
	fake_receive(w, p, "EOF", 3);
	fake_pass(w, CLASS_QUIET_NS);
}

START_TEST(a_file_to_the_server_is_stored_and_told_to_all)
{
	struct fake_world *w = class_world(false);
	struct peer *ann = enter_as(w, "ann"), *bob = enter_as(w, "bob");

	fake_forget(w);
	say(w, ann, ORDER, "file_to_server:notes.txt");
	fake_receive(w, ann, "some textEOF", 12);
	ck_assert_uint_eq(fake_temporary_files(w), 1);
	fake_pass(w, CLASS_QUIET_NS);
	ck_assert_uint_eq(fake_temporary_files(w), 0);
	expect_file(w, "ann/notes.txt", "some text", 9);
	expect_frames(w, ann, "info",
	    "Server: File 'notes.txt' uploaded by ann\n", NULL);
	expect_frames(w, bob, "info",
	    "Server: File 'notes.txt' uploaded by ann\n", NULL);
	fake_world_free(w);
}
END_TEST

START_TEST(an_empty_file_is_a_file)
{
	struct fake_world *w = class_world(false);
	struct peer *ann = enter_as(w, "ann"), *bob = enter_as(w, "bob");

	upload(w, ann, "file_to_server:empty", "", 0);
	expect_file(w, "ann/empty", "", 0);
	announce(w, ann);
	say(w, ann, "file", "0:file_to_server:empty");
	expect_file(w, "ann/empty (2)", "", 0);
	say(w, ann, "msg", "x");
	ck_assert_uint_eq(fake_sent(w, bob)->count, 2);
	fake_world_free(w);
}
END_TEST

START_TEST(a_frame_may_stand_right_behind_the_mark)
{
	struct fake_world *w = class_world(false);
	struct peer *ann = enter_as(w, "ann"), *bob = enter_as(w, "bob");
	struct bytes all = { NULL, 0, 0 };

	fake_forget(w);
	add_frame(&all, ORDER, "file_to_server:f", 16);
	add_raw(&all, "abcEOF", 6);
	add_frame(&all, "msg", "x", 1);
	if (_i == 0)
		fake_receive(w, ann, all.data, all.len);
	else
		for (size_t i = 0; i < all.len; i++)
			fake_receive(w, ann, all.data + i, 1);
	expect_file(w, "ann/f", "abc", 3);
	expect_frames(w, bob, "info", "Server: File 'f' uploaded by ann\n",
	    "msg", "Client ann: x\n", NULL);
	bytes_reset(&all);
	fake_world_free(w);
}
END_TEST

/* "EOF" at the end of every read, and the file goes on in time. */
START_TEST(a_mark_with_more_behind_it_is_of_the_file)
{
	struct fake_world *w = class_world(false);
	struct peer *ann = enter_as(w, "ann");

	say(w, ann, ORDER, "file_to_server:f");
	for (int i = 0; i < 5; i++) {
		fake_receive(w, ann, "aEOF", 4);
		fake_pass(w, CLASS_QUIET_NS - 1);
	}
	fake_receive(w, ann, "E", 1);
	fake_receive(w, ann, "OFEOF", 5);
	fake_pass(w, CLASS_QUIET_NS);
	expect_file(w, "ann/f", "aEOFaEOFaEOFaEOFaEOFEOF", 23);
	fake_world_free(w);
}
END_TEST

/* The world hands over nothing of a peer that does not read, so silence means
 * nothing then. */
START_TEST(a_mark_is_no_end_while_its_sender_may_be_held)
{
	struct fake_world *w = class_world(false);
	struct peer *ann = enter_as(w, "ann"), *bob = enter_as(w, "bob");
	size_t len;

	fake_set_reading(w, ann, false);
	say(w, bob, "msg", "unread");
	say(w, ann, ORDER, "file_to_server:f");
	fake_receive(w, ann, "abcEOF", 6);
	fake_pass(w, SECOND_NS);
	ck_assert_ptr_null(fake_file(w, "ann/f", &len));
	fake_receive(w, ann, "moreEOF", 7);
	fake_set_reading(w, ann, true);
	fake_pass(w, CLASS_QUIET_NS);
	expect_file(w, "ann/f", "abcEOFmore", 10);
	fake_world_free(w);
}
END_TEST

START_TEST(a_mark_and_the_end_of_the_connection_end_a_file)
{
	struct fake_world *w = class_world(false);
	struct peer *ann = enter_as(w, "ann"), *bob = enter_as(w, "bob");

	fake_forget(w);
	say(w, ann, ORDER, "file_to_server:f");
	fake_receive(w, ann, "abcEOF", 6);
	fake_finish(w, ann);
	expect_file(w, "ann/f", "abc", 3);
	expect_frames(w, bob, "info", "Server: File 'f' uploaded by ann\n",
	    "info", "Server: Client ann left the server.\n", NULL);
	fake_world_free(w);
}
END_TEST

START_TEST(who_vanishes_in_a_file_leaves_nothing_of_it)
{
	static const enum left whys[] = { LEFT_ENDED, LEFT_LOST, LEFT_IDLE };
	struct fake_world *w = class_world(false);
	struct peer *bob = enter_as(w, "bob");
	size_t len;

	for (size_t i = 0; i < sizeof(whys) / sizeof(whys[0]); i++) {
		struct peer *ann = enter_as(w, "ann");

		fake_forget(w);
		say(w, ann, ORDER, "file_to:bob:f");
		/* After a reset a mark may have had more behind it. */
		fake_receive(w, ann, "abcEOF", whys[i] == LEFT_ENDED ? 5 : 6);
		fake_leave(w, ann, whys[i]);
		ck_assert_uint_eq(fake_temporary_files(w), 0);
		ck_assert_ptr_null(fake_file(w, "ann/f", &len));
		ck_assert_uint_eq(count_events(w, "upload_cut"), 1);
		expect_frames(w, bob, "info",
		    "Server: Client ann left the server.\n", NULL);
	}
	fake_world_free(w);
}
END_TEST

START_TEST(a_full_disk_loses_the_file_and_nothing_else)
{
	struct fake_world *w = class_world(false);
	struct peer *ann = enter_as(w, "ann"), *bob = enter_as(w, "bob");
	static char data[5000];
	size_t len;

	memset(data, 'x', sizeof(data));
	fake_forget(w);
	fake_set_disk(w, 2000);
	say(w, ann, ORDER, "file_to:bob:f");
	for (int i = 0; i < 5; i++)
		fake_receive(w, ann, data + 1000 * i, 1000);
	ck_assert_uint_eq(fake_temporary_files(w), 0);
	fake_receive(w, ann, "EOF", 3);
	fake_pass(w, CLASS_QUIET_NS);
	ck_assert_ptr_null(fake_file(w, "ann/f", &len));
	ck_assert_uint_eq(count_events(w, "failed"), 1);
	expect_frames(w, ann, "info", "Server: File 'f' could not be stored "
	    "(too large, or the disk is full).\n", NULL);
	say(w, ann, "msg", "x");
	expect_frames(w, bob, "msg", "Client ann: x\n", NULL);
	fake_world_free(w);
}
END_TEST

START_TEST(names_of_files_are_cleaned_and_nothing_is_overwritten)
{
	static const struct {
		const char *order, *path, *told;
	} rows[] = {
		{ "file_to_server:f", "ann/f", "f" },
		{ "file_to_server:f", "ann/f (2)", "f" },
		{ "file_to_server:../../etc/passwd", "ann/passwd", "passwd" },
		{ "file_to_server:C:\\x\\y.txt\n", "ann/y.txt", "y.txt" },
		{ "file_to_server:a\033[2J\nb", "ann/a_[2J_b", "a_[2J_b" },
		{ "file_to_server:..", "ann/unnamed", "unnamed" },
		{ "file_to_server:", "ann/unnamed (2)", "unnamed" },
		{ "file_to_server:.profile", "ann/_profile", ".profile" },
	};
	struct fake_world *w = class_world(false);
	struct peer *ann = enter_as(w, "ann");
	char told[100];

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		fake_forget(w);
		upload(w, ann, rows[i].order, "abc", 3);
		expect_file(w, rows[i].path, "abc", 3);
		snprintf(told, sizeof(told), "Server: File '%s' uploaded by "
		    "ann\n", rows[i].told);
		expect_frames(w, ann, "info", told, NULL);
	}
	fake_world_free(w);
}
END_TEST

START_TEST(a_file_for_nobody_is_read_to_its_end_and_told)
{
	struct fake_world *w = class_world(false);
	struct peer *ann = enter_as(w, "ann");
	size_t len;

	upload(w, ann, "file_to:kim:f", "abc", 3);
	expect_frames(w, ann, "info", "Server: There is no user 'kim' here.\n",
	    NULL);
	ck_assert_ptr_null(fake_file(w, "ann/f", &len));
	fake_forget(w);
	upload(w, ann, "file_to_server:f", "abc", 3);
	expect_file(w, "ann/f", "abc", 3);
	fake_world_free(w);
}
END_TEST

START_TEST(whom_it_is_for_may_leave_before_its_end)
{
	struct fake_world *w = class_world(false);
	struct peer *ann = enter_as(w, "ann"), *bob = enter_as(w, "bob");

	say(w, ann, ORDER, "file_to:bob:f");
	fake_leave(w, bob, LEFT_LOST);
	fake_forget(w);
	fake_receive(w, ann, "abcEOF", 6);
	fake_pass(w, CLASS_QUIET_NS);
	expect_file(w, "ann/f", "abc", 3);
	expect_frames(w, ann, "info", "Server: bob is no longer here, File 'f' "
	    "is kept on the server.\n", NULL);
	fake_world_free(w);
}
END_TEST

/* The order, pieces of 1024 bytes, a pause, the mark, a pause. */
START_TEST(to_an_original_a_file_goes_in_pieces_and_a_mark_alone)
{
	struct fake_world *w = class_world(false);
	struct peer *ann = enter_as(w, "ann"), *bob = enter_as(w, "bob");
	const struct fake_messages *sent = fake_sent(w, bob);
	char data[2500];

	memset(data, 'x', sizeof(data));
	fake_forget(w);
	upload(w, ann, "file_to:bob:f", data, sizeof(data));
	ck_assert_uint_eq(sent->count, 4);
	ck_assert_uint_eq(sent->list[1].len, 1024);
	ck_assert_uint_eq(sent->list[3].len, 2500 - 2048);
	ck_assert_mem_eq(sent->list[0].data + 2 + 13 + 4, "file_to:ann:f\n",
	    14);
	fake_pass(w, CLASS_PAUSE_NS);
	ck_assert_uint_eq(sent->count, 5);
	expect_text(sent, 4, "EOF");
	say(w, ann, "msg", "behind it");
	ck_assert_uint_eq(sent->count, 5);
	expect_frames(w, ann, NULL);
	fake_pass(w, CLASS_REST_NS);
	ck_assert_uint_eq(sent->count, 6);
	expect_frames(w, ann, "info", "Server: File 'f' sent to bob\n", NULL);
	expect_file(w, "ann/f", data, sizeof(data));
	fake_world_free(w);
}
END_TEST

START_TEST(a_file_with_a_mark_at_the_end_of_a_piece_is_refused)
{
	struct fake_world *w = class_world(false);
	struct peer *ann = enter_as(w, "ann"), *bob = enter_as(w, "bob");
	static char data[100000];

	memset(data, 'x', sizeof(data));
	memcpy(data + 90 * 1024 - 3, "EOF", 3);
	fake_forget(w);
	say(w, ann, ORDER, "file_to:bob:f");
	fake_receive(w, ann, data, sizeof(data));
	fake_receive(w, ann, "EOF", 3);
	fake_pass(w, CLASS_QUIET_NS);
	expect_frames(w, bob, NULL);
	expect_frames(w, ann, "info", "Server: File 'f' was not sent to bob, "
	    "it is kept on the server: the original format cannot carry it: "
	    "\"EOF\" stands at the end of a piece of 1024 bytes.\n", NULL);
	expect_file(w, "ann/f", data, sizeof(data));
	fake_world_free(w);
}
END_TEST

START_TEST(between_our_own_ends_any_bytes_pass_by_their_size)
{
	struct fake_world *w = class_world(false);
	struct peer *ann = enter_as(w, "ann"), *bob = enter_as(w, "bob");
	struct bytes want = { NULL, 0, 0 };

	announce(w, ann);
	announce(w, bob);
	say(w, ann, "file", "6:file_to:bob:f");
	fake_receive(w, ann, "EOF", 3);
	fake_pass(w, SECOND_NS);
	fake_receive(w, ann, "EOF\0\3msg\0\0\0\1x", 13);
	add_frame(&want, "file", "6:file_to:ann:f\n", 16);
	add_raw(&want, "EOFEOF", 6);
	add_frame(&want, "msg", "Client ann: x\n", 14);
	expect_stream(w, bob, want.data, want.len);
	expect_frames(w, ann, "info", "Server: File 'f' sent to bob\n", NULL);
	bytes_reset(&want);
	fake_world_free(w);
}
END_TEST

START_TEST(a_size_that_is_none_is_misuse)
{
	static const char *const orders[] = { "file_to_server:f", ":x", "",
	    "9223372036854775808:file_to_server:f",
	    "99999999999999999999999:file_to_server:f", "3", "3:",
	    "-1:file_to_server:f", "3:3:file_to_server:f" };
	struct fake_world *w = class_world(false);
	struct peer *ann = enter_as(w, "ann");

	announce(w, ann);
	for (size_t i = 0; i < sizeof(orders) / sizeof(orders[0]); i++)
		say(w, ann, "file", orders[i]);
	ck_assert_uint_eq(count_events(w, "misuse"),
	    sizeof(orders) / sizeof(orders[0]));
	say(w, ann, "file", "9223372036854775807:file_to_server:f");
	fake_receive(w, ann, "abc", 3);
	ck_assert_uint_eq(fake_temporary_files(w), 1);
	fake_leave(w, ann, LEFT_LOST);
	ck_assert_uint_eq(fake_temporary_files(w), 0);
	fake_world_free(w);
}
END_TEST

static size_t
bytes_sent(struct fake_world *w, const struct peer *p)
{
	size_t len;

	fake_stream(w, p, &len);
	return len;
}

START_TEST(a_slow_reader_gets_his_file_as_fast_as_he_reads)
{
	struct fake_world *w = class_world(false);
	struct peer *ann = enter_as(w, "ann"), *bob = enter_as(w, "bob");
	static char data[1000000];
	struct bytes want = { NULL, 0, 0 };

	announce(w, bob);
	memset(data, 'x', sizeof(data));
	fake_set_reading(w, bob, false);
	upload(w, ann, "file_to:bob:f", data, sizeof(data));
	ck_assert_uint_le(bytes_sent(w, bob), 3 * WORLD_LOW_WATER);
	say(w, ann, "msg", "waits");
	fake_pass(w, SECOND_NS);
	ck_assert_uint_le(bytes_sent(w, bob), 3 * WORLD_LOW_WATER);
	fake_set_reading(w, bob, true);
	fake_settle(w);
	fake_pass(w, SECOND_NS);
	add_frame(&want, "file", "1000000:file_to:ann:f\n", 22);
	add_raw(&want, data, sizeof(data));
	add_frame(&want, "msg", "Client ann: waits\n", 18);
	expect_stream(w, bob, want.data, want.len);
	bytes_reset(&want);
	fake_world_free(w);
}
END_TEST

START_TEST(what_waits_behind_a_file_is_bounded)
{
	struct fake_world *w = class_world(false);
	struct peer *ann = enter_as(w, "ann"), *bob = enter_as(w, "bob");
	struct peer *eve = enter_as(w, "eve");
	static char data[200000], text[1000];
	size_t said = 0;

	announce(w, bob);
	memset(data, 'x', sizeof(data));
	memset(text, 'y', sizeof(text));
	fake_set_reading(w, bob, false);
	upload(w, ann, "file_to:bob:f", data, sizeof(data));
	for (; said < 2000 && !fake_is_closed(w, bob); said++)
		say_bytes(w, ann, "msg", text, sizeof(text));
	ck_assert_uint_gt(said, CLASS_WAITING_MAX / 1100);
	ck_assert_uint_lt(said, CLASS_WAITING_MAX / 1000);
	ck_assert_uint_eq(count_events(w, "slow"), 1);
	fake_forget(w);
	say(w, ann, "msg", "x");
	expect_frames(w, eve, "msg", "Client ann: x\n", NULL);
	fake_world_free(w);
}
END_TEST

/* Frames of a few bytes cost more than these. */
START_TEST(small_frames_behind_a_file_are_bounded_too)
{
	struct fake_world *w = class_world(false);
	struct peer *ann = enter_as(w, "ann"), *bob = enter_as(w, "bob");
	static char data[200000];
	size_t said = 0;

	announce(w, bob);
	memset(data, 'x', sizeof(data));
	fake_set_reading(w, bob, false);
	upload(w, ann, "file_to:bob:f", data, sizeof(data));
	for (; said < CLASS_WAITING_MAX / 40 && !fake_is_closed(w, bob); said++)
		say(w, ann, "msg", "");
	ck_assert(fake_is_closed(w, bob));
	fake_world_free(w);
}
END_TEST

START_TEST(too_many_files_for_one_are_told_to_who_sends_them)
{
	struct fake_world *w = class_world(false);
	struct peer *ann = enter_as(w, "ann"), *bob = enter_as(w, "bob");
	static char data[200000];

	announce(w, ann);
	memset(data, 'x', sizeof(data));
	fake_set_reading(w, bob, false);
	upload(w, ann, "file_to:bob:f", data, sizeof(data));
	for (int i = 1; i < CLASS_FILES_MAX; i++)
		say(w, ann, "file", "0:file_to:bob:g");
	expect_frames(w, ann, NULL);
	say(w, ann, "file", "0:file_to:bob:g");
	expect_frames(w, ann, "file_fault", "Server: Too many files wait for "
	    "bob, File 'g' is kept on the server.\n", NULL);
	ck_assert(!fake_is_closed(w, bob));
	fake_world_free(w);
}
END_TEST

START_TEST(who_sent_a_file_is_told_when_its_reader_vanishes)
{
	struct fake_world *w = class_world(false);
	struct peer *ann = enter_as(w, "ann"), *bob = enter_as(w, "bob");
	static char data[200000];

	memset(data, 'x', sizeof(data));
	fake_set_reading(w, bob, false);
	upload(w, ann, "file_to:bob:f", data, sizeof(data));
	fake_forget(w);
	fake_leave(w, bob, LEFT_LOST);
	expect_frames(w, ann,
	    "info", "Server: Client bob left the server.\n",
	    "info", "Server: File 'f' was not sent to bob, it is kept on the "
	    "server: the recipient left.\n", NULL);
	fake_world_free(w);
}
END_TEST

START_TEST(several_files_to_one_come_one_after_the_other)
{
	struct fake_world *w = class_world(false);
	struct peer *ann = enter_as(w, "ann"), *bob = enter_as(w, "bob");
	struct peer *eve = enter_as(w, "eve");
	struct bytes want = { NULL, 0, 0 };

	fake_forget(w);
	upload(w, ann, "file_to:bob:f", "first", 5);
	upload(w, eve, "file_to:bob:f", "second", 6);
	fake_pass(w, SECOND_NS);
	add_frame(&want, ORDER, "file_to:ann:f\n", 14);
	add_raw(&want, "firstEOF", 8);
	add_frame(&want, ORDER, "file_to:eve:f\n", 14);
	add_raw(&want, "secondEOF", 9);
	expect_stream(w, bob, want.data, want.len);
	expect_frames(w, ann, "info", "Server: File 'f' sent to bob\n", NULL);
	expect_frames(w, eve, "info", "Server: File 'f' sent to bob\n", NULL);
	bytes_reset(&want);
	fake_world_free(w);
}
END_TEST

START_TEST(the_operator_sends_files_to_one_or_all)
{
	struct fake_world *w = class_world(false);
	struct peer *ann = enter_as(w, "ann"), *bob = enter_as(w, "bob");
	struct bytes want = { NULL, 0, 0 };

	fake_add_file(w, "dir/f", "abc", 3);
	fake_forget(w);
	fake_line(w, "send_file:ann:dir:f");
	fake_pass(w, SECOND_NS);
	add_frame(&want, ORDER, "file from server:f\n", 19);
	add_raw(&want, "abcEOF", 6);
	add_frame(&want, "info", "Server: File 'f' sent to ann\n", 29);
	expect_stream(w, ann, want.data, want.len);
	expect_frames(w, bob, NULL);
	bytes_reset(&want);
	fake_forget(w);
	fake_line(w, "send_file:all:dir:f");
	fake_pass(w, SECOND_NS);
	ck_assert_uint_eq(fake_sent(w, ann)->count, 4);
	ck_assert_uint_eq(fake_sent(w, bob)->count, 4);
	fake_world_free(w);
}
END_TEST

START_TEST(what_the_operator_types_wrongly_is_told_to_him)
{
	static const char *const lines[] = { "send_file:ann:dir",
	    "send_file:ann:dir:f:x", "send_file::dir:f", "send_file:",
	    "send_file:ann:dir:none", "send_file:all:dir:none",
	    "send_file:kim:dir:f", "Send_File:all:dir:f", " send_file:all:dir:f",
	    "send_file :all:dir:f", "quiz:lab:q:a:s", "QUIZ : lab:q:a:s",
	    "SHUTDOWN", "shutdown ", " Shutdown" };
	struct fake_world *w = class_world(false);
	struct peer *ann = enter_as(w, "ann");

	fake_add_file(w, "dir/f", "abc", 3);
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		fake_forget(w);
		fake_line(w, lines[i]);
		ck_assert_uint_eq(count_events(w, "console"), 1);
		expect_frames(w, ann, NULL);
	}
	fake_world_free(w);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("class_files");
	TCase *in = tcase_create("in"), *out = tcase_create("out");

	tcase_add_test(in, a_file_to_the_server_is_stored_and_told_to_all);
	tcase_add_test(in, an_empty_file_is_a_file);
	tcase_add_loop_test(in, a_frame_may_stand_right_behind_the_mark, 0, 2);
	tcase_add_test(in, a_mark_with_more_behind_it_is_of_the_file);
	tcase_add_test(in, a_mark_is_no_end_while_its_sender_may_be_held);
	tcase_add_test(in, a_mark_and_the_end_of_the_connection_end_a_file);
	tcase_add_test(in, who_vanishes_in_a_file_leaves_nothing_of_it);
	tcase_add_test(in, a_full_disk_loses_the_file_and_nothing_else);
	tcase_add_test(in,
	    names_of_files_are_cleaned_and_nothing_is_overwritten);
	tcase_add_test(in, a_file_for_nobody_is_read_to_its_end_and_told);
	tcase_add_test(in, whom_it_is_for_may_leave_before_its_end);
	tcase_add_test(in, a_size_that_is_none_is_misuse);
	suite_add_tcase(s, in);
	tcase_add_test(out,
	    to_an_original_a_file_goes_in_pieces_and_a_mark_alone);
	tcase_add_test(out,
	    a_file_with_a_mark_at_the_end_of_a_piece_is_refused);
	tcase_add_test(out, between_our_own_ends_any_bytes_pass_by_their_size);
	tcase_add_test(out, a_slow_reader_gets_his_file_as_fast_as_he_reads);
	tcase_add_test(out, what_waits_behind_a_file_is_bounded);
	tcase_add_test(out, small_frames_behind_a_file_are_bounded_too);
	tcase_add_test(out, too_many_files_for_one_are_told_to_who_sends_them);
	tcase_add_test(out, who_sent_a_file_is_told_when_its_reader_vanishes);
	tcase_add_test(out, several_files_to_one_come_one_after_the_other);
	tcase_add_test(out, the_operator_sends_files_to_one_or_all);
	tcase_add_test(out, what_the_operator_types_wrongly_is_told_to_him);
	suite_add_tcase(s, out);
	return run_suite(s);
}
