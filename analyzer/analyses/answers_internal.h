/*
 * Inside the making of answers: answers_hosts.c says who is who,
 * answers_merge.c which connections of several captures are one,
 * answers_concurrent.c how many there were at once, answers_streams.c which
 * streams can be read; answers.c fills the sheet's other parts.
 */
#ifndef ANALYZER_ANALYSES_ANSWERS_INTERNAL_H
#define ANALYZER_ANALYSES_ANSWERS_INTERNAL_H

#include "analyzer/analyses/answers.h"

/* One connection as the views show it. */
struct answers_merged {
	/* By view; NULL where it was not seen. */
	const struct answers_connection *seen[ANSWERS_VIEWS_MAX];
	size_t first;		/* the first view that has seen it, by rank */
};

struct answers {
	struct sheet *sheet;
	const struct answers_notes *views;
	size_t n;
	const struct answers_question *question;
	/* Where each view was taken; version 0: not known. */
	struct table_ip places[ANSWERS_VIEWS_MAX];
	/* Views in order: those with more of the server's connections first. */
	size_t rank[ANSWERS_VIEWS_MAX];
	bool has_server;
	struct table_ip server;
	struct table_ip *clients, *peers;	/* owned */
	size_t client_count, peer_count;
	struct answers_merged *merged;		/* owned; to the server */
	size_t merged_count;
};

/* Where the views were taken. */
void answers_places(struct answers *a);

/* The first view, by rank, that was taken there; `n` without one. */
size_t answers_view_at(const struct answers *a, const struct table_ip *ip);

/* The server, named or found.  -1: a HOST that is none, or none can be told. */
int answers_server(struct answers *a, struct errbuf *err);

/* Clients and peers; after the merging.  -1: a HOST that is none, no memory. */
int answers_people(struct answers *a, struct errbuf *err);

/* The name of an address, NULL without one. */
const char *answers_name_of(const struct answers *a,
    const struct table_ip *ip);

/* Is it among them? */
bool answers_is_among(const struct table_ip *ip, const struct table_ip *list,
    size_t n);

/* Sets `rank` and `merged`, and notes contradictions.  -1: no memory. */
int answers_merge(struct answers *a, struct errbuf *err);

/* Fills how many connections the server held at once. */
void answers_concurrent(struct answers *a);

/* Fills the sheet's streams. */
void answers_streams(struct answers *a);

/* The base name without its endings: of "a/client1.pcap.gz" client1. */
size_t answers_stem(const char *file, const char **begin);

static inline const struct answers_connection *
answers_of(const struct answers_merged *m)
{
	return m->seen[m->first];
}

#endif
