/* Rows that are frames, and what TCP segments are. */
#include "traffic/verify/take.h"

#include <arpa/inet.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum {
	ETHERNET_BYTES = 14,
	/* Where a source address ends. */
	SOURCE_END_4 = 14 + 16, SOURCE_END_6 = 14 + 24,
};

enum direction { IN, OUT, OTHER, SKIPPED };

static const char *const directions[CHECK_DIRECTIONS] = {
	[IN] = "in", [OUT] = "out", [OTHER] = "other", [SKIPPED] = "skipped",
};

/* A member of the packet, which may be missing: then the column is not
 * defined. */
static void
take_member(struct take *t, const char *column, const char *key)
{
	json_t *value = json_object_get(t->packet, key);
	int index = table_find(t->table, column);
	struct cell truth = cell_none();

	if (index >= 0 && value != NULL &&
	    !cell_of_json(&truth, &t->table->columns[index], value))
		check_tell(t->check, t->where,
		    "a member of the packet makes no sense");
	take_cell(t, column, truth);
}

bool
take_is_later_fragment(json_t *packet)
{
	json_t *fragment = json_object_get(packet, "fragment");
	uint64_t offset;

	return check_u64(fragment, "offset", &offset) && offset > 0;
}

/* The frame that the row is about; false: the truth has none. */
static bool
find_frame(struct take *t, struct check_frame *frame)
{
	uint64_t number = take_number(t, "number"), packet = 0, repeats;
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

static void
take_ends(struct take *t)
{
	take_member(t, "src_ip", "src_ip");
	take_member(t, "src_port", "src_port");
	take_member(t, "dst_ip", "dst_ip");
	take_member(t, "dst_port", "dst_port");
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
take_transport(struct take *t)
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
	    (!is_fragment(t) || take_is_later_fragment(t->packet)))
		take_member(t, "payload_len", "len");
}

/* By the outermost IP source, as far as it was kept. */
static unsigned
direction_of(const struct take *t)
{
	const char *source = check_string(t->packet, "src_ip");
	uint64_t kept = (uint64_t)captured_bytes(t).number;
	uint8_t address[16];
	int version = source != NULL && inet_pton(AF_INET, source,
	    address) == 1 ? 4 : 6;
	bool is_ip = !is(t, "arp") && source != NULL && (version == 4 ||
	    inet_pton(AF_INET6, source, address) == 1);

	if (!is_ip)
		return OTHER;
	if (kept < (version == 4 ? SOURCE_END_4 : SOURCE_END_6))
		return SKIPPED;
	if (!(version == 4 ? t->check->local->has_ipv4 :
	    t->check->local->has_ipv6))
		return OTHER;
	return networks_contain(t->check->local, version, address) ? OUT : IN;
}

/* Times of frames without a row do not count: that one is missing is told. */
static void
take_direction(struct take *t, int64_t ts_ns)
{
	unsigned direction = direction_of(t);
	struct check_lane *lane = &t->check->lanes[direction];

	take_cell(t, "direction", cell_text(directions[direction]));
	take_cell(t, "iat_s", lane->begun ? cell_number(((int128)ts_ns -
	    lane->last_ns) * 1000) : cell_none());
	*lane = (struct check_lane){ true, ts_ns };
}

void
take_packet(struct take *t)
{
	struct check_frame frame;

	if (!find_frame(t, &frame))
		return;
	take_cell(t, "time", cell_number(frame.ts_ns));
	take_member(t, "frame_len", "frame_bytes");
	take_cell(t, "cap_len", captured_bytes(t));
	take_direction(t, frame.ts_ns);
	if (t->check->snaplen < CHECK_HEADERS_BYTES)
		return;
	take_member(t, "protocol", "protocol");
	if (!is(t, "arp"))
		take_transport(t);
}

void
take_datagram(struct take *t)
{
	struct check_frame frame;
	uint64_t len;

	if (!find_frame(t, &frame) || is_fragment(t) ||
	    t->check->snaplen < CHECK_HEADERS_BYTES)
		return;
	take_cell(t, "time_ns", cell_number(frame.ts_ns));
	take_ends(t);
	take_member(t, "frame_len", "frame_bytes");
	take_member(t, "ip_bytes", "ip_bytes");
	take_member(t, "payload_len", "len");
	take_cell(t, "length", check_u64(t->packet, "len", &len) ?
	    cell_number((int128)len + 8) : cell_none());
	take_cell(t, "surplus_bytes", cell_number(0));
	take_cell(t, "checksum_status", cell_text(is_whole(t) ? "good" :
	    "unverified"));
	take_cell(t, "length_status", cell_text("ok"));
}

/* TCP segments: verdicts. */

static void
take_word(struct take *t, const char *verdict, const char *word,
    bool truth)
{
	static const struct column column = { .type = COLUMN_TEXT };
	struct cell cells[2];

	if (check_has_word(verdict, word) == truth)
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
take_repeat(struct take *t, const char *verdict, json_t *segment)
{
	const char *before = check_string(segment, "seen_before");
	const char *really = check_string(segment, "really");
	bool again = check_has_word(verdict, "retransmission");
	bool late = check_has_word(verdict, "out of order");

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
take_verdict(struct take *t, json_t *segment)
{
	int index = table_find(t->table, "verdict");
	struct cell cell = cell_none();
	json_t *known = json_object_get(segment, "verdict");

	if (index < 0) {
		check_tell(t->check, t->where, "verdict: no such column");
		return;
	}
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
	if (segment == NULL || frame != number)
		return NULL;
	c->found_segments++;
	return segment;
}

void
take_segment(struct take *t)
{
	struct check_frame frame;
	json_t *segment;
	uint64_t value;

	if (!find_frame(t, &frame) || !json_is_array(t->check->segments))
		return;
	take_cell(t, "time", cell_number(frame.ts_ns));
	take_ends(t);
	take_member(t, "flags", "flags");
	take_member(t, "seq", "seq");
	take_member(t, "ack", "ack");
	take_member(t, "window", "window");
	if (!is_fragment(t))
		take_member(t, "payload_len", "len");
	take_cell(t, "checksum", cell_text(is_whole(t) && !is_fragment(t) ?
	    "good" : "unverified"));
	segment = find_segment(t->check, take_number(t, "number"));
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
