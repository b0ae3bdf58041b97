/*
 * Whatever a channel loses, reorders and repeats: all bytes arrive, in order,
 * once, and both ends come to rest.  No end gives up here, however often in a
 * row it is unlucky; that has its tests in test_tcp_life.c and
 * test_tcp_sending.c.
 */
#include "traffic/synth/tcp/tcp.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>

#include "tests/traffic/tcp_lab.h"

enum { ROUNDS = 25, CONNECTIONS = 4 };

/* What a program does, drawn for each connection. */
struct plan {
	uint64_t total[2];	/* bytes that each end writes */
	size_t write_most[2], read_most[2];
	uint32_t hold_ppm;	/* chance that a program stops reading, at each
				   happening */
	bool waits[2];		/* closes after the peer has */
	bool shut[2];
	unsigned holds;
};

static uint64_t
draw(struct lab *lab, uint64_t least, uint64_t most)
{
	return least + random_below(&lab->random, most - least + 1);
}

static bool
toss(struct lab *lab)
{
	return random_below(&lab->random, 2) == 0;
}

static void
write_some(struct lab *lab, unsigned i, struct plan *plan)
{
	struct lab_end *e = &lab->ends[i];
	uint64_t left = plan->total[i] - e->written;
	size_t len = (size_t)draw(lab, 1, plan->write_most[i]);

	if (left > 0 && tcp_unacknowledged(e->tcp) < 65536)
		lab_write(lab, i, len < left ? len : (size_t)left);
	if (e->written == plan->total[i] && !plan->shut[i] &&
	    (!plan->waits[i] || e->at_end)) {
		plan->shut[i] = true;
		lab_shutdown(lab, i);
	}
}

static void
program(struct lab *lab, unsigned i)
{
	struct plan *plan = lab->context;
	struct lab_end *e = &lab->ends[i];

	if (!e->established)
		return;
	if (plan->holds > 0 && random_below(&lab->random, 1000000) <
	    plan->hold_ppm) {
		plan->holds--;
		e->hold = true;
	}
	if (!e->hold)
		lab_read(lab, i, (size_t)draw(lab, 1, plan->read_most[i]));
	write_some(lab, i, plan);
}

static uint32_t
draw_isn(struct lab *lab)
{
	static const uint32_t edges[] = {
		0, UINT32_MAX, UINT32_MAX - 5000, UINT32_C(0x7fffffff),
		UINT32_C(0x80000000), UINT32_C(0x7ffff000),
	};

	return edges[draw(lab, 0, sizeof(edges) / sizeof(*edges) - 1)];
}

static struct tcp_settings
draw_settings(struct lab *lab, uint32_t mss)
{
	struct tcp_settings s = tcp_settings_default();

	s.mss = toss(lab) ? 0 : (uint32_t)draw(lab, 88, mss);
	s.window_scaling = toss(lab);
	s.sack = toss(lab);
	s.timestamps = toss(lab);
	s.delayed_ack = toss(lab);
	s.nagle = toss(lab);
	s.initial_window = (uint32_t)draw(lab, 1, 10);
	s.receive_buffer = toss(lab) ? (uint32_t)draw(lab, mss, 4 * mss) :
	    (uint32_t)draw(lab, mss, 300000);
	s.isn_set = true;
	s.isn = draw_isn(lab);
	s.keepalive_ns = toss(lab) ? 0 : 10 * LAB_S;
	/* At 30 % lost both ways a plain host would give up now and then. */
	s.retries = s.syn_retries = 1000;
	s.fin_wait_ns = 36000 * LAB_S;
	return s;
}

/* The most that is written or read at once; not so little that it takes days. */
static size_t
draw_piece(struct lab *lab, uint64_t total)
{
	return (size_t)(total / 200 + (toss(lab) ? draw(lab, 1, 300) :
	    draw(lab, 1, 65536)));
}

static void
draw_plan(struct lab *lab, struct plan *plan)
{
	*plan = (struct plan){ .holds = toss(lab) ? 0 : 5,
	    .hold_ppm = (uint32_t)draw(lab, 0, 50000) };
	for (unsigned i = 0; i < 2; i++)
		plan->total[i] = toss(lab) ? draw(lab, 0, 3000) :
		    draw(lab, 0, 120000);
	for (unsigned i = 0; i < 2; i++) {
		plan->write_most[i] = draw_piece(lab, plan->total[i]);
		plan->read_most[i] = draw_piece(lab, plan->total[!i]);
		/* If both wait, neither closes. */
		plan->waits[i] = toss(lab) && !(i == 1 && plan->waits[0]);
	}
	lab->loss_ppm = toss(lab) ? 0 : (uint32_t)draw(lab, 0, 300000);
	lab->duplicate_ppm = toss(lab) ? 0 : (uint32_t)draw(lab, 0, 300000);
	lab->reorder_ppm = toss(lab) ? 0 : (uint32_t)draw(lab, 0, 300000);
	lab->latency_ns = (int64_t)draw(lab, 0, 200 * LAB_MS);
	lab->jitter_ns = (int64_t)draw(lab, 1, 300 * LAB_MS);
}

/* Programs that read no more are woken after 20 s at most, and all now and then. */
static void
play(struct lab *lab, const struct plan *plan)
{
	for (unsigned wakes = 0; wakes < 50000; wakes++) {
		lab_run(lab, lab->now_ns + LAB_S / 10);
		for (unsigned i = 0; i < 2; i++) {
			if (wakes % 200 == 0)
				lab->ends[i].hold = false;
			program(lab, i);
		}
		if (lab->ends[0].read == plan->total[1] &&
		    lab->ends[1].read == plan->total[0] &&
		    lab->ends[0].at_end && lab->ends[1].at_end &&
		    plan->shut[0] && plan->shut[1])
			return;
	}
	ck_abort_msg("not done after %lld s: %llu of %llu and %llu of %llu",
	    (long long)(lab->now_ns / LAB_S),
	    (unsigned long long)lab->ends[1].read,
	    (unsigned long long)plan->total[0],
	    (unsigned long long)lab->ends[0].read,
	    (unsigned long long)plan->total[1]);
}

static void
check_end(const struct lab *lab, unsigned i, const struct plan *plan)
{
	const struct lab_end *e = &lab->ends[i];
	struct tcp_counts counts;

	tcp_counts(e->tcp, &counts);
	ck_assert(e->ended);
	ck_assert_uint_eq(counts.segments_sent, e->trace.count);
	/* Bounds that are wide, and that an end which runs wild passes. */
	ck_assert_uint_lt(e->trace.count, 20000 +
	    30 * (plan->total[0] + plan->total[1]));
	ck_assert_uint_lt(e->ticks, 20000 +
	    10 * (plan->total[0] + plan->total[1]));
	ck_assert_uint_eq(e->read, plan->total[!i]);
	ck_assert(e->at_end);
	ck_assert_uint_eq(counts.payload_sent, plan->total[i]);
	ck_assert_uint_eq(counts.payload_received, plan->total[!i]);
	/* The last ACK may be lost until the peer, closed in order, is no longer
	 * there to repeat it. */
	if (e->why == TCP_END_TIMED_OUT &&
	    lab->ends[!i].why == TCP_END_CLOSED)
		return;
	ck_assert_int_eq(e->why, TCP_END_CLOSED);
	ck_assert_uint_eq(tcp_unacknowledged(e->tcp), 0);
}

START_TEST(all_bytes_arrive_in_order_once_and_both_ends_close)
{
	const char *text = getenv("PCAPSTAT_TEST_LONG");
	unsigned rounds = ROUNDS * (text == NULL ? 1 : (unsigned)atoi(text));

	for (unsigned round = 0; round < rounds; round++) {
		uint64_t seed = (uint64_t)_i * 1000003 + round;
		struct tcp_settings a, b;
		struct plan plan;
		struct lab lab;
		uint32_t mss;

		/* Shown where a check fails. */
		fprintf(stderr, "seed %llu\n", (unsigned long long)seed);
		random_init(&lab.random, seed, "settings", 0);
		mss = (uint32_t)draw(&lab, 88, 9000);
		a = draw_settings(&lab, mss);
		b = draw_settings(&lab, mss);
		lab_init(&lab, seed, &a, &b, mss);
		draw_plan(&lab, &plan);
		lab.context = &plan;
		lab.program = program;
		tcp_listen(lab.ends[1].tcp, 0);
		tcp_connect(lab.ends[0].tcp, 0);
		play(&lab, &plan);
		lab_run(&lab, INT64_MAX);
		for (unsigned i = 0; i < 2; i++)
			check_end(&lab, i, &plan);
		lab_reset(&lab);
	}
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("tcp channel");
	TCase *tc = tcase_create("channel");
	SRunner *sr;
	int failed;

	tcase_add_loop_test(tc,
	    all_bytes_arrive_in_order_once_and_both_ends_close, 0,
	    CONNECTIONS);
	suite_add_tcase(s, tc);
	sr = srunner_create(s);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? 0 : 1;
}
