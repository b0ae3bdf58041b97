#include "analyzer/analyses/protocols.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/analyses/conversations.h"
#include "analyzer/analyses/path_tree.h"
#include "analyzer/stats/wide.h"
#include "base/memory.h"

/*
 * Packets are counted by their paths as they come, flows by path and
 * application as they end.  A flow's path is that of its first packet; its
 * later fragments, whose own path ends at IP, count with its application all
 * the same.
 */

#define COLUMN(column, kind, field, its_unit, means) \
	{ .name = column, .type = kind, \
	    .offset = offsetof(struct protocols_row, field), \
	    .unit = its_unit, .meaning = means }

static const struct column columns[] = {
	COLUMN("file", COLUMN_TEXT, file, "", "the capture: its path as given or, for a walked folder, the path below it"),
	COLUMN("path", COLUMN_STRING, path, "", "protocols from the link layer on, with colons: eth:ip:tcp"),
	COLUMN("application", COLUMN_TEXT, application, "", "what flows of this path carry; empty in the path's own row"),
	COLUMN("packets", COLUMN_U64, packets, "packets", "packets whose path begins so; of an application, those of its flows"),
	COLUMN("frame_bytes", COLUMN_U64, frame_bytes, "bytes", "original lengths of their frames"),
	COLUMN("share_packets", COLUMN_DECIMAL, share_packets, "", "packets as a part of all packets of the capture, 0 to 1"),
	COLUMN("mean_frame_len", COLUMN_DECIMAL, mean_frame_len, "bytes", "mean original frame length"),
	COLUMN("clear_text", COLUMN_TEXT, clear_text, "", "of an application: is what it carries readable: yes, no, or mixed"),
	COLUMN("share_frame_bytes", COLUMN_DECIMAL, share_frame_bytes, "", "frame_bytes as a part of those of all packets, 0 to 1"),
	COLUMN("found_by", COLUMN_TEXT, found_by, "", "what the application was known by: payload or port"),
	COLUMN("flows", COLUMN_U64, flows, "", "flows that carry the application"),
	COLUMN("leaks", COLUMN_U64, leaks, "", "flows in which a secret is repeated in clear text"),
	COLUMN("leak", COLUMN_STRING, leak, "", "what the first of them gives away"),
	COLUMN("a_entropy", COLUMN_DECIMAL, a_entropy, "bits a byte", "mean entropy of what the flows' A sent first; of flows with 256 bytes and more"),
	COLUMN("b_entropy", COLUMN_DECIMAL, b_entropy, "bits a byte", "the same of their B"),
};

const struct table protocols_table = {
	"protocols", "a protocol path, or an application in it", columns,
	sizeof(columns) / sizeof(columns[0]),
	"path,application,packets,share_packets,frame_bytes,clear_text",
	.row_bytes = sizeof(struct protocols_row),
};

/* The flows of one application below one path. */
struct carried {
	const char *name;	/* a constant */
	bool by_port;
	uint16_t node;		/* of the path */
	uint32_t next;		/* of the same node, less one; 0: none */
	uint64_t packets, frame_bytes, flows, leaks;
	uint64_t clear[CLEAR_MIXED + 1];	/* flows */
	uint64_t entropies[FLOW_SIDES];	/* flows with one */
	uint64_t microbits[FLOW_SIDES];	/* their sum */
	char leak[APPLICATION_DETAIL_BYTES];	/* of the first flow with one */
};

struct memory {
	struct path_tree *tree;
	struct carried *carried;
	size_t count, room;
	uint32_t first[PATH_TREE_NODES];	/* of a node, likewise */
};

static unsigned
needs(const struct settings *settings, const struct table_selection *wanted)
{
	(void)settings;
	(void)wanted;
	return TRACK_APPLICATIONS;
}

static void
memory_free(void *memory)
{
	struct memory *m = memory;

	if (m == NULL)
		return;
	path_tree_free(m->tree);
	free(m->carried);
	free(m);
}

static void *
memory_new(const struct settings *settings,
    const struct table_selection *wanted, struct errbuf *err)
{
	struct memory *m = memory_array(1, sizeof(*m));

	(void)settings;
	(void)wanted;
	if (m == NULL) {
		errbuf_set(err, "out of memory");
		return NULL;
	}
	m->tree = path_tree_new(err);
	if (m->tree == NULL) {
		memory_free(m);
		return NULL;
	}
	return m;
}

static int
packet(void *memory, const char *file, const struct sighting *sighting,
    struct table_writer *writer, struct errbuf *err)
{
	struct memory *m = memory;

	(void)file;
	(void)writer;
	return path_tree_add(m->tree, sighting->packet, err);
}

/* The entry for an application; NULL: no memory.  A path has no more than there
 * are names. */
static struct carried *
find_carried(struct memory *m, uint16_t node, const char *name, bool by_port,
    struct errbuf *err)
{
	struct carried *grown;

	for (uint32_t i = m->first[node]; i != 0; i = m->carried[i - 1].next)
		if (m->carried[i - 1].by_port == by_port &&
		    strcmp(m->carried[i - 1].name, name) == 0)
			return &m->carried[i - 1];
	if (m->count == m->room) {
		size_t room = m->room == 0 ? 32 : 2 * m->room;

		grown = memory_resize(m->carried, room, sizeof(*grown));
		if (grown == NULL) {
			errbuf_set(err, "out of memory for %zu applications",
			    room);
			return NULL;
		}
		m->carried = grown;
		m->room = room;
	}
	grown = &m->carried[m->count++];
	memset(grown, 0, sizeof(*grown));
	grown->node = node;
	grown->name = name;
	grown->by_port = by_port;
	grown->next = m->first[node];
	m->first[node] = (uint32_t)m->count;
	return grown;
}

static void
add_flow(struct carried *c, const struct flow *flow)
{
	const struct flow_application *a = flow->application;

	c->flows += flow->part == 1;
	c->clear[application_clear(a)]++;
	if (a->leak && c->leaks++ == 0)
		memcpy(c->leak, a->detail, sizeof(c->leak));
	for (unsigned i = 0; i < FLOW_SIDES; i++) {
		c->packets += flow->sides[i].packets;
		c->frame_bytes += flow->sides[i].frame_bytes;
		c->entropies[i] += a->sides[i].has_entropy;
		c->microbits[i] += a->sides[i].entropy_microbits;
	}
}

static int
flow_ended(void *memory, const struct flow *flow, struct table_writer *writer,
    struct errbuf *err)
{
	struct memory *m = memory;
	const char *name = application_name(flow->application);
	struct carried *c;
	int node;

	(void)writer;
	if (name == NULL)
		return 0;
	node = path_tree_find(m->tree, flow->layers, flow->layer_count, err);
	if (node == -1)
		return -1;
	c = find_carried(m, (uint16_t)node, name, flow->application->by_port,
	    err);
	if (c == NULL)
		return -1;
	add_flow(c, flow);
	return 0;
}

/* n / d in units of 10^-12, half to even; undefined for 0 / 0. */
static int128
ratio(uint64_t n, uint64_t d)
{
	return d == 0 ? TABLE_NO_PS : wide_ratio(n, d);
}

static void
fill_counts(struct protocols_row *row, const struct memory *m,
    uint64_t packets, uint64_t frame_bytes)
{
	const struct path_node *all = path_tree_node(m->tree, PATH_TREE_ROOT);

	row->packets = packets;
	row->frame_bytes = frame_bytes;
	row->share_packets = ratio(packets, all->packets);
	row->share_frame_bytes = ratio(frame_bytes, all->frame_bytes);
	row->mean_frame_len = ratio(frame_bytes, packets);
}

static const char *
clear_text(const struct carried *c)
{
	if (c->clear[CLEAR_MIXED] > 0 ||
	    (c->clear[CLEAR_YES] > 0 && c->clear[CLEAR_NO] > 0))
		return "mixed";
	return c->clear[CLEAR_YES] > 0 ? "yes" :
	    c->clear[CLEAR_NO] > 0 ? "no" : NULL;
}

/* Microbits to units of 10^-12 bits. */
static int128
mean_entropy(const struct carried *c, unsigned side)
{
	struct wide sum = wide_from((uint128)c->microbits[side] * 1000000);

	return c->entropies[side] == 0 ? TABLE_NO_PS :
	    (int128)wide_divide(&sum, c->entropies[side]);
}

static int
write_carried(const struct memory *m, const struct carried *c,
    struct protocols_row row, struct table_writer *writer, struct errbuf *err)
{
	fill_counts(&row, m, c->packets, c->frame_bytes);
	row.application = c->name;
	row.clear_text = clear_text(c);
	row.found_by = c->by_port ? "port" : "payload";
	row.flows = c->flows;
	row.leaks = c->leaks;
	row.leak = c->leaks > 0 ? c->leak : NULL;
	row.a_entropy = mean_entropy(c, FLOW_A);
	row.b_entropy = mean_entropy(c, FLOW_B);
	return writer->row(writer, &row, err);
}

/* By path (the chains from `first` end here); there the most packets first, then
 * names, then payload first. */
static int
compare_carried(const void *one, const void *other)
{
	const struct carried *a = one, *b = other;
	int order;

	if (a->node != b->node)
		return a->node < b->node ? -1 : 1;
	if (a->packets != b->packets)
		return a->packets > b->packets ? -1 : 1;
	order = strcmp(a->name, b->name);
	return order != 0 ? order : (int)a->by_port - (int)b->by_port;
}

/* The path's own row, and its applications'. */
static int
write_node(const struct memory *m, size_t node, const char *file,
    struct table_writer *writer, struct errbuf *err)
{
	const struct path_node *n = path_tree_node(m->tree, node);
	char path[PATH_TREE_TEXT_BYTES];
	struct protocols_row row = { .file = file, .path = path,
	    .flows = TABLE_NO_U64, .leaks = TABLE_NO_U64,
	    .a_entropy = TABLE_NO_PS, .b_entropy = TABLE_NO_PS };
	size_t first = 0, end = m->count;

	path_tree_text(m->tree, node, path);
	fill_counts(&row, m, n->packets, n->frame_bytes);
	if (writer->row(writer, &row, err) == -1)
		return -1;
	while (first < end) {
		size_t middle = first + (end - first) / 2;

		if (m->carried[middle].node < node)
			first = middle + 1;
		else
			end = middle;
	}
	for (; first < m->count && m->carried[first].node == node; first++)
		if (write_carried(m, &m->carried[first], row, writer,
		    err) == -1)
			return -1;
	return 0;
}

/* The next node of a walk through the tree, parents first; 0: no more. */
static size_t
node_after(const struct path_tree *tree, size_t node)
{
	const struct path_node *n = path_tree_node(tree, node);

	if (n->first_child != 0)
		return n->first_child;
	while (n->next_sibling == 0 && n->depth > 0)
		n = path_tree_node(tree, n->parent);
	return n->next_sibling;
}

/* Packets whose path had to be cut short: they are counted, and told of. */
static int
write_merged(const struct memory *m, const char *file,
    struct table_writer *writer, struct errbuf *err)
{
	struct protocols_row row = { .file = file, .path = "...",
	    .packets = path_tree_merged(m->tree), .frame_bytes = TABLE_NO_U64,
	    .share_packets = TABLE_NO_PS, .share_frame_bytes = TABLE_NO_PS,
	    .mean_frame_len = TABLE_NO_PS, .flows = TABLE_NO_U64,
	    .leaks = TABLE_NO_U64, .a_entropy = TABLE_NO_PS,
	    .b_entropy = TABLE_NO_PS };

	return row.packets == 0 ? 0 : writer->row(writer, &row, err);
}

static int
finish(void *memory, const struct analysis_input *input,
    struct table_writer *writer, struct errbuf *err)
{
	struct memory *m = memory;
	size_t node = PATH_TREE_ROOT;

	path_tree_sum(m->tree);
	if (m->count > 0)
		qsort(m->carried, m->count, sizeof(*m->carried),
		    compare_carried);
	while ((node = node_after(m->tree, node)) != 0)
		if (write_node(m, node, input->name, writer, err) == -1)
			return -1;
	return write_merged(m, input->name, writer, err);
}

const struct conversation_question question_protocols = {
	.table = &protocols_table,
	/* A part may end before the application is known. */
	.whole_flows = true,
	.needs = needs,
	.memory_new = memory_new,
	.memory_free = memory_free,
	.packet = packet,
	.flow = flow_ended,
	.finish = finish,
};
