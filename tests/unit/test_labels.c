#include "analyzer/analyses/labels.h"

#include <arpa/inet.h>
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/temporary_folder.h"

#define PATH	"schedule.csv"

static void
write_schedule(const char *text, size_t n)
{
	FILE *file = fopen(PATH, "w");

	ck_assert_ptr_nonnull(file);
	ck_assert_uint_eq(fwrite(text, 1, n, file), n);
	ck_assert_int_eq(fclose(file), 0);
}

static struct labels *
labels_of(const char *text)
{
	struct errbuf err = { "" };
	struct labels *labels;

	write_schedule(text, strlen(text));
	labels = labels_read(PATH, &err);
	ck_assert_msg(labels != NULL, "%s", err.text);
	return labels;
}

/* From 10.0.0.1:1000 to 10.0.0.2:80 by TCP, seconds 100 to 200. */
static struct flow
usual_flow(void)
{
	struct flow flow = {
		.ip_version = 4, .ip_protocol = 6, .has_ports = true,
		.ports = { 1000, 80 }, .times_known = true,
		.earliest_ns = INT64_C(100000000000),
		.latest_ns = INT64_C(200000000000),
		.address = { { 10, 0, 0, 1 }, { 10, 0, 0, 2 } },
	};

	return flow;
}

static void
expect(const char *schedule, const struct flow *flow, const char *label)
{
	struct labels *labels = labels_of(schedule);
	const char *found = labels_find(labels, flow);

	ck_assert_msg((found == NULL) == (label == NULL) && (label == NULL ||
	    strcmp(found, label) == 0), "%s: \"%s\"", schedule,
	    found == NULL ? "(none)" : found);
	labels_free(labels);
}

START_TEST(the_first_line_that_matches_wins)
{
	struct flow flow = usual_flow();

	expect("src,label\n10.0.0.9,no\n10.0.0.0/24,first\n10.0.0.1,later\n",
	    &flow, "first");
	expect("label\nall\n", &flow, "all");
	expect("src,label\n10.0.0.9,no\n", &flow, NULL);
	expect("label\n", &flow, NULL);
}
END_TEST

START_TEST(times_are_half_open_and_overlap)
{
	struct flow flow = usual_flow();

	expect("start,end,label\n50,100,x\n", &flow, NULL);
	expect("start,end,label\n50,100.000000001,x\n", &flow, "x");
	expect("start,end,label\n200,300,x\n", &flow, "x");
	expect("start,end,label\n200.000000001,300,x\n", &flow, NULL);
	expect("start,end,label\n120,130,x\n", &flow, "x");
	expect("start,end,label\n,101,x\n", &flow, "x");
	expect("start,end,label\n201,,x\n", &flow, NULL);
	expect("start,end,label\n1970-01-01T00:01:50Z,"
	    "1970-01-01T01:02:00+01:00,x\n", &flow, "x");
}
END_TEST

START_TEST(a_flow_without_a_time_matches_lines_without_one)
{
	struct flow flow = usual_flow();

	flow.times_known = false;
	expect("start,label\n0,timed\n,any\n", &flow, "any");
}
END_TEST

START_TEST(both_directions_match_unless_told)
{
	struct flow flow = usual_flow();

	expect("src,dst,dst_port,label\n10.0.0.1,10.0.0.2,80,x\n", &flow, "x");
	expect("src,src_port,dst,label\n10.0.0.2,80,10.0.0.1,x\n", &flow, "x");
	expect("src,directed,label\n10.0.0.2,yes,x\n10.0.0.2,no,y\n", &flow,
	    "y");
	expect("src,directed,label\n10.0.0.1,yes,x\n", &flow, "x");
	/* the ends are of one direction */
	expect("src,dst_port,label\n10.0.0.1,1000,x\n", &flow, NULL);
}
END_TEST

START_TEST(ports_may_be_ranges)
{
	struct flow flow = usual_flow();

	expect("dst_port,label\n81-1024,x\n", &flow, "x");
	expect("src_port,dst_port,label\n1000-1000,80,x\n", &flow, "x");
	expect("dst_port,directed,label\n81-65535,yes,x\n", &flow, NULL);
	flow.has_ports = false;
	expect("dst_port,label\n0-65535,x\n,any\n", &flow, "any");
}
END_TEST

START_TEST(protocols_are_words_or_numbers)
{
	struct flow flow = usual_flow();

	expect("protocol,label\nudp,x\n6,y\n", &flow, "y");
	expect("protocol,label\ntcp,x\n", &flow, "x");
	flow.ip_protocol = 89;
	expect("protocol,label\n89,ospf\n", &flow, "ospf");
}
END_TEST

START_TEST(addresses_of_the_other_version_do_not_match)
{
	struct flow flow = usual_flow();

	expect("src,label\n::/0,x\n0.0.0.0/0,y\n", &flow, "y");
	flow.ip_version = 6;
	ck_assert_int_eq(inet_pton(AF_INET6, "fd00::1", flow.address[0]), 1);
	expect("src,label\n0.0.0.0/0,x\nfd00::/8,y\n", &flow, "y");
}
END_TEST

START_TEST(files_of_spreadsheets_are_read)
{
	struct flow flow = usual_flow();

	expect("\xef\xbb\xbf" "\"src\",\"label\"\r\n"
	    "\"10.0.0.1\",\"a, \"\"b\"\"\nc\"\r\n", &flow, "a, \"b\"\nc");
	expect("# who\n\n\r\nlabel\n#no\nlast", &flow, "last");
	expect("label\r\nlast\r\n\r\n", &flow, "last");
	expect("label\n\"quoted to the end\"", &flow, "quoted to the end");
}
END_TEST

static const struct { const char *text, *error; } wrong[] = {
	{ "", PATH ":1: no header" },
	{ "# only this\n\n", PATH ":3: no header" },
	{ "src,dst\n", PATH ":1: there is no column label" },
	{ "source,label\n", PATH ":1: there is no column \"source\"" },
	{ "label,src,label\n", PATH ":1: column label comes twice" },
	{ "src,label\n10.0.0.1\n",
	    PATH ":2: 1 cells, and the header has 2" },
	{ "src,label\n\n10.0.0.1,\n", PATH ":3: label: empty" },
	{ "src,label\n\"10.0.0.1,10.0.0.2\",x\n",
	    PATH ":2: src: \"10.0.0.1,10.0.0.2\" is more than one network" },
	{ "dst,label\nhost,x\n",
	    PATH ":2: dst: host: \"host\" is not an IP address" },
	{ "dst_port,label\n80-70,x\n",
	    PATH ":2: dst_port: \"80-70\" is not a port or a range of ports" },
	{ "src_port,label\n65536,x\n",
	    PATH ":2: src_port: \"65536\" is not a port or a range of ports" },
	{ "src_port,label\n1234567,x\n",
	    PATH ":2: src_port: \"1234567\" is not a port or a range of ports" },
	{ "protocol,label\nfoo,x\n",
	    PATH ":2: protocol: \"foo\" is not a protocol" },
	{ "protocol,label\n255,x\n",
	    PATH ":2: protocol: \"255\" is not a protocol" },
	{ "directed,label\nmaybe,x\n",
	    PATH ":2: directed: \"maybe\" is not yes or no" },
	{ "start,end,label\n2,2,x\n", PATH ":2: start is not before end" },
	{ "label\n\"a\nb\nc,x\n", PATH ":2: a quote has no end" },
	{ "label\n\"a\"b\n", PATH ":2: no comma behind a cell" },
	{ "a,b,c,d,e,f,g,h,i,label\n",
	    PATH ":1: there is no column \"a\"" },
	{ "start,end,src,dst,src_port,dst_port,protocol,directed,label,x\n",
	    PATH ":1: too many columns" },
	{ "label\na\nb,c\n", PATH ":3: 2 cells, and the header has 1" },
};

START_TEST(errors_name_the_file_and_the_line)
{
	struct errbuf err = { "" };

	write_schedule(wrong[_i].text, strlen(wrong[_i].text));
	ck_assert_ptr_null(labels_read(PATH, &err));
	ck_assert_str_eq(err.text, wrong[_i].error);
}
END_TEST

START_TEST(wrong_times_say_what_was_read)
{
	struct errbuf err = { "" };

	write_schedule("label,start\nx,noon\n", 19);
	ck_assert_ptr_null(labels_read(PATH, &err));
	ck_assert_ptr_eq(strstr(err.text, PATH ":2: start: "), err.text);
	ck_assert_ptr_nonnull(strstr(err.text, "noon"));
}
END_TEST

START_TEST(what_is_no_text_is_refused)
{
	struct errbuf err = { "" };

	write_schedule("label\nx\0y\n", 10);
	ck_assert_ptr_null(labels_read(PATH, &err));
	ck_assert_str_eq(err.text, PATH ": holds a NUL: no text");
	ck_assert_ptr_null(labels_read("absent.csv", &err));
	ck_assert_str_eq(err.text, "absent.csv: No such file or directory");
	ck_assert_ptr_null(labels_read(".", &err));
	ck_assert_str_eq(err.text, ".: Is a directory");
}
END_TEST

/* As many lines as there may be, and one more. */
START_TEST(the_number_of_labels_is_bounded)
{
	struct flow flow = usual_flow();
	struct errbuf err = { "" };
	size_t n = 6 + 2 * (size_t)LABELS_MAX;
	char *text = malloc(n + 3);
	struct labels *labels;

	ck_assert_ptr_nonnull(text);
	strcpy(text, "label\n");
	for (size_t i = 6; i < n; i += 2)
		memcpy(text + i, "x\n", 3);
	labels = labels_of(text);
	ck_assert_str_eq(labels_find(labels, &flow), "x");
	labels_free(labels);
	strcpy(text + n, "y\n");
	write_schedule(text, n + 2);
	ck_assert_ptr_null(labels_read(PATH, &err));
	ck_assert_str_eq(err.text, PATH ":65538: more than 65536 labels");
	free(text);
}
END_TEST

START_TEST(the_size_of_the_file_is_bounded)
{
	struct errbuf err = { "" };
	char *text = calloc(1, LABELS_BYTES_MAX + 1);

	ck_assert_ptr_nonnull(text);
	memset(text, '#', LABELS_BYTES_MAX + 1);
	write_schedule(text, LABELS_BYTES_MAX + 1);
	ck_assert_ptr_null(labels_read(PATH, &err));
	ck_assert_str_eq(err.text, PATH ": more than 16777216 bytes");
	free(text);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("labels");
	TCase *tc = tcase_create("labels");

	tcase_add_checked_fixture(tc, temporary_folder_enter,
	    temporary_folder_leave);
	tcase_add_test(tc, the_first_line_that_matches_wins);
	tcase_add_test(tc, times_are_half_open_and_overlap);
	tcase_add_test(tc, a_flow_without_a_time_matches_lines_without_one);
	tcase_add_test(tc, both_directions_match_unless_told);
	tcase_add_test(tc, ports_may_be_ranges);
	tcase_add_test(tc, protocols_are_words_or_numbers);
	tcase_add_test(tc, addresses_of_the_other_version_do_not_match);
	tcase_add_test(tc, files_of_spreadsheets_are_read);
	tcase_add_loop_test(tc, errors_name_the_file_and_the_line, 0,
	    sizeof(wrong) / sizeof(wrong[0]));
	tcase_add_test(tc, wrong_times_say_what_was_read);
	tcase_add_test(tc, what_is_no_text_is_refused);
	tcase_add_test(tc, the_number_of_labels_is_bounded);
	tcase_add_test(tc, the_size_of_the_file_is_bounded);
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
