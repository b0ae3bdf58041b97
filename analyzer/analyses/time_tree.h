/*
 * Spans of time in a given order: which is the next that a flow may fall in?
 *
 * Input:  spans, numbered from 0 in the order in which they are asked for.
 * Method: a binary tree over the numbers; a node knows the earliest beginning
 *         and the latest end below it, so what lies wholly outside is passed
 *         over at once.  A step costs O(log n) where spans are short.
 */
#ifndef ANALYZER_ANALYSES_TIME_TREE_H
#define ANALYZER_ANALYSES_TIME_TREE_H

#include <stddef.h>
#include <stdint.h>

/* Both ends belong to it; INT64_MIN and INT64_MAX: without that end. */
struct time_span {
	int64_t first_ns, last_ns;
};

struct time_tree;

/* NULL: no memory.  Release with time_tree_free(). */
struct time_tree *time_tree_new(size_t n);

/* NULL does nothing. */
void time_tree_free(struct time_tree *tree);

/* number < n; before time_tree_settle(). */
void time_tree_set(struct time_tree *tree, size_t number,
    struct time_span span);

/* All spans are set: from here on they can be looked for. */
void time_tree_settle(struct time_tree *tree);

/* The first span from number `from` on that begins not after wanted.last_ns and
 * ends not before wanted.first_ns; n where there is none.  The span from
 * INT64_MAX to INT64_MIN meets those without ends alone. */
size_t time_tree_next(const struct time_tree *tree, size_t from,
    struct time_span wanted);

#endif
