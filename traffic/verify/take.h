/*
 * One of pcapstat's rows under comparison; private to check_*.c and take*.c.
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
	bool compared[TABLE_COLUMNS_MAX];
};

/* The row's number in that column; 0 where there is none. */
uint64_t take_number(const struct take *take, const char *column);

/* What the truth says of that column.  A table without it is a difference. */
void take_cell(struct take *take, const char *column, struct cell truth);

/*
 * Each member of the object against the column of the same name, one in seconds
 * (_s) for nanoseconds (_ns); those of gaps and round trips against what they
 * add up to.  A member that no column has is a difference, unless it is among
 * `others`: names with commas between them.
 */
void take_object(struct take *take, json_t *object, const char *others);

/* Gaps, or round trips, against the columns BASE_mean, BASE_min_s, ... */
void take_sums(struct take *take, const char *base, json_t *object);

/* All columns that have not been compared, but for those of options and those
 * among `others`: the truth says nothing of them, so there should be
 * nothing. */
void take_rest(struct take *take, const char *others);

/* A fragment that does not begin its datagram? */
bool take_is_later_fragment(json_t *packet);

/* Rows that are frames: of packets, udp and tcp-segments. */
void take_packet(struct take *take);

/* A fragment is left out, and all where the snaplen cuts headers. */
void take_datagram(struct take *take);

/* Nothing where the truth has no list of segments, as of a short snaplen. */
void take_segment(struct take *take);

#endif
