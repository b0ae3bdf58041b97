#include "chat/net/events.h"

#include <check.h>
#include <fcntl.h>
#include <jansson.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/parse.h"
#include "chat/net/line_output.h"
#include "tests/unit/temporary_folder.h"

enum { DATA_BYTES = 200000 };

#define PATH "events.ndjson"

static int log_ends[2];
static char complaint[1000];
static int complaints;
static struct errbuf err;

static void
on_complaint(void *context, const char *line)
{
	(void)context;
	snprintf(complaint, sizeof(complaint), "%s", line);
	complaints++;
}

static void
make_places(void)
{
	temporary_folder_enter();
	ck_assert_int_eq(pipe(log_ends), 0);
	ck_assert_int_eq(fcntl(log_ends[0], F_SETFL, O_NONBLOCK), 0);
	complaints = 0;
}

static void
remove_places(void)
{
	close(log_ends[0]);
	close(log_ends[1]);
	temporary_folder_leave();
}

static struct events *
open_events(void)
{
	const struct events_setup setup = {
		.path = PATH, .log_fd = log_ends[1],
		.complain = on_complaint,
	};
	struct events *events = events_open(&setup, &err);

	ck_assert_msg(events != NULL, "%s", err.text);
	return events;
}

static struct peer
peer(void)
{
	return (struct peer){ .label = "127.0.0.1:41246" };
}

/* The lines of the file, each ended by its newline; the text is borrowed. */
static size_t
file_lines(char *lines[], size_t room)
{
	static char data[DATA_BYTES];
	FILE *f = fopen(PATH, "r");
	size_t n = 0, len;

	ck_assert_ptr_nonnull(f);
	len = fread(data, 1, sizeof(data) - 1, f);
	fclose(f);
	data[len] = '\0';
	ck_assert(len == 0 || data[len - 1] == '\n');
	for (char *at = data; *at != '\0'; n++) {
		char *end = strchr(at, '\n');

		ck_assert_uint_lt(n, room);
		*end = '\0';
		lines[n] = at;
		at = end + 1;
	}
	return n;
}

static json_t *
only_line(void)
{
	char *lines[1];
	json_error_t error;
	json_t *json;

	ck_assert_uint_eq(file_lines(lines, 1), 1);
	json = json_loads(lines[0], JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL,
	    &error);
	ck_assert_msg(json != NULL, "%s: %s", lines[0], error.text);
	return json;
}

static const char *
text_of(const json_t *json, const char *key)
{
	return json_string_value(json_object_get(json, key));
}

static void
assert_logged(const char *text)
{
	char data[2 * LINE_OUTPUT_BYTES];
	ssize_t n = read(log_ends[0], data, sizeof(data) - 1);

	ck_assert_int_ge(n, 0);
	data[n] = '\0';
	ck_assert_str_eq(data, text);
}

START_TEST(an_event_is_a_line_of_json_and_one_of_text)
{
	struct events *events = open_events();
	const struct event_field fields[] = {
		{ .key = "name", .text = "Al\"ice", .len = 7 },
		{ .key = "bytes", .number = INT64_MIN },
	};
	struct peer from = peer();
	json_t *json;
	int64_t time_ns;

	events_write(events, &from, "joined", fields, 2, "Alice joined");
	events_close(events);
	assert_logged("Alice joined\n");
	json = only_line();
	ck_assert_uint_eq(json_object_size(json), 5);
	ck_assert_str_eq(text_of(json, "event"), "joined");
	ck_assert_str_eq(text_of(json, "peer"), "127.0.0.1:41246");
	ck_assert_str_eq(text_of(json, "name"), "Al\"ice");
	ck_assert(json_integer_value(json_object_get(json, "bytes")) ==
	    INT64_MIN);
	ck_assert_uint_eq(strlen(text_of(json, "time")),
	    strlen("2021-11-28T18:17:19.726486123Z"));
	ck_assert_int_eq(parse_time(text_of(json, "time"), &time_ns, &err),
	    0);
	json_decref(json);
}
END_TEST

START_TEST(any_bytes_make_valid_json)
{
	struct events *events = open_events();
	char bytes[512];
	const struct event_field field = {
		.key = "text", .text = bytes, .len = sizeof(bytes),
	};
	json_t *json;

	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (char)(i < 256 ? i : 511 - i);
	events_write(events, NULL, "x", &field, 1, NULL);
	events_close(events);
	json = only_line();
	ck_assert_ptr_null(json_object_get(json, "peer"));
	/* The ASCII half stands as it came, NUL and controls too. */
	ck_assert_mem_eq(json_string_value(json_object_get(json, "text")),
	    bytes, 128);
	json_decref(json);
}
END_TEST

START_TEST(the_file_holds_no_controls)
{
	struct events *events = open_events();
	static const char text[] = "\x1b]0;x\x07\x7f\xc2\x9b\xe2\x80\xae\n";
	const struct event_field field = {
		.key = "text", .text = text, .len = sizeof(text) - 1,
	};
	char *lines[1];
	json_t *json;

	events_write(events, NULL, "x", &field, 1, NULL);
	events_close(events);
	ck_assert_uint_eq(file_lines(lines, 1), 1);
	ck_assert_ptr_nonnull(strstr(lines[0],
	    "\"\\u001b]0;x\\u0007\\u007f\\u009b\\u202e\\u000a\""));
	json = only_line();
	ck_assert_str_eq(text_of(json, "text"), text);
	json_decref(json);
}
END_TEST

START_TEST(the_log_shows_no_controls_and_stays_a_line)
{
	struct events *events = open_events();

	events_log(events, "a\nb\x1b[2J\xc2\x9b\xff caf\xc3\xa9");
	assert_logged("a?b?[2J??? caf\xc3\xa9\n");
	events_close(events);
}
END_TEST

START_TEST(long_lines_of_the_log_are_cut_between_characters)
{
	struct events *events = open_events();
	char text[3 * LINE_OUTPUT_BYTES], data[2 * LINE_OUTPUT_BYTES];
	ssize_t n;

	for (size_t i = 0; i + 2 < sizeof(text); i += 2)
		memcpy(text + i, "\xc3\xa9", 3);
	events_log(events, text);
	n = read(log_ends[0], data, sizeof(data));
	ck_assert_int_eq(n, LINE_OUTPUT_BYTES - 1);
	ck_assert_int_eq(data[n - 1], '\n');
	ck_assert_int_eq((uint8_t)data[n - 2], 0xa9);
	events_close(events);
}
END_TEST

START_TEST(a_log_that_nobody_reads_is_not_waited_for)
{
	struct events *events = open_events();
	char text[1000];

	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	for (int i = 0; i < 1000; i++)
		events_log(events, text);
	ck_assert_uint_gt(events_lost(events), 900);
	close(log_ends[0]);
	signal(SIGPIPE, SIG_IGN);
	events_log(events, text);
	events_close(events);
}
END_TEST

START_TEST(events_are_added_to_what_is_there)
{
	char *lines[3];

	for (int i = 0; i < 3; i++) {
		struct events *events = open_events();

		events_write(events, NULL, "x", NULL, 0, NULL);
		events_close(events);
	}
	ck_assert_uint_eq(file_lines(lines, 3), 3);
}
END_TEST

/* The kernel takes a part of a line, then nothing; later it takes more. */
START_TEST(a_full_disk_is_complained_of_once_and_tears_no_line)
{
	struct events *events = open_events();
	struct rlimit few = { 200, RLIM_INFINITY };
	char *lines[10];
	size_t n, whole = 0;

	signal(SIGXFSZ, SIG_IGN);
	/* Check itself writes files: it asserts nothing meanwhile. */
	setrlimit(RLIMIT_FSIZE, &few);
	for (int i = 0; i < 10; i++)
		events_write(events, NULL, "filling", NULL, 0, NULL);
	few.rlim_cur = RLIM_INFINITY;
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &few), 0);
	ck_assert_int_eq(complaints, 1);
	ck_assert_uint_ge(events_lost(events), 5);
	ck_assert_ptr_nonnull(strstr(complaint, ": File too large; events "));
	ck_assert_ptr_nonnull(strstr(complaint, PATH));
	events_write(events, NULL, "again", NULL, 0, NULL);
	events_close(events);
	n = file_lines(lines, 10);
	ck_assert_ptr_nonnull(strstr(lines[n - 1], "again"));
	for (size_t i = 0; i < n; i++)
		whole += lines[i][0] == '{' &&
		    lines[i][strlen(lines[i]) - 1] == '}';
	ck_assert_uint_eq(whole, n);
	ck_assert_uint_ge(n, 2);
}
END_TEST

/* The second does not fit whole. */
START_TEST(a_line_that_a_pipe_tore_stands_alone)
{
	static char big[40000], data[DATA_BYTES];
	const struct event_field field = { .key = "x", .text = big,
	    .len = sizeof(big) };
	struct events *events;
	ssize_t n, more;
	int reader;

	memset(big, 'x', sizeof(big));
	ck_assert_int_eq(mkfifo(PATH, 0600), 0);
	reader = open(PATH, O_RDONLY | O_NONBLOCK);
	ck_assert_int_ge(reader, 0);
	events = open_events();
	events_write(events, NULL, "whole", &field, 1, NULL);
	events_write(events, NULL, "torn", &field, 1, NULL);
	ck_assert_int_eq(complaints, 1);
	n = read(reader, data, sizeof(data));
	ck_assert_int_gt(n, (ssize_t)sizeof(big));
	ck_assert_int_ne(data[n - 1], '\n');
	events_write(events, NULL, "again", NULL, 0, NULL);
	more = read(reader, data, sizeof(data) - 1);
	ck_assert_int_gt(more, 2);
	data[more] = '\0';
	ck_assert_ptr_eq(strstr(data, "\n{\"time\""), data);
	ck_assert_int_eq(data[more - 1], '\n');
	events_close(events);
	close(reader);
}
END_TEST

START_TEST(a_file_that_cannot_be_opened_is_named)
{
	const struct events_setup setup = {
		.path = "/nonexistent/events", .log_fd = -1,
	};

	ck_assert_ptr_null(events_open(&setup, &err));
	ck_assert_str_eq(err.text,
	    "/nonexistent/events: No such file or directory");
	events_close(NULL);
}
END_TEST

START_TEST(without_file_and_log_nothing_happens)
{
	const struct events_setup setup = { .path = NULL, .log_fd = -1 };
	struct events *events = events_open(&setup, &err);

	ck_assert_ptr_nonnull(events);
	events_write(events, NULL, "x", NULL, 0, "y");
	ck_assert_uint_eq(events_lost(events), 0);
	events_close(events);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("events");
	TCase *tc = tcase_create("events");

	tcase_add_checked_fixture(tc, make_places, remove_places);
	tcase_add_test(tc, an_event_is_a_line_of_json_and_one_of_text);
	tcase_add_test(tc, any_bytes_make_valid_json);
	tcase_add_test(tc, the_file_holds_no_controls);
	tcase_add_test(tc, the_log_shows_no_controls_and_stays_a_line);
	tcase_add_test(tc, long_lines_of_the_log_are_cut_between_characters);
	tcase_add_test(tc, a_log_that_nobody_reads_is_not_waited_for);
	tcase_add_test(tc, events_are_added_to_what_is_there);
	tcase_add_test(tc,
	    a_full_disk_is_complained_of_once_and_tears_no_line);
	tcase_add_test(tc, a_line_that_a_pipe_tore_stands_alone);
	tcase_add_test(tc, a_file_that_cannot_be_opened_is_named);
	tcase_add_test(tc, without_file_and_log_nothing_happens);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	SRunner *r = srunner_create(suite());
	int failed;

	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed != 0;
}
