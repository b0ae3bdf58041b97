#include <check.h>
#include <string.h>

#include "analyzer/tracker/tcp_flow.h"
#include "tests/unit/stats_random.h"

enum {
	NOT_NEW = TCP_IS_RETRANSMISSION | TCP_IS_OUT_OF_ORDER |
	    TCP_IS_KEEP_ALIVE | TCP_IS_WINDOW_PROBE,
};

/* Few numbers, so that they meet; what is sent goes on more often than not. */
static void
random_segment(struct tcp_segment *s, uint64_t number, uint32_t next,
    uint32_t other_next, uint64_t *seed)
{
	static const uint16_t flags[] = {
		TCP_ACK, TCP_ACK, TCP_ACK, TCP_ACK, TCP_ACK | TCP_PSH,
		TCP_SYN, TCP_SYN | TCP_ACK, TCP_FIN | TCP_ACK, TCP_FIN,
		TCP_RST, TCP_RST | TCP_ACK, 0, TCP_SYN | TCP_FIN,
	};
	static const uint16_t lens[] = { 0, 0, 1, 1, 2, 10, 100 };

	memset(s, 0, sizeof(*s));
	s->ts_ns = (int64_t)number * 1000000;
	s->number = number;
	s->flags = flags[random_below(seed, sizeof(flags) / 2)];
	if (s->flags & (TCP_SYN | TCP_FIN | TCP_RST) &&
	    random_below(seed, 4) != 0)
		s->flags = TCP_ACK;
	s->seq = next;
	s->ack = other_next;
	if (random_below(seed, 3) == 0)
		s->seq += (uint32_t)random_below(seed, 9) - 4;
	if (random_below(seed, 3) == 0)
		s->ack += (uint32_t)random_below(seed, 9) - 4;
	s->len = lens[random_below(seed, sizeof(lens) / 2)];
	s->window = (uint16_t)(random_below(seed, 3) * 100);
	s->ip_version = 4;
	s->ip_id = (uint16_t)random_below(seed, 3);
}

static void
assert_same_course(const struct tcp_flow *a, const struct tcp_flow *b)
{
	ck_assert_int_eq(tcp_flow_is_over(a), tcp_flow_is_over(b));
	ck_assert_uint_eq(a->close, b->close);
	ck_assert_uint_eq(a->closer, b->closer);
	for (int i = 0; i < 2; i++) {
		const struct tcp_side *x = &a->sides[i], *y = &b->sides[i];

		ck_assert_int_eq(x->base_known, y->base_known);
		ck_assert_int_eq(x->isn_known, y->isn_known);
		ck_assert_uint_eq(x->base_seq, y->base_seq);
		ck_assert_int_eq(x->next_known, y->next_known);
		ck_assert_uint_eq(x->next_seq, y->next_seq);
		ck_assert_int_eq(x->has_acked, y->has_acked);
		ck_assert_uint_eq(x->acked, y->acked);
		ck_assert_int_eq(x->fin_acked, y->fin_acked);
	}
}

/* Returns whether the segment was a repeat. */
static bool
add_to_both(struct tcp_flow *full, struct tcp_flow *light, unsigned side,
    const struct tcp_segment *s)
{
	bool reused = tcp_flow_is_reused(full, side, s), repeat;
	struct tcp_verdict verdict;

	ck_assert_int_eq(tcp_flow_is_reused(light, side, s), reused);
	if (reused) {
		tcp_flow_close(full);
		tcp_flow_init(full);
		tcp_flow_init(light);
	}
	repeat = tcp_flow_is_repeat(full, side, s);
	ck_assert_int_eq(tcp_flow_is_repeat(light, side, s), repeat);
	tcp_flow_add(full, side, s, 1, 2, &verdict);
	tcp_flow_follow(light, side, s, 1, 2);
	if (s->len > 0)
		ck_assert_msg(repeat == ((verdict.what & NOT_NEW) != 0),
		    "a repeat: %d, verdict %#x", repeat, verdict.what);
	assert_same_course(full, light);
	return repeat;
}

START_TEST(a_connection_followed_ends_and_repeats_as_one_analyzed)
{
	uint64_t seed = random_seed("tcp_follow");
	unsigned long rounds = random_rounds(200);
	size_t repeats = 0, over = 0;

	while (rounds-- > 0) {
		struct tcp_flow full, light;
		size_t n = 1 + random_below(&seed, 60);

		tcp_flow_init(&full);
		tcp_flow_init(&light);
		for (size_t i = 0; i < n; i++) {
			unsigned side = (unsigned)random_below(&seed, 2);
			struct tcp_segment s;

			random_segment(&s, i + 1, full.sides[side].next_seq,
			    full.sides[side ^ 1].next_seq, &seed);
			repeats += add_to_both(&full, &light, side, &s);
		}
		over += tcp_flow_is_over(&full);
		ck_assert_uint_eq(tcp_flow_memory(&light), 0);
		tcp_flow_close(&full);
	}
	ck_assert_uint_gt(repeats, 50);
	ck_assert_uint_gt(over, 20);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("tcp_follow");
	TCase *tc = tcase_create("tcp_follow");
	SRunner *runner;
	int failed;

	tcase_set_timeout(tc, 120);
	tcase_add_test(tc,
	    a_connection_followed_ends_and_repeats_as_one_analyzed);
	suite_add_tcase(suite, tc);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
