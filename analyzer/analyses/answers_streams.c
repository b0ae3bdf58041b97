/*
 * Which streams can be read: those of the hosts of the sheet that carry
 * something, each once though several captures show it.
 */
#include "analyzer/analyses/answers_internal.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

struct candidate {
	const struct answers_flow *flow;
	size_t view, rank, number;
	/* Its ends in an order that does not depend on who began. */
	const struct sheet_end *low, *high;
};

static int
compare_ends(const struct sheet_end *a, const struct sheet_end *b)
{
	int order = memcmp(&a->ip, &b->ip, sizeof(a->ip));

	return order != 0 ? order : (a->port > b->port) - (a->port < b->port);
}

static int
compare_sockets(const struct candidate *a, const struct candidate *b)
{
	int order = strcmp(a->flow->protocol, b->flow->protocol);

	if (order == 0)
		order = compare_ends(a->low, b->low);
	return order != 0 ? order : compare_ends(a->high, b->high);
}

static int
by_place(const struct candidate *a, const struct candidate *b)
{
	if (a->rank != b->rank)
		return a->rank < b->rank ? -1 : 1;
	return (a->number > b->number) - (a->number < b->number);
}

static int
by_sockets(const void *left, const void *right)
{
	int order = compare_sockets(left, right);

	return order != 0 ? order : by_place(left, right);
}

static int
by_rank(const void *left, const void *right)
{
	return by_place(left, right);
}

static bool
is_of_hosts(const struct answers *a, const struct table_ip *ip)
{
	return (a->has_server && sheet_ip_equal(ip, &a->server)) ||
	    answers_is_among(ip, a->clients, a->client_count) ||
	    answers_is_among(ip, a->peers, a->peer_count);
}

/* Without any host, all are asked about. */
static bool
is_wanted(const struct answers *a, const struct answers_flow *f)
{
	return f->protocol != NULL && f->has_payload &&
	    (is_of_hosts(a, &f->a.ip) || is_of_hosts(a, &f->b.ip) ||
	    (!a->has_server && a->client_count == 0));
}

static struct candidate *
gather(const struct answers *a, size_t *n)
{
	struct candidate *list;
	size_t room = 1;

	for (size_t v = 0; v < a->n; v++)
		room += a->views[v].flow_count;
	list = memory_array(room, sizeof(*list));
	*n = 0;
	for (size_t r = 0; list != NULL && r < a->n; r++) {
		const struct answers_notes *notes = &a->views[a->rank[r]];

		for (size_t i = 0; i < notes->flow_count; i++) {
			const struct answers_flow *f = &notes->flows[i];
			bool swap = compare_ends(&f->a, &f->b) > 0;

			if (is_wanted(a, f))
				list[(*n)++] = (struct candidate){ f,
				    a->rank[r], r, i + 1,
				    swap ? &f->b : &f->a,
				    swap ? &f->a : &f->b };
		}
	}
	return list;
}

/* Of those with the same ends, the ones of the best view stay. */
static size_t
drop_repeated(struct candidate *list, size_t n)
{
	size_t kept = 0, rank = 0;

	for (size_t i = 0; i < n; i++) {
		if (i == 0 || compare_sockets(&list[kept - 1], &list[i]) != 0)
			rank = list[i].rank;
		if (list[i].rank == rank)
			list[kept++] = list[i];
	}
	return kept;
}

/* What the verdict rests on. */
static const struct reason {
	const char *application;	/* NULL: any other */
	const char *clear_text;
	const char *why;
} reasons[] = {
	{ "tls", "no", "TLS encrypts what it carries" },
	{ "ssh", "no", "SSH encrypts what it carries" },
	{ "quic", "no", "QUIC encrypts what it carries" },
	{ "eim", "no", "its messages are sealed" },
	{ "dns", "yes", "DNS is no text, but nobody has encrypted it" },
	{ "im", "yes", "its messages are encoded, not encrypted" },
	{ "class", "yes", "its headers are binary, but nothing is encrypted" },
	{ NULL, "yes", "what was looked at is text" },
	{ NULL, "no", "what was looked at is no text" },
	{ NULL, "mixed", "only a part of it is text" },
};

/* Is one direction text and the other one not? */
static bool
is_one_way(const struct answers_flow *f)
{
	const char *a = f->a_clear_text, *b = f->b_clear_text;

	return a != NULL && b != NULL && strcmp(a, b) != 0 &&
	    strcmp(a, "mixed") != 0 && strcmp(b, "mixed") != 0;
}

static const char *
reason_of(const struct answers_flow *f)
{
	if (f->clear_text != NULL && strcmp(f->clear_text, "mixed") == 0 &&
	    is_one_way(f))
		return "one direction is text, the other one is not";
	for (size_t i = 0; f->clear_text != NULL &&
	    i < sizeof(reasons) / sizeof(reasons[0]); i++) {
		const struct reason *r = &reasons[i];

		if (strcmp(r->clear_text, f->clear_text) == 0 &&
		    (r->application == NULL || (f->application != NULL &&
		    strcmp(r->application, f->application) == 0)))
			return r->why;
	}
	return NULL;
}

static void
add(struct answers *a, const struct candidate *c)
{
	const struct answers_flow *f = c->flow;
	struct sheet_stream *row = sheet_add(a->sheet, SHEET_STREAMS);

	if (row == NULL)
		return;
	row->protocol = f->protocol;
	row->a = f->a;
	row->b = f->b;
	row->clear_text = f->clear_text;
	row->a_clear_text = f->a_clear_text;
	row->b_clear_text = f->b_clear_text;
	row->application = f->application;
	row->why = reason_of(f);
	row->file = sheet_text(a->sheet, a->views[c->view].file);
	row->flow = c->number;
}

void
answers_streams(struct answers *a)
{
	size_t n;
	struct candidate *list = gather(a, &n);

	if (list == NULL) {
		a->sheet->no_memory = true;
		return;
	}
	qsort(list, n, sizeof(*list), by_sockets);
	n = drop_repeated(list, n);
	qsort(list, n, sizeof(*list), by_rank);
	for (size_t i = 0; i < n; i++)
		add(a, &list[i]);
	free(list);
}
