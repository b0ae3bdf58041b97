#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "chat/net/address.h"
#include "chat/net/server_internal.h"

enum { LINE_BYTES = 512 };

void
server_complain(void *context, const char *line)
{
	const struct server *s = context;

	if (s->setup->complain != NULL)
		s->setup->complain(line);
}

void
server_tell_listening(struct server *s)
{
	char label[CHAT_LABEL_BYTES], line[LINE_BYTES];
	struct event_field fields[2];

	address_label(listener_address(s->listener), label);
	fields[0] = events_text("address", label);
	fields[1] = events_text("protocol", s->setup->protocol->name);
	snprintf(line, sizeof(line), "listening on %s", label);
	events_write(s->net.events, NULL, "listening", fields, 2, line);
}

void
server_tell_connected(void *context, struct peer *peer)
{
	struct server *s = context;
	const struct event_field field = events_number("clients",
	    connections_count(s->net.connections));
	char line[LINE_BYTES];

	snprintf(line, sizeof(line), "%s connected", peer->label);
	events_write(s->net.events, peer, "connected", &field, 1, line);
}

void
server_tell_refused(struct server *s, const struct chat_address *address,
    const char *reason)
{
	struct event_field fields[2];
	struct peer peer = { .address = *address };
	char line[LINE_BYTES];

	s->refused++;
	address_label(address, peer.label);
	fields[0] = events_number("clients",
	    connections_count(s->net.connections));
	fields[1] = events_text("reason", reason);
	snprintf(line, sizeof(line), "%s refused: %s", peer.label,
	    strcmp(reason, "clients") == 0 ? "there are --max-clients" :
	    "out of memory");
	events_write(s->net.events, &peer, "refused", fields, 2, line);
}

void
server_tell_admitted(void *context, struct peer *peer)
{
	const struct server *s = context;

	events_write(s->net.events, peer, "admitted", NULL, 0, NULL);
}

void
server_tell_left(struct server *s, const struct peer *peer, enum left why)
{
	char line[LINE_BYTES];

	s->left[why]++;
	snprintf(line, sizeof(line), "%s left (%s)", peer->label,
	    connection_left_word(why));
	connection_tell_left(peer, why, s->net.events, line);
}

void
server_tell_paused(void *context, const char *why)
{
	struct server *s = context;
	const struct event_field field = events_text("reason", why);
	char line[LINE_BYTES];

	snprintf(line, sizeof(line), "no new connections for a moment: %s",
	    why);
	events_write(s->net.events, NULL, "accept_paused", &field, 1, NULL);
	server_complain(s, line);
}


/* Counters. */

enum { COUNTERS = 10 + LEFT_REASONS };

static size_t
collect(const struct server *s, struct event_field out[COUNTERS])
{
	const struct connection_totals *totals =
	    connections_totals(s->net.connections);
	size_t n = 0;

	out[n++] = events_number("clients",
	    connections_count(s->net.connections));
	out[n++] = events_number("connections", totals->connections);
	out[n++] = events_number("refused", s->refused);
	out[n++] = events_number("bytes_in", totals->bytes_in);
	out[n++] = events_number("bytes_out", totals->bytes_out);
	out[n++] = events_number("messages", totals->messages);
	for (size_t i = 0; i < LEFT_REASONS; i++)
		out[n++] = events_number(i == LEFT_STOP ? "stopped" :
		    connection_left_word((enum left)i), s->left[i]);
	out[n++] = events_number("lines_lost", events_lost(s->net.events));
	out[n++] = events_number("loop_ticks", latency_ticks(s->latency));
	out[n++] = events_number("loop_p50_ns",
	    (uint64_t)latency_quantile_ns(s->latency, 500));
	out[n++] = events_number("loop_p99_ns",
	    (uint64_t)latency_quantile_ns(s->latency, 990));
	return n;
}

static void
write_line(const struct event_field *fields, size_t n, char *line,
    size_t room)
{
	size_t len = 0;

	for (size_t i = 0; i < n && len < room; i++)
		len += (size_t)snprintf(line + len, room - len,
		    "%s%s %" PRId64, i == 0 ? "" : ", ", fields[i].key,
		    fields[i].number);
}

void
server_tell_counters(struct server *s)
{
	struct event_field fields[COUNTERS];
	size_t n = collect(s, fields);
	char line[2 * LINE_BYTES];

	write_line(fields, n, line, sizeof(line));
	events_write(s->net.events, NULL, "counters", fields, n, line);
}

void
server_tell_stop(struct server *s, const char *reason)
{
	struct event_field fields[COUNTERS + 1];
	size_t n = collect(s, fields + 1) + 1;

	fields[0] = events_text("reason", reason);
	events_write(s->net.events, NULL, "stop", fields, n, "stopping");
}
