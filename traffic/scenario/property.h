/*
 * Tables of properties: what may stand on the lines below a statement, or as
 * words behind one another.  Private to the files of this room.
 */
#ifndef TRAFFIC_SCENARIO_PROPERTY_H
#define TRAFFIC_SCENARIO_PROPERTY_H

#include <stddef.h>
#include <stdint.h>

#include "traffic/scenario/parser.h"

struct property;

/* Reads what stands behind the property's name into the target. */
typedef int property_read(struct parser *p, const struct property *row,
    void *target);

struct choice {
	const char *name;	/* NULL at the end */
	int value;
};

struct property {
	const char *name;
	property_read *read;
	size_t at;		/* in the target */
	uint64_t least, most;	/* of a number, bytes or nanoseconds; most 0:
				   no bound but that of the type */
	const struct choice *choices;
	unsigned only;		/* bits of those that have it; 0: all */
	bool repeats;		/* may be there more than once */
};

/* At most 64 rows. */
struct property_table {
	const char *of;		/* in messages */
	const struct property *rows;
	size_t count;
};

#define PROPERTY_TABLE(of, rows) \
	{ of, rows, sizeof(rows) / sizeof((rows)[0]) }

/* Who reads them. */
struct property_reader {
	const struct property_table *table;
	unsigned bits;		/* against property.only */
	const char *kind;	/* "ping", "echo": whose bits they are */
	void *target;
	/* For messages: what stands elsewhere, and where; or NULL. */
	const struct property_table *elsewhere;
	const char *where;
};

/* The next word is a property: reads it.  *seen has a bit a row. */
int property_read_one(struct parser *p, const struct property_reader *reader,
    uint64_t *seen);

/* All up to the end of the line. */
int property_read_words(struct parser *p,
    const struct property_reader *reader, uint64_t *seen);

/* Has the table one of that name? */
bool property_is_there(const struct property_table *table, const char *name);

/* The one of name(of, 0) to name(of, count - 1) that the word may mean, NULL
 * where none is near; names that are NULL are left out. */
const char *near_name(const char *word, const char *(*name)(const void *of,
    size_t i), const void *of, size_t count);

#endif
