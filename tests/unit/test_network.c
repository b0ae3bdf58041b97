/*
 * Lists of prefixes, and which addresses lie in them.
 */
#include <arpa/inet.h>
#include <check.h>
#include <string.h>

#include "base/network.h"
#include "tests/unit/stats_random.h"

static bool
contains(const struct networks *networks, const char *address)
{
	uint8_t bytes[16];

	if (inet_pton(AF_INET, address, bytes) == 1)
		return networks_contain(networks, 4, bytes);
	ck_assert_int_eq(inet_pton(AF_INET6, address, bytes), 1);
	return networks_contain(networks, 6, bytes);
}

START_TEST(addresses_are_found_in_their_networks)
{
	struct networks n;
	struct errbuf err = { "" };

	ck_assert_msg(networks_parse("192.168.0.0/16,10.1.2.3,172.16.0.0/12,"
	    "fd00::/8,2001:db8::1", &n, &err) == 0, "%s", err.text);
	ck_assert_uint_eq(n.count, 5);
	ck_assert(n.has_ipv4 && n.has_ipv6);
	ck_assert(contains(&n, "192.168.0.0"));
	ck_assert(contains(&n, "192.168.255.255"));
	ck_assert(!contains(&n, "192.169.0.0"));
	ck_assert(!contains(&n, "192.167.255.255"));
	ck_assert(contains(&n, "10.1.2.3"));
	ck_assert(!contains(&n, "10.1.2.2"));
	ck_assert(contains(&n, "172.31.255.255"));
	ck_assert(!contains(&n, "172.32.0.0"));
	ck_assert(contains(&n, "fdff::1"));
	ck_assert(!contains(&n, "fe00::1"));
	ck_assert(contains(&n, "2001:db8::1"));
	ck_assert(!contains(&n, "2001:db8::"));
}
END_TEST

START_TEST(a_version_knows_only_its_own_networks)
{
	struct networks n;
	struct errbuf err = { "" };

	ck_assert_int_eq(networks_parse("0.0.0.0/0", &n, &err), 0);
	ck_assert(n.has_ipv4 && !n.has_ipv6);
	ck_assert(contains(&n, "255.255.255.255"));
	ck_assert(!contains(&n, "::"));
	ck_assert_int_eq(networks_parse("::/0", &n, &err), 0);
	ck_assert(!n.has_ipv4 && n.has_ipv6);
	ck_assert(contains(&n, "ffff::1"));
	ck_assert(!contains(&n, "0.0.0.0"));
}
END_TEST

static const struct wrong {
	const char *text, *message;
} wrongs[] = {
	{ "10.0.0.1/8",
	    "10.0.0.1/8: host bits are set; did you mean 10.0.0.0/8" },
	{ "192.168.0.0/16,fd00::1/64",
	    "fd00::1/64: host bits are set; did you mean fd00::/64" },
	{ "1.2.3.4/0", "1.2.3.4/0: host bits are set; did you mean 0.0.0.0/0" },
	{ "10.0.0.0/33", "10.0.0.0/33: 33 is not between 0 and 32" },
	{ "::/129", "::/129: 129 is not between 0 and 128" },
	{ "10.0.0.0/", "10.0.0.0/: \"\" is not a whole number" },
	{ "10.0.0.0/8/8", "10.0.0.0/8/8: \"8/8\" is not a whole number" },
	{ "10.0.0.0/+8", "10.0.0.0/+8: \"+8\" is not a whole number" },
	{ "10.0.0/24", "10.0.0/24: \"10.0.0\" is not an IP address" },
	{ "lan", "lan: \"lan\" is not an IP address" },
	{ " 10.0.0.0/8", " 10.0.0.0/8: \" 10.0.0.0\" is not an IP address" },
	{ "/8", "/8: \"\" is not an IP address" },
	{ "", "a network is empty" },
	{ "10.0.0.0/8,", "a network is empty" },
	{ ",10.0.0.0/8", "a network is empty" },
	{ "0000000000000000000000000000000000000000000000000000000000000000",
	    "0000000000000000000000000000000000000000000000000000000000000000 "
	    "is not a network" },
};

START_TEST(the_part_that_is_wrong_is_named)
{
	struct networks n;
	struct errbuf err = { "" };

	ck_assert_int_eq(networks_parse(wrongs[_i].text, &n, &err), -1);
	ck_assert_str_eq(err.text, wrongs[_i].message);
}
END_TEST

START_TEST(there_is_room_for_64_networks_and_no_more)
{
	char text[65 * sizeof("::1")];
	struct networks n;
	struct errbuf err = { "" };

	for (size_t i = 0; i < 65; i++)
		memcpy(text + 4 * i, "::1,", 4);
	text[4 * 64 - 1] = '\0';
	ck_assert_int_eq(networks_parse(text, &n, &err), 0);
	ck_assert_uint_eq(n.count, 64);
	text[4 * 64 - 1] = ',';
	text[4 * 65 - 1] = '\0';
	ck_assert_int_eq(networks_parse(text, &n, &err), -1);
	ck_assert_str_eq(err.text, "::1: more than 64 networks");
}
END_TEST

/* Bit by bit: what membership means. */
static bool
shares_bits(const uint8_t *a, const uint8_t *b, unsigned bits)
{
	for (unsigned i = 0; i < bits; i++)
		if (((a[i / 8] ^ b[i / 8]) >> (7 - i % 8) & 1) != 0)
			return false;
	return true;
}

START_TEST(random_addresses_are_compared_bit_by_bit)
{
	uint64_t state = random_seed(__func__);

	for (unsigned long n = random_rounds(20000); n > 0; n--) {
		struct networks networks = { .count = 1 };
		struct network *net = &networks.list[0];
		uint8_t address[16];
		unsigned flip;

		net->version = n % 2 == 0 ? 4 : 6;
		net->bits = (uint8_t)random_below(&state,
		    net->version == 4 ? 33 : 129);
		for (int i = 0; i < 16; i++)
			address[i] = (uint8_t)random_next(&state);
		for (unsigned i = 0; i < net->bits; i++)
			net->prefix[i / 8] |= (uint8_t)(address[i / 8] &
			    0x80 >> i % 8);
		ck_assert(networks_contain(&networks, net->version, address));
		flip = (unsigned)random_below(&state,
		    net->version == 4 ? 32 : 128);
		address[flip / 8] ^= (uint8_t)(0x80 >> flip % 8);
		ck_assert_int_eq(networks_contain(&networks, net->version,
		    address), shares_bits(address, net->prefix, net->bits));
	}
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("network");
	TCase *tc = tcase_create("network");

	tcase_add_test(tc, addresses_are_found_in_their_networks);
	tcase_add_test(tc, a_version_knows_only_its_own_networks);
	tcase_add_loop_test(tc, the_part_that_is_wrong_is_named, 0,
	    (int)(sizeof(wrongs) / sizeof(wrongs[0])));
	tcase_add_test(tc, there_is_room_for_64_networks_and_no_more);
	tcase_add_test(tc, random_addresses_are_compared_bit_by_bit);
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
