/*
 * Which connections of several captures are one.
 *
 * They are where client, server and the number of the SYN are equal.  Where the
 * SYN was not captured, its number is one less than the SYN-ACK acknowledges.
 */
#include "analyzer/analyses/answers_internal.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

/* A connection of a view, on its way to be merged. */
struct candidate {
	const struct answers_connection *connection;
	size_t view, rank, index;	/* rank: of the view */
	uint64_t syn_seq;		/* seen or implied, or TABLE_NO_U64 */
	size_t group;			/* the merged one */
};

static uint64_t
syn_seq_of(const struct answers_connection *c)
{
	if (c->syn.seq != TABLE_NO_U64)
		return c->syn.seq;
	if (c->synack.ack != TABLE_NO_U64)
		return (uint32_t)(c->synack.ack - 1);
	return TABLE_NO_U64;
}

static int
compare_numbers(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

static int
compare_ends(const struct sheet_end *a, const struct sheet_end *b)
{
	int order = memcmp(&a->ip, &b->ip, sizeof(a->ip));

	return order != 0 ? order : compare_numbers(a->port, b->port);
}

static int
compare_sockets(const struct candidate *a, const struct candidate *b)
{
	int order = compare_ends(&a->connection->client,
	    &b->connection->client);

	return order != 0 ? order : compare_ends(&a->connection->server,
	    &b->connection->server);
}

/* Those of one connection stand together, the best view's first. */
static int
by_connection(const void *left, const void *right)
{
	const struct candidate *a = left, *b = right;
	int order = compare_sockets(a, b);

	if (order == 0)
		order = compare_numbers(a->syn_seq, b->syn_seq);
	if (order == 0)
		order = compare_numbers(a->rank, b->rank);
	return order != 0 ? order : compare_numbers(a->index, b->index);
}

static int
by_rank(const void *left, const void *right)
{
	const struct candidate *a = left, *b = right;
	int order = compare_numbers(a->rank, b->rank);

	return order != 0 ? order : compare_numbers(a->index, b->index);
}

static size_t
count_to_server(const struct answers *a, size_t view)
{
	const struct answers_notes *notes = &a->views[view];
	size_t count = 0;

	for (size_t i = 0; i < notes->connection_count; i++)
		count += sheet_ip_equal(&notes->connections[i].server.ip,
		    &a->server);
	return count;
}

/* The capture at the server first, then those with more of its
 * connections. */
static void
rank_views(struct answers *a)
{
	size_t weight[ANSWERS_VIEWS_MAX];

	for (size_t v = 0; v < a->n; v++) {
		size_t at = v;

		weight[v] = 2 * count_to_server(a, v) +
		    sheet_ip_equal(&a->places[v], &a->server);
		while (at > 0 && weight[a->rank[at - 1]] < weight[v]) {
			a->rank[at] = a->rank[at - 1];
			at--;
		}
		a->rank[at] = v;
	}
}

/* All connections to the server; their number, and NULL without memory. */
static struct candidate *
gather(const struct answers *a, size_t *n)
{
	struct candidate *list;
	size_t room = 0;

	for (size_t v = 0; v < a->n; v++)
		room += count_to_server(a, v);
	list = memory_array(room + 1, sizeof(*list));
	*n = 0;
	for (size_t r = 0; list != NULL && r < a->n; r++) {
		const struct answers_notes *notes = &a->views[a->rank[r]];

		for (size_t i = 0; i < notes->connection_count; i++) {
			const struct answers_connection *c =
			    &notes->connections[i];

			if (sheet_ip_equal(&c->server.ip, &a->server))
				list[(*n)++] = (struct candidate){ c,
				    a->rank[r], r, i, syn_seq_of(c), 0 };
		}
	}
	return list;
}

/* Sorted by connection: the same number is the same group; a view has each
 * once. */
static size_t
group(struct candidate *list, size_t n)
{
	size_t groups = 0;

	for (size_t i = 0; i < n; i++) {
		bool same = i > 0 && list[i].rank != list[i - 1].rank &&
		    compare_sockets(&list[i - 1], &list[i]) == 0 &&
		    (list[i].syn_seq == list[i - 1].syn_seq ||
		    list[i].syn_seq == TABLE_NO_U64);

		if (!same)
			groups++;
		list[i].group = groups - 1;
	}
	return groups;
}

/* A field of a handshake that two captures can disagree in. */
static const struct field {
	const char *name;
	size_t at;
} fields[] = {
#define FIELD(segment, number, text) \
	{ text, offsetof(struct answers_connection, segment.number) }
	FIELD(synack, seq, "SYN-ACK's sequence number"),
	FIELD(synack, ack, "SYN-ACK's acknowledgement number"),
	FIELD(ack, seq, "ACK's sequence number"),
	FIELD(ack, ack, "ACK's acknowledgement number"),
#undef FIELD
};

static uint64_t
field_of(const struct answers_connection *c, const struct field *field)
{
	uint64_t value;

	memcpy(&value, (const char *)c + field->at, sizeof(value));
	return value;
}

static void
note_difference(struct answers *a, const struct candidate *one,
    const struct candidate *two, const char *what, uint64_t first,
    uint64_t second)
{
	char client[SHEET_END_BYTES], server[SHEET_END_BYTES];

	if (first == TABLE_NO_U64 || second == TABLE_NO_U64 || first == second)
		return;
	sheet_note(a->sheet, "the captures contradict: of %s - %s the %s is "
	    "%" PRIu64 " in %s and %" PRIu64 " in %s",
	    sheet_end_text(client, &one->connection->client),
	    sheet_end_text(server, &one->connection->server), what, first,
	    a->views[one->view].file, second, a->views[two->view].file);
}

/* Is it alone in its view with these sockets? */
static bool
is_single(const struct candidate *list, size_t n, size_t i)
{
	for (size_t k = i; k-- > 0 && compare_sockets(&list[k], &list[i]) == 0;)
		if (list[k].view == list[i].view)
			return false;
	for (size_t k = i + 1; k < n &&
	    compare_sockets(&list[k], &list[i]) == 0; k++)
		if (list[k].view == list[i].view)
			return false;
	return true;
}

/* Neighbours are the same connection, or should be. */
static void
note_contradictions(struct answers *a, const struct candidate *list, size_t n)
{
	for (size_t i = 1; i < n; i++) {
		const struct candidate *one = &list[i - 1], *two = &list[i];

		if (one->view == two->view || compare_sockets(one, two) != 0)
			continue;
		if (one->group != two->group) {
			if (is_single(list, n, i) && is_single(list, n, i - 1))
				note_difference(a, one, two,
				    "SYN's sequence number", one->syn_seq,
				    two->syn_seq);
			continue;
		}
		for (size_t f = 0; f < sizeof(fields) / sizeof(fields[0]); f++)
			note_difference(a, one, two, fields[f].name,
			    field_of(one->connection, &fields[f]),
			    field_of(two->connection, &fields[f]));
	}
}

/* A connection to the server that the capture taken there has not. */
static void
note_unseen(struct answers *a)
{
	size_t base = a->rank[0];
	char client[SHEET_END_BYTES];

	if (!sheet_ip_equal(&a->places[base], &a->server))
		return;
	for (size_t i = 0; i < a->merged_count; i++) {
		const struct answers_merged *m = &a->merged[i];

		if (m->seen[base] == NULL)
			sheet_note(a->sheet, "%s shows a connection of %s "
			    "that %s, taken at the server, does not show: are "
			    "they captures of the same exchange?",
			    a->views[m->first].file, sheet_end_text(client,
			    &answers_of(m)->client), a->views[base].file);
	}
}

/* Sorted by rank: groups get their places in the order of the best view. */
static void
place(struct answers *a, const struct candidate *list, size_t n,
    size_t *places, size_t groups)
{
	for (size_t g = 0; g < groups; g++)
		places[g] = SIZE_MAX;
	for (size_t i = 0; i < n; i++) {
		size_t *at = &places[list[i].group];

		if (*at == SIZE_MAX) {
			*at = a->merged_count++;
			a->merged[*at].first = list[i].view;
		}
		a->merged[*at].seen[list[i].view] = list[i].connection;
	}
}

int
answers_merge(struct answers *a, struct errbuf *err)
{
	struct candidate *list;
	size_t n = 0, groups, *places;

	rank_views(a);
	list = gather(a, &n);
	places = memory_array(n + 1, sizeof(*places));
	a->merged = memory_array(n + 1, sizeof(*a->merged));
	if (list == NULL || places == NULL || a->merged == NULL) {
		free(list);
		free(places);
		a->sheet->no_memory = true;
		errbuf_set(err, "out of memory");
		return -1;
	}
	qsort(list, n, sizeof(*list), by_connection);
	groups = group(list, n);
	note_contradictions(a, list, n);
	qsort(list, n, sizeof(*list), by_rank);
	place(a, list, n, places, groups);
	note_unseen(a);
	free(list);
	free(places);
	return 0;
}
