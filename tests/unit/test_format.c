/*
 * Rows as CSV, JSON, NDJSON and text.
 */
#include <arpa/inet.h>
#include <check.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/report/format.h"
#include "base/bytes.h"
#include "tests/unit/stats_random.h"

struct row {
	uint64_t count;
	int64_t change;
	int128 gap;
	struct table_time time;
	const char *name;
	struct table_ip address;
};

#define AT(field) offsetof(struct row, field)
static const struct column columns[] = {
	{ "count", COLUMN_U64, AT(count), "packets", "how many" },
	{ "change", COLUMN_I64, AT(change), "", "more or less" },
	{ "gap_s", COLUMN_SECONDS, AT(gap), "s", "between packets" },
	{ "time", COLUMN_TIME, AT(time), "s", "of the packet" },
	{ "name", COLUMN_TEXT, AT(name), "", "of the file" },
	{ "address", COLUMN_IP, AT(address), "", "of the sender" },
	{ "more", COLUMN_U64, AT(count), "bytes", "the count again" },
	{ "and_more", COLUMN_U64, AT(count), "bytes", "the count again" },
	{ "last_s", COLUMN_SECONDS, AT(gap), "s", "the gap again", NULL, 24 },
};

static const struct table table = { "things", "a thing", columns, 9, NULL };

/* What most tests write. */
#define EIGHT "count,change,gap_s,time,name,address,more,and_more"

static const struct row full = {
	1514, -3, 77033373737, { 1638123439726486000, 6 }, "lab.pcap",
	{ { 192, 168, 0, 1 }, 4 }
};

/* Eight columns, each with its own value of "undefined". */
static const struct row undefined = {
	TABLE_NO_U64, TABLE_NO_I64, TABLE_NO_PS, { TABLE_NO_I64, 6 }, NULL,
	{ { 0 }, 0 }
};

static const struct row extreme = {
	UINT64_MAX - 1, INT64_MIN + 1, -(int128)(~(uint128)0 >> 1),
	{ INT64_MIN + 1, 9 }, "",
	{ { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
	    0xff, 0xff, 0xff, 0xff, 0xff }, 6 }
};

struct memory {
	struct sink sink;	/* first: the sink is the memory */
	struct bytes bytes;
	size_t largest;		/* write */
	bool fails;
};

static int
memory_write(struct sink *sink, const void *data, size_t n,
    struct errbuf *err)
{
	struct memory *m = (struct memory *)sink;

	if (m->fails) {
		errbuf_set(err, "no space");
		return -1;
	}
	m->largest = n > m->largest ? n : m->largest;
	return bytes_append(&m->bytes, data, n);
}

static void
memory_init(struct memory *m)
{
	*m = (struct memory){ .sink = { memory_write } };
}

static void
check_memory(struct memory *m, const char *expected)
{
	ck_assert_int_eq(bytes_append(&m->bytes, "", 1), 0);
	ck_assert_str_eq((const char *)m->bytes.data, expected);
	bytes_reset(&m->bytes);
}

static struct table_selection
select_names(const char *names)
{
	struct table_selection s;
	struct errbuf err = { "" };

	if (names == NULL)
		names = EIGHT;
	ck_assert_int_eq(table_select(&table, names, &s, &err), 0);
	return s;
}

/* The rows of one writer. */
static void
write_rows(enum format format, const struct table_selection *s,
    const struct row *rows, size_t n, struct sink *sink)
{
	struct errbuf err = { "" };
	struct table_writer *w = format_writer(format, &table, s, sink, &err);

	ck_assert_ptr_nonnull(w);
	for (size_t i = 0; i < n; i++)
		ck_assert_int_eq(w->row(w, &rows[i], &err), 0);
	ck_assert_int_eq(w->close(w, true, &err), 0);
}

/* A whole output, as whoever puts parts together does it. */
static void
write_output(enum format format, const char *names, const struct row *rows,
    size_t n, struct memory *out)
{
	struct table_selection s = select_names(names);
	struct errbuf err = { "" };
	struct memory part;
	size_t cut;

	memory_init(out);
	memory_init(&part);
	ck_assert_int_eq(format_begin(format, &table, &s, &out->sink, &err),
	    0);
	write_rows(format, &s, rows, n, &part.sink);
	cut = n == 0 ? 0 : format_separator_bytes(format);
	if (n != 0)
		ck_assert_int_eq(bytes_append(&out->bytes,
		    part.bytes.data + cut, part.bytes.len - cut), 0);
	ck_assert_int_eq(format_end(format, &out->sink, &err), 0);
	bytes_reset(&part.bytes);
}

static void
check_output(enum format format, const char *names, const struct row *rows,
    size_t n, const char *expected)
{
	struct memory out;

	write_output(format, names, rows, n, &out);
	check_memory(&out, expected);
}

START_TEST(formats_are_found_by_name_and_by_ending)
{
	enum format f;

	ck_assert(format_by_name("csv", &f) == 0 && f == FORMAT_CSV);
	ck_assert(format_by_name("json", &f) == 0 && f == FORMAT_JSON);
	ck_assert(format_by_name("ndjson", &f) == 0 && f == FORMAT_NDJSON);
	ck_assert(format_by_name("text", &f) == 0 && f == FORMAT_TEXT);
	ck_assert_int_eq(format_by_name("CSV", &f), -1);
	ck_assert_int_eq(format_by_name("", &f), -1);
	ck_assert(format_by_path("a.b/c.csv", &f) == 0 && f == FORMAT_CSV);
	ck_assert(format_by_path("x.json", &f) == 0 && f == FORMAT_JSON);
	ck_assert(format_by_path("x.ndjson", &f) == 0 && f == FORMAT_NDJSON);
	ck_assert(format_by_path("x.txt", &f) == 0 && f == FORMAT_TEXT);
	ck_assert(format_by_path("x.db", &f) == 0 && f == FORMAT_SQLITE);
	ck_assert_int_eq(format_by_path("csv", &f), -1);
	ck_assert_int_eq(format_by_path(".csv", &f), -1);
	ck_assert_int_eq(format_by_path("x.csv.gz", &f), -1);
	ck_assert_int_eq(format_by_path("", &f), -1);
}
END_TEST

START_TEST(sqlite_has_no_stream_of_rows)
{
	struct table_selection s = select_names(NULL);
	struct errbuf err = { "" };
	struct memory m;

	memory_init(&m);
	ck_assert_ptr_null(format_writer(FORMAT_SQLITE, &table, &s, &m.sink,
	    &err));
	ck_assert_str_ne(err.text, "");
}
END_TEST

START_TEST(csv_has_a_header_and_a_line_a_row)
{
	const struct row rows[] = { full, undefined, extreme };

	check_output(FORMAT_CSV, NULL, rows, 3,
	    "count,change,gap_s,time,name,address,more,and_more\n"
	    "1514,-3,0.077033373737,1638123439.726486,lab.pcap,192.168.0.1,"
	    "1514,1514\n"
	    ",,,,,,,\n"
	    "18446744073709551614,-9223372036854775807,"
	    "-170141183460469231731687303.715884105727,"
	    "-9223372036.854775807,,ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff,"
	    "18446744073709551614,18446744073709551614\n");
	check_output(FORMAT_CSV, "address,count", rows, 1,
	    "address,count\n192.168.0.1,1514\n");
	check_output(FORMAT_CSV, "name", NULL, 0, "name\n");
}
END_TEST

static const struct quoting {
	const char *text, *csv, *json, *seen;
} quotings[] = {
	{ "plain text", "plain text", "plain text", "plain text" },
	{ "", "", "", "" },
	{ "a,b", "\"a,b\"", "a,b", "a,b" },
	{ "\"", "\"\"\"\"", "\\\"", "\"" },
	{ "say \"hi\"", "\"say \"\"hi\"\"\"", "say \\\"hi\\\"",
	    "say \"hi\"" },
	{ " a", "\" a\"", " a", " a" },
	{ "a ", "\"a \"", "a ", "a " },
	{ " ", "\" \"", " ", " " },
	{ "a\nb\rc", "\"a\nb\rc\"", "a\\nb\\rc", "a?b?c" },
	{ "\t\b\f\\/", "\t\b\f\\/", "\\t\\b\\f\\\\/", "???\\/" },
	{ "\x01\x1f\x7f", "\x01\x1f\x7f", "\\u0001\\u001f\x7f", "???" },
	{ "\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80",
	    "\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80",
	    "\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80",
	    "\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80" },
	/* A stray byte, a cut character, an overlong slash, a surrogate. */
	{ "a\xff" "b", "a\xff" "b", "a\\ufffdb", "a?b" },
	{ "\xe2\x82", "\xe2\x82", "\\ufffd\\ufffd", "??" },
	{ "\xc0\xaf", "\xc0\xaf", "\\ufffd\\ufffd", "??" },
	{ "\xed\xa0\x80", "\xed\xa0\x80", "\\ufffd\\ufffd\\ufffd", "???" },
	{ "\xf4\x90\x80\x80", "\xf4\x90\x80\x80",
	    "\\ufffd\\ufffd\\ufffd\\ufffd", "????" },
	/* CSI as one character of C1. */
	{ "\xc2\x9b" "31m", "\xc2\x9b" "31m", "\xc2\x9b" "31m", "?31m" },
};

START_TEST(texts_are_quoted_where_they_need_it)
{
	const struct quoting *q = &quotings[_i];
	struct row row = full;
	char expected[256];

	row.name = q->text;
	snprintf(expected, sizeof(expected), "name,count\n%s,1514\n", q->csv);
	check_output(FORMAT_CSV, "name,count", &row, 1, expected);
	snprintf(expected, sizeof(expected), "{\"name\":\"%s\"}\n", q->json);
	check_output(FORMAT_NDJSON, "name", &row, 1, expected);
	snprintf(expected, sizeof(expected), "name\n%s\n", q->seen);
	check_output(FORMAT_TEXT, "name", &row, 1, expected);
}
END_TEST

START_TEST(json_is_one_object)
{
	const struct row rows[] = { full, undefined };

	check_output(FORMAT_JSON, NULL, rows, 2,
	    "{\"schema_version\":1,\"table\":\"things\",\"rows\":[\n"
	    "{\"count\":1514,\"change\":-3,\"gap_s\":0.077033373737,"
	    "\"time\":1638123439.726486,\"name\":\"lab.pcap\","
	    "\"address\":\"192.168.0.1\",\"more\":1514,\"and_more\":1514},\n"
	    "{\"count\":null,\"change\":null,\"gap_s\":null,\"time\":null,"
	    "\"name\":null,\"address\":null,\"more\":null,"
	    "\"and_more\":null}\n"
	    "]}\n");
	check_output(FORMAT_JSON, "count", rows, 0,
	    "{\"schema_version\":1,\"table\":\"things\",\"rows\":[\n]}\n");
}
END_TEST

START_TEST(ndjson_is_an_object_a_line)
{
	const struct row rows[] = { full, undefined };

	check_output(FORMAT_NDJSON, "address,change", rows, 2,
	    "{\"address\":\"192.168.0.1\",\"change\":-3}\n"
	    "{\"address\":null,\"change\":null}\n");
	check_output(FORMAT_NDJSON, "count", rows, 0, "");
}
END_TEST

START_TEST(few_columns_are_an_aligned_table)
{
	struct row rows[] = { full, undefined, full };

	rows[2].name = "a-name-that-is-longer-than-its-column.pcap";
	check_output(FORMAT_TEXT, "name,count,address,change", rows, 3,
	    "name                         count  address                change\n"
	    "lab.pcap                      1514  192.168.0.1                -3\n"
	    "-                                -  -                           -\n"
	    "a-name-that-is-longer-than-its-column.pcap  1514  192.168.0.1"
	    "  -3\n");
}
END_TEST

START_TEST(behind_a_long_value_the_columns_are_found_again)
{
	struct row row = full;

	row.name = "a-name-of-25-bytes.......";
	check_output(FORMAT_TEXT, "name,count,address", &row, 1,
	    "name                         count  address\n"
	    "a-name-of-25-bytes.......     1514  192.168.0.1\n");
}
END_TEST

START_TEST(names_are_broken_where_a_table_would_be_too_wide)
{
	struct row row = full;

	check_output(FORMAT_TEXT, "name,count,last_s,time,address,and_more,"
	    "change", &row, 1,
	    "                                                             "
	    "                                       and_\n"
	    "name                        count                    last_s  "
	    "             time  address             more        change\n"
	    "lab.pcap                     1514            0.077033373737  "
	    "1638123439.726486  192.168.0.1         1514            -3\n");
}
END_TEST

START_TEST(many_columns_are_a_record_a_row)
{
	struct row rows[] = { full, undefined };

	rows[0].name = "\xc3\xa9.pcap";
	check_output(FORMAT_TEXT, EIGHT ",last_s", rows, 2,
	    "things: each record is a thing\n"
	    "\n"
	    "count                     1514  packets\n"
	    "change                      -3\n"
	    "gap_s           0.077033373737  s\n"
	    "time         1638123439.726486  s\n"
	    "name      \xc3\xa9.pcap\n"
	    "address   192.168.0.1\n"
	    "more                      1514  bytes\n"
	    "and_more                  1514  bytes\n"
	    "last_s          0.077033373737  s\n"
	    "\n"
	    "count                        -  packets\n"
	    "change                       -\n"
	    "gap_s                        -  s\n"
	    "time                         -  s\n"
	    "name      -\n"
	    "address   -\n"
	    "more                         -  bytes\n"
	    "and_more                     -  bytes\n"
	    "last_s                       -  s\n");
}
END_TEST

static const enum format streams[] = {
	FORMAT_CSV, FORMAT_JSON, FORMAT_NDJSON, FORMAT_TEXT
};

static void
random_row(uint64_t *state, struct row *row)
{
	row->count = random_any_width(state);
	row->change = (int64_t)random_any_width(state);
	row->gap = (int128)((uint128)random_any_width(state) << 64 |
	    random_next(state));
	row->time.ns = (int64_t)random_any_width(state);
	row->time.digits = (uint8_t)random_below(state, 10);
	row->address.version = random_below(state, 2) == 0 ? 4 : 6;
	for (int i = 0; i < 16; i++)
		row->address.bytes[i] = (uint8_t)random_next(state);
	row->name = "x";
}

/* Threads rely on it: where the output is cut into writers does not show. */
START_TEST(rows_of_several_writers_are_those_of_one)
{
	enum { ROWS = 10000, PART = 777 };
	enum format format = streams[_i];
	uint64_t state = random_seed(__func__);
	struct row *rows = calloc(ROWS, sizeof(*rows));
	struct table_selection s = select_names(NULL);
	struct memory whole, parts;

	memory_init(&whole);
	memory_init(&parts);
	for (int i = 0; i < ROWS; i++)
		random_row(&state, &rows[i]);
	write_rows(format, &s, rows, ROWS, &whole.sink);
	for (size_t i = 0; i < ROWS; i += PART)
		write_rows(format, &s, rows + i,
		    ROWS - i < PART ? ROWS - i : PART, &parts.sink);
	ck_assert_uint_eq(whole.bytes.len, parts.bytes.len);
	ck_assert(memcmp(whole.bytes.data, parts.bytes.data,
	    whole.bytes.len) == 0);
	/* More than one buffer, so that flushing between rows is seen. */
	ck_assert_uint_gt(whole.bytes.len, 2 * whole.largest);
	ck_assert_uint_le(whole.largest, 256 * 1024);
	bytes_reset(&whole.bytes);
	bytes_reset(&parts.bytes);
	free(rows);
}
END_TEST

static void
expect_number(char **line, const char *expected)
{
	char *field = strsep(line, ",\n");

	ck_assert_str_eq(field, expected);
}

START_TEST(random_csv_rows_read_back)
{
	uint64_t state = random_seed(__func__);
	unsigned long rounds = random_rounds(5000);

	for (unsigned long n = 0; n < rounds; n++) {
		struct memory out;
		struct row row;
		char text[INET6_ADDRSTRLEN];
		char *line;

		random_row(&state, &row);
		write_output(FORMAT_CSV, "count,address,change", &row, 1,
		    &out);
		ck_assert_int_eq(bytes_append(&out.bytes, "", 1), 0);
		line = strchr((char *)out.bytes.data, '\n') + 1;
		snprintf(text, sizeof(text), "%" PRIu64, row.count);
		expect_number(&line, row.count == TABLE_NO_U64 ? "" : text);
		inet_ntop(row.address.version == 4 ? AF_INET : AF_INET6,
		    row.address.bytes, text, sizeof(text));
		expect_number(&line, text);
		snprintf(text, sizeof(text), "%" PRId64, row.change);
		expect_number(&line, row.change == TABLE_NO_I64 ? "" : text);
		ck_assert_str_eq(line, "");
		bytes_reset(&out.bytes);
	}
}
END_TEST

/* A text larger than the buffer, and the worst case of its escaping. */
START_TEST(a_row_may_be_larger_than_the_buffer)
{
	enum { LARGE = 300000 };
	enum format format = streams[_i];
	char *name = malloc(LARGE + 1);
	struct row rows[] = { full, full, full };
	struct memory small, out;

	memset(name, _i % 2 == 0 ? '"' : '\x01', LARGE);
	name[LARGE] = '\0';
	write_output(format, "count,name", rows, 3, &small);
	rows[1].name = name;
	write_output(format, "count,name", rows, 3, &out);
	ck_assert_uint_ge(out.bytes.len, small.bytes.len + LARGE - 16);
	/* The row before and the row after are whole. */
	ck_assert_mem_eq(out.bytes.data, small.bytes.data,
	    small.bytes.len / 3);
	ck_assert_mem_eq(out.bytes.data + out.bytes.len - 13,
	    small.bytes.data + small.bytes.len - 13, 13);
	bytes_reset(&small.bytes);
	bytes_reset(&out.bytes);
	free(name);
}
END_TEST

START_TEST(a_sink_that_fails_is_told_when_closing)
{
	struct table_selection s = select_names(NULL);
	struct errbuf err = { "" };
	struct memory m;
	struct table_writer *w;

	memory_init(&m);
	m.fails = true;
	w = format_writer(streams[_i], &table, &s, &m.sink, &err);
	ck_assert_int_eq(w->row(w, &full, &err), 0);
	ck_assert_int_eq(w->close(w, true, &err), -1);
	ck_assert_str_eq(err.text, "no space");
}
END_TEST

START_TEST(a_sink_that_fails_is_told_within_a_buffer_of_rows)
{
	struct table_selection s = select_names(NULL);
	struct errbuf err = { "" };
	struct memory m;
	struct table_writer *w;
	int rows = 0;

	memory_init(&m);
	m.fails = true;
	w = format_writer(streams[_i], &table, &s, &m.sink, &err);
	while (w->row(w, &full, &err) == 0)
		ck_assert_int_lt(++rows, 256 * 1024);
	ck_assert_str_eq(err.text, "no space");
	ck_assert_int_eq(w->close(w, true, &err), -1);
}
END_TEST

START_TEST(rows_that_are_dropped_do_not_reach_the_sink)
{
	struct table_selection s = select_names(NULL);
	struct errbuf err = { "" };
	struct memory m;
	struct table_writer *w;

	memory_init(&m);
	w = format_writer(streams[_i], &table, &s, &m.sink, &err);
	ck_assert_int_eq(w->row(w, &full, &err), 0);
	ck_assert_int_eq(w->close(w, false, &err), 0);
	ck_assert_uint_eq(m.bytes.len, 0);
}
END_TEST

#define ADD_EACH(tc, test, array) \
	tcase_add_loop_test(tc, test, 0, \
	    (int)(sizeof(array) / sizeof((array)[0])))

static Suite *
suite(void)
{
	Suite *s = suite_create("format");
	TCase *tc = tcase_create("format");

	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, formats_are_found_by_name_and_by_ending);
	tcase_add_test(tc, sqlite_has_no_stream_of_rows);
	tcase_add_test(tc, csv_has_a_header_and_a_line_a_row);
	ADD_EACH(tc, texts_are_quoted_where_they_need_it, quotings);
	tcase_add_test(tc, json_is_one_object);
	tcase_add_test(tc, ndjson_is_an_object_a_line);
	tcase_add_test(tc, few_columns_are_an_aligned_table);
	tcase_add_test(tc, behind_a_long_value_the_columns_are_found_again);
	tcase_add_test(tc,
	    names_are_broken_where_a_table_would_be_too_wide);
	tcase_add_test(tc, many_columns_are_a_record_a_row);
	ADD_EACH(tc, rows_of_several_writers_are_those_of_one, streams);
	tcase_add_test(tc, random_csv_rows_read_back);
	ADD_EACH(tc, a_row_may_be_larger_than_the_buffer, streams);
	ADD_EACH(tc, a_sink_that_fails_is_told_when_closing, streams);
	ADD_EACH(tc, a_sink_that_fails_is_told_within_a_buffer_of_rows,
	    streams);
	ADD_EACH(tc, rows_that_are_dropped_do_not_reach_the_sink, streams);
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
