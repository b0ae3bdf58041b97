#include "traffic/synth/host/host_conn.h"

/* One read.  True: there may be more, and the program has another turn. */
static bool
give_bytes(struct conn *conn)
{
	struct host *host = conn->host;
	size_t len;

	if (conn->is_held || conn->is_aborted)
		return false;
	len = tcp_read(conn->tcp, host->read, SIDE_READ_MAX,
	    clock_now_ns(host->clock));
	if (len > 0 && conn->calls->received != NULL)
		conn->calls->received(conn->app, conn, host->read, len);
	if (len < SIDE_READ_MAX)
		return false;
	conn_wake(conn);
	return true;
}

static void
tell_finished(struct conn *conn)
{
	if (conn->told_finished || conn->is_held || conn->is_aborted ||
	    !tcp_is_at_end(conn->tcp))
		return;
	conn->told_finished = true;
	if (conn->calls->finished != NULL)
		conn->calls->finished(conn->app, conn);
	else
		conn_close(conn);
}

static void
tell_drained(struct conn *conn)
{
	bool is_drained = conn->tell_drained &&
	    tcp_unacknowledged(conn->tcp) == 0;

	conn->tell_drained = false;
	if (is_drained && !conn->is_aborted && conn->calls->drained != NULL)
		conn->calls->drained(conn->app, conn);
}

/* Everything but the end.  True: there is more to read first. */
static bool
tell_program(struct conn *conn)
{
	if (conn->tell_connected) {
		conn->tell_connected = false;
		if (conn->calls->connected != NULL)
			conn->calls->connected(conn->app, conn);
	}
	if (give_bytes(conn))
		return true;
	tell_finished(conn);
	tell_drained(conn);
	conn_look_for_close(conn);
	return false;
}

/* What is there is read before the end, but a program that holds is told at
 * once that the connection is lost. */
static bool
is_over_for_program(const struct conn *conn)
{
	if (conn->is_over && conn->why == TCP_END_CLOSED)
		return !conn->is_held || tcp_is_at_end(conn->tcp);
	return conn->is_over || conn->is_closed;
}

static void
tell_ended(struct conn *conn)
{
	const struct conn_calls *calls = conn->calls;

	conn->program_is_gone = true;
	conn->calls = NULL;
	if (calls != NULL && calls->ended != NULL)
		calls->ended(conn->app, conn, conn->why);
}

static void
deliver(void *owner, uint64_t token)
{
	struct conn *conn = owner;

	(void)token;
	conn->delivery = 0;
	if (conn->listener != NULL && conn->is_established &&
	    conn_accept(conn) != 0)
		conn_abort(conn);
	if (conn->calls != NULL && tell_program(conn))
		return;
	if (!conn->program_is_gone && is_over_for_program(conn))
		tell_ended(conn);
	if (conn->program_is_gone && conn->is_over)
		conn_free(conn);
}

void
conn_wake(struct conn *conn)
{
	struct host *host = conn->host;

	if (conn->delivery == 0)
		conn->delivery = clock_after(host->clock,
		    host_reaction_ns(host), deliver, conn, 0);
}

void
conn_write(struct conn *conn, const void *data, size_t len)
{
	struct host *host = conn->host;

	if (conn->is_over || len == 0)
		return;
	if (tcp_write(conn->tcp, data, len, clock_now_ns(host->clock)) != 0)
		host_no_memory(host);
}

size_t
conn_unacknowledged(const struct conn *conn)
{
	return tcp_unacknowledged(conn->tcp);
}

void
conn_hold(struct conn *conn, bool hold)
{
	conn->is_held = hold;
	if (!hold)
		conn_wake(conn);
}

void
conn_close(struct conn *conn)
{
	conn_hold(conn, false);
	if (!conn->is_over)
		tcp_shutdown(conn->tcp, clock_now_ns(conn->host->clock));
}

void
conn_abort(struct conn *conn)
{
	conn->is_aborted = true;
	if (!conn->is_over)
		tcp_abort(conn->tcp, clock_now_ns(conn->host->clock));
}

void
conn_peer(const struct conn *conn, struct endpoint *out)
{
	*out = conn->peer;
}

void
conn_own(const struct conn *conn, struct endpoint *out)
{
	*out = conn->own;
}
