/*
 * For the tests of tcp_flow: a connection as a list of segments, each with what
 * it is to be found to be.
 */
#ifndef TESTS_UNIT_TCP_STEPS_H
#define TESTS_UNIT_TCP_STEPS_H

#include <check.h>
#include <stdint.h>
#include <string.h>

#include "analyzer/tracker/tcp_flow.h"

enum { CLIENT_PORT = 40000, SERVER_PORT = 80 };

struct tcp_step {
	int64_t us;
	unsigned side;
	unsigned flags;
	uint32_t seq, ack, len;
	uint32_t what;		/* TCP_IS_*, expected */
	const char *reason;	/* expected; NULL: none */
	unsigned window;	/* 0: 1000; ~0U: 0 */
	unsigned ip_id;
};

static inline void
tcp_step_segment(const struct tcp_step *step, uint64_t number,
    struct tcp_segment *s)
{
	memset(s, 0, sizeof(*s));
	s->ts_ns = step->us * 1000;
	s->number = number;
	s->seq = step->seq;
	s->ack = step->ack;
	s->len = step->len;
	s->flags = (uint16_t)step->flags;
	s->window = (uint16_t)(step->window == ~0U ? 0 : step->window == 0 ?
	    1000 : step->window);
	s->ip_version = 4;
	s->ip_id = (uint16_t)step->ip_id;
}

/* Adds one, checks the verdict. */
static inline struct tcp_verdict
tcp_step_add(struct tcp_flow *flow, const struct tcp_step *step,
    uint64_t number)
{
	struct tcp_verdict v;
	struct tcp_segment s;

	tcp_step_segment(step, number, &s);
	ck_assert(!tcp_flow_is_reused(flow, step->side, &s));
	tcp_flow_add(flow, step->side, &s,
	    step->side == 0 ? CLIENT_PORT : SERVER_PORT,
	    step->side == 0 ? SERVER_PORT : CLIENT_PORT, &v);
	ck_assert_msg(v.what == step->what, "segment %u is %#x, not %#x",
	    (unsigned)number, v.what, step->what);
	if (step->reason == NULL)
		ck_assert_msg(v.reason == NULL, "segment %u: %s",
		    (unsigned)number, v.reason);
	else
		ck_assert_msg(v.reason != NULL &&
		    strcmp(v.reason, step->reason) == 0, "segment %u: %s",
		    (unsigned)number, v.reason == NULL ? "" : v.reason);
	return v;
}

/* All of them, into a new flow, which the caller closes. */
static inline void
tcp_steps_run(struct tcp_flow *flow, const struct tcp_step *steps, size_t n)
{
	tcp_flow_init(flow);
	for (size_t i = 0; i < n; i++)
		tcp_step_add(flow, &steps[i], i + 1);
}

#define TCP_STEPS(flow, steps) \
	tcp_steps_run(flow, steps, sizeof(steps) / sizeof(steps[0]))

#endif
