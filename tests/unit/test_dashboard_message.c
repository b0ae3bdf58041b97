#include "analyzer/dashboard/message.h"

#include <check.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "tests/unit/check_main.h"

/* As they stand in the pipe. */
struct header {
	uint32_t kind, panel, len[FORM_COUNT];
};

static int fds[2];
static struct message_reader reader;
static struct errbuf why;

static void
open_pipe(void)
{
	ck_assert_int_eq(pipe(fds), 0);
	ck_assert_int_eq(fcntl(fds[0], F_SETFL, O_NONBLOCK), 0);
}

static void
close_pipe(void)
{
	message_reset(&reader);
	close(fds[0]);
	if (fds[1] != -1)
		close(fds[1]);
}

static struct message_part
part(const char *text)
{
	return (struct message_part){ (const uint8_t *)text, strlen(text) };
}

static bool
holds(const struct message_part *p, const char *text)
{
	return p->len == strlen(text) && memcmp(p->data, text, p->len) == 0;
}

static const struct message panel = { MESSAGE_PANEL, 7, { { 0 } } };

static struct message
a_panel(void)
{
	struct message m = panel;

	m.parts[FORM_CSV] = part("a,b\n1,2\n");
	m.parts[FORM_JSON] = part("{}");
	m.parts[FORM_FINDING] = part("It rains.");
	return m;
}

static void
put(const void *data, size_t n)
{
	ck_assert_int_eq(write(fds[1], data, n), (ssize_t)n);
	ck_assert_int_eq(message_read(&reader, fds[0], &why), 1);
}

START_TEST(what_is_written_is_read)
{
	struct message m = a_panel(), got;
	struct message_status status = { .final = true, .since_ns = -5 };
	size_t at = 0;

	ck_assert_int_eq(message_read(&reader, fds[0], &why), 1);
	ck_assert_int_eq(message_next(&reader, &at, &got, &why), 0);
	ck_assert_int_eq(message_write(fds[1], &m, &why), 0);
	m = (struct message){ .kind = MESSAGE_STATUS };
	m.parts[0] = (struct message_part){ (const void *)&status,
	    sizeof(status) };
	ck_assert_int_eq(message_write(fds[1], &m, &why), 0);
	ck_assert_int_eq(message_read(&reader, fds[0], &why), 1);
	ck_assert_int_eq(message_next(&reader, &at, &got, &why), 1);
	ck_assert(got.kind == MESSAGE_PANEL && got.panel == 7);
	ck_assert(holds(&got.parts[FORM_CSV], "a,b\n1,2\n"));
	ck_assert(holds(&got.parts[FORM_JSON], "{}"));
	ck_assert(holds(&got.parts[FORM_SVG], ""));
	ck_assert(holds(&got.parts[FORM_FINDING], "It rains."));
	ck_assert_int_eq(message_next(&reader, &at, &got, &why), 1);
	ck_assert(got.kind == MESSAGE_STATUS);
	memcpy(&status, got.parts[0].data, sizeof(status));
	ck_assert(status.final && !status.failed && status.since_ns == -5);
	ck_assert_int_eq(message_next(&reader, &at, &got, &why), 0);
	ck_assert_uint_eq(at, reader.bytes.len);
	message_forget(&reader, at);
	ck_assert_uint_eq(reader.bytes.len, 0);
	close(fds[1]);
	fds[1] = -1;
	ck_assert_int_eq(message_read(&reader, fds[0], &why), 0);
}
END_TEST

/* Whatever the pipe cuts it into, and with what was passed forgotten. */
START_TEST(a_message_may_come_in_pieces)
{
	struct message m = a_panel(), got;
	uint8_t text[512];
	size_t at, seen;
	ssize_t n;

	ck_assert_int_eq(message_write(fds[1], &m, &why), 0);
	ck_assert_int_eq(message_write(fds[1], &m, &why), 0);
	n = read(fds[0], text, sizeof(text));
	ck_assert_int_gt(n, 0);
	for (size_t step = 1; step <= (size_t)n; step++) {
		seen = 0;
		for (size_t from = 0; from < (size_t)n; from += step) {
			at = 0;
			put(text + from, from + step > (size_t)n ?
			    (size_t)n - from : step);
			while (message_next(&reader, &at, &got, &why) == 1) {
				seen++;
				ck_assert(got.panel == 7 && holds(&got.parts[
				    FORM_FINDING], "It rains."));
			}
			message_forget(&reader, at);
		}
		ck_assert_uint_eq(seen, 2);
		ck_assert_uint_eq(reader.bytes.len, 0);
	}
}
END_TEST

/* Bytes that were passed are no header's, where only a part of one is there. */
START_TEST(a_header_may_be_cut)
{
	struct header h = { MESSAGE_LINE, 0, { 0 } };
	uint8_t old[sizeof(h)];
	struct message got;
	size_t at = 0;

	memset(old, 0xff, sizeof(old));
	put(old, sizeof(old));
	message_forget(&reader, sizeof(old));
	for (size_t i = 0; i < sizeof(h); i++) {
		ck_assert_int_eq(message_next(&reader, &at, &got, &why), 0);
		put((const uint8_t *)&h + i, 1);
	}
	ck_assert_int_eq(message_next(&reader, &at, &got, &why), 1);
	ck_assert(got.kind == MESSAGE_LINE && got.parts[0].len == 0);
}
END_TEST

static void
expect(const struct header *h, int want, const char *name)
{
	struct message got;
	size_t at = 0;

	put(h, sizeof(*h));
	why.text[0] = '\0';
	ck_assert_msg(message_next(&reader, &at, &got, &why) == want, "%s",
	    name);
	ck_assert_int_eq(why.text[0] != '\0', want == -1);
	ck_assert_uint_eq(at, 0);
	message_reset(&reader);
}

START_TEST(a_length_has_a_bound)
{
	for (int i = 0; i < FORM_COUNT; i++) {
		struct header h = { MESSAGE_PANEL, 0, { 0 } };

		h.len[i] = MESSAGE_FORM_MAX;
		expect(&h, 0, "a panel");
		h.len[i]++;
		expect(&h, -1, "a longer panel");
		h.len[i] = UINT32_MAX;
		expect(&h, -1, "the longest panel");
		h.kind = MESSAGE_LINE;
		h.len[i] = MESSAGE_LINE_MAX;
		expect(&h, 0, "a line");
		h.len[i]++;
		expect(&h, -1, "a longer line");
		h.kind = MESSAGE_FAULT;
		expect(&h, -1, "a longer fault");
	}
}
END_TEST

START_TEST(what_is_no_message_is_told)
{
	struct header h = { MESSAGE_STATUS, 0, { 0 } };
	uint8_t garbage[sizeof(h)];

	h.len[0] = sizeof(struct message_status);
	expect(&h, 0, "a status");
	h.len[0]--;
	expect(&h, -1, "a short status");
	h.len[0] += 2;
	expect(&h, -1, "a long status");
	h = (struct header){ MESSAGE_STATUS + 1, 0, { 0 } };
	expect(&h, -1, "no kind");
	h.kind = UINT32_MAX;
	expect(&h, -1, "no kind at all");
	memset(garbage, 'x', sizeof(garbage));
	memcpy(&h, garbage, sizeof(h));
	expect(&h, -1, "garbage");
}
END_TEST

START_TEST(too_long_a_part_is_not_written)
{
	static uint8_t much[MESSAGE_LINE_MAX + 1];
	struct message m = { .kind = MESSAGE_LINE };

	m.parts[0] = (struct message_part){ much, sizeof(much) };
	ck_assert_int_eq(message_write(fds[1], &m, &why), -1);
	ck_assert_int_eq(message_read(&reader, fds[0], &why), 1);
	ck_assert_uint_eq(reader.bytes.len, 0);
	m.parts[0].len--;
	ck_assert_int_eq(message_write(fds[1], &m, &why), 0);
	ck_assert_int_eq(message_read(&reader, fds[0], &why), 1);
	ck_assert_uint_eq(reader.bytes.len,
	    sizeof(struct header) + MESSAGE_LINE_MAX);
}
END_TEST

int
main(void)
{
	TCase *t = tcase_create("messages");

	tcase_add_checked_fixture(t, open_pipe, close_pipe);
	tcase_add_test(t, what_is_written_is_read);
	tcase_add_test(t, a_message_may_come_in_pieces);
	tcase_add_test(t, a_header_may_be_cut);
	tcase_add_test(t, a_length_has_a_bound);
	tcase_add_test(t, what_is_no_message_is_told);
	tcase_add_test(t, too_long_a_part_is_not_written);
	return check_main("dashboard: messages", t);
}
