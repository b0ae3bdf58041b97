/*
 * A view: which capture, and which of its packets.  It stands in the page's
 * address, so that it can be shared:
 *
 *	capture=NAME	of several; without, the first
 *	src=, dst=	an address (192.0.2.1, 2001:db8::1) or a prefix
 *	proto=		tcp, udp, icmp, ... or a number of IP
 *	port=		80, or 8000-8010
 *	from=, to=	half-open window: RFC 3339 or epoch seconds
 *
 * The server makes an expression of pcap-filter(7) and a window of it, which
 * are shown as options: so a view is a command, too.
 */
#ifndef ANALYZER_DASHBOARD_VIEW_H
#define ANALYZER_DASHBOARD_VIEW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "analyzer/dashboard/query.h"
#include "base/errbuf.h"

enum { VIEW_NAME_BYTES = 4096, VIEW_WORD_BYTES = 64, VIEW_FILTER_BYTES = 8192 };

struct view {
	char capture[VIEW_NAME_BYTES];	/* as asked for; "" without */
	/* As they are written in an answer, "" where not asked for. */
	char src[VIEW_WORD_BYTES], dst[VIEW_WORD_BYTES];
	char proto[VIEW_WORD_BYTES], port[VIEW_WORD_BYTES];
	char from[VIEW_WORD_BYTES], to[VIEW_WORD_BYTES];
	int64_t from_ns, to_ns;		/* INT64_MIN, INT64_MAX: open */
	char filter[VIEW_FILTER_BYTES];	/* "" without */
	bool narrowed;			/* by more than the words above */
};

/* The parameters of a view, NULL at the end. */
extern const char *const view_names[];

/* What every view of a server is within. */
struct view_base {
	const char *filter;		/* NULL: all */
	int64_t from_ns, to_ns;
};

/* -1 with what is wrong in *err, the parameter in front: 400 for the page. */
int view_parse(const struct query *query, const struct view_base *base,
    struct view *out, struct errbuf *err);

/* The same packets of the same capture? */
bool view_equal(const struct view *a, const struct view *b);

/* Does it leave anything out that the base does not? */
bool view_is_filtered(const struct view *view);

/* A time as --from and --to take it. */
enum { VIEW_TIME_BYTES = 32 };
void view_time(int64_t ns, char out[VIEW_TIME_BYTES]);

#endif
