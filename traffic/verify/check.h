/*
 * One capture under comparison; shared by the files of this room.
 */
#ifndef TRAFFIC_VERIFY_CHECK_H
#define TRAFFIC_VERIFY_CHECK_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/errbuf.h"
#include "base/table.h"
#include "traffic/verify/cell.h"
#include "traffic/verify/verify.h"

/* Differences of a capture that are told; the others are counted. */
enum { CHECK_TOLD_MAX = 200 };

/* Borrowed from truth.json. */
struct check_frame {
	json_t *packet;		/* NULL: the truth has no such frame */
	int64_t ts_ns;
};

/* The tables that are looked at. */
enum check_table {
	CHECK_SUMMARY, CHECK_PACKETS, CHECK_FLOWS, CHECK_TCP, CHECK_SEGMENTS,
	CHECK_UDP, CHECK_UDP_CONVERSATIONS, CHECK_TABLES,
};

struct check {
	const struct verify_calls *calls;
	struct verify_result *result;
	const char *file;
	uint64_t told;

	struct check_frame *frames;	/* by number, from index 0 */
	size_t frame_count;
	uint64_t snaplen;
	json_t *totals, *flows, *connections, *segments;
	size_t next_segment;		/* index: row of `segments` to come */
	uint64_t rows[CHECK_TABLES];	/* that came */
};

/* Compares, counts, tells: "FILE: WHERE: WHAT: truth 3, pcapstat 4 (WHY)". */
void check_cell(struct check *check, const char *where, const char *what,
    const struct column *column, const struct cell *truth,
    const struct cell *ours, const char *why);

/* A difference that is no cell. */
void check_tell(struct check *check, const char *where, const char *text);

/* The column's cell of a row against what the truth says. */
void check_row(struct check *check, const char *where,
    const struct table *table, const void *row, const char *column,
    const struct cell *truth, const char *why);

/* Each member of the object that some column of the table tells, too: that of
 * the same name; one in seconds (_s) for nanoseconds (_ns); those of gaps and
 * round trips with what they add up to. */
void check_object(struct check *check, const char *where,
    const struct table *table, const void *row, json_t *object);

/* A member that is a number from 0 on; false where it is not there. */
bool check_u64(json_t *object, const char *key, uint64_t *out);
bool check_i64(json_t *object, const char *key, int64_t *out);
/* A member that is a text; NULL where it is not there. */
const char *check_string(json_t *object, const char *key);

extern const char *const check_table_names[CHECK_TABLES];

/* A row of that table has come. */
void check_take(struct check *check, enum check_table which,
    const struct table *table, const void *row);

/* All rows have come: do the numbers of rows fit? */
void check_finish(struct check *check);

#endif
