#include "analyzer/analyses/udp_conversations.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/analyses/conversations.h"
#include "tests/unit/small_capture.h"

/* The question as the tracker's flows come, rows kept as they are written. */

enum { ROWS_MAX = 8 };

struct keeper {
	struct table_writer base;
	struct udp_conversation_row rows[ROWS_MAX];
	size_t count;
};

static struct small_capture *capture;
static struct keeper keeper;
static void *memory;

static int
keep(struct table_writer *writer, const void *row, struct errbuf *err)
{
	struct keeper *k = (struct keeper *)writer;

	(void)err;
	ck_assert_uint_lt(k->count, ROWS_MAX);
	memcpy(&k->rows[k->count++], row, sizeof(k->rows[0]));
	return 0;
}

static void
begin(void)
{
	static const struct settings settings;
	static const struct table_selection nothing;
	struct errbuf err;

	capture = small_capture_new();
	memset(&keeper, 0, sizeof(keeper));
	keeper.base.row = keep;
	memory = question_udp_conversations.memory_new(&settings, &nothing,
	    &err);
	ck_assert_ptr_nonnull(memory);
}

static void
end(void)
{
	question_udp_conversations.memory_free(memory);
	small_capture_free(capture);
}

static void
take(void *context, const struct flow *flow)
{
	struct errbuf err;

	(void)context;
	ck_assert_int_eq(question_udp_conversations.flow(memory, flow,
	    &keeper.base, &err), 0);
}

static void
expect_rows(size_t n)
{
	small_capture_flows(capture, TRACK_FEATURES, take, NULL);
	ck_assert_uint_eq(keeper.count, n);
}

static void
expect(size_t row, const char *column, const char *value)
{
	char room[SMALL_CAPTURE_CELL];
	const char *cell = small_capture_cell(&udp_conversations_table,
	    &keeper.rows[row], column, room);

	ck_assert_msg(strcmp(cell, value) == 0, "row %zu, %s: \"%s\", not "
	    "\"%s\"", row, column, cell, value);
}

START_TEST(a_question_and_its_answer_have_their_numbers)
{
	small_capture_udp(capture, 0, &alice, &bob, 30);
	small_capture_udp(capture, 12 * MS, &bob, &alice, 101);
	small_capture_udp(capture, 20 * MS, &bob, &alice, 40);
	expect_rows(1);
	expect(0, "a_datagrams", "1");
	expect(0, "b_datagrams", "2");
	expect(0, "a_payload_bytes", "30");
	expect(0, "b_payload_mean", "70.5");
	expect(0, "b_payload_min", "40");
	expect(0, "b_payload_max", "101");
	expect(0, "response_s", "0.012000000000");
	expect(0, "duration_s", "0.020000000000");
	expect(0, "a_first_time_ns", "1700000000123456000");
	expect(0, "a_last_time_ns", "1700000000123456000");
	expect(0, "b_last_time_ns", "1700000000143456000");
	expect(0, "end_reason", "capture");
}
END_TEST

START_TEST(without_an_answer_its_cells_are_undefined)
{
	small_capture_udp(capture, 0, &alice, &bob, 30);
	expect_rows(1);
	expect(0, "b_datagrams", "0");
	expect(0, "b_payload_bytes", "0");
	expect(0, "b_payload_mean", "");
	expect(0, "b_payload_min", "");
	expect(0, "b_first_time_ns", "");
	expect(0, "response_s", "");
}
END_TEST

START_TEST(only_udp_has_rows)
{
	small_capture_tcp(capture, 0, &alice, &bob, FRAMES_SYN, 1, 0, 0);
	small_capture_udp(capture, MS, &alice, &bob, 1);
	expect_rows(1);
	expect(0, "flow", "2");
}
END_TEST

/* The second half of a datagram, put together by hand: its checksum does not
 * matter here. */
START_TEST(a_fragmented_datagram_is_one)
{
	enum { FLAGS_AT = 20 };	/* in the frame: MF and the offset */
	uint8_t *flags;

	for (int i = 0; i < 2; i++) {
		frames_begin(&capture->build);
		frames_ethernet(&capture->build, &alice, &bob);
		frames_ip(&capture->build, &alice, &bob, 64, 77);
		frames_udp(&capture->build, &alice, &bob);
		small_capture_payload(capture, 64);
		flags = capture->build.data + FLAGS_AT;
		flags[0] = i == 0 ? 0x20 : 0;
		flags[1] = i == 0 ? 0 : 9;
		small_capture_put(capture, i * MS);
	}
	expect_rows(1);
	expect(0, "a_packets", "2");
	expect(0, "a_datagrams", "1");
	/* 64, and all that the second carries */
	expect(0, "a_payload_bytes", "136");
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("udp_conversations");
	TCase *tc = tcase_create("udp_conversations");

	tcase_add_checked_fixture(tc, begin, end);
	tcase_add_test(tc, a_question_and_its_answer_have_their_numbers);
	tcase_add_test(tc, without_an_answer_its_cells_are_undefined);
	tcase_add_test(tc, only_udp_has_rows);
	tcase_add_test(tc, a_fragmented_datagram_is_one);
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
