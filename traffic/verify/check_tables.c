/* What each row of pcapstat's tables is held against. */
#include "traffic/verify/take.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

const char *const check_table_names[CHECK_TABLES] = {
	[CHECK_SUMMARY] = "summary", [CHECK_PACKETS] = "packets",
	[CHECK_FLOWS] = "flows", [CHECK_TCP] = "tcp",
	[CHECK_SEGMENTS] = "tcp-segments", [CHECK_UDP] = "udp",
	[CHECK_UDP_CONVERSATIONS] = "udp-conversations",
};

uint64_t
take_number(const struct take *t, const char *column)
{
	int index = table_find(t->table, column);
	struct cell cell = cell_none();

	if (index >= 0)
		cell_of_row(&cell, &t->table->columns[index], t->row);
	return cell.kind == CELL_NUMBER && cell.number >= 0 ?
	    (uint64_t)cell.number : 0;
}

void
take_cell(const struct take *t, const char *column, struct cell truth)
{
	check_row(t->check, t->where, t->table, t->row, column, &truth,
	    t->why[0] == '\0' ? NULL : t->why);
}

/* Flows and connections. */

static void
describe_ends(struct take *t, const char *what, uint64_t number,
    json_t *object, const char *first, const char *second)
{
	const char *a = check_string(object, first);
	const char *b = check_string(object, second);

	snprintf(t->where, sizeof(t->where), "%s %" PRIu64
	    " (%.45s to %.45s)", what, number, a == NULL ? "?" : a,
	    b == NULL ? "?" : b);
}

static void
take_flow(struct take *t)
{
	uint64_t number = take_number(t, "flow");
	json_t *flow = json_array_get(t->check->flows, number - 1);

	if (t->check->flows == NULL)
		return;
	describe_ends(t, "flow", number, flow, "a_ip", "b_ip");
	if (flow == NULL)
		check_tell(t->check, t->where, "the truth has no such flow");
	check_object(t->check, t->where, t->table, t->row, flow);
}

/* Sent again or late: what the two add up to is known, the second only
 * guessed. */
static void
take_repeats(const struct take *t, json_t *connection, const char *side)
{
	uint64_t ours[2], all = 0, some = 0, none = 0;
	char key[48], text[160];

	snprintf(key, sizeof(key), "%s_retransmissions", side);
	ours[0] = take_number(t, key);
	snprintf(key, sizeof(key), "%s_out_of_order", side);
	ours[1] = take_number(t, key);
	snprintf(key, sizeof(key), "%s_seen_before", side);
	check_u64(connection, key, &all);
	snprintf(key, sizeof(key), "%s_partly_seen", side);
	check_u64(connection, key, &some);
	snprintf(key, sizeof(key), "%s_fills_gap", side);
	check_u64(connection, key, &none);
	t->check->result->numbers += 2;
	if (ours[0] + ours[1] == all + some + none && ours[0] >= all)
		return;
	snprintf(text, sizeof(text), "%s: truth %" PRIu64 " seen before, %"
	    PRIu64 " partly, %" PRIu64 " that fill a gap; pcapstat %" PRIu64
	    " retransmissions, %" PRIu64 " out of order", side, all, some,
	    none, ours[0], ours[1]);
	check_tell(t->check, t->where, text);
}

static void
take_connection(struct take *t)
{
	uint64_t number = take_number(t, "connection");
	json_t *connection = json_array_get(t->check->connections,
	    number - 1);

	if (t->check->connections == NULL)
		return;
	describe_ends(t, "connection", number, connection, "client_ip",
	    "server_ip");
	if (connection == NULL)
		check_tell(t->check, t->where,
		    "the truth has no such connection");
	check_object(t->check, t->where, t->table, t->row, connection);
	take_repeats(t, connection, "client");
	take_repeats(t, connection, "server");
}

static void
take_summary(struct take *t)
{
	snprintf(t->where, sizeof(t->where), "totals");
	check_object(t->check, t->where, t->table, t->row, t->check->totals);
}

void
check_take(struct check *c, enum check_table which,
    const struct table *table, const void *row)
{
	static void (*const takers[CHECK_TABLES])(struct take *) = {
		[CHECK_SUMMARY] = take_summary, [CHECK_PACKETS] = take_packet,
		[CHECK_FLOWS] = take_flow, [CHECK_TCP] = take_connection,
		[CHECK_SEGMENTS] = take_segment, [CHECK_UDP] = take_datagram,
		[CHECK_UDP_CONVERSATIONS] = take_flow,
	};
	struct take t = { .check = c, .table = table, .row = row };

	c->rows[which]++;
	takers[which](&t);
}

/* Rows that did not come. */

static uint64_t
count_frames(const struct check *c, const char *protocol)
{
	uint64_t n = 0;

	for (size_t i = 0; i < c->frame_count; i++) {
		const char *name = check_string(c->frames[i].packet,
		    "protocol");

		n += name != NULL && strcmp(name, protocol) == 0 &&
		    !take_is_later_fragment(c->frames[i].packet);
	}
	return n;
}

static uint64_t
count_udp_flows(const struct check *c)
{
	uint64_t n = 0;

	for (size_t i = 0; i < json_array_size(c->flows); i++) {
		const char *name = check_string(json_array_get(c->flows, i),
		    "protocol");

		n += name != NULL && strcmp(name, "udp") == 0;
	}
	return n;
}

static void
check_rows(struct check *c, enum check_table which, uint64_t truth)
{
	static const struct column column = { .type = COLUMN_U64 };
	struct cell cells[2];

	cells[0] = cell_number(truth);
	cells[1] = cell_number(c->rows[which]);
	check_cell(c, check_table_names[which], "rows", &column, &cells[0],
	    &cells[1], NULL);
}

void
check_finish(struct check *c)
{
	check_rows(c, CHECK_SUMMARY, 1);
	check_rows(c, CHECK_PACKETS, c->frame_count);
	if (c->flows == NULL)
		return;
	check_rows(c, CHECK_FLOWS, json_array_size(c->flows));
	check_rows(c, CHECK_UDP_CONVERSATIONS, count_udp_flows(c));
	check_rows(c, CHECK_TCP, json_array_size(c->connections));
	check_rows(c, CHECK_SEGMENTS, count_frames(c, "tcp"));
	check_rows(c, CHECK_UDP, count_frames(c, "udp"));
}
