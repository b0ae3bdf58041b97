/*
 * A truth that keeps what it is told as it is told, in place of truth.c: for
 * tests of the network alone.
 */
#ifndef TESTS_TRAFFIC_FAKE_TRUTH_H
#define TESTS_TRAFFIC_FAKE_TRUTH_H

#include "traffic/synth/truth/truth.h"

enum { FAKE_MAX = 65536, FAKE_CAPTURES_MAX = 8, FAKE_NAME_BYTES = 32 };

struct fake_fate {
	uint64_t number;
	enum fate fate;
	size_t host;
	int64_t at_ns;
};

struct fake_seen {
	size_t capture;
	uint64_t frame, number;
	int64_t ts_ns;
	uint8_t ttl;
};

struct truth {
	uint64_t sent;
	size_t senders[FAKE_MAX];	/* by number */
	unsigned marks[FAKE_MAX];
	struct fake_fate fates[FAKE_MAX];
	size_t fate_count;
	struct fake_seen seen[FAKE_MAX];
	size_t seen_count;
	char captures[FAKE_CAPTURES_MAX][FAKE_NAME_BYTES];
	size_t capture_count;
};

/* Zeroed; release with free(). */
struct truth *fake_truth_new(void);

/* How many copies met this fate, of one packet or (number 0) of all. */
size_t fake_truth_count(const struct truth *truth, uint64_t number,
    enum fate fate);

#endif
