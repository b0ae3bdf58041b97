#include "analyzer/analyses/udp.h"

#include <check.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/analyses/analysis.h"
#include "analyzer/decode/decode.h"
#include "tests/tools/hex.h"
#include "tests/unit/decode_shots.h"

enum { TEXT_BYTES = 4096, BYTES = 256 };

#define IP4_AT(total, fragment) \
	"4500" total "1234" fragment "40 11 0000 c0a80102 0a000003"

/* A frame, how much of it was captured (0: all), and its row: number, ports,
 * length, checksum and its status, payload length, preview, length status,
 * surplus; "" for no row. */
static const struct known {
	const char *hex;
	size_t cap_len;
	const char *row;
} knowns[] = {
	{ ETH("0800") IP4_AT("0020", "0000") "1388 0035 000c 0000 61626364", 0,
	    "1 5000 53 12 0x0000 not computed 4 abcd ok 0" },
	{ ETH("0800") IP4_AT("0020", "0000") "1388 0035 000c 1234 ff626364", 0,
	    "2 5000 53 12 0x1234 bad 4 ff626364 ok 0" },
	{ ETH("0800") IP4_TCP, 0, "" },
	{ ETH("0800") IP4_AT("0022", "0000") "1388 0035 000c 0000 61626364"
	    "0000", 0, "4 5000 53 12 0x0000 not computed 4 abcd padded 2" },
	{ ETH("0800") IP4_AT("0020", "0000") "1388 0035 0010 0000 61626364", 0,
	    "5 5000 53 16 0x0000 not computed 4 abcd longer than IP -" },
	{ ETH("0800") IP4_AT("0020", "0000") "1388 0035 0007 0000 61626364", 0,
	    "6 5000 53 7 0x0000 not computed - - below 8 -" },
	{ ETH("0800") IP4_AT("0020", "2000") "1388 0035 0100 0000 61626364", 0,
	    "7 5000 53 256 0x0000 not computed 4 abcd fragment -" },
	{ ETH("0800") IP4_AT("0020", "0001") "1388 0035 0100 0000 61626364", 0,
	    "" },
	{ ETH("0800") IP4_AT("0020", "0000") "1388 0035 000c 1234 61626364",
	    14 + 20 + 4, "9 5000 53 - - unverified - - - -" },
	{ ETH("0800") IP4_AT("0020", "0000") "1388 0035 000c 1234 61626364",
	    14 + 20 + 10, "10 5000 53 12 0x1234 unverified 4 ab ok 0" },
	{ ETH("0800") IP4_AT("0020", "0000") "1388 0035 000c 1234 61626364",
	    14 + 18, "11 - - - - unverified - - - -" },
	{ ETH("86dd") IP6_UDP, 0, "12 5000 53 12 0x0000 bad 4 abcd ok 0" },
};

enum { KNOWNS = sizeof(knowns) / sizeof(knowns[0]) };

struct text_writer {
	struct table_writer base;	/* first */
	char text[TEXT_BYTES];
};

static void
put(char *out, uint64_t value, bool last)
{
	if (value == TABLE_NO_U64)
		strcat(out, "-");
	else
		sprintf(out + strlen(out), "%" PRIu64, value);
	strcat(out, last ? "\n" : " ");
}

static void
put_text(char *out, const char *text)
{
	strcat(out, text == NULL ? "-" : text);
	strcat(out, " ");
}

static int
write_row(struct table_writer *writer, const void *data, struct errbuf *err)
{
	char *out = ((struct text_writer *)(void *)writer)->text;
	const struct udp_row *row = data;

	(void)err;
	put(out, row->number, false);
	put(out, row->src_port, false);
	put(out, row->dst_port, false);
	put(out, row->length, false);
	put_text(out, row->checksum);
	put_text(out, row->checksum_status);
	put(out, row->payload_len, false);
	put_text(out, row->payload_preview);
	put_text(out, row->length_status);
	put(out, row->surplus_bytes, true);
	return 0;
}

struct shots {
	uint8_t data[KNOWNS][BYTES];
	struct frame frames[KNOWNS];
	struct packet packets[KNOWNS];
};

static void
shots_make(struct shots *s)
{
	for (size_t i = 0; i < KNOWNS; i++) {
		size_t n = hex_bytes(knowns[i].hex, s->data[i], BYTES);

		s->frames[i] = (struct frame){ .data = s->data[i],
		    .cap_len = (uint32_t)(knowns[i].cap_len == 0 ? n :
		    knowns[i].cap_len), .wire_len = (uint32_t)n,
		    .number = i + 1, .link_type = 1 };
	}
	decode_batch(s->frames, KNOWNS, s->packets);
}

static void *
new_state(const struct table_selection *columns)
{
	static const struct settings settings;
	const struct table_selection *wanted[] = { columns };
	struct errbuf err;
	void *state = analysis_udp.state_new(&settings, wanted, &err);

	ck_assert_ptr_nonnull(state);
	return state;
}

static void
wanted_text(char *out)
{
	*out = '\0';
	for (size_t i = 0; i < KNOWNS; i++)
		if (knowns[i].row[0] != '\0')
			sprintf(out + strlen(out), "%s\n", knowns[i].row);
}

/* Parts [0, a), [a, b) and [b, KNOWNS), the latter two merged first. */
START_TEST(rows_are_the_same_however_the_capture_is_split)
{
	struct table_selection columns;
	struct shots shots;
	char wanted[TEXT_BYTES];
	struct errbuf err;

	shots_make(&shots);
	wanted_text(wanted);
	table_select_default(&udp_table, NULL, 0, &columns);
	for (size_t a = 0; a <= KNOWNS; a++)
		for (size_t b = a; b <= KNOWNS; b++) {
			struct text_writer w = { .base = { .row = write_row } };
			struct table_writer *writers[] = { &w.base };
			void *left = new_state(&columns);
			void *middle = new_state(&columns);
			void *right = new_state(&columns);
			const struct analysis_input input = { 0 };

			ck_assert_int_eq(analysis_udp.add(left, "x",
			    shots.packets, a, writers, &err), 0);
			ck_assert_int_eq(analysis_udp.add(middle, "x",
			    shots.packets + a, b - a, NULL, &err), 0);
			ck_assert_int_eq(analysis_udp.add(right, "x",
			    shots.packets + b, KNOWNS - b, NULL, &err), 0);
			ck_assert_int_eq(analysis_udp.merge(middle, right,
			    NULL, &err), 0);
			ck_assert_int_eq(analysis_udp.merge(left, middle,
			    writers, &err), 0);
			ck_assert_int_eq(analysis_udp.finish(left, &input,
			    writers, &err), 0);
			ck_assert_str_eq(w.text, wanted);
			analysis_udp.state_free(left);
			analysis_udp.state_free(middle);
			analysis_udp.state_free(right);
		}
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("udp");
	TCase *tc = tcase_create("udp");

	tcase_add_test(tc, rows_are_the_same_however_the_capture_is_split);
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
