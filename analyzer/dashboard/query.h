/*
 * The query of an address: "src=192.0.2.1&port=53".
 *
 * Strict: each name once, %XX and + decoded, UTF-8 without control characters,
 * bounded in number and length.
 */
#ifndef ANALYZER_DASHBOARD_QUERY_H
#define ANALYZER_DASHBOARD_QUERY_H

#include <stddef.h>

#include "base/errbuf.h"

enum { QUERY_PAIRS_MAX = 24, QUERY_BYTES = 8192 };

struct query {
	struct query_pair {
		const char *name, *value;	/* in `text` */
	} pairs[QUERY_PAIRS_MAX];
	size_t count;
	char text[QUERY_BYTES];
};

/* NULL is an empty one.  -1 with the reason in *err. */
int query_parse(const char *text, struct query *out, struct errbuf *err);

/* NULL where it has none of that name, or an empty value. */
const char *query_find(const struct query *query, const char *name);

/* Is each name among these (NULL behind the last)?  -1 with the odd one in
 * *err. */
int query_check(const struct query *query, const char *const *names,
    struct errbuf *err);

/* Adds the text so that it can stand in a query; NULL: no room before `end`.
 * Returns where it ends, a terminator there. */
char *query_escape(char *at, const char *end, const char *text);

#endif
