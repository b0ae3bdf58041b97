#include "analyzer/engine/direction.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/stats_random.h"

enum { ROOM = 80, PACKETS = 64 };

/* Frames with addresses at network_at, and nothing else. */
struct shots {
	uint8_t *data[PACKETS];
	struct frame frames[PACKETS];
	struct packet packets[PACKETS];
};

static struct networks
local_of(const char *text)
{
	struct networks local;
	struct errbuf err;

	ck_assert_msg(networks_parse(text, &local, &err) == 0, "%s",
	    err.text);
	return local;
}

/* The bytes of each frame end where they say, so that a look behind them is
 * seen by the address sanitizer. */
static struct packet *
set_packet(struct shots *s, size_t i, uint8_t version, uint32_t at,
    uint32_t cap_len)
{
	free(s->data[i]);
	s->data[i] = calloc(1, cap_len == 0 ? 1 : cap_len);
	ck_assert_ptr_nonnull(s->data[i]);
	s->frames[i] = (struct frame){ .data = s->data[i],
	    .cap_len = cap_len };
	s->packets[i] = (struct packet){ .frame = &s->frames[i],
	    .ip_version = version, .network_at = at };
	return &s->packets[i];
}

static void
shots_reset(struct shots *s)
{
	for (size_t i = 0; i < PACKETS; i++)
		free(s->data[i]);
}

static void
set_ipv4(struct shots *s, size_t i, uint32_t src, uint32_t dst)
{
	set_packet(s, i, 4, 14, 14 + 20);
	for (size_t k = 0; k < 4; k++) {
		s->data[i][14 + 12 + k] = (uint8_t)(src >> (24 - 8 * k));
		s->data[i][14 + 16 + k] = (uint8_t)(dst >> (24 - 8 * k));
	}
}

/* The counts are those of what is set, and are added to. */
static void
set_directions(const struct networks *local, struct packet *packets, size_t n)
{
	struct direction_counts counts = { 100, 200, 300, 400 };
	uint64_t found[DIRECTIONS] = { 0 };

	direction_set(local, packets, n, &counts);
	for (size_t i = 0; i < n; i++)
		found[packets[i].direction]++;
	ck_assert_uint_eq(counts.in, 100 + found[DIRECTION_IN]);
	ck_assert_uint_eq(counts.out, 200 + found[DIRECTION_OUT]);
	ck_assert_uint_eq(counts.other, 300 + found[DIRECTION_OTHER]);
	ck_assert_uint_eq(counts.skipped, 400 + found[DIRECTION_SKIPPED]);
}

/* By default, from 192.168/16. */
static const struct known {
	uint32_t src, dst;
	enum packet_direction direction;
	unsigned flags;
} known[] = {
	{ 0xc0a80001, 0x08080808, DIRECTION_OUT, 0 },
	{ 0x08080808, 0xc0a80001, DIRECTION_IN, 0 },
	{ 0xc0a80000, 0xc0a8ffff, DIRECTION_OUT, PACKET_SAME_SIDE },
	{ 0xc0a7ffff, 0xc0a90000, DIRECTION_IN, PACKET_SAME_SIDE },
	{ 0xc0100801, 0xc0a80105, DIRECTION_IN, 0 },	/* 192.16.8.1 */
};

START_TEST(the_source_decides)
{
	struct networks local = local_of("192.168.0.0/16");
	struct shots s = { 0 };

	set_ipv4(&s, 0, known[_i].src, known[_i].dst);
	set_directions(&local, s.packets, 1);
	ck_assert_uint_eq(s.packets[0].direction, known[_i].direction);
	ck_assert_uint_eq(s.packets[0].flags, known[_i].flags);
	shots_reset(&s);
}
END_TEST

START_TEST(a_family_without_a_local_network_is_other)
{
	struct networks four = local_of("192.168.0.0/16");
	struct networks six = local_of("2001:db8::/32");
	struct shots s = { 0 };

	set_packet(&s, 0, 6, 0, 40);
	set_directions(&four, s.packets, 1);
	ck_assert_uint_eq(s.packets[0].direction, DIRECTION_OTHER);
	set_directions(&six, s.packets, 1);
	ck_assert_uint_eq(s.packets[0].direction, DIRECTION_IN);
	set_ipv4(&s, 1, 0xc0a80001, 0xc0a80002);
	set_directions(&six, &s.packets[1], 1);
	ck_assert_uint_eq(s.packets[1].direction, DIRECTION_OTHER);
	ck_assert_uint_eq(s.packets[1].flags, 0);
	shots_reset(&s);
}
END_TEST

START_TEST(without_ip_a_packet_is_other_or_skipped)
{
	struct networks local = local_of("192.168.0.0/16,::1");
	struct shots s = { 0 };

	set_packet(&s, 0, 0, 0, 10);
	set_packet(&s, 1, 0, 0, 10)->flags = PACKET_SKIPPED;
	set_directions(&local, s.packets, 2);
	ck_assert_uint_eq(s.packets[0].direction, DIRECTION_OTHER);
	ck_assert_uint_eq(s.packets[1].direction, DIRECTION_SKIPPED);
	ck_assert_uint_eq(s.packets[1].flags, PACKET_SKIPPED);
	shots_reset(&s);
}
END_TEST

/* Of a destination that is cut off nobody knows whether it is local. */
START_TEST(a_destination_that_is_cut_off_sets_no_flag)
{
	static const char *const locals[] = { "0.0.0.0/0",
	    "0.0.0.0/0,::/0" };
	struct networks local = local_of(locals[_i % 2]);
	struct shots s = { 0 };

	for (uint32_t cut = 1; cut <= 4; cut++) {
		set_packet(&s, 0, 4, 14, 14 + 20 - cut);
		set_directions(&local, s.packets, 1);
		ck_assert_uint_eq(s.packets[0].direction, DIRECTION_OUT);
		ck_assert_uint_eq(s.packets[0].flags, 0);
	}
	set_packet(&s, 0, 4, 14, 14 + 20);
	set_directions(&local, s.packets, 1);
	ck_assert_uint_eq(s.packets[0].flags, PACKET_SAME_SIDE);
	shots_reset(&s);
}
END_TEST

/* Says the rule once more, for one packet at a time. */
static void
assert_rule(const struct networks *local, const struct packet *p)
{
	bool has = p->ip_version == 4 ? local->has_ipv4 : local->has_ipv6;
	bool src, dst;

	if (p->ip_version == 0 || !has) {
		ck_assert_uint_eq(p->direction, p->flags & PACKET_SKIPPED ?
		    DIRECTION_SKIPPED : DIRECTION_OTHER);
		ck_assert_uint_eq(p->flags & PACKET_SAME_SIDE, 0);
		return;
	}
	src = networks_contain(local, p->ip_version, packet_src(p));
	ck_assert_uint_eq(p->direction, src ? DIRECTION_OUT : DIRECTION_IN);
	dst = packet_dst(p) != NULL &&
	    networks_contain(local, p->ip_version, packet_dst(p));
	ck_assert_int_eq((p->flags & PACKET_SAME_SIDE) != 0,
	    src == dst && packet_dst(p) != NULL);
}

/* Addresses near the borders of the networks. */
static void
random_packet(struct shots *s, size_t i, uint64_t *state)
{
	static const uint8_t versions[] = { 0, 4, 4, 4, 4, 6, 6 };
	uint8_t version = versions[random_below(state, sizeof(versions))];
	uint32_t at = (uint32_t)random_below(state, 20);
	uint32_t least = at + (version == 6 ? 24 : 16);
	uint32_t cap_len = least + (uint32_t)random_below(state, 40);

	set_packet(s, i, version, at, cap_len);
	for (uint32_t k = at; k < cap_len; k++)
		s->data[i][k] = random_below(state, 3) == 0 ?
		    (uint8_t)random_next(state) :
		    (uint8_t)(10 * random_below(state, 2));
	if (version == 0 && random_below(state, 2))
		s->packets[i].flags = PACKET_SKIPPED;
}

START_TEST(batches_follow_the_rule)
{
	static const char *const locals[] = { "192.168.0.0/16", "10.0.0.0/8",
	    "10.10.0.0/15", "0.0.0.0/0", "10.10.10.10", "::/0", "a0a::/16",
	    "10.0.0.0/9,a00::/7", "10.10.0.0/16,10.0.0.0/16", "0.0.0.0/1" };
	uint64_t state = random_seed("directions");
	struct shots s = { 0 };

	for (unsigned long round = 0; round < random_rounds(300); round++) {
		struct networks local = local_of(locals[round % 10]);
		size_t n = 1 + random_below(&state, PACKETS);

		for (size_t i = 0; i < n; i++)
			random_packet(&s, i, &state);
		set_directions(&local, s.packets, n);
		for (size_t i = 0; i < n; i++)
			assert_rule(&local, &s.packets[i]);
	}
	shots_reset(&s);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("direction");
	TCase *t = tcase_create("direction");

	tcase_add_loop_test(t, the_source_decides, 0,
	    sizeof(known) / sizeof(known[0]));
	tcase_add_test(t, a_family_without_a_local_network_is_other);
	tcase_add_test(t, without_ip_a_packet_is_other_or_skipped);
	tcase_add_loop_test(t, a_destination_that_is_cut_off_sets_no_flag, 0,
	    2);
	tcase_add_test(t, batches_follow_the_rule);
	suite_add_tcase(s, t);
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
