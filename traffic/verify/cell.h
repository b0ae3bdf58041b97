/*
 * What the truth says and what a table's cell says, made comparable.
 */
#ifndef TRAFFIC_VERIFY_CELL_H
#define TRAFFIC_VERIFY_CELL_H

#include <jansson.h>
#include <stdbool.h>

#include "base/int128.h"
#include "base/table.h"

enum cell_kind { CELL_NONE, CELL_NUMBER, CELL_TEXT };

enum { CELL_TEXT_BYTES = 128 };

/* Numbers are in the unit of the cell's type: times in nanoseconds, seconds in
 * picoseconds, decimals in 10^-12; the rest as they are. */
struct cell {
	enum cell_kind kind;
	int128 number;
	char text[CELL_TEXT_BYTES];	/* the first bytes of it */
};

/* What the row has in that column; CELL_NONE where the table's cell is
 * empty. */
void cell_of_row(struct cell *cell, const struct column *column,
    const void *row);

/* A member of truth.json that says what stands in such a column: integers (of
 * nanoseconds for seconds), texts, yes and no, null.  False: it is something
 * else. */
bool cell_of_json(struct cell *cell, const struct column *column,
    const json_t *value);

/* Sum of nanoseconds over a number of them as picoseconds, rounded half to
 * even; n > 0. */
int128 cell_mean_ps(int128 sum_ns, uint64_t n);

/* In the unit of the column that it is compared with. */
struct cell cell_number(int128 number);

/* A copy, cut to CELL_TEXT_BYTES - 1 bytes; CELL_NONE of NULL. */
struct cell cell_text(const char *text);

/* An empty cell: a table has nothing there, or the truth says null. */
struct cell cell_none(void);

/* The same kind and the same content; two of CELL_NONE are equal. */
bool cell_equal(const struct cell *a, const struct cell *b);

enum { CELL_SHOWN_BYTES = CELL_TEXT_BYTES + 2 };

/* As it is told to people; "nothing" where there is none. */
void cell_show(const struct cell *cell, const struct column *column,
    char out[CELL_SHOWN_BYTES]);

#endif
