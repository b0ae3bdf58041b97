#include "chat/net/address.h"

#include <arpa/inet.h>
#include <check.h>
#include <stdlib.h>
#include <string.h>

static struct chat_address
literal(const char *host, uint16_t port)
{
	struct addresses found;
	struct errbuf err;

	ck_assert_msg(address_resolve(host, port, SOCK_STREAM, &found, &err) ==
	    0, "%s", err.text);
	ck_assert_uint_ge(found.count, 1);
	return found.list[0];
}

static const struct {
	const char *host, *ip, *label;
} literals[] = {
	{ "127.0.0.1", "127.0.0.1", "127.0.0.1:5000" },
	{ "0.0.0.0", "0.0.0.0", "0.0.0.0:5000" },
	{ "::1", "::1", "[::1]:5000" },
	{ "[::1]", "::1", "[::1]:5000" },
	{ "::", "::", "[::]:5000" },
	{ "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff",
	  "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff",
	  "[2001:db8:ffff:ffff:ffff:ffff:ffff:ffff]:5000" },
	{ "fe80::1%1", "fe80::1", "[fe80::1%1]:5000" },
	/* As a socket of both versions tells of an IPv4 peer. */
	{ "::ffff:192.0.2.1", "192.0.2.1", "192.0.2.1:5000" },
};
enum { LITERALS = sizeof(literals) / sizeof(literals[0]) };

START_TEST(literals_are_read_and_written)
{
	struct chat_address a = literal(literals[_i].host, 5000);
	char ip[INET6_ADDRSTRLEN], label[CHAT_LABEL_BYTES];

	address_ip(&a, ip);
	address_label(&a, label);
	ck_assert_str_eq(ip, literals[_i].ip);
	ck_assert_str_eq(label, literals[_i].label);
}
END_TEST

START_TEST(a_socket_address_and_back_is_the_same)
{
	struct chat_address a = literal(literals[_i].host, 65535), b;
	struct sockaddr_storage ss;
	socklen_t len = address_to_socket(&a, &ss);

	ck_assert_uint_eq(len, a.version == 4 ? sizeof(struct sockaddr_in) :
	    sizeof(struct sockaddr_in6));
	ck_assert_int_eq(address_from_socket(&b,
	    (const struct sockaddr *)&ss), 0);
	ck_assert(address_equal(&a, &b));
}
END_TEST

START_TEST(each_part_makes_a_difference)
{
	struct chat_address a = literal("fe80::1%1", 5), b = a;

	b.port = 6;
	ck_assert(!address_equal(&a, &b));
	b = a;
	b.scope = 0;
	ck_assert(!address_equal(&a, &b));
	b = a;
	b.bytes[15] = 2;
	ck_assert(!address_equal(&a, &b));
	b = literal("127.0.0.1", 5);
	ck_assert(!address_equal(&a, &b));
	a = b;
	a.bytes[4] = 1;		/* not part of an IPv4 address */
	ck_assert(address_equal(&a, &b));
}
END_TEST

START_TEST(the_longest_label_fits)
{
	struct chat_address a = { .version = 6, .port = 65535,
		.scope = UINT32_MAX };
	char label[CHAT_LABEL_BYTES];

	memset(a.bytes, 0xff, sizeof(a.bytes));
	address_label(&a, label);
	ck_assert_str_eq(label, "[ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"
	    "%4294967295]:65535");
}
END_TEST

START_TEST(what_is_no_host_is_refused_with_its_name)
{
	static const char *const bad[] = {
		"", "[]", "[::1", "1.2.3.4.5.6", "not a host",
	};
	struct addresses found;
	struct errbuf err;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		err.text[0] = '\0';
		ck_assert_int_eq(address_resolve(bad[i], 1, SOCK_STREAM,
		    &found, &err), -1);
		ck_assert_ptr_nonnull(strstr(err.text, bad[i]));
		ck_assert_uint_eq(found.count, 0);
	}
}
END_TEST

START_TEST(a_host_of_any_length_is_refused_not_copied)
{
	char host[5000];
	struct addresses found;
	struct errbuf err;

	memset(host, 'a', sizeof(host));
	host[sizeof(host) - 1] = '\0';
	ck_assert_int_eq(address_resolve(host, 1, SOCK_STREAM, &found, &err),
	    -1);
}
END_TEST

START_TEST(another_family_is_refused)
{
	struct sockaddr_storage ss = { .ss_family = AF_UNIX };
	struct chat_address a;

	ck_assert_int_eq(address_from_socket(&a,
	    (const struct sockaddr *)&ss), -1);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("address");
	TCase *tc = tcase_create("address");

	tcase_add_loop_test(tc, literals_are_read_and_written, 0, LITERALS);
	tcase_add_loop_test(tc, a_socket_address_and_back_is_the_same, 0,
	    LITERALS);
	tcase_add_test(tc, each_part_makes_a_difference);
	tcase_add_test(tc, the_longest_label_fits);
	tcase_add_test(tc, what_is_no_host_is_refused_with_its_name);
	tcase_add_test(tc, a_host_of_any_length_is_refused_not_copied);
	tcase_add_test(tc, another_family_is_refused);
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
