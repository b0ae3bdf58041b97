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
	[CHECK_PROTOCOLS] = "protocols",
};

/*
 * Of the columns that the truth says nothing of: what a capture that labgen has
 * made holds in each row, ...
 */
static const struct fixed {
	enum check_table table;
	const char *column, *text;	/* NULL: 0 or 1 */
	uint64_t number;
} fixed[] = {
	{ CHECK_SUMMARY, "link_types", "ethernet", 0 },
	{ CHECK_SUMMARY, "packets_filtered", NULL, 0 },
	{ CHECK_SUMMARY, "no_time", NULL, 0 },
	{ CHECK_SUMMARY, "time_out_of_range", NULL, 0 },
	{ CHECK_SUMMARY, "time_odd", NULL, 0 },
	{ CHECK_SUMMARY, "tso_len_zero", NULL, 0 },
	{ CHECK_FLOWS, "part", NULL, 1 },
	{ CHECK_UDP_CONVERSATIONS, "part", NULL, 1 },
	{ CHECK_TCP, "client_dsack_blocks", NULL, 0 },
	{ CHECK_TCP, "server_dsack_blocks", NULL, 0 },
	{ CHECK_TCP, "client_ece", NULL, 0 },
	{ CHECK_TCP, "server_ece", NULL, 0 },
	{ CHECK_TCP, "client_cwr", NULL, 0 },
	{ CHECK_TCP, "server_cwr", NULL, 0 },
};

/* ... and those that are not to be known, or are which row it is; vlan, of which
 * nothing is said, is empty. */
static const char *const unknown[CHECK_TABLES] = {
	[CHECK_SUMMARY] = "file,status",
	[CHECK_FLOWS] = "file,flow,end_reason,application,clear_text",
	/* Which of its repeats are which only a guess can tell; the flow names
	 * the connection. */
	[CHECK_TCP] = "file,flow,relative_to,end_reason,"
	    "retransmissions,client_retransmissions,server_retransmissions,"
	    "client_fast_retransmissions,server_fast_retransmissions,"
	    "client_out_of_order,server_out_of_order",
	[CHECK_UDP_CONVERSATIONS] = "file,flow,end_reason,application",
};

/* Members of the truth that are no columns there, but compared elsewhere. */
static const char *const elsewhere[CHECK_TABLES] = {
	[CHECK_SUMMARY] = "packets_arp",
	[CHECK_FLOWS] = "a_datagrams,a_payload_min,a_payload_max,"
	    "a_first_time_ns,a_last_time_ns,b_datagrams,b_payload_min,"
	    "b_payload_max,b_first_time_ns,b_last_time_ns,response_ns",
	[CHECK_TCP] = "is,client_seen_before,server_seen_before,"
	    "client_partly_seen,server_partly_seen,client_fills_gap,"
	    "server_fills_gap",
	[CHECK_UDP_CONVERSATIONS] = "first_frame,protocol,a_ip_bytes,"
	    "b_ip_bytes,a_frame_bytes,b_frame_bytes,a_iat,b_iat,"
	    "a_backward_steps,b_backward_steps",
};

/* All columns of a row that an object of the truth is about. */
static void
take_all(struct take *t, enum check_table which, json_t *object)
{
	take_object(t, object, elsewhere[which]);
	for (size_t i = 0; i < sizeof(fixed) / sizeof(*fixed); i++)
		if (fixed[i].table == which)
			take_cell(t, fixed[i].column, fixed[i].text == NULL ?
			    cell_number(fixed[i].number) :
			    cell_text(fixed[i].text));
	take_rest(t, unknown[which]);
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

/* NULL: there is none, which has been told. */
static json_t *
find_flow(struct take *t)
{
	uint64_t number = take_number(t, "flow");
	json_t *flow = json_array_get(t->check->flows, number - 1);

	describe_ends(t, "flow", number, flow, "a_ip", "b_ip");
	if (flow == NULL)
		check_tell(t->check, t->where, "the truth has no such flow");
	return flow;
}

/* Of both sides. */
static void
take_sum(struct take *t, json_t *flow, const char *column, const char *a,
    const char *b)
{
	uint64_t left, right;

	take_cell(t, column, check_u64(flow, a, &left) &&
	    check_u64(flow, b, &right) ? cell_number(left + right) :
	    cell_none());
}

static void
take_flow(struct take *t)
{
	json_t *flow = t->check->flows == NULL ? NULL : find_flow(t);

	if (flow == NULL)
		return;
	take_sum(t, flow, "packets", "a_packets", "b_packets");
	take_sum(t, flow, "ip_bytes", "a_ip_bytes", "b_ip_bytes");
	take_sum(t, flow, "frame_bytes", "a_frame_bytes", "b_frame_bytes");
	take_all(t, CHECK_FLOWS, flow);
}

/* Payload bytes a packet; a cell of decimals counts in 10^-12, which what
 * cell_mean_ps() is for does of 10^9 nanoseconds. */
static void
take_payload_mean(struct take *t, json_t *flow, const char *column,
    const char *bytes, const char *packets)
{
	uint64_t sum, n;

	take_cell(t, column, check_u64(flow, bytes, &sum) &&
	    check_u64(flow, packets, &n) && n > 0 ?
	    cell_number(cell_mean_ps((int128)sum * 1000000000, n)) :
	    cell_none());
}

static void
take_conversation(struct take *t)
{
	json_t *flow = t->check->flows == NULL ? NULL : find_flow(t);

	if (flow == NULL)
		return;
	take_payload_mean(t, flow, "a_payload_mean", "a_payload_bytes",
	    "a_packets");
	take_payload_mean(t, flow, "b_payload_mean", "b_payload_bytes",
	    "b_packets");
	take_all(t, CHECK_UDP_CONVERSATIONS, flow);
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

/* Round trips of both sides together. */
static void
take_both(struct take *t, json_t *connection, const char *base)
{
	static const char *const sides[] = { "client", "server" };
	int64_t sum = 0, least = INT64_MAX, largest = INT64_MIN;
	uint64_t samples = 0;
	json_t *both;

	for (size_t i = 0; i < 2; i++) {
		char key[32];
		json_t *side;
		uint64_t n = 0;
		int64_t of[3] = { 0 };

		snprintf(key, sizeof(key), "%s_%s", sides[i], base);
		side = json_object_get(connection, key);
		if (!check_u64(side, "samples", &n) || n == 0 ||
		    n > UINT32_MAX)
			continue;
		check_i64(side, "sum_ns", &of[0]);
		check_i64(side, "min_ns", &of[1]);
		check_i64(side, "max_ns", &of[2]);
		samples += n;
		sum = (int64_t)((uint64_t)sum + (uint64_t)of[0]);
		least = of[1] < least ? of[1] : least;
		largest = of[2] > largest ? of[2] : largest;
	}
	both = json_pack("{s:I,s:I,s:I,s:I}", "samples", (json_int_t)samples,
	    "sum_ns", (json_int_t)sum, "min_ns", (json_int_t)least, "max_ns",
	    (json_int_t)largest);
	take_sums(t, base, both);
	json_decref(both);
}

static void
take_ambiguous(struct take *t, json_t *connection)
{
	uint64_t client = 0, server = 0;

	check_u64(connection, "client_rtt_ambiguous", &client);
	check_u64(connection, "server_rtt_ambiguous", &server);
	take_cell(t, "rtt_ambiguous", cell_number((int128)client + server));
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
	if (connection == NULL) {
		check_tell(t->check, t->where,
		    "the truth has no such connection");
		return;
	}
	take_both(t, connection, "rtt");
	take_both(t, connection, "ts_rtt");
	take_ambiguous(t, connection);
	take_all(t, CHECK_TCP, connection);
	take_repeats(t, connection, "client");
	take_repeats(t, connection, "server");
}

static void
take_summary(struct take *t)
{
	snprintf(t->where, sizeof(t->where), "totals");
	take_cell(t, "format", cell_text(check_string(t->check->capture,
	    "format")));
	take_all(t, CHECK_SUMMARY, t->check->totals);
}

/* Paths that totals tells of; not each of them comes. */
static const struct {
	const char *path, *member;
} paths[CHECK_PATHS] = {
	{ "eth", "packets_total" }, { "eth:arp", "packets_arp" },
	{ "eth:ip", "packets_ipv4" }, { "eth:ipv6", "packets_ipv6" },
};

static void
take_protocol(struct take *t)
{
	int path = table_find(t->table, "path");
	int application = table_find(t->table, "application");
	struct cell cells[2];

	if (path < 0 || application < 0)
		return;
	cell_of_row(&cells[0], &t->table->columns[path], t->row);
	cell_of_row(&cells[1], &t->table->columns[application], t->row);
	for (size_t i = 0; i < CHECK_PATHS; i++)
		if (cells[1].kind == CELL_NONE &&
		    strcmp(cells[0].text, paths[i].path) == 0)
			t->check->packets[i] += take_number(t, "packets");
}

void
check_take(struct check *c, enum check_table which,
    const struct table *table, const void *row)
{
	static void (*const takers[CHECK_TABLES])(struct take *) = {
		[CHECK_SUMMARY] = take_summary, [CHECK_PACKETS] = take_packet,
		[CHECK_FLOWS] = take_flow, [CHECK_TCP] = take_connection,
		[CHECK_SEGMENTS] = take_segment, [CHECK_UDP] = take_datagram,
		[CHECK_UDP_CONVERSATIONS] = take_conversation,
		[CHECK_PROTOCOLS] = take_protocol,
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
check_count(struct check *c, const char *where, const char *what,
    uint64_t truth, uint64_t ours)
{
	static const struct column column = { .type = COLUMN_U64 };
	const struct cell cells[2] = { cell_number(truth), cell_number(ours) };

	check_cell(c, where, what, &column, &cells[0], &cells[1], NULL);
}

static void
check_rows(struct check *c, enum check_table which, uint64_t truth)
{
	check_count(c, check_table_names[which], "rows", truth,
	    c->rows[which]);
}

static void
check_paths(struct check *c)
{
	for (size_t i = 0; i < CHECK_PATHS; i++) {
		uint64_t truth = 0;

		check_u64(c->totals, paths[i].member, &truth);
		check_count(c, "protocols", paths[i].path, truth,
		    c->packets[i]);
	}
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
	check_paths(c);
	/* Each segment of the truth is some frame's. */
	check_count(c, "segments", "frames", json_array_size(c->segments),
	    c->found_segments);
}
