/* What a diagram keeps of a packet, and what a view keeps of its packets. */
#include <stdlib.h>
#include <string.h>

#include "analyzer/report/ladder.h"
#include "analyzer/report/rows.h"
#include "base/memory.h"

static const size_t text_cells[LADDER_TEXTS] = {
	[LADDER_PROTOCOL] = offsetof(struct exchange_row, protocol),
	[LADDER_VERDICT] = offsetof(struct exchange_row, verdict),
	[LADDER_REASON] = offsetof(struct exchange_row, reason),
	[LADDER_OPTIONS] = offsetof(struct exchange_row, options),
	[LADDER_PREVIEW] = offsetof(struct exchange_row, preview),
	[LADDER_INFO] = offsetof(struct exchange_row, info),
	[LADDER_SRC_LINK] = offsetof(struct exchange_row, src_link),
	[LADDER_DST_LINK] = offsetof(struct exchange_row, dst_link),
};

const char *
ladder_packet_text(const struct ladder_packet *packet, enum ladder_text which)
{
	uint16_t at = packet->text_at[which];

	return at == 0 ? NULL : packet->texts + at - 1;
}

/* Bytes of the text, or of what is kept of a very long one: whole
 * characters. */
static size_t
kept_len(const char *text)
{
	size_t len = 0;

	while (text[len] != '\0') {
		size_t n = utf8_len(text + len);

		if (n == 0)
			n = 1;
		if (len + n > LADDER_TEXT_BYTES_MAX)
			break;
		len += n;
	}
	return len;
}

static int
copy_texts(struct ladder_packet *packet, const struct exchange_row *row,
    struct errbuf *err)
{
	const char *texts[LADDER_TEXTS];
	size_t lens[LADDER_TEXTS], total = 0;

	for (int i = 0; i < LADDER_TEXTS; i++) {
		texts[i] = cell_string(cell_at(row, text_cells[i]));
		if (texts[i] == NULL || texts[i][0] == '\0')
			continue;
		lens[i] = kept_len(texts[i]);
		packet->text_at[i] = (uint16_t)(total + 1);
		total += lens[i] + 1;
	}
	if (total == 0)
		return 0;
	packet->texts = memory_array(total, 1);
	if (packet->texts == NULL) {
		errbuf_set(err, "out of memory for the diagram");
		return -1;
	}
	for (int i = 0; i < LADDER_TEXTS; i++)
		if (packet->text_at[i] != 0)
			memcpy(packet->texts + packet->text_at[i] - 1,
			    texts[i], lens[i]);
	return 0;
}

static uint32_t
narrow(uint64_t value)
{
	return value == TABLE_NO_U64 ? 0 : (uint32_t)value;
}

static enum ladder_line
line_of(const char *protocol)
{
	if (protocol != NULL && strcmp(protocol, "tcp") == 0)
		return LADDER_TCP;
	if (protocol != NULL && (strcmp(protocol, "udp") == 0 ||
	    strcmp(protocol, "udplite") == 0))
		return LADDER_UDP;
	return LADDER_OTHER;
}

/* Comparable byte by byte: nothing behind an IPv4 address. */
static struct table_ip
clean_ip(const struct table_ip *ip)
{
	struct table_ip clean = { .version = ip->version };

	memcpy(clean.bytes, ip->bytes, ip->version == 6 ? 16 :
	    ip->version == 4 ? 4 : 0);
	return clean;
}

int
ladder_packet_init(struct ladder_packet *packet,
    const struct exchange_row *row, struct errbuf *err)
{
	*packet = (struct ladder_packet){
		.ts_ns = row->time.ns,
		.number = row->number,
		.identity = row->identity,
		.flow = row->flow,
		.src = clean_ip(&row->src),
		.dst = clean_ip(&row->dst),
		.has_ports = row->src_port != TABLE_NO_U64 &&
		    row->dst_port != TABLE_NO_U64,
		.has_seq = row->seq != TABLE_NO_U64,
		.has_ack = row->ack != TABLE_NO_U64,
		.line = (uint8_t)line_of(row->protocol),
		.digits = row->time.digits,
		.src_port = (uint16_t)narrow(row->src_port),
		.dst_port = (uint16_t)narrow(row->dst_port),
		.flags = (uint16_t)narrow(row->flag_bits),
		.seq = narrow(row->seq),
		.ack = narrow(row->ack),
		.rel_seq = narrow(row->rel_seq),
		.rel_ack = narrow(row->rel_ack),
		.window = narrow(row->window),
		.frame_len = narrow(row->frame_len),
		.payload_len = narrow(row->payload_len),
		.verdicts = narrow(row->verdict_bits),
	};
	return copy_texts(packet, row, err);
}

void
ladder_packet_reset(struct ladder_packet *packet)
{
	free(packet->texts);
	*packet = (struct ladder_packet){ 0 };
}

size_t
ladder_packet_bytes(const struct ladder_packet *packet)
{
	size_t bytes = 0;

	for (int i = 0; i < LADDER_TEXTS; i++)
		if (packet->text_at[i] != 0)
			bytes += strlen(packet->texts + packet->text_at[i] -
			    1) + 1;
	/* What malloc() adds is guessed. */
	return bytes == 0 ? 0 : bytes + 16;
}

int64_t
ladder_span(int64_t earlier, int64_t later)
{
	int64_t span;

	if (earlier == TABLE_NO_I64 || later == TABLE_NO_I64)
		return 0;
	if (!__builtin_sub_overflow(later, earlier, &span))
		return span;
	/* INT64_MIN itself means that there is none. */
	return later > earlier ? INT64_MAX : INT64_MIN + 1;
}

static bool
same_ip(const struct table_ip *a, const struct table_ip *b)
{
	return memcmp(a, b, sizeof(*a)) == 0;
}

bool
ladder_same_conversation(const struct ladder_packet *a,
    const struct ladder_packet *b)
{
	const char *protocols[] = {
		ladder_packet_text(a, LADDER_PROTOCOL),
		ladder_packet_text(b, LADDER_PROTOCOL),
	};

	if (a->line != b->line || a->src.version == 0 ||
	    (protocols[0] == NULL) != (protocols[1] == NULL) ||
	    (protocols[0] != NULL && strcmp(protocols[0], protocols[1]) != 0))
		return false;
	if (same_ip(&a->src, &b->src) && same_ip(&a->dst, &b->dst) &&
	    a->src_port == b->src_port && a->dst_port == b->dst_port)
		return true;
	return same_ip(&a->src, &b->dst) && same_ip(&a->dst, &b->src) &&
	    a->src_port == b->dst_port && a->dst_port == b->src_port;
}

int
ladder_view_add(struct ladder_view *view, const struct ladder_packet *packet,
    struct errbuf *err)
{
	if (view->count == view->room) {
		size_t room = view->room == 0 ? 64 : view->room * 2;
		struct ladder_packet *packets = memory_resize(view->packets,
		    room, sizeof(*packets));

		if (packets == NULL) {
			errbuf_set(err, "out of memory for the diagram");
			return -1;
		}
		view->bytes += (room - view->room) * sizeof(*packets);
		view->packets = packets;
		view->room = room;
	}
	view->packets[view->count++] = *packet;
	place_hosts_add(&view->hosts, &packet->src, &packet->dst);
	view->bytes += ladder_packet_bytes(packet);
	return 0;
}

void
ladder_view_reset(struct ladder_view *view)
{
	for (size_t i = 0; i < view->count; i++)
		ladder_packet_reset(&view->packets[i]);
	free(view->packets);
	*view = (struct ladder_view){ .name = view->name };
}
