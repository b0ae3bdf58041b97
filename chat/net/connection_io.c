#include <assert.h>
#include <errno.h>
#include <sys/socket.h>

#include "chat/net/connection_internal.h"

/* Input. */

enum {
	READ_LEAST = 1024,	/* what the originals read at once */
	READ_SIZES = 7,		/* up to SIDE_READ_MAX */
	TURN_MESSAGES = 256,
};

static_assert(READ_LEAST << (READ_SIZES - 1) == SIDE_READ_MAX,
    "the largest read fills the buffer");

/*
 * What is read at once is answered at once, and nobody else has a turn before
 * that is done.  64 KiB of short messages to a few hundred peers would take
 * seconds, so a read is small where reads lead to many messages, and grows
 * where they do not (a file).
 */
static void
fit_read_size(struct connection *c, uint64_t messages)
{
	if (messages > TURN_MESSAGES)
		c->read_size = 0;
	else if (c->read_size < READ_SIZES - 1)
		c->read_size++;
}

static void
read_end(struct connection *c)
{
	const struct side *side = c->all->rules.side;

	c->input_ended = true;
	if (c->stage == STAGE_LINGERING) {
		connection_forget(c);
		return;
	}
	connection_update_reading(c);
	if (c->stage != STAGE_OPEN)
		return;
	if (c->output_broken)
		connection_leave(c, LEFT_LOST, false);
	else if (side->finished == NULL)
		connection_close_after_output(c, LEFT_ENDED);
	else
		side->finished(c->all->state, &c->peer);
}

static void
read_error(struct connection *c)
{
	if (c->stage == STAGE_LINGERING)
		connection_forget(c);
	else
		connection_leave(c, c->stage == STAGE_OPEN ? LEFT_LOST :
		    c->why, false);
}

static void
take_input(struct connection *c, size_t len)
{
	struct connections *all = c->all;
	uint64_t before = all->totals.messages;

	c->facts.bytes_in += len;
	all->totals.bytes_in += len;
	if (c->stage != STAGE_OPEN)
		return;
	deadlines_set(&all->idle, &c->idle);
	if (all->rules.active != NULL)
		all->rules.active(all->rules.owner);
	all->rules.side->received(all->state, &c->peer, all->buffer, len);
	fit_read_size(c, all->totals.messages - before);
}

void
connection_on_readable(evutil_socket_t fd, short what, void *context)
{
	struct connection *c = context;
	ssize_t n = recv(fd, c->all->buffer,
	    (size_t)READ_LEAST << c->read_size, MSG_DONTWAIT);

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
	connection_update_writing(c);
	if (c->stage == STAGE_CLOSING)
		connection_leave(c, c->why, false);
	else if (can_read)
		connection_update_reading(c);
	else
		connection_leave(c, LEFT_LOST, false);
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
		connection_leave(c, c->why, true);
		return;
	}
	connection_update_writing(c);
	connection_update_reading(c);
	if (!c->was_high || c->output.bytes >= WORLD_LOW_WATER)
		return;
	c->was_high = false;
	if (c->stage == STAGE_OPEN && side->drained != NULL)
		side->drained(c->all->state, &c->peer);
}

void
connection_on_writable(evutil_socket_t fd, short what, void *context)
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
		connection_leave(c, LEFT_SLOW, false);
		return;
	}
	connection_update_writing(c);
	connection_update_reading(c);
}

void
net_world_send(struct world *world, struct peer *peer, const void *data, size_t len)
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
net_world_queued(struct world *world, const struct peer *peer)
{
	(void)world;
	return connection_of(peer)->output.bytes;
}
