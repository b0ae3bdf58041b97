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
#include "base/network.h"
#include "base/table.h"
#include "traffic/verify/cell.h"
#include "traffic/verify/verify.h"

enum {
	/* Differences of a capture that are told; the others are counted. */
	CHECK_TOLD_MAX = 200,
	/* As truth_known.c has it: with less, headers are not whole. */
	CHECK_HEADERS_BYTES = 14 + 40 + 8 + 60,
};

/* Borrowed from truth.json. */
struct check_frame {
	json_t *packet;		/* NULL: the truth has no such frame */
	int64_t ts_ns;
};

/* The tables that are looked at. */
enum check_table {
	CHECK_SUMMARY, CHECK_PACKETS, CHECK_FLOWS, CHECK_TCP, CHECK_SEGMENTS,
	CHECK_UDP, CHECK_UDP_CONVERSATIONS, CHECK_PROTOCOLS, CHECK_TABLES,
};

enum { CHECK_DIRECTIONS = 4, CHECK_PATHS = 4 };

/* The last frame of a direction. */
struct check_lane {
	bool begun;
	int64_t last_ns;
};

struct check {
	const struct verify_calls *calls;
	struct verify_result *result;
	const char *file;
	uint64_t told;

	struct check_frame *frames;	/* by number, from index 0 */
	size_t frame_count;
	uint64_t snaplen;
	const struct networks *local;
	json_t *capture, *totals, *flows, *connections, *segments;
	size_t next_segment;		/* index: row of `segments` to come */
	uint64_t found_segments;	/* of these that are frames */
	struct check_lane lanes[CHECK_DIRECTIONS];
	uint64_t packets[CHECK_PATHS];	/* by protocols' path */
	uint64_t rows[CHECK_TABLES];	/* that came */
};

/* Compares, counts, tells: "FILE: WHERE: WHAT: truth 3, pcapstat 4 (WHY)". */
void check_cell(struct check *check, const char *where, const char *what,
    const struct column *column, const struct cell *truth,
    const struct cell *ours, const char *why);

/* A difference that is no cell. */
void check_tell(struct check *check, const char *where, const char *text);

/* A member that is a number from 0 on; false where it is not there. */
bool check_u64(json_t *object, const char *key, uint64_t *out);
/* The same of a number of either sign. */
bool check_i64(json_t *object, const char *key, int64_t *out);
/* A member that is a text; NULL where it is not there. */
const char *check_string(json_t *object, const char *key);

/* Is the word one of those between commas? */
bool check_has_word(const char *list, const char *word);

extern const char *const check_table_names[CHECK_TABLES];

/* A row of that table has come. */
void check_take(struct check *check, enum check_table which,
    const struct table *table, const void *row);

/* All rows have come: do the numbers of rows fit? */
void check_finish(struct check *check);

#endif
