#include "traffic/synth/verbs/far_end.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "traffic/synth/verbs/verb.h"

/* Somebody who will come, or (UDP) who comes. */
struct expected {
	struct expected *next;
	struct endpoint from;
	struct far_caller caller;
	udp_arrival *arrival;
	void *app;
};

/* All of a play stand in a list, as all that are expected: there are few. */
struct far_end {
	struct far_end *next;
	struct host *host;
	size_t number;		/* of the host */
	uint16_t port;
	struct udp_socket *socket;	/* NULL: TCP */
	struct expected *expected;
};

static bool
is_endpoint(const struct endpoint *a, const struct endpoint *b)
{
	return a->port == b->port &&
	    a->address.version == b->address.version &&
	    memcmp(a->address.bytes, b->address.bytes,
	    a->address.version == 4 ? 4 : 16) == 0;
}

/* The place in the list that points to it, or to its end. */
static struct expected **
find_expected(struct far_end *far, const struct endpoint *from)
{
	struct expected **at = &far->expected;

	while (*at != NULL && !is_endpoint(&(*at)->from, from))
		at = &(*at)->next;
	return at;
}

static void
forget(struct far_end *far, const struct endpoint *from)
{
	struct expected **at = find_expected(far, from);
	struct expected *gone = *at;

	if (gone == NULL)
		return;
	*at = gone->next;
	free(gone);
}

static int
accept_caller(void *owner, struct conn *conn, void **app,
    const struct conn_calls **calls)
{
	static const struct conn_calls nobody;
	struct far_end *far = owner;
	struct endpoint from;
	struct expected *e;

	conn_peer(conn, &from);
	e = *find_expected(far, &from);
	*app = NULL;
	*calls = &nobody;
	if (e == NULL)
		return 0;
	*app = e->caller.app;
	*calls = e->caller.calls;
	e->caller.accepted(e->caller.app, conn);
	forget(far, &from);
	return 0;
}

static void
take_datagram(void *app, struct udp_socket *socket,
    const struct endpoint *from, const uint8_t *data, size_t len)
{
	struct far_end *far = app;
	const struct expected *e = *find_expected(far, from);

	if (e != NULL)
		e->arrival(e->app, socket, from, data, len);
}

static void
reset_far_end(void *state)
{
	struct far_end *far = state;

	while (far->expected != NULL) {
		struct expected *next = far->expected->next;

		free(far->expected);
		far->expected = next;
	}
	host_udp_close(far->socket);
}

static struct far_end *
find(const struct play *play, size_t host, uint16_t port, bool is_udp)
{
	struct far_end *far = play->far_ends;

	while (far != NULL && (far->number != host || far->port != port ||
	    (far->socket != NULL) != is_udp))
		far = far->next;
	return far;
}

static struct far_end *
new_far_end(struct play *play, size_t host, uint16_t port,
    struct errbuf *err)
{
	struct far_end *far = verb_new(play, sizeof(*far), reset_far_end,
	    err);

	if (far == NULL)
		return NULL;
	far->host = play->hosts[host];
	far->number = host;
	far->port = port;
	return far;
}

/* It is open. */
static void
add(struct play *play, struct far_end *far)
{
	far->next = play->far_ends;
	play->far_ends = far;
}

int
far_end_listen(struct play *play, size_t host, uint16_t port,
    struct errbuf *err)
{
	static const struct listener_calls calls = { accept_caller };
	struct far_end *far;

	if (find(play, host, port, false) != NULL)
		return 0;
	far = new_far_end(play, host, port, err);
	if (far == NULL ||
	    host_listen(far->host, port, &calls, far, err) == -1)
		return -1;
	add(play, far);
	return 0;
}

int
far_end_open_udp(struct play *play, size_t host, uint16_t port,
    struct errbuf *err)
{
	struct far_end *far;

	if (find(play, host, port, true) != NULL)
		return 0;
	far = new_far_end(play, host, port, err);
	if (far == NULL)
		return -1;
	far->socket = host_udp_open(far->host, port, NULL, take_datagram,
	    far, err);
	if (far->socket == NULL)
		return -1;
	add(play, far);
	return 0;
}

/* The latest stands first, so that it is found before an older one that never
 * came. */
static struct expected *
expect(struct far_end *far, const struct endpoint *from, struct errbuf *err)
{
	struct expected *e = calloc(1, sizeof(*e));

	if (e == NULL) {
		errbuf_set(err, "out of memory");
		return NULL;
	}
	forget(far, from);
	e->from = *from;
	e->next = far->expected;
	far->expected = e;
	return e;
}

int
far_end_expect(struct play *play, size_t host, uint16_t port,
    const struct endpoint *from, const struct far_caller *caller,
    struct errbuf *err)
{
	struct expected *e = expect(find(play, host, port, false), from,
	    err);

	if (e == NULL)
		return -1;
	e->caller = *caller;
	return 0;
}

int
far_end_expect_udp(struct play *play, size_t host, uint16_t port,
    const struct endpoint *from, udp_arrival *arrival, void *app,
    struct errbuf *err)
{
	struct expected *e = expect(find(play, host, port, true), from, err);

	if (e == NULL)
		return -1;
	e->arrival = arrival;
	e->app = app;
	return 0;
}
