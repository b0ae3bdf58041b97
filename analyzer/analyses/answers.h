/*
 * answers: the sheet of a lab, from what several captures of the same exchange
 * have noted.
 *
 * HOST in a question is an address, a name given with --name, the stem of a
 * capture's file name (the host where it was taken), or a name that the
 * captures themselves tell (DNS answers, name blocks).
 *
 * The server, where none is named, is the host that most connections were
 * accepted by; the clients are those who connected to it, in that order.  The
 * peers, where none are named, are the clients.  Connections that several
 * captures show are one; what contradicts is told in the sheet's notes.
 */
#ifndef ANALYZER_ANALYSES_ANSWERS_H
#define ANALYZER_ANALYSES_ANSWERS_H

#include <stddef.h>

#include "analyzer/analyses/answers_notes.h"
#include "analyzer/analyses/sheet.h"
#include "base/errbuf.h"

enum {
	ANSWERS_VIEWS_MAX = 16,
	ANSWERS_CLIENTS_MAX = 256,	/* nobody reads more */
};

/* A name of an address. */
struct answers_alias {
	struct table_ip ip;
	const char *name;	/* borrowed */
};

/* All borrowed. */
struct answers_question {
	const char *server;		/* HOST, NULL: to be found */
	const char *const *clients;	/* HOSTs */
	size_t client_count;
	const char *const *peers;
	size_t peer_count;
	const struct answers_alias *given;	/* --name */
	size_t given_count;
	const struct answers_alias *told;	/* by the captures' blocks */
	size_t told_count;
	/* Where each view was taken, version 0: not told; NULL: as far as the
	 * addresses in the views tell. */
	const struct table_ip *places;
};

/*
 * Fills an empty sheet; sheet_reset() it in either case.  -1 with the reason: a
 * HOST that is none, a server that cannot be told, or no memory
 * (sheet->no_memory).
 */
int answers_make(struct sheet *sheet, const struct answers_notes *views,
    size_t n, const struct answers_question *question, struct errbuf *err);

/* The address of a HOST; -1 with the reason, which names those that are
 * known. */
int answers_host_find(const struct answers_notes *views, size_t n,
    const struct answers_question *question, const char *host,
    struct table_ip *out, struct errbuf *err);

#endif
