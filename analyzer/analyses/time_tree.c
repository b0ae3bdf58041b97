#include "analyzer/analyses/time_tree.h"

#include <stdbool.h>
#include <stdlib.h>

#include "base/memory.h"

/* The root is node 1, the children of node i are 2 i and 2 i + 1, and span k is
 * node leaves + k. */
struct time_tree {
	size_t n, leaves;	/* leaves: a power of 2, n or more */
	struct time_span *nodes;
};

struct time_tree *
time_tree_new(size_t n)
{
	struct time_tree *tree = memory_array(1, sizeof(*tree));

	if (tree == NULL)
		return NULL;
	tree->n = n;
	for (tree->leaves = 1; tree->leaves < n; tree->leaves *= 2)
		;
	tree->nodes = memory_array(2 * tree->leaves, sizeof(*tree->nodes));
	if (tree->nodes == NULL) {
		free(tree);
		return NULL;
	}
	for (size_t i = 0; i < 2 * tree->leaves; i++)
		tree->nodes[i] = (struct time_span){ INT64_MAX, INT64_MIN };
	return tree;
}

void
time_tree_free(struct time_tree *tree)
{
	if (tree == NULL)
		return;
	free(tree->nodes);
	free(tree);
}

void
time_tree_set(struct time_tree *tree, size_t number, struct time_span span)
{
	tree->nodes[tree->leaves + number] = span;
}

void
time_tree_settle(struct time_tree *tree)
{
	for (size_t i = tree->leaves - 1; i > 0; i--) {
		const struct time_span *a = &tree->nodes[2 * i], *b = a + 1;

		tree->nodes[i] = (struct time_span){
			a->first_ns < b->first_ns ? a->first_ns : b->first_ns,
			a->last_ns > b->last_ns ? a->last_ns : b->last_ns,
		};
	}
}

static bool
meets(const struct time_span *span, struct time_span wanted)
{
	return span->first_ns <= wanted.last_ns &&
	    span->last_ns >= wanted.first_ns;
}

size_t
time_tree_next(const struct time_tree *tree, size_t from,
    struct time_span wanted)
{
	size_t node = tree->leaves + from;

	if (from >= tree->n)
		return tree->n;
	for (;;) {
		if (meets(&tree->nodes[node], wanted)) {
			if (node >= tree->leaves)
				break;
			node *= 2;
			continue;
		}
		/* The node to the right, on the highest floor that begins
		 * there. */
		while (node % 2 == 1)
			node /= 2;
		if (node == 0)
			return tree->n;
		node++;
	}
	node -= tree->leaves;
	return node < tree->n ? node : tree->n;
}
