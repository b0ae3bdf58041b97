#include "analyzer/tracker/tcp_segment.h"

#include <stddef.h>

#include "base/cursor.h"
#include "base/table.h"

enum {
	HEADER_BYTES = 20,
	/* What most segments have: two NOPs and the time stamps. */
	TIMESTAMPS_HEADER_BYTES = 32,
	TIMESTAMPS_LAYOUT = 0x0101080a,
};

/* Kinds of options (IANA). */
enum {
	OPTION_END = 0,
	OPTION_NOP = 1,
	OPTION_MSS = 2,
	OPTION_WINDOW_SCALE = 3,
	OPTION_SACK_PERMITTED = 4,
	OPTION_SACK = 5,
	OPTION_TIMESTAMPS = 8,
};

enum { SACK_BLOCK_BYTES = 8 };

static void
read_sack(struct tcp_segment *s, struct cursor *c)
{
	s->sack_count = 0;
	while (c->left >= SACK_BLOCK_BYTES &&
	    s->sack_count < TCP_SACK_BLOCKS_MAX) {
		s->sack[s->sack_count].left = cursor_be32(c);
		s->sack[s->sack_count].right = cursor_be32(c);
		s->sack_count++;
	}
}

/* One option, whose data are `c`: of the wrong length, it is none. */
static void
read_option(struct tcp_segment *s, uint8_t kind, struct cursor *c)
{
	if (kind == OPTION_MSS && c->left == 2) {
		s->mss = cursor_be16(c);
		s->options |= TCP_HAS_MSS;
	} else if (kind == OPTION_WINDOW_SCALE && c->left == 1) {
		s->window_scale = cursor_u8(c);
		s->options |= TCP_HAS_WINDOW_SCALE;
	} else if (kind == OPTION_SACK_PERMITTED && c->left == 0) {
		s->options |= TCP_SACK_PERMITTED;
	} else if (kind == OPTION_SACK && c->left % SACK_BLOCK_BYTES == 0) {
		read_sack(s, c);
	} else if (kind == OPTION_TIMESTAMPS && c->left == 8) {
		s->ts_value = cursor_be32(c);
		s->ts_echo = cursor_be32(c);
		s->options |= TCP_HAS_TIMESTAMPS;
	}
}

/* Every turn takes a byte at least, and there are 40 at most. */
static void
read_options(struct tcp_segment *s, struct cursor *c)
{
	while (c->left > 0) {
		uint8_t kind = cursor_u8(c), len;
		struct cursor data;

		if (kind == OPTION_END)
			return;
		if (kind == OPTION_NOP)
			continue;
		len = cursor_u8(c);
		data = *c;
		if (c->failed || len < 2 || cursor_take(c, len - 2U) == NULL)
			return;
		cursor_limit(&data, len - 2U);
		read_option(s, kind, &data);
	}
}

static inline bool
has_usual_options(const struct packet *p, uint32_t header_bytes)
{
	return header_bytes == TIMESTAMPS_HEADER_BYTES &&
	    packet_transport_be32(p, HEADER_BYTES) == TIMESTAMPS_LAYOUT;
}

static void
find_options(struct tcp_segment *s, const struct packet *p)
{
	uint32_t at = p->transport_at + HEADER_BYTES;
	uint32_t header_bytes = (packet_transport_be16(p, 12) >> 12) * 4U;
	uint32_t end = p->transport_at + header_bytes;
	struct cursor c;

	if (end > p->frame->cap_len)
		end = p->frame->cap_len;
	if (end <= at)
		return;
	if (p->transport_at + header_bytes == end &&
	    has_usual_options(p, header_bytes)) {
		s->ts_value = packet_transport_be32(p, HEADER_BYTES + 4);
		s->ts_echo = packet_transport_be32(p, HEADER_BYTES + 8);
		s->options = TCP_HAS_TIMESTAMPS;
		return;
	}
	c = cursor_over(p->frame->data + at, end - at, end - at);
	read_options(s, &c);
}

void
tcp_segment_read(struct tcp_segment *s, const struct packet *p)
{
	const struct frame *f = p->frame;

	s->ts_ns = f->flags & FRAME_UNTIMED ? TABLE_NO_I64 : f->ts_ns;
	s->number = f->number;
	s->seq = packet_tcp_seq(p);
	s->ack = packet_tcp_ack(p);
	s->len = p->flags & PACKET_HAS_PAYLOAD_LEN ? p->payload_len : 0;
	s->flags = packet_tcp_flags(p);
	s->window = packet_tcp_window(p);
	s->ip_version = p->ip_version;
	s->ip_id = 0;
	if (p->ip_version == 4) {
		const uint8_t *id = f->data + p->network_at + 4;

		s->ip_id = (uint16_t)(id[0] << 8 | id[1]);
	}
	s->options = 0;
	s->mss = 0;
	s->window_scale = 0;
	s->sack_count = 0;
	s->ts_value = s->ts_echo = 0;
	find_options(s, p);
}

/*
 * All 512 texts in the order of the flags' values: FIN, the lowest bit, changes
 * from each to the next and stands first.  Each begins with a comma.
 */
#define TEXTS_FIN(rest)	rest, ",FIN" rest
#define TEXTS_SYN(rest)	TEXTS_FIN(rest), TEXTS_FIN(",SYN" rest)
#define TEXTS_RST(rest)	TEXTS_SYN(rest), TEXTS_SYN(",RST" rest)
#define TEXTS_PSH(rest)	TEXTS_RST(rest), TEXTS_RST(",PSH" rest)
#define TEXTS_ACK(rest)	TEXTS_PSH(rest), TEXTS_PSH(",ACK" rest)
#define TEXTS_URG(rest)	TEXTS_ACK(rest), TEXTS_ACK(",URG" rest)
#define TEXTS_ECE(rest)	TEXTS_URG(rest), TEXTS_URG(",ECE" rest)
#define TEXTS_CWR(rest)	TEXTS_ECE(rest), TEXTS_ECE(",CWR" rest)
#define TEXTS_AE(rest)	TEXTS_CWR(rest), TEXTS_CWR(",AE" rest)

const char *
tcp_flags_text(unsigned flags)
{
	static const char *const texts[1 << TCP_FLAGS] = { TEXTS_AE("") };

	flags &= (1U << TCP_FLAGS) - 1;
	return flags == 0 ? "" : texts[flags] + 1;
}
