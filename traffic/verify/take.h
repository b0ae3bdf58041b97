/*
 * One of pcapstat's rows under comparison; private to check_*.c.
 */
#ifndef TRAFFIC_VERIFY_TAKE_H
#define TRAFFIC_VERIFY_TAKE_H

#include "traffic/verify/check.h"

enum { TAKE_WHERE_BYTES = 160, TAKE_WHY_BYTES = 160 };

struct take {
	struct check *check;
	const struct table *table;
	const void *row;
	/* Where the row is, and the truth's reason; "": none. */
	char where[TAKE_WHERE_BYTES], why[TAKE_WHY_BYTES];
	json_t *packet;			/* of a row that is a frame */
};

/* The row's number in that column; 0 where there is none. */
uint64_t take_number(const struct take *take, const char *column);

/* What the truth says of that column. */
void take_cell(const struct take *take, const char *column,
    struct cell truth);

/* A fragment that does not begin its datagram? */
bool take_is_later_fragment(json_t *packet);

/* Rows that are frames: of packets, udp and tcp-segments. */
void take_packet(struct take *take);
void take_datagram(struct take *take);
void take_segment(struct take *take);

#endif
