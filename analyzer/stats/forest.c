/*
 * A tree is an array of nodes, the two children of one side by side, so that a
 * step is an addition and no branch.  A leaf is its own child: all rows take as
 * many steps as the tree is deep.  Rows go through a tree in blocks, so that it
 * stays in the first level cache.
 */
#include "analyzer/stats/forest.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/fixed_log.h"
#include "base/int128.h"
#include "base/memory.h"
#include "base/random.h"

enum {
	PATH_BITS = 32,		/* behind the point of a path's length */
	CREDIT_BITS = 16,
	DEPTH_MAX = 16,		/* of FOREST_SAMPLE_MAX rows */
	BLOCK = 64,		/* rows */
	ABREAST = 8,		/* rows that go down at a time */
};

struct node {
	uint32_t cut;		/* up to it: left; UINT32_MAX: a leaf */
	uint32_t child;		/* left; right is the next; of a leaf: itself */
	uint32_t feature;
};

/* What only some rows are asked. */
struct leaf {
	uint64_t path;		/* of a leaf, times 2^PATH_BITS */
	uint32_t rows;		/* of the sample, in any node */
};

struct tree {
	struct node *nodes;
	struct leaf *leaves;	/* of the same number */
	unsigned depth;
};

struct forest {
	struct forest_shape shape;	/* sample: what there was */
	uint64_t mean_path;		/* c(sample) */
	struct node *nodes;		/* of all trees */
	struct leaf *leaves;
	struct tree *trees;
	uint32_t *logs;			/* log2 i times 2^CREDIT_BITS */
	uint64_t *mean_paths;		/* c(i) */
};

/* What one tree is grown with. */
struct growth {
	const struct forest *forest;
	const uint32_t *rows;
	uint32_t *drawn;		/* which rows are in the tree */
	struct tree *tree;
	unsigned depth_limit;
	uint32_t used;			/* nodes */
	struct random random;
};

/* 2 H - 2 (n - 1) / n, where H is H(n - 1) times 2^64. */
static uint64_t
mean_path(uint128 harmonic, unsigned n)
{
	uint128 c;

	if (n < 2)
		return 0;
	c = 2 * harmonic - ((uint128)(2 * (n - 1)) << 64) / n;
	return (uint64_t)((c + (UINT64_C(1) << (63 - PATH_BITS))) >>
	    (64 - PATH_BITS));
}

/* The next term of the harmonic sum; each is rounded down, which 65536 of them
 * do not carry into the bits that are kept. */
static uint128
reciprocal(unsigned n)
{
	return ((uint128)1 << 64) / n;
}

uint64_t
forest_mean_path(unsigned n)
{
	uint128 harmonic = 0;

	for (unsigned i = 1; i < n; i++)
		harmonic += reciprocal(i);
	return mean_path(harmonic, n);
}

static void
fill_tables(struct forest *f)
{
	uint128 harmonic = 0;

	for (unsigned i = 0; i <= f->shape.sample; i++) {
		f->mean_paths[i] = mean_path(harmonic, i);
		f->logs[i] = i == 0 ? 0 : (uint32_t)(fixed_log2(i) >>
		    (FIXED_LOG_BITS - CREDIT_BITS));
		if (i > 0)
			harmonic += reciprocal(i);
	}
	f->mean_path = f->mean_paths[f->shape.sample];
}

static unsigned
ceil_log2(unsigned n)
{
	unsigned bits = 0;

	while ((1U << bits) < n)
		bits++;
	return bits;
}

/* Growing. */

static uint32_t
value_of(const struct growth *g, uint32_t i, unsigned feature)
{
	return g->rows[(size_t)g->drawn[i] * g->forest->shape.features +
	    feature];
}

/* Does the feature differ among the rows from `from` to before `to`? */
static bool
find_range(const struct growth *g, uint32_t from, uint32_t to,
    unsigned feature, uint32_t *least, uint32_t *most)
{
	*least = *most = value_of(g, from, feature);
	for (uint32_t i = from + 1; i < to; i++) {
		uint32_t value = value_of(g, i, feature);

		*least = value < *least ? value : *least;
		*most = value > *most ? value : *most;
	}
	return *least < *most;
}

/* Draws a cut; false where all rows are alike. */
static bool
draw_cut(struct growth *g, uint32_t from, uint32_t to, struct node *node)
{
	uint8_t features[FOREST_FEATURES_MAX];
	unsigned left = g->forest->shape.features;
	uint32_t least, most;

	for (unsigned i = 0; i < left; i++)
		features[i] = (uint8_t)i;
	while (left > 0) {
		unsigned i = (unsigned)random_below(&g->random, left);
		unsigned feature = features[i];

		if (find_range(g, from, to, feature, &least, &most)) {
			node->feature = feature;
			node->cut = least + (uint32_t)random_below(
			    &g->random, most - least);
			return true;
		}
		features[i] = features[--left];
	}
	return false;
}

/* Rows of the left side first; returns where the right one begins. */
static uint32_t
part(struct growth *g, uint32_t from, uint32_t to, const struct node *node)
{
	while (from < to) {
		uint32_t row = g->drawn[from];

		if (value_of(g, from, node->feature) <= node->cut) {
			from++;
			continue;
		}
		g->drawn[from] = g->drawn[--to];
		g->drawn[to] = row;
	}
	return from;
}

/* The node's own depth, and below it, never deeper than DEPTH_MAX. */
static void
grow_node(struct growth *g, uint32_t at, uint32_t from, uint32_t to,
    unsigned depth)
{
	struct node *node = &g->tree->nodes[at];
	uint32_t middle;

	g->tree->leaves[at].rows = to - from;
	if (depth > g->tree->depth)
		g->tree->depth = depth;
	if (depth == g->depth_limit || to - from < 2 ||
	    !draw_cut(g, from, to, node)) {
		*node = (struct node){ UINT32_MAX, at, 0 };
		g->tree->leaves[at].path = ((uint64_t)depth << PATH_BITS) +
		    g->forest->mean_paths[to - from];
		return;
	}
	node->child = g->used;
	g->used += 2;
	middle = part(g, from, to, node);
	grow_node(g, node->child, from, middle, depth + 1);
	grow_node(g, node->child + 1, middle, to, depth + 1);
}

/* The first of the rows in `drawn` become any of them (Fisher and Yates). */
static void
draw_rows(struct growth *g, size_t count)
{
	for (size_t i = 0; i < count; i++)
		g->drawn[i] = (uint32_t)i;
	for (size_t i = 0; i < g->forest->shape.sample; i++) {
		size_t other = i + (size_t)random_below(&g->random, count - i);
		uint32_t row = g->drawn[i];

		g->drawn[i] = g->drawn[other];
		g->drawn[other] = row;
	}
}

static void
grow(struct forest *f, const uint32_t *rows, size_t count, uint32_t *drawn)
{
	struct growth g = { .forest = f, .rows = rows, .drawn = drawn,
	    .depth_limit = ceil_log2(f->shape.sample) };

	for (unsigned i = 0; i < f->shape.trees; i++) {
		g.tree = &f->trees[i];
		g.used = 1;
		random_init(&g.random, f->shape.seed, "isolation tree", i);
		draw_rows(&g, count);
		grow_node(&g, 0, 0, f->shape.sample, 0);
	}
}

/* Each tree gets the nodes it can need at most: two a row. */
static int
make_trees(struct forest *f)
{
	size_t each = 2 * (size_t)f->shape.sample;

	f->trees = memory_array(f->shape.trees, sizeof(*f->trees));
	f->nodes = memory_array(f->shape.trees * each, sizeof(*f->nodes));
	f->leaves = memory_array(f->shape.trees * each, sizeof(*f->leaves));
	f->logs = memory_array(f->shape.sample + 1, sizeof(*f->logs));
	f->mean_paths = memory_array(f->shape.sample + 1,
	    sizeof(*f->mean_paths));
	if (f->trees == NULL || f->nodes == NULL || f->leaves == NULL ||
	    f->logs == NULL || f->mean_paths == NULL)
		return -1;
	for (unsigned i = 0; i < f->shape.trees; i++) {
		f->trees[i].nodes = f->nodes + i * each;
		f->trees[i].leaves = f->leaves + i * each;
	}
	return 0;
}

struct forest *
forest_new(const struct forest_shape *shape, const uint32_t *rows,
    size_t count, struct errbuf *err)
{
	struct forest *f = memory_array(1, sizeof(*f));
	uint32_t *drawn = memory_array(count + 1, sizeof(*drawn));

	if (f != NULL) {
		f->shape = *shape;
		if (count < shape->sample)
			f->shape.sample = (unsigned)count;
	}
	if (f == NULL || drawn == NULL || (f->shape.sample > 0 &&
	    make_trees(f) == -1)) {
		errbuf_set(err, "out of memory for a forest of %u trees",
		    shape->trees);
		free(drawn);
		forest_free(f);
		return NULL;
	}
	if (f->shape.sample > 0) {
		fill_tables(f);
		grow(f, rows, count, drawn);
	}
	free(drawn);
	return f;
}

void
forest_free(struct forest *f)
{
	if (f == NULL)
		return;
	free(f->trees);
	free(f->nodes);
	free(f->leaves);
	free(f->logs);
	free(f->mean_paths);
	free(f);
}

unsigned
forest_sample(const struct forest *f)
{
	return f->shape.sample;
}

/* Scoring. */

/* Adds the path's length of each of `n` <= ABREAST rows. */
static inline void
descend(const struct tree *tree, const uint32_t *rows, size_t width, size_t n,
    uint64_t *sums)
{
	uint32_t at[ABREAST] = { 0 };

	for (unsigned depth = tree->depth; depth > 0; depth--)
		for (size_t i = 0; i < n; i++) {
			const struct node *node = &tree->nodes[at[i]];

			at[i] = node->child +
			    (rows[i * width + node->feature] > node->cut);
		}
	for (size_t i = 0; i < n; i++)
		sums[i] += tree->leaves[at[i]].path;
}

/* 2^(-sum / (trees c)), in units of 1 / FOREST_ONE, half up. */
static uint32_t
score_of(const struct forest *f, uint64_t sum)
{
	const uint64_t one = UINT64_C(1) << FIXED_LOG_BITS;
	uint128 exponent = ((uint128)sum << FIXED_LOG_BITS) /
	    (f->shape.trees * f->mean_path);
	uint64_t whole = (uint64_t)(exponent >> FIXED_LOG_BITS);
	uint64_t fraction = (uint64_t)exponent & (one - 1);
	uint64_t power = UINT64_C(1) << 63;
	uint128 scaled;

	/* 2^-f is 2^(1 - f) / 2. */
	if (fraction != 0) {
		power = fixed_power(one - fraction);
		whole++;
	}
	scaled = (uint128)power * FOREST_ONE >> whole;
	return (uint32_t)((scaled + (UINT64_C(1) << 62)) >> 63);
}

static void
score_block(const struct forest *f, const uint32_t *rows, size_t n,
    uint32_t *scores)
{
	size_t width = f->shape.features, i;
	uint64_t sums[BLOCK] = { 0 };

	for (unsigned t = 0; t < f->shape.trees; t++) {
		for (i = 0; i + ABREAST <= n; i += ABREAST)
			descend(&f->trees[t], rows + i * width, width,
			    ABREAST, sums + i);
		descend(&f->trees[t], rows + i * width, width, n - i,
		    sums + i);
	}
	for (i = 0; i < n; i++)
		scores[i] = score_of(f, sums[i]);
}

void
forest_score(const struct forest *f, const uint32_t *rows, size_t n,
    uint32_t *scores)
{
	if (f->shape.sample < 2) {
		for (size_t i = 0; i < n; i++)
			scores[i] = FOREST_NO_SCORE;
		return;
	}
	while (n > 0) {
		size_t now = n < BLOCK ? n : BLOCK;

		score_block(f, rows, now, scores);
		rows += now * f->shape.features;
		scores += now;
		n -= now;
	}
}

/* A row may go where none of the sample went: that is as if it were one. */
static uint32_t
log_of(const struct forest *f, uint32_t rows)
{
	return f->logs[rows == 0 ? 1 : rows];
}

static void
credit_tree(const struct forest *f, const struct tree *tree,
    const uint32_t *row, uint64_t *credit)
{
	uint32_t at = 0;

	while (tree->nodes[at].child != at) {
		const struct node *node = &tree->nodes[at];
		uint32_t next = node->child + (row[node->feature] > node->cut);

		credit[node->feature] += log_of(f, tree->leaves[at].rows) -
		    log_of(f, tree->leaves[next].rows);
		at = next;
	}
}

void
forest_credit(const struct forest *f, const uint32_t *row,
    uint64_t credit[FOREST_FEATURES_MAX])
{
	memset(credit, 0, FOREST_FEATURES_MAX * sizeof(*credit));
	if (f->shape.sample < 2)
		return;
	for (unsigned t = 0; t < f->shape.trees; t++)
		credit_tree(f, &f->trees[t], row, credit);
}
