#include "analyzer/dashboard/query.h"
#include "analyzer/dashboard/view.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

#include "tests/unit/check_main.h"

#define SECOND INT64_C(1000000000)

static const struct view_base all = { NULL, INT64_MIN, INT64_MAX };

static struct query query;
static struct view view;
static struct errbuf why;

static int
parse(const char *text)
{
	why.text[0] = '\0';
	return query_parse(text, &query, &why);
}

/* The view of a query, of all there is. */
static int
ask_within(const struct view_base *base, const char *text)
{
	ck_assert_msg(parse(text) == 0, "%s: %s", text, why.text);
	return view_parse(&query, base, &view, &why);
}

static int
ask(const char *text)
{
	return ask_within(&all, text);
}

START_TEST(a_query_is_names_and_values)
{
	ck_assert_int_eq(parse(NULL), 0);
	ck_assert_uint_eq(query.count, 0);
	ck_assert_int_eq(parse("&&src=10.0.0.1&&port=&a%62=c%3d+%26d&"), 0);
	ck_assert_uint_eq(query.count, 3);
	ck_assert_str_eq(query_find(&query, "src"), "10.0.0.1");
	ck_assert_ptr_null(query_find(&query, "port"));
	ck_assert_str_eq(query_find(&query, "ab"), "c= &d");
	ck_assert_ptr_null(query_find(&query, "a%62"));
	ck_assert_ptr_null(query_find(&query, "sr"));
}
END_TEST

static const struct { const char *text, *line; } no_queries[] = {
	{ "src", "a parameter has no =" },
	{ "src=1&dst", "a parameter has no =" },
	{ "src=1&src=1", "src is given twice" },
	{ "src=&src=1", "src is given twice" },
	{ "src=1&%73rc=2", "src is given twice" },
	{ "src=%", "a parameter is no text" },
	{ "src=%4", "a parameter is no text" },
	{ "src=%4g", "a parameter is no text" },
	{ "src=%g4", "a parameter is no text" },
	{ "src=%4&1=2", "a parameter is no text" },
	{ "src=a%00b", "a parameter is no text" },
	{ "s%00=1", "a parameter is no text" },
	{ "src=%0a", "a parameter is no text" },
	{ "src=%7f", "a parameter is no text" },
	{ "src=%1b[2J", "a parameter is no text" },
	{ "src=%c0%af", "a parameter is no text" },
	{ "src=%ed%a0%80", "a parameter is no text" },
	{ "src=%e2%80%ae", "a parameter is no text" },
	{ "src=\xff", "a parameter is no text" },
};

START_TEST(what_is_no_query_is_refused)
{
	ck_assert_int_eq(parse(no_queries[_i].text), -1);
	ck_assert_str_eq(why.text, no_queries[_i].line);
}
END_TEST

START_TEST(queries_are_bounded)
{
	static char text[QUERY_BYTES + 2];
	size_t len = 0;

	for (int i = 0; i < QUERY_PAIRS_MAX; i++)
		len += (size_t)sprintf(text + len, "&n%d=", i);
	ck_assert_int_eq(parse(text), 0);
	ck_assert_uint_eq(query.count, QUERY_PAIRS_MAX);
	strcpy(text + len, "&more=");
	ck_assert_int_eq(parse(text), -1);
	ck_assert_str_eq(why.text, "too many parameters");

	memset(text, 'a', QUERY_BYTES - 1);
	text[1] = '=';
	text[QUERY_BYTES - 1] = '\0';
	ck_assert_int_eq(parse(text), 0);
	ck_assert_uint_eq(strlen(query_find(&query, "a")), QUERY_BYTES - 3);
	strcpy(text + QUERY_BYTES - 1, "a");
	ck_assert_int_eq(parse(text), -1);
	ck_assert_str_eq(why.text, "the address is too long");
}
END_TEST

START_TEST(names_that_are_not_known_are_told)
{
	ck_assert_int_eq(parse("src=1&to=2"), 0);
	ck_assert_int_eq(query_check(&query, view_names, &why), 0);
	ck_assert_int_eq(parse("src=1&%3Cb%3E=2"), 0);
	ck_assert_int_eq(query_check(&query, view_names, &why), -1);
	ck_assert_str_eq(why.text, "no such parameter: <b>");
}
END_TEST

START_TEST(what_is_escaped_comes_back)
{
	static const char name[] = "a b&c=d%25+#?\"<\\é/1.pcap";
	char text[256] = "capture=", *end;
	size_t len;

	end = query_escape(text + 8, text + sizeof(text), name);
	ck_assert_ptr_nonnull(end);
	ck_assert_int_eq(*end, '\0');
	len = strlen(text);
	ck_assert_uint_eq(strcspn(text + 8, " +&=#?\"<\\\xc3"), len - 8);
	ck_assert_int_eq(parse(text), 0);
	ck_assert_str_eq(query_find(&query, "capture"), name);
	for (size_t room = 0; room < len - 8; room++)
		ck_assert_ptr_null(query_escape(text + 8, text + 8 + room,
		    name));
}
END_TEST

static const struct { const char *text, *filter; } filters[] = {
	{ "", "" },
	{ "src=192.0.2.1", "src host 192.0.2.1" },
	{ "src=192.0.2.77/24", "src net 192.0.2.0/24" },
	{ "dst=192.0.2.129/25", "dst net 192.0.2.128/25" },
	{ "dst=255.255.255.255/1", "dst net 128.0.0.0/1" },
	{ "src=1.2.3.4/0", "src net 0.0.0.0/0" },
	{ "src=1.2.3.4/32", "src net 1.2.3.4/32" },
	{ "src=2001:DB8::0:1", "src host 2001:db8::1" },
	{ "dst=2001:db8:ffff::1/33", "dst net 2001:db8:8000::/33" },
	{ "dst=::1/128", "dst net ::1/128" },
	{ "src=ff::/0", "src net ::/0" },
	{ "proto=tcp", "tcp" },
	{ "proto=UDP", "udp" },
	{ "proto=icmpv6", "icmp6" },
	{ "proto=ipv6", "ip6" },
	{ "proto=gre", "proto 47" },
	{ "proto=0", "proto 0" },
	{ "proto=255", "proto 255" },
	{ "proto=007", "proto 7" },
	{ "port=0", "port 0" },
	{ "port=65535", "port 65535" },
	{ "port=0-65535", "portrange 0-65535" },
	{ "port=80-80", "portrange 80-80" },
	{ "src=10.0.0.1&dst=10.0.0.2&proto=tcp&port=443",
	    "src host 10.0.0.1 and dst host 10.0.0.2 and tcp and port 443" },
};

START_TEST(a_view_is_a_filter)
{
	ck_assert_msg(ask(filters[_i].text) == 0, "%s: %s", filters[_i].text,
	    why.text);
	ck_assert_str_eq(view.filter, filters[_i].filter);
	ck_assert_int_eq(view_is_filtered(&view), view.filter[0] != '\0');
}
END_TEST

/* Each word is wrong for the field; nothing of it reaches a filter. */
static const struct { const char *text, *line; } no_views[] = {
	{ "src=192.0.2", "src: " },
	{ "src=192.0.2.256", "src: " },
	{ "src=192.0.2.1/33", "src: " },
	{ "src=192.0.2.1/", "src: " },
	{ "src=192.0.2.1/-1", "src: " },
	{ "src=192.0.2.1/%2b8", "src: " },
	{ "src=192.0.2.1/8/8", "src: " },
	{ "src=/8", "src: " },
	{ "src=+192.0.2.1", "src: " },
	{ "src=192.0.2.1+or+tcp", "src: " },
	{ "src=example.org", "src: " },
	{ "src=0x7f000001", "src: " },
	{ "src=2130706433", "src: " },
	{ "dst=2001:db8::1/129", "dst: " },
	{ "dst=fe80::1%25eth0", "dst: " },
	{ "dst=1::2::3", "dst: " },
	{ "dst=%5B::1%5D", "dst: " },
	{ "dst=1111:2222:3333:4444:5555:6666:7777:8888:9999:aaaa", "dst: " },
	{ "proto=256", "proto: " },
	{ "proto=-1", "proto: " },
	{ "proto=tcp+or+udp", "proto: " },
	{ "proto=tcpx", "proto: " },
	{ "proto=18446744073709551622", "proto: " },
	{ "port=65536", "port: " },
	{ "port=-1", "port: " },
	{ "port=80-", "port: " },
	{ "port=80-79", "port: " },
	{ "port=80-65536", "port: " },
	{ "port=80-90-100", "port: " },
	{ "port=http", "port: " },
	{ "port=80+or+tcp", "port: " },
	{ "port=00000000080", "port: " },
	{ "from=yesterday", "from: " },
	{ "from=99999999999999999999", "from: " },
	{ "to=2021-13-01", "to: " },
	{ "to=1.0000000001", "to: " },
	{ "from=2&to=2", "from: " },
	{ "from=3&to=2", "from: " },
};

START_TEST(what_is_no_view_is_refused)
{
	const char *line = no_views[_i].line;

	ck_assert_msg(ask(no_views[_i].text) == -1, "%s: %s",
	    no_views[_i].text, view.filter);
	ck_assert_msg(strncmp(why.text, line, strlen(line)) == 0 &&
	    why.text[0] != '\0', "%s: %s", no_views[_i].text, why.text);
}
END_TEST

START_TEST(names_of_captures_have_a_bound)
{
	static char text[16 + VIEW_NAME_BYTES] = "capture=";

	memset(text + 8, 'x', VIEW_NAME_BYTES - 1);
	ck_assert_int_eq(ask(text), 0);
	ck_assert_str_eq(view.capture, text + 8);
	ck_assert_str_eq(view.filter, "");
	text[8 + VIEW_NAME_BYTES - 1] = 'x';
	ck_assert_int_eq(ask(text), -1);
	ck_assert_str_eq(why.text, "capture: the name is too long");
}
END_TEST

START_TEST(a_window_is_half_open_and_written_alike)
{
	ck_assert_int_eq(ask("from=-1.5&to=1970-01-01T01:00:00%2b01:00"), 0);
	ck_assert_int_eq(view.from_ns, -SECOND * 3 / 2);
	ck_assert_int_eq(view.to_ns, 0);
	ck_assert(view_is_filtered(&view));
	ck_assert_int_eq(ask("from=1.000000001&to=1.000000002"), 0);
	ck_assert_int_eq(view.to_ns - view.from_ns, 1);
	ck_assert_int_eq(ask(""), 0);
	ck_assert(view.from_ns == INT64_MIN && view.to_ns == INT64_MAX);
	ck_assert(!view_is_filtered(&view));
}
END_TEST

/* What is shown as --from is taken as that, to the nanosecond. */
START_TEST(times_come_back)
{
	static const int64_t times[] = { 0, 1, -1, SECOND, -SECOND,
	    1638123439726486123, 1638123439726486000, 9223372036 * SECOND };
	char text[VIEW_TIME_BYTES], request[64];

	for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
		view_time(times[i], text);
		sprintf(request, "from=%s", text);
		ck_assert_msg(ask(request) == 0, "%s: %s", request, why.text);
		ck_assert_msg(view.from_ns == times[i], "%s", text);
		ck_assert_str_eq(view.from, text);
	}
}
END_TEST

START_TEST(a_view_is_within_its_base)
{
	static const struct view_base base = { "udp or icmp", 10 * SECOND,
	    20 * SECOND };

	ck_assert_int_eq(ask_within(&base, ""), 0);
	ck_assert_str_eq(view.filter, "udp or icmp");
	ck_assert(!view_is_filtered(&view));
	ck_assert(view.from_ns == base.from_ns && view.to_ns == base.to_ns);
	ck_assert_int_eq(ask_within(&base, "port=53&from=5&to=15"), 0);
	ck_assert_str_eq(view.filter, "(udp or icmp) and port 53");
	ck_assert_int_eq(view.from_ns, 10 * SECOND);
	ck_assert_int_eq(view.to_ns, 15 * SECOND);
	ck_assert_int_eq(ask_within(&base, "from=15&to=25"), 0);
	ck_assert_int_eq(view.to_ns, 20 * SECOND);
	ck_assert_int_eq(ask_within(&base, "from=20"), -1);
	ck_assert_int_eq(ask_within(&base, "to=10"), -1);
}
END_TEST

START_TEST(equal_views_show_the_same_packets)
{
	struct view first;

	ck_assert_int_eq(ask("src=192.0.2.9/24&port=080&from=1.0"), 0);
	first = view;
	ck_assert_int_eq(ask("port=80&from=1&src=192.0.2.0/24&dst="), 0);
	ck_assert(view_equal(&first, &view));
	ck_assert_int_eq(ask("port=80&from=1&src=192.0.2.0/25"), 0);
	ck_assert(!view_equal(&first, &view));
	ck_assert_int_eq(ask("port=80&from=2&src=192.0.2.0/24"), 0);
	ck_assert(!view_equal(&first, &view));
	ck_assert_int_eq(ask("port=80&from=1&src=192.0.2.0/24&capture=a"), 0);
	ck_assert(!view_equal(&first, &view));
}
END_TEST

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))

int
main(void)
{
	TCase *t = tcase_create("view");

	tcase_add_test(t, a_query_is_names_and_values);
	tcase_add_loop_test(t, what_is_no_query_is_refused, 0,
	    COUNT(no_queries));
	tcase_add_test(t, queries_are_bounded);
	tcase_add_test(t, names_that_are_not_known_are_told);
	tcase_add_test(t, what_is_escaped_comes_back);
	tcase_add_loop_test(t, a_view_is_a_filter, 0, COUNT(filters));
	tcase_add_loop_test(t, what_is_no_view_is_refused, 0,
	    COUNT(no_views));
	tcase_add_test(t, names_of_captures_have_a_bound);
	tcase_add_test(t, a_window_is_half_open_and_written_alike);
	tcase_add_test(t, times_come_back);
	tcase_add_test(t, a_view_is_within_its_base);
	tcase_add_test(t, equal_views_show_the_same_packets);
	return check_main("dashboard: views", t);
}
