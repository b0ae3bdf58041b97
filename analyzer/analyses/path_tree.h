/*
 * Protocol paths as a tree: packets and bytes of each, inclusive.
 *
 * A packet is counted where its path ends; path_tree_sum() adds the counts up
 * the tree.  Paths come from outside: past PATH_TREE_NODES a packet counts at
 * the last node of its path that there is, and path_tree_merged() tells how
 * often that was so.
 */
#ifndef ANALYZER_ANALYSES_PATH_TREE_H
#define ANALYZER_ANALYSES_PATH_TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "analyzer/decode/packet.h"
#include "base/errbuf.h"

enum {
	PATH_TREE_NODES = 1 << 14,
	PATH_TREE_ROOT = 0,	/* node of no layer: all packets */
};

struct path_node {
	uint64_t packets, frame_bytes;
	uint16_t parent, first_child, next_sibling;	/* 0: none */
	uint8_t layer;		/* enum layer */
	uint8_t depth;		/* 0: the root */
};

struct path_tree;

/* NULL with the reason in *err; release with path_tree_free(). */
struct path_tree *path_tree_new(struct errbuf *err);

/* NULL does nothing. */
void path_tree_free(struct path_tree *tree);

/* Counts a packet: no walk where its path was met before.  -1 where memory is
 * short. */
int path_tree_add(struct path_tree *tree, const struct packet *packet,
    struct errbuf *err);

/* The node where a path ends, made where it is new; -1: no memory. */
int path_tree_find(struct path_tree *tree,
    const uint8_t layers[PACKET_LAYERS_MAX], uint8_t count,
    struct errbuf *err);

/* From here on the counts are inclusive, and children come in the order of
 * their packets, most first, then in that of enum layer.  Once, at the end. */
void path_tree_sum(struct path_tree *tree);

/* Nodes are numbered from PATH_TREE_ROOT on; parents come before children. */
const struct path_node *path_tree_node(const struct path_tree *tree,
    size_t node);

/* Packets whose path was cut short for want of room. */
uint64_t path_tree_merged(const struct path_tree *tree);

/* Room for the longest path, its '\0' included. */
enum { PATH_TREE_TEXT_BYTES = PACKET_LAYERS_MAX * 12 };

/* "eth:ip:tcp". */
void path_tree_text(const struct path_tree *tree, size_t node,
    char text[PATH_TREE_TEXT_BYTES]);

#endif
