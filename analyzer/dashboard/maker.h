/*
 * Makes panels of rows: what a worker does.  A panel's CSV and JSON are written
 * by the very code that writes those of its command; its picture is drawn of
 * the same rows.  Each is sent to the server when its last row has come.
 */
#ifndef ANALYZER_DASHBOARD_MAKER_H
#define ANALYZER_DASHBOARD_MAKER_H

#include <stddef.h>

#include "analyzer/dashboard/message.h"
#include "analyzer/engine/engine.h"
#include "base/errbuf.h"

/* Which panels. */
enum maker_share {
	MAKER_ALL,
	MAKER_CHEAP,		/* but those that hold a row a packet */
	MAKER_COSTLY,		/* those */
};

/* Where they go: a message each; -1 with the reason in *err. */
struct maker_way {
	int (*send)(void *context, const struct message *message,
	    struct errbuf *err);
	void *context;
};

struct maker;

/* The way is copied.  NULL with the reason in *err. */
struct maker *maker_new(enum maker_share share, const struct maker_way *way,
    struct errbuf *err);

/* NULL does nothing. */
void maker_free(struct maker *maker);

/*
 * Outputs for an engine: one a table that some panel shows; borrowed.
 * Expensive ones are left out of snapshots.
 */
const struct engine_output *maker_outputs(const struct maker *maker,
    size_t *count);

#endif
