#include "chat/net/connection.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/memory.h"
#include "chat/net/address.h"
#include "chat/net/connection_internal.h"

/* Then others have their turn. */
enum { TURN_DEPARTURES = 16 };


/* The end of a connection. */

void
connection_forget(struct connection *c)
{
	const struct linger reset = { .l_onoff = 1, .l_linger = 0 };
	const struct connection_rules *rules = &c->all->rules;

	c->previous->next = c->next;
	c->next->previous = c->previous;
	c->all->count--;
	deadlines_clear(&c->idle);
	deadlines_clear(&c->other);
	event_del(&c->readable);
	event_del(&c->writable);
	output_reset(&c->output);
	peer_timers_free(c->timers);
	if (c->resets)
		setsockopt(c->fd, SOL_SOCKET, SO_LINGER, &reset,
		    sizeof(reset));
	close(c->fd);
	free(c);
	if (rules->gone != NULL)
		rules->gone(rules->owner);
}

/* Told by leave_some(): nothing calls the side within a call of its own. */
void
connection_leave(struct connection *c, enum left why, bool lingers)
{
	struct connections *all = c->all;

	if (c->stage >= STAGE_LEAVING)
		return;
	c->stage = STAGE_LEAVING;
	c->why = (uint8_t)why;
	c->lingers = lingers;
	event_del(&c->readable);
	event_del(&c->writable);
	c->reading = c->writing = false;
	deadlines_clear(&c->idle);
	deadlines_clear(&c->other);
	output_reset(&c->output);
	c->next_leaving = NULL;
	*all->leaving_end = c;
	all->leaving_end = &c->next_leaving;
	event_active(all->leave_now, EV_TIMEOUT, 0);
}

/*
 * Is it read?  While it is to be closed, or lingers, to throw away what comes
 * and to see its end; otherwise unless the protocol holds it, or it does not
 * read itself.
 */
static bool
wants_input(const struct connection *c)
{
	if (c->input_ended || c->stage == STAGE_LEAVING)
		return false;
	if (c->stage != STAGE_OPEN || c->output_broken)
		return true;
	return !c->held &&
	    c->output.cost <= c->all->rules.send_buffer / 2;
}

void
connection_update_reading(struct connection *c)
{
	bool reading = wants_input(c);

	if (reading == c->reading)
		return;
	c->reading = reading;
	if (!reading)
		event_del(&c->readable);
	else if (event_add(&c->readable, NULL) != 0)
		connection_leave(c, LEFT_LOST, false);
}

void
connection_update_writing(struct connection *c)
{
	bool writing = c->output.bytes > 0;

	if (writing == c->writing)
		return;
	c->writing = writing;
	if (!writing)
		event_del(&c->writable);
	else if (event_add(&c->writable, NULL) != 0)
		connection_leave(c, LEFT_LOST, false);
}

/* Our last words are written; the peer may still write its own. */
static void
linger(struct connection *c)
{
	c->stage = STAGE_LINGERING;
	c->peer.state = NULL;
	if (shutdown(c->fd, SHUT_WR) != 0) {
		connection_forget(c);
		return;
	}
	deadlines_set(&c->all->lingering, &c->other);
	c->reading = event_add(&c->readable, NULL) == 0;
	if (!c->reading)
		connection_forget(c);
}

static void
depart(struct connection *c)
{
	const struct connection_rules *rules = &c->all->rules;

	peer_timers_free(c->timers);
	c->timers = NULL;
	if (!c->refused && rules->side->left != NULL)
		rules->side->left(c->all->state, &c->peer, c->why);
	if (rules->left != NULL)
		rules->left(rules->owner, &c->peer, c->why);
	if (c->lingers && !c->input_ended && rules->linger_ns > 0)
		linger(c);
	else
		connection_forget(c);
}

/* So many at most; are there more? */
static bool
leave_some(struct connections *all, size_t most)
{
	struct connection *c;

	while ((c = all->leaving) != NULL && most-- > 0) {
		all->leaving = c->next_leaving;
		if (all->leaving == NULL)
			all->leaving_end = &all->leaving;
		depart(c);
	}
	return c != NULL;
}

/* A thousand that are lost at once, each of which is told of to all who are
 * left, would keep these waiting for seconds.  The rest by a timer, since what
 * is made active now is run in this turn, too. */
static void
on_leave_now(evutil_socket_t fd, short what, void *context)
{
	const struct timeval now = { 0 };
	struct connections *all = context;

	(void)fd;
	(void)what;
	if (leave_some(all, TURN_DEPARTURES) &&
	    evtimer_add(all->leave_now, &now) != 0)
		leave_some(all, SIZE_MAX);
}

/* Closed once what it was sent is written. */
void
connection_close_after_output(struct connection *c, enum left why)
{
	if (c->stage != STAGE_OPEN)
		return;
	c->stage = STAGE_CLOSING;
	c->why = (uint8_t)why;
	deadlines_clear(&c->idle);
	deadlines_set(&c->all->closing, &c->other);
	if (c->output.bytes == 0)
		connection_leave(c, why, !c->output_broken);
	else
		connection_update_reading(c);
}


/* What the owner asks. */

bool
connection_is_open(const struct peer *peer)
{
	return connection_of(peer)->stage == STAGE_OPEN;
}

const struct connection_facts *
connection_facts(const struct peer *peer)
{
	return &connection_of(peer)->facts;
}

const char *
connection_left_word(enum left why)
{
	static const char *const words[] = {
		[LEFT_ENDED] = "ended",
		[LEFT_LOST] = "lost",
		[LEFT_CLOSED] = "closed",
		[LEFT_IDLE] = "idle",
		[LEFT_LATE] = "late",
		[LEFT_SLOW] = "slow",
		[LEFT_STOP] = "stop",
	};

	return words[why];
}

void
connection_wait(struct peer *peer, bool waits)
{
	struct connection *c = connection_of(peer);

	if (c->stage != STAGE_OPEN || c->facts.admitted ||
	    !c->all->rules.handshake)
		return;
	if (waits)
		deadlines_clear(&c->other);
	else
		deadlines_set(&c->all->handshake, &c->other);
}

void **
connection_slot(struct peer *peer)
{
	return &connection_of(peer)->slot;
}

void
connection_drop(struct peer *peer, enum left why)
{
	connection_leave(connection_of(peer), why, false);
}


/* Deadlines. */

static struct connection *
of_idle(struct deadline *d)
{
	return (struct connection *)((char *)d -
	    offsetof(struct connection, idle));
}

static struct connection *
of_other(struct deadline *d)
{
	return (struct connection *)((char *)d -
	    offsetof(struct connection, other));
}

static void
on_idle(void *owner, struct deadline *d)
{
	(void)owner;
	connection_leave(of_idle(d), LEFT_IDLE, false);
}

static void
on_late(void *owner, struct deadline *d)
{
	(void)owner;
	connection_leave(of_other(d), LEFT_LATE, false);
}

static void
on_not_closed(void *owner, struct deadline *d)
{
	struct connection *c = of_other(d);

	(void)owner;
	c->resets = true;
	connection_leave(c, c->why, false);
}

static void
on_lingered(void *owner, struct deadline *d)
{
	(void)owner;
	connection_forget(of_other(d));
}


/* All of them. */

static int
init_deadlines(struct connections *all, struct errbuf *err)
{
	const struct connection_rules *rules = &all->rules;
	const struct {
		struct deadlines *list;
		int64_t after_ns;
		void (*due)(void *owner, struct deadline *deadline);
	} lists[] = {
		{ &all->idle, rules->idle_ns, on_idle },
		{ &all->handshake, rules->handshake_ns, on_late },
		{ &all->closing, CONNECTION_CLOSING_NS, on_not_closed },
		{ &all->lingering, rules->linger_ns, on_lingered },
	};

	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
		if (deadlines_init(lists[i].list, all->base,
		    lists[i].after_ns, lists[i].due, all, err) != 0)
			return -1;
	return 0;
}

struct connections *
connections_new(struct event_base *base, const struct connection_rules *rules,
    struct errbuf *err)
{
	struct connections *all = memory_array(1, sizeof(*all));

	if (all == NULL) {
		errbuf_set(err, "out of memory");
		return NULL;
	}
	all->base = base;
	all->rules = *rules;
	all->ends.previous = all->ends.next = &all->ends;
	all->leaving_end = &all->leaving;
	all->timers_owner = (struct peer_timers_owner){
		.base = base, .due = connection_on_timer, .context = all,
	};
	all->leave_now = event_new(base, -1, 0, on_leave_now, all);
	if (all->leave_now == NULL)
		errbuf_set(err, "out of memory");
	if (all->leave_now == NULL || init_deadlines(all, err) != 0) {
		connections_free(all);
		return NULL;
	}
	return all;
}

void
connections_free(struct connections *all)
{
	struct connection *c, *next;

	if (all == NULL)
		return;
	for (c = all->ends.next; c != &all->ends; c = c->next)
		if (c->stage != STAGE_LINGERING)
			connection_leave(c, LEFT_STOP, false);
	leave_some(all, SIZE_MAX);
	for (c = all->ends.next; c != &all->ends; c = next) {
		next = c->next;
		connection_forget(c);
	}
	peer_timers_free(all->timers);
	deadlines_reset(&all->idle);
	deadlines_reset(&all->handshake);
	deadlines_reset(&all->closing);
	deadlines_reset(&all->lingering);
	if (all->leave_now != NULL)
		event_free(all->leave_now);
	free(all);
}

void
connections_set_state(struct connections *all, void *state)
{
	all->state = state;
}

static struct connection *
connection_new(struct connections *all, int fd,
    const struct chat_address *address)
{
	struct connection *c = memory_array(1, sizeof(*c));

	if (c == NULL)
		return NULL;
	c->all = all;
	c->fd = fd;
	c->peer.address = *address;
	c->facts.since_ns = deadlines_now_ns();
	address_label(address, c->peer.label);
	address_ip(address, c->peer.ip);
	if (event_assign(&c->readable, all->base, fd, EV_READ | EV_PERSIST,
	    connection_on_readable, c) != 0 ||
	    event_assign(&c->writable, all->base, fd, EV_WRITE | EV_PERSIST,
	    connection_on_writable, c) != 0) {
		free(c);
		return NULL;
	}
	return c;
}

static void
link_last(struct connections *all, struct connection *c)
{
	c->previous = all->ends.previous;
	c->next = &all->ends;
	c->previous->next = c;
	all->ends.previous = c;
	all->count++;
	all->totals.connections++;
}

/* The side hears of it before any byte is read. */
static void
join(struct connections *all, struct connection *c)
{
	const struct connection_rules *rules = &all->rules;

	deadlines_set(&all->idle, &c->idle);
	if (rules->handshake)
		deadlines_set(&all->handshake, &c->other);
	if (rules->joined != NULL)
		rules->joined(rules->owner, &c->peer);
	if (rules->side->joined != NULL &&
	    rules->side->joined(all->state, &c->peer) != 0) {
		c->refused = true;
		connection_leave(c, LEFT_CLOSED, false);
		return;
	}
	connection_update_reading(c);
}

struct peer *
connections_add(struct connections *all, int fd,
    const struct chat_address *address)
{
	const int on = 1;
	struct connection *c;

	/* A socket pair (of a test) knows no TCP_NODELAY. */
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	/* A host that has vanished is found even without --idle-timeout. */
	setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof(on));
	c = evutil_make_socket_nonblocking(fd) == 0 ?
	    connection_new(all, fd, address) : NULL;
	if (c == NULL) {
		close(fd);
		return NULL;
	}
	link_last(all, c);
	join(all, c);
	return c->refused ? NULL : &c->peer;
}

size_t
connections_count(const struct connections *all)
{
	return all->count;
}

const struct connection_totals *
connections_totals(const struct connections *all)
{
	return &all->totals;
}

void
connections_stop(struct connections *all)
{
	struct connection *c;

	for (c = all->ends.next; c != &all->ends; c = c->next)
		connection_close_after_output(c, LEFT_STOP);
}
