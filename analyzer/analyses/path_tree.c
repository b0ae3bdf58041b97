#include "analyzer/analyses/path_tree.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

/* The layers of a path, zeros behind them; no layer in a path is 0. */
struct key {
	uint64_t words[2];
};

enum { SLOTS = 1 << 10 };

/* A cache of paths, one a slot: what collides is found again in the tree. */
struct slot {
	struct key key;
	uint16_t node;		/* 0: empty */
};

struct path_tree {
	struct path_node *nodes;
	size_t count, room;
	uint64_t merged;
	struct key last;
	uint16_t last_node;	/* 0: no packet yet */
	struct slot slots[SLOTS];
};

static inline struct key
key_of(const uint8_t layers[PACKET_LAYERS_MAX], uint8_t count)
{
	/* Behind the count there may be anything. */
	static const uint8_t masks[2 * PACKET_LAYERS_MAX] = {
		0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
		0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
	};
	struct key key, mask;

	memcpy(&key, layers, sizeof(key));
	memcpy(&mask, masks + PACKET_LAYERS_MAX - count, sizeof(mask));
	key.words[0] &= mask.words[0];
	key.words[1] &= mask.words[1];
	return key;
}

static inline bool
key_equal(const struct key *a, const struct key *b)
{
	return a->words[0] == b->words[0] && a->words[1] == b->words[1];
}

void
path_tree_free(struct path_tree *tree)
{
	if (tree == NULL)
		return;
	free(tree->nodes);
	free(tree);
}

struct path_tree *
path_tree_new(struct errbuf *err)
{
	enum { FIRST_ROOM = 64 };
	struct path_tree *tree = memory_array(1, sizeof(*tree));

	if (tree != NULL)
		tree->nodes = memory_array(FIRST_ROOM, sizeof(*tree->nodes));
	if (tree == NULL || tree->nodes == NULL) {
		errbuf_set(err, "out of memory");
		path_tree_free(tree);
		return NULL;
	}
	tree->room = FIRST_ROOM;
	tree->count = 1;
	return tree;
}

/* -1: no memory; the parent itself where there may be no more nodes. */
static int
add_child(struct path_tree *tree, uint16_t parent, uint8_t layer,
    struct errbuf *err)
{
	struct path_node *node;

	if (tree->count == PATH_TREE_NODES)
		return parent;
	if (tree->count == tree->room) {
		node = memory_resize(tree->nodes, 2 * tree->room,
		    sizeof(*node));
		if (node == NULL) {
			errbuf_set(err, "out of memory for %zu paths",
			    2 * tree->room);
			return -1;
		}
		tree->nodes = node;
		tree->room *= 2;
	}
	node = &tree->nodes[tree->count];
	*node = (struct path_node){ .parent = parent, .layer = layer,
	    .next_sibling = tree->nodes[parent].first_child,
	    .depth = (uint8_t)(tree->nodes[parent].depth + 1) };
	tree->nodes[parent].first_child = (uint16_t)tree->count;
	return (int)tree->count++;
}

int
path_tree_find(struct path_tree *tree,
    const uint8_t layers[PACKET_LAYERS_MAX], uint8_t count, struct errbuf *err)
{
	static const uint8_t nothing = LAYER_UNKNOWN;
	uint16_t node = PATH_TREE_ROOT;

	/* A frame of which not even the link layer is known. */
	if (count == 0) {
		layers = &nothing;
		count = 1;
	}
	for (uint8_t i = 0; i < count; i++) {
		uint16_t child = tree->nodes[node].first_child;
		int made;

		while (child != 0 && tree->nodes[child].layer != layers[i])
			child = tree->nodes[child].next_sibling;
		if (child != 0) {
			node = child;
			continue;
		}
		made = add_child(tree, node, layers[i], err);
		if (made == -1 || made == node)
			return made;
		node = (uint16_t)made;
	}
	return node;
}

/* By the cache or, where that has another path, by the tree. */
static int
find_packet(struct path_tree *tree, const struct packet *packet,
    const struct key *key, struct errbuf *err)
{
	uint64_t hash = (key->words[0] ^ key->words[1] * 31) *
	    UINT64_C(0x9e3779b97f4a7c15);
	struct slot *slot = &tree->slots[hash >> 54];
	int node;

	if (slot->node != 0 && key_equal(&slot->key, key))
		return slot->node;
	node = path_tree_find(tree, packet->layers, packet->layer_count, err);
	if (node > 0)
		*slot = (struct slot){ *key, (uint16_t)node };
	return node;
}

int
path_tree_add(struct path_tree *tree, const struct packet *packet,
    struct errbuf *err)
{
	const struct key key = key_of(packet->layers, packet->layer_count);
	uint16_t node = tree->last_node;

	if (node == 0 || !key_equal(&key, &tree->last)) {
		int found = find_packet(tree, packet, &key, err);

		if (found == -1)
			return -1;
		node = (uint16_t)found;
		tree->last = key;
		tree->last_node = node;
	}
	tree->merged += tree->nodes[node].depth < packet->layer_count;
	tree->nodes[node].packets++;
	tree->nodes[node].frame_bytes += packet->frame->wire_len;
	return 0;
}

static bool
comes_before(const struct path_node *a, const struct path_node *b)
{
	if (a->packets != b->packets)
		return a->packets > b->packets;
	return a->layer < b->layer;
}

/* Siblings are few: as many as there are layers. */
static void
sort_children(struct path_node *nodes, struct path_node *parent)
{
	uint16_t rest = parent->first_child;

	parent->first_child = 0;
	while (rest != 0) {
		uint16_t child = rest, *at = &parent->first_child;

		rest = nodes[child].next_sibling;
		while (*at != 0 && comes_before(&nodes[*at], &nodes[child]))
			at = &nodes[*at].next_sibling;
		nodes[child].next_sibling = *at;
		*at = child;
	}
}

void
path_tree_sum(struct path_tree *tree)
{
	struct path_node *nodes = tree->nodes;

	for (size_t i = tree->count - 1; i > PATH_TREE_ROOT; i--) {
		struct path_node *parent = &nodes[nodes[i].parent];

		parent->packets += nodes[i].packets;
		parent->frame_bytes += nodes[i].frame_bytes;
	}
	for (size_t i = 0; i < tree->count; i++)
		sort_children(nodes, &nodes[i]);
}

const struct path_node *
path_tree_node(const struct path_tree *tree, size_t node)
{
	return &tree->nodes[node];
}

uint64_t
path_tree_merged(const struct path_tree *tree)
{
	return tree->merged;
}

void
path_tree_text(const struct path_tree *tree, size_t node,
    char text[PATH_TREE_TEXT_BYTES])
{
	uint8_t layers[PACKET_LAYERS_MAX];
	unsigned depth = tree->nodes[node].depth;
	char *at = text;

	for (unsigned i = depth; i > 0; i--) {
		layers[i - 1] = tree->nodes[node].layer;
		node = tree->nodes[node].parent;
	}
	*at = '\0';
	for (unsigned i = 0; i < depth; i++) {
		if (i > 0)
			*at++ = ':';
		at = stpcpy(at, layer_name(layers[i]));
	}
}
