/*
 * The far end of what verbs do: a TCP listener, or a UDP socket, of a host and
 * port, which all actions to it share.
 *
 * It opens with the first action that needs it and stays.  An action says from
 * where it will come; whoever comes from elsewhere (a scan) finds an open port
 * and nobody who says a word.
 */
#ifndef TRAFFIC_SYNTH_VERBS_FAR_END_H
#define TRAFFIC_SYNTH_VERBS_FAR_END_H

#include <stddef.h>
#include <stdint.h>

#include "base/errbuf.h"
#include "traffic/synth/host/host.h"
#include "traffic/synth/play.h"

/* -1: something else has the port, or no memory. */
int far_end_listen(struct play *play, size_t host, uint16_t port,
    struct errbuf *err);

/* The same for datagrams; a port that is open stays as it is. */
int far_end_open_udp(struct play *play, size_t host, uint16_t port,
    struct errbuf *err);

/* The connection has come: accepted() is told, then `calls` are those of its
 * far end, with the same app. */
struct far_caller {
	const struct conn_calls *calls;
	void (*accepted)(void *app, struct conn *conn);
	void *app;
};

/* The next connection from there to the open port; `caller` is copied. */
int far_end_expect(struct play *play, size_t host, uint16_t port,
    const struct endpoint *from, const struct far_caller *caller,
    struct errbuf *err);

/* All datagrams from there to the open port, until the next that says it comes
 * from there. */
int far_end_expect_udp(struct play *play, size_t host, uint16_t port,
    const struct endpoint *from, udp_arrival *arrival, void *app,
    struct errbuf *err);

#endif
