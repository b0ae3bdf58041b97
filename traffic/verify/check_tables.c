/* What each row of pcapstat's tables is held against. */
#include "traffic/verify/check.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum {
	ETHERNET_BYTES = 14,
	/* As truth_known.c has it: with less, headers are not whole. */
	HEADERS_BYTES = 14 + 40 + 8 + 60,
	WHERE_BYTES = 160, WHY_BYTES = 160,
};

const char *const check_table_names[CHECK_TABLES] = {
	[CHECK_SUMMARY] = "summary", [CHECK_PACKETS] = "packets",
	[CHECK_FLOWS] = "flows", [CHECK_TCP] = "tcp",
	[CHECK_SEGMENTS] = "tcp-segments", [CHECK_UDP] = "udp",
	[CHECK_UDP_CONVERSATIONS] = "udp-conversations",
};

/* One of our rows, and where it is. */
struct take {
	struct check *check;
	const struct table *table;
	const void *row;
	char where[WHERE_BYTES], why[WHY_BYTES];
	json_t *packet;			/* of a row that is a frame */
};

static uint64_t
number_of(const struct take *t, const char *column)
{
	int index = table_find(t->table, column);
	struct cell cell = cell_none();

	if (index >= 0)
		cell_of_row(&cell, &t->table->columns[index], t->row);
	return cell.kind == CELL_NUMBER && cell.number >= 0 ?
	    (uint64_t)cell.number : 0;
}

static void
take_cell(const struct take *t, const char *column, struct cell truth)
{
	check_row(t->check, t->where, t->table, t->row, column, &truth,
	    t->why[0] == '\0' ? NULL : t->why);
}

/* A member of the packet, which may be missing: then the column is not
 * defined. */
static void
take_member(const struct take *t, const char *column, const char *key)
{
	json_t *value = json_object_get(t->packet, key);
	int index = table_find(t->table, column);
	struct cell truth = cell_none();

	if (index >= 0 && (value == NULL ||
	    cell_of_json(&truth, &t->table->columns[index], value)))
		take_cell(t, column, truth);
}

/* The frame that the row is about; false: the truth has none. */
static bool
find_frame(struct take *t, struct check_frame *frame)
{
	uint64_t number = number_of(t, "number"), packet = 0, repeats;
	const char *cause;

	snprintf(t->where, sizeof(t->where), "frame %" PRIu64, number);
	if (number == 0 || number > t->check->frame_count) {
		check_tell(t->check, t->where, "the truth has no such frame");
		return false;
	}
	*frame = t->check->frames[number - 1];
	t->packet = frame->packet;
	check_u64(t->packet, "packet", &packet);
	cause = check_string(t->packet, "cause");
	snprintf(t->why, sizeof(t->why), "packet %" PRIu64 ": %.40s", packet,
	    cause == NULL ? "no cause" : cause);
	if (check_u64(t->packet, "repeats", &repeats))
		snprintf(t->why + strlen(t->why), sizeof(t->why) -
		    strlen(t->why), ", repeats %" PRIu64, repeats);
	return true;
}

static bool
is(const struct take *t, const char *protocol)
{
	const char *name = check_string(t->packet, "protocol");

	return name != NULL && strcmp(name, protocol) == 0;
}

static bool
is_later_fragment(json_t *packet)
{
	json_t *fragment = json_object_get(packet, "fragment");
	uint64_t offset;

	return check_u64(fragment, "offset", &offset) && offset > 0;
}

static bool
is_fragment(const struct take *t)
{
	return json_object_get(t->packet, "fragment") != NULL;
}

/* Were all bytes of the IP packet kept? */
static bool
is_whole(const struct take *t)
{
	uint64_t ip_bytes = 0;

	check_u64(t->packet, "ip_bytes", &ip_bytes);
	return t->check->snaplen >= ETHERNET_BYTES + ip_bytes;
}

static struct cell
captured_bytes(const struct take *t)
{
	uint64_t bytes;

	if (!check_u64(t->packet, "frame_bytes", &bytes))
		return cell_none();
	return cell_number(bytes < t->check->snaplen ? bytes :
	    t->check->snaplen);
}

static void
take_transport(const struct take *t)
{
	bool tcp = is(t, "tcp");

	take_member(t, "Source_IP", "src_ip");
	take_member(t, "Destination_IP", "dst_ip");
	take_member(t, "packet_len", "ip_bytes");
	take_member(t, "src_port", "src_port");
	take_member(t, "dst_port", "dst_port");
	if (tcp) {
		take_member(t, "tcp_flags", "flags");
		take_member(t, "tcp_seq", "seq");
		take_member(t, "tcp_ack", "ack");
	}
	if ((tcp || is(t, "udp")) &&
	    (!is_fragment(t) || is_later_fragment(t->packet)))
		take_member(t, "payload_len", "len");
}

static void
take_packet(struct take *t)
{
	struct check_frame frame;

	if (!find_frame(t, &frame))
		return;
	take_cell(t, "time", cell_number(frame.ts_ns));
	take_member(t, "frame_len", "frame_bytes");
	take_cell(t, "cap_len", captured_bytes(t));
	if (t->check->snaplen < HEADERS_BYTES)
		return;
	take_member(t, "protocol", "protocol");
	if (!is(t, "arp"))
		take_transport(t);
}

static void
take_datagram(struct take *t)
{
	struct check_frame frame;
	uint64_t len;

	if (!find_frame(t, &frame) || is_fragment(t) ||
	    t->check->snaplen < HEADERS_BYTES)
		return;
	take_cell(t, "time_ns", cell_number(frame.ts_ns));
	take_member(t, "src_ip", "src_ip");
	take_member(t, "src_port", "src_port");
	take_member(t, "dst_ip", "dst_ip");
	take_member(t, "dst_port", "dst_port");
	take_member(t, "ip_bytes", "ip_bytes");
	take_member(t, "payload_len", "len");
	if (check_u64(t->packet, "len", &len))
		take_cell(t, "length", cell_number((int128)len + 8));
	take_cell(t, "checksum_status", cell_text(is_whole(t) ? "good" :
	    "unverified"));
	take_cell(t, "length_status", cell_text("ok"));
}

/* TCP segments: verdicts. */

/* Is the word one of those between commas? */
static bool
has_word(const char *list, const char *word)
{
	size_t len = strlen(word);

	for (const char *at = list; at != NULL; at = strchr(at, ',')) {
		at += strspn(at, ", ");
		if (strncmp(at, word, len) == 0 &&
		    (at[len] == ',' || at[len] == '\0'))
			return true;
		if (*at == '\0')
			break;
	}
	return false;
}

static void
take_word(const struct take *t, const char *verdict, const char *word,
    bool truth)
{
	static const struct column column = { .type = COLUMN_TEXT };
	struct cell cells[2];

	if (has_word(verdict, word) == truth)
		return;
	cells[0] = cell_text(truth ? word : NULL);
	cells[1] = cell_text(truth ? NULL : word);
	check_cell(t->check, t->where, "verdict", &column, &cells[0],
	    &cells[1], t->why);
}

static bool
array_has(json_t *array, const char *word)
{
	for (size_t i = 0; i < json_array_size(array); i++) {
		const char *text = json_string_value(json_array_get(array, i));

		if (text != NULL && strcmp(text, word) == 0)
			return true;
	}
	return false;
}

/* Below the highest number.  What passed before is a retransmission, or a copy
 * that looks like one; what did not may be late, and a capture can only
 * guess. */
static void
take_repeat(const struct take *t, const char *verdict, json_t *segment)
{
	const char *before = check_string(segment, "seen_before");
	const char *really = check_string(segment, "really");
	bool again = has_word(verdict, "retransmission");
	bool late = has_word(verdict, "out of order");

	if (before == NULL || strcmp(before, "all") == 0) {
		take_word(t, verdict, "retransmission", before != NULL);
		take_word(t, verdict, "out of order", false);
		return;
	}
	if (again == late)
		check_tell(t->check, t->where, "a segment that fills a gap is "
		    "neither a retransmission nor out of order");
	t->check->result->guesses++;
	t->check->result->right += really != NULL &&
	    (strcmp(really, "late") == 0) == late;
}

static const char *const words[] = {
	"previous segment missing", "duplicate ACK", "keep-alive",
	"keep-alive ACK", "zero window", "zero window probe",
	"zero window probe ACK", "window update", "window full",
	"acknowledges a segment not seen", "ports reused",
	"spurious retransmission",
};

static void
take_verdict(const struct take *t, json_t *segment)
{
	int index = table_find(t->table, "verdict");
	struct cell cell = cell_none();
	json_t *known = json_object_get(segment, "verdict");

	if (index >= 0)
		cell_of_row(&cell, &t->table->columns[index], t->row);
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		take_word(t, cell.text, words[i], array_has(known, words[i]));
	take_repeat(t, cell.text, segment);
	t->check->result->numbers++;
}

static struct cell
nanoseconds(json_t *object, const char *key)
{
	int64_t ns;

	return check_i64(object, key, &ns) ?
	    cell_number((int128)ns * 1000) : cell_none();
}

/* What `segments` says of this frame; NULL where it is an ordinary one. */
static json_t *
find_segment(struct check *c, uint64_t number)
{
	uint64_t frame = 0;
	json_t *segment;

	for (;; c->next_segment++) {
		segment = json_array_get(c->segments, c->next_segment);
		if (segment == NULL || (check_u64(segment, "frame", &frame) &&
		    frame >= number))
			break;
	}
	return segment != NULL && frame == number ? segment : NULL;
}

static void
take_segment(struct take *t)
{
	struct check_frame frame;
	json_t *segment;
	uint64_t value;

	if (!find_frame(t, &frame) || !json_is_array(t->check->segments))
		return;
	take_cell(t, "time", cell_number(frame.ts_ns));
	take_member(t, "flags", "flags");
	take_member(t, "seq", "seq");
	take_member(t, "ack", "ack");
	take_member(t, "window", "window");
	if (!is_fragment(t))
		take_member(t, "payload_len", "len");
	take_cell(t, "checksum", cell_text(is_whole(t) && !is_fragment(t) ?
	    "good" : "unverified"));
	segment = find_segment(t->check, number_of(t, "number"));
	take_verdict(t, segment);
	if (check_u64(segment, "connection", &value))
		take_cell(t, "connection", cell_number(value));
	take_cell(t, "rtt_frame", check_u64(segment, "rtt_frame", &value) ?
	    cell_number(value) : cell_none());
	take_cell(t, "rtt_s", nanoseconds(segment, "rtt_ns"));
	take_cell(t, "ts_rtt_s", nanoseconds(segment, "ts_rtt_ns"));
	take_cell(t, "rtt_ambiguous", cell_text(json_is_true(
	    json_object_get(segment, "rtt_ambiguous")) ? "yes" : NULL));
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
	uint64_t number = number_of(t, "flow");
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
	ours[0] = number_of(t, key);
	snprintf(key, sizeof(key), "%s_out_of_order", side);
	ours[1] = number_of(t, key);
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
	uint64_t number = number_of(t, "connection");
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
		    !is_later_fragment(c->frames[i].packet);
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
