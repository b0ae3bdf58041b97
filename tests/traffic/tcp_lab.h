/*
 * Two ends of a TCP connection (traffic/synth/tcp/tcp.h) over a channel of plain
 * memory, with a virtual clock.
 *
 * What each end sends is kept as its trace.  What goes wrong is a failed check
 * of the test that runs.
 */
#ifndef TESTS_TRAFFIC_TCP_LAB_H
#define TESTS_TRAFFIC_TCP_LAB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/random.h"
#include "traffic/synth/tcp/tcp.h"

#define LAB_MS INT64_C(1000000)
#define LAB_S INT64_C(1000000000)

struct lab;

/* One segment on its way, or in a trace. */
struct lab_segment {
	int64_t at_ns;		/* when it arrives, or was sent */
	uint64_t number;	/* of those sent, from 0 */
	unsigned to;
	struct tcp_segment segment;	/* payload points to `payload` */
	uint8_t *payload;		/* NULL in a trace */
};

struct lab_list {
	struct lab_segment *items;
	size_t count, room;
};

struct lab_end {
	struct lab *lab;
	struct tcp *tcp;
	int64_t timer_ns;
	unsigned ticks;
	bool established, readable, writable, ended;
	enum tcp_end why;
	struct lab_list trace;	/* what it has sent */

	/* The program: bytes of lab_byte() in order. */
	uint64_t written, read;
	bool hold;		/* it does not read */
	bool at_end;		/* it has seen the peer's FIN */
};

struct lab {
	struct lab_end ends[2];
	int64_t now_ns;
	int64_t latency_ns, jitter_ns;
	uint32_t loss_ppm, duplicate_ppm, reorder_ppm;
	uint64_t sent;
	struct lab_list channel;
	struct random random;
	/* True: this segment is lost.  May be NULL. */
	bool (*drop)(struct lab *lab, const struct lab_segment *segment);
	/* Called when something has happened at an end.  May be NULL. */
	void (*program)(struct lab *lab, unsigned end);
	void *context;
};

/* Ends 0 and 1 with these settings; nothing has been called yet. */
void lab_init(struct lab *lab, uint64_t seed, const struct tcp_settings *a,
    const struct tcp_settings *b, uint32_t mss);
void lab_reset(struct lab *lab);

/* End 1 listens, end 0 connects, and both are established within a minute. */
void lab_connect(struct lab *lab);

/* What happens next, unless it is later than `end_ns`, and so on; then the time
 * is end_ns, or that of the last happening where that is INT64_MAX. */
void lab_run(struct lab *lab, int64_t end_ns);

void lab_write(struct lab *lab, unsigned end, size_t len);
/* Reads what is there, at most so much, and checks it. */
void lab_read(struct lab *lab, unsigned end, size_t most);
void lab_shutdown(struct lab *lab, unsigned end);

/* A segment comes in out of the blue. */
void lab_input(struct lab *lab, unsigned end,
    const struct tcp_segment *segment);

/* The last that an end has sent. */
const struct tcp_segment *lab_last(const struct lab *lab, unsigned end);

#endif
