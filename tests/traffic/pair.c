#include "tests/traffic/pair.h"

#include <check.h>
#include <string.h>

static void
note(struct program *p, char what)
{
	size_t len = strlen(p->told);

	ck_assert_uint_lt(len + 1, sizeof(p->told));
	p->told[len] = what;
	p->told[len + 1] = '\0';
}

static void
enter(struct program *p, char what)
{
	ck_assert(!p->is_in_call);
	p->is_in_call = true;
	note(p, what);
}

static void
leave(struct program *p)
{
	p->is_in_call = false;
}

static void
speak(struct program *p)
{
	if (p->says != NULL)
		conn_write(p->conn, p->says, strlen(p->says));
	if (p->closes)
		conn_close(p->conn);
}

static void
on_connected(void *app, struct conn *conn)
{
	struct program *p = app;

	enter(p, 'C');
	ck_assert_ptr_eq(conn, p->conn);
	speak(p);
	leave(p);
}

static void
on_received(void *app, struct conn *conn, const uint8_t *data, size_t len)
{
	struct program *p = app;

	enter(p, 'R');
	ck_assert_uint_gt(len, 0);
	ck_assert_uint_le(len, SIDE_READ_MAX);
	ck_assert_int_eq(bytes_append(&p->got, data, len), 0);
	if (len > p->largest_read)
		p->largest_read = len;
	if (p->aborts_when_received)
		conn_abort(conn);
	leave(p);
}

static void
on_finished(void *app, struct conn *conn)
{
	struct program *p = app;

	enter(p, 'F');
	if (p->closes_when_finished)
		conn_close(conn);
	leave(p);
}

static void
on_drained(void *app, struct conn *conn)
{
	struct program *p = app;

	enter(p, 'D');
	ck_assert_uint_eq(conn_unacknowledged(conn), 0);
	leave(p);
}

static void
on_ended(void *app, struct conn *conn, enum tcp_end why)
{
	struct program *p = app;

	enter(p, "crxta"[why]);
	ck_assert_ptr_eq(conn, p->conn);
	p->conn = NULL;
	p->ended_ns = clock_now_ns(p->lan->clock);
	leave(p);
}

const struct conn_calls pair_calls = {
	on_connected, on_received, on_finished, on_drained, on_ended,
};

static int
on_accepted(void *owner, struct conn *conn, void **app,
    const struct conn_calls **out)
{
	struct program *p = owner;

	enter(p, 'A');
	p->conn = conn;
	*app = p;
	*out = &pair_calls;
	if (!p->refuses)
		speak(p);
	leave(p);
	return p->refuses ? -1 : 0;
}

const struct listener_calls pair_listener = { on_accepted };

void
pair_init(struct pair *pair)
{
	memset(pair, 0, sizeof(*pair));
	pair->lan = lan_plan();
	pair->client.lan = pair->server.lan = pair->lan;
	pair->client.closes_when_finished = true;
	pair->server.closes_when_finished = true;
}

void
pair_listen(struct pair *pair)
{
	struct errbuf err = { "" };

	lan_start(pair->lan);
	ck_assert_msg(host_listen(pair->lan->hosts[1], PAIR_PORT, &pair_listener,
	    &pair->server, &err) == 0, "%s", err.text);
}

void
pair_connect(struct pair *pair, uint8_t version, uint16_t from_port)
{
	const struct endpoint to = lan_endpoint(pair->lan, 1, version, PAIR_PORT);
	struct errbuf err = { "" };

	pair->client.conn = host_connect(pair->lan->hosts[0], &to, from_port,
	    "told", &pair_calls, &pair->client, &err);
	ck_assert_msg(pair->client.conn != NULL, "%s", err.text);
	/* Not from within the call. */
	ck_assert_str_eq(pair->client.told, "");
}

void
pair_reset(struct pair *pair)
{
	bytes_reset(&pair->client.got);
	bytes_reset(&pair->server.got);
	lan_stop(pair->lan);
}
