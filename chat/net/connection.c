#include "chat/net/connection.h"

#include <errno.h>
#include <event2/event_struct.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/memory.h"
#include "chat/net/address.h"
#include "chat/net/deadlines.h"
#include "chat/net/output.h"
#include "chat/net/peer_timers.h"

enum stage {
	STAGE_OPEN,
	STAGE_CLOSING,		/* what was sent is written first */
	STAGE_LEAVING,		/* to be told by side->left() */
	STAGE_LINGERING,	/* without a protocol; reads and drops */
};

struct connection {
	struct peer peer;	/* first: the protocol has a pointer to it */
	struct connections *all;
	struct connection *previous, *next;
	struct connection *next_leaving;
	struct event readable, writable;
	struct deadline idle;
	/* One at a time: to be admitted, to be closed, to linger. */
	struct deadline other;
	struct output output;
	struct connection_facts facts;
	struct peer_timers *timers;
	void *slot;
	int fd;
	uint8_t stage;		/* enum stage */
	uint8_t why;		/* enum left, from STAGE_CLOSING on */
	bool refused;		/* by side->joined() */
	bool held;		/* by the protocol */
	bool reading;		/* `readable` is added */
	bool writing;
	bool was_high;		/* drained() is due when little is left */
	bool input_ended;
	bool output_broken;
	bool lingers;		/* once it has left */
	bool resets;		/* the kernel forgets what it has to send */
};

struct connections {
	struct event_base *base;
	struct connection_rules rules;
	void *state;		/* the side's */
	struct connection ends;	/* the list is a ring through it */
	size_t count;
	struct connection_totals totals;
	struct connection *leaving, **leaving_end;
	struct event *leave_now;
	struct deadlines idle, handshake, closing, lingering;
	struct peer_timers_owner timers_owner;
	struct peer_timers *timers;	/* the side's own */
	uint8_t buffer[SIDE_READ_MAX];
};

static struct connection *
connection_of(const struct peer *peer)
{
	return (struct connection *)(uintptr_t)peer;
}


/* The end of a connection. */

static void
forget(struct connection *c)
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

/* Told by leave_all(): nothing calls the side within a call of its own. */
static void
leave(struct connection *c, enum left why, bool lingers)
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

static void
update_reading(struct connection *c)
{
	bool reading = wants_input(c);

	if (reading == c->reading)
		return;
	c->reading = reading;
	if (!reading)
		event_del(&c->readable);
	else if (event_add(&c->readable, NULL) != 0)
		leave(c, LEFT_LOST, false);
}

static void
update_writing(struct connection *c)
{
	bool writing = c->output.bytes > 0;

	if (writing == c->writing)
		return;
	c->writing = writing;
	if (!writing)
		event_del(&c->writable);
	else if (event_add(&c->writable, NULL) != 0)
		leave(c, LEFT_LOST, false);
}

/* Our last words are written; the peer may still write its own. */
static void
linger(struct connection *c)
{
	c->stage = STAGE_LINGERING;
	c->peer.state = NULL;
	if (shutdown(c->fd, SHUT_WR) != 0) {
		forget(c);
		return;
	}
	deadlines_set(&c->all->lingering, &c->other);
	c->reading = event_add(&c->readable, NULL) == 0;
	if (!c->reading)
		forget(c);
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
		forget(c);
}

static void
leave_all(struct connections *all)
{
	struct connection *c;

	while ((c = all->leaving) != NULL) {
		all->leaving = c->next_leaving;
		if (all->leaving == NULL)
			all->leaving_end = &all->leaving;
		depart(c);
	}
}

static void
on_leave_now(evutil_socket_t fd, short what, void *context)
{
	(void)fd;
	(void)what;
	leave_all(context);
}

/* Closed once what it was sent is written. */
static void
close_after_output(struct connection *c, enum left why)
{
	if (c->stage != STAGE_OPEN)
		return;
	c->stage = STAGE_CLOSING;
	c->why = (uint8_t)why;
	deadlines_clear(&c->idle);
	deadlines_set(&c->all->closing, &c->other);
	if (c->output.bytes == 0)
		leave(c, why, !c->output_broken);
	else
		update_reading(c);
}


/* Input. */

static void
read_end(struct connection *c)
{
	const struct side *side = c->all->rules.side;

	c->input_ended = true;
	if (c->stage == STAGE_LINGERING) {
		forget(c);
		return;
	}
	update_reading(c);
	if (c->stage != STAGE_OPEN)
		return;
	if (c->output_broken)
		leave(c, LEFT_LOST, false);
	else if (side->finished == NULL)
		close_after_output(c, LEFT_ENDED);
	else
		side->finished(c->all->state, &c->peer);
}

static void
read_error(struct connection *c)
{
	if (c->stage == STAGE_LINGERING)
		forget(c);
	else
		leave(c, c->stage == STAGE_OPEN ? LEFT_LOST : c->why, false);
}

static void
take_input(struct connection *c, size_t len)
{
	struct connections *all = c->all;

	c->facts.bytes_in += len;
	all->totals.bytes_in += len;
	if (c->stage != STAGE_OPEN)
		return;
	deadlines_set(&all->idle, &c->idle);
	if (all->rules.active != NULL)
		all->rules.active(all->rules.owner);
	all->rules.side->received(all->state, &c->peer, all->buffer, len);
}

static void
on_readable(evutil_socket_t fd, short what, void *context)
{
	struct connection *c = context;
	ssize_t n = recv(fd, c->all->buffer, sizeof(c->all->buffer),
	    MSG_DONTWAIT);

	(void)what;
	if (n > 0)
		take_input(c, (size_t)n);
	else if (n == 0)
		read_end(c);
	else if (errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR)
		read_error(c);
}


/* Output. */

/*
 * What the peer sent before it was lost still lies in the kernel, and may be
 * its farewell: the end is found by reading, unless that must not be done or
 * the fault was ours.
 */
static void
output_failed(struct connection *c, int error)
{
	bool can_read = !c->held && !c->input_ended &&
	    (error == EPIPE || error == ECONNRESET);

	c->output_broken = true;
	output_reset(&c->output);
	update_writing(c);
	if (c->stage == STAGE_CLOSING)
		leave(c, c->why, false);
	else if (can_read)
		update_reading(c);
	else
		leave(c, LEFT_LOST, false);
}

static void
count_taken(struct connection *c, size_t taken)
{
	c->facts.bytes_out += taken;
	c->all->totals.bytes_out += taken;
}

/* A peer that takes what waits for it is alive. */
static void
postpone_deadlines(struct connection *c)
{
	if (c->stage == STAGE_OPEN)
		deadlines_set(&c->all->idle, &c->idle);
	else
		deadlines_set(&c->all->closing, &c->other);
}

static void
after_output(struct connection *c)
{
	const struct side *side = c->all->rules.side;

	if (c->stage == STAGE_CLOSING && c->output.bytes == 0) {
		leave(c, c->why, true);
		return;
	}
	update_writing(c);
	update_reading(c);
	if (!c->was_high || c->output.bytes >= WORLD_LOW_WATER)
		return;
	c->was_high = false;
	if (c->stage == STAGE_OPEN && side->drained != NULL)
		side->drained(c->all->state, &c->peer);
}

static void
on_writable(evutil_socket_t fd, short what, void *context)
{
	struct connection *c = context;
	enum output_status status;
	size_t taken;

	(void)what;
	status = output_go_on(&c->output, fd, c->all->rules.framed, &taken);
	count_taken(c, taken);
	if (status == OUTPUT_FAILED) {
		output_failed(c, errno);
		return;
	}
	if (taken > 0)
		postpone_deadlines(c);
	after_output(c);
	if (taken > 0 && c->all->rules.wrote != NULL)
		c->all->rules.wrote(c->all->rules.owner);
}

static void
check_output_limits(struct connection *c)
{
	if (c->output.bytes >= WORLD_LOW_WATER)
		c->was_high = true;
	if (c->output.cost > c->all->rules.send_buffer) {
		c->resets = true;
		leave(c, LEFT_SLOW, false);
		return;
	}
	update_writing(c);
	update_reading(c);
}

void
net_send(struct world *world, struct peer *peer, const void *data, size_t len)
{
	struct connection *c = connection_of(peer);
	enum output_status status;
	size_t taken;

	(void)world;
	if (c->stage != STAGE_OPEN || c->output_broken || len == 0)
		return;
	status = output_send(&c->output, c->fd, data, len, &taken);
	c->facts.messages++;
	c->all->totals.messages++;
	count_taken(c, taken);
	if (status == OUTPUT_FAILED)
		output_failed(c, errno);
	else if (status == OUTPUT_WAITS)
		check_output_limits(c);
}

size_t
net_queued(struct world *world, const struct peer *peer)
{
	(void)world;
	return connection_of(peer)->output.bytes;
}


/* The rest of what a world offers. */

void
net_hold(struct world *world, struct peer *peer, bool hold)
{
	struct connection *c = connection_of(peer);

	(void)world;
	if (c->stage != STAGE_OPEN)
		return;
	c->held = hold;
	/* Its end could not be found by reading. */
	if (hold && c->output_broken)
		leave(c, LEFT_LOST, false);
	else
		update_reading(c);
}

void
net_close(struct world *world, struct peer *peer, bool at_once)
{
	(void)world;
	if (at_once)
		leave(connection_of(peer), LEFT_CLOSED, false);
	else
		close_after_output(connection_of(peer), LEFT_CLOSED);
}

void
net_admit(struct world *world, struct peer *peer)
{
	struct connection *c = connection_of(peer);
	const struct connection_rules *rules = &c->all->rules;

	(void)world;
	if (c->stage != STAGE_OPEN || c->facts.admitted)
		return;
	c->facts.admitted = true;
	deadlines_clear(&c->other);
	if (rules->admitted != NULL)
		rules->admitted(rules->owner, peer);
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

static void
on_timer_due(void *context, struct peer *peer, unsigned id)
{
	struct connections *all = context;
	const struct side *side = all->rules.side;

	if ((peer == NULL || connection_is_open(peer)) && side->timer != NULL)
		side->timer(all->state, peer, id);
}

void
net_timer(struct world *world, struct peer *peer, unsigned id,
    int64_t after_ns)
{
	struct connections *all = ((struct net_world *)world)->connections;
	struct connection *c = peer == NULL ? NULL : connection_of(peer);

	if (c != NULL && c->stage != STAGE_OPEN)
		return;
	/* Without memory a peer is lost; the side's own is tried once more at
	 * its next use. */
	if (peer_timers_set(c == NULL ? &all->timers : &c->timers,
	    &all->timers_owner, peer, id, after_ns) != 0 && c != NULL)
		leave(c, LEFT_LOST, false);
}

int64_t
net_now_ns(struct world *world)
{
	(void)world;
	return deadlines_now_ns();
}

void
net_random(struct world *world, void *out, size_t len)
{
	uint8_t *at = out;

	(void)world;
	while (len > 0) {
		ssize_t n = getrandom(at, len, 0);

		/* A kernel without it: no key may be made of anything else. */
		if (n < 0 && errno != EINTR)
			abort();
		if (n > 0) {
			at += n;
			len -= (size_t)n;
		}
	}
}

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

void **
connection_slot(struct peer *peer)
{
	return &connection_of(peer)->slot;
}

void
connection_drop(struct peer *peer, enum left why)
{
	leave(connection_of(peer), why, false);
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
	leave(of_idle(d), LEFT_IDLE, false);
}

static void
on_late(void *owner, struct deadline *d)
{
	(void)owner;
	leave(of_other(d), LEFT_LATE, false);
}

static void
on_not_closed(void *owner, struct deadline *d)
{
	struct connection *c = of_other(d);

	(void)owner;
	c->resets = true;
	leave(c, c->why, false);
}

static void
on_lingered(void *owner, struct deadline *d)
{
	(void)owner;
	forget(of_other(d));
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
		.base = base, .due = on_timer_due, .context = all,
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
			leave(c, LEFT_STOP, false);
	leave_all(all);
	for (c = all->ends.next; c != &all->ends; c = next) {
		next = c->next;
		forget(c);
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
	    on_readable, c) != 0 ||
	    event_assign(&c->writable, all->base, fd, EV_WRITE | EV_PERSIST,
	    on_writable, c) != 0) {
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
		leave(c, LEFT_CLOSED, false);
		return;
	}
	update_reading(c);
}

struct peer *
connections_add(struct connections *all, int fd,
    const struct chat_address *address)
{
	const int on = 1;
	struct connection *c;

	/* Both ends of a socket pair, too: those know no TCP_NODELAY. */
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
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
		close_after_output(c, LEFT_STOP);
}

struct peer *
connections_next(struct connections *all, struct peer *peer)
{
	struct connection *c = peer == NULL ? all->ends.next :
	    connection_of(peer)->next;

	while (c != &all->ends && c->stage == STAGE_LINGERING)
		c = c->next;
	return c == &all->ends ? NULL : &c->peer;
}
