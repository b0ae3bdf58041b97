/*
 * All connections of a host: found by port and peer, and kept in the order in
 * which they began.
 */
#include "traffic/synth/host/host_conn.h"

static size_t
bucket_of(uint16_t own_port, const struct endpoint *peer)
{
	uint32_t hash = own_port * UINT32_C(31) + peer->port;

	for (size_t i = 0; i < (peer->address.version == 6 ? 16 : 4); i++)
		hash = hash * 31 + peer->address.bytes[i];
	return hash % CONN_BUCKETS;
}

struct conn *
conns_find(const struct host *host, uint16_t own_port,
    const struct endpoint *peer)
{
	struct conn *conn = host->conns[bucket_of(own_port, peer)];

	while (conn != NULL && (conn->own.port != own_port ||
	    conn->peer.port != peer->port ||
	    !scenario_address_equal(&conn->peer.address, &peer->address)))
		conn = conn->next;
	return conn;
}

void
conns_add(struct conn *conn)
{
	struct host *host = conn->host;
	struct conn **bucket =
	    &host->conns[bucket_of(conn->own.port, &conn->peer)];

	conn->next = *bucket;
	*bucket = conn;
	conn->is_findable = true;
	conn->before = host->last_conn;
	if (host->last_conn == NULL)
		host->first_conn = conn;
	else
		host->last_conn->after = conn;
	host->last_conn = conn;
}

void
conns_hide(struct conn *conn)
{
	struct conn **at =
	    &conn->host->conns[bucket_of(conn->own.port, &conn->peer)];

	if (!conn->is_findable)
		return;
	while (*at != conn)
		at = &(*at)->next;
	*at = conn->next;
	conn->is_findable = false;
}

void
conns_remove(struct conn *conn)
{
	struct host *host = conn->host;

	conns_hide(conn);
	if (conn->before == NULL)
		host->first_conn = conn->after;
	else
		conn->before->after = conn->after;
	if (conn->after == NULL)
		host->last_conn = conn->before;
	else
		conn->after->before = conn->before;
}

void
conns_free(struct host *host)
{
	while (host->first_conn != NULL)
		conn_free(host->first_conn);
}
