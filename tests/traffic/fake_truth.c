#include "tests/traffic/fake_truth.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>

struct truth *
fake_truth_new(void)
{
	struct truth *truth = calloc(1, sizeof(*truth));

	ck_assert_ptr_nonnull(truth);
	return truth;
}

size_t
fake_truth_count(const struct truth *truth, uint64_t number, enum fate fate)
{
	size_t n = 0;

	for (size_t i = 0; i < truth->fate_count; i++)
		n += truth->fates[i].fate == fate &&
		    (number == 0 || truth->fates[i].number == number);
	return n;
}

void
truth_capture(struct truth *truth, const char *file, size_t host,
    size_t network, const struct scenario_capture *how)
{
	ck_assert_uint_lt(truth->capture_count, FAKE_CAPTURES_MAX);
	ck_assert_int_ne(host == SCENARIO_NONE, network == SCENARIO_NONE);
	ck_assert(how->wanted);
	snprintf(truth->captures[truth->capture_count++], FAKE_NAME_BYTES,
	    "%s", file);
}

uint64_t
truth_sent(struct truth *truth, const struct sim_packet *packet,
    int64_t at_ns)
{
	(void)at_ns;
	ck_assert_uint_lt(truth->sent + 1, FAKE_MAX);
	truth->senders[++truth->sent] = packet->sender;
	return truth->sent;
}

void
truth_seen(struct truth *truth, size_t capture, uint64_t frame,
    const struct sim_packet *packet, int64_t ts_ns)
{
	ck_assert_uint_lt(truth->seen_count, FAKE_MAX);
	truth->seen[truth->seen_count++] = (struct fake_seen){
		capture, frame, packet->number, ts_ns, packet->ttl,
	};
}

void
truth_fate(struct truth *truth, uint64_t number, enum fate fate, size_t host,
    int64_t at_ns)
{
	ck_assert_uint_lt(truth->fate_count, FAKE_MAX);
	ck_assert_uint_ge(number, 1);
	ck_assert_uint_le(number, truth->sent);
	truth->fates[truth->fate_count++] = (struct fake_fate){
		number, fate, host, at_ns,
	};
}

void
truth_mark(struct truth *truth, uint64_t number, unsigned marks)
{
	ck_assert_uint_le(number, truth->sent);
	truth->marks[number] |= marks;
}
