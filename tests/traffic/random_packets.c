#include "tests/traffic/random_packets.h"

#include <check.h>

void
random_packets_begin(struct random_packets *r)
{
	struct errbuf err = { "" };

	r->maker = frame_maker_new(&err);
	ck_assert_msg(r->maker != NULL, "%s", err.text);
	random_init(&r->dice, 1, "frames", 0);
}

void
random_packets_end(struct random_packets *r)
{
	frame_maker_free(r->maker);
}

uint32_t
random_packets_roll(struct random_packets *r, uint64_t n)
{
	return (uint32_t)random_below(&r->dice, n);
}

void
random_packets_address(struct random_packets *r,
    struct scenario_address *address, uint8_t mac[6], uint8_t version)
{
	address->version = version;
	random_fill(&r->dice, address->bytes, version == 4 ? 4 : 16);
	random_fill(&r->dice, mac, 6);
}

static uint32_t
word(struct random_packets *r)
{
	return random_packets_roll(r, UINT64_C(1) << 32);
}

static bool
coin(struct random_packets *r)
{
	return random_packets_roll(r, 2);
}

void
random_packets_segment(struct random_packets *r, struct tcp_segment *s)
{
	s->seq = word(r);
	s->ack = word(r);
	s->window = (uint16_t)word(r);
	s->flags = (uint8_t)random_packets_roll(r, 32);
	s->mss = coin(r) ? (uint16_t)word(r) : 0;
	s->has_scale = coin(r);
	s->scale = (uint8_t)random_packets_roll(r, 15);
	s->sack_permitted = coin(r);
	s->has_times = coin(r);
	s->ts_value = word(r);
	s->ts_echo = word(r);
	/* With all the others there is room for 2 blocks at most. */
	s->sack_count = random_packets_roll(r, 3);
	for (size_t i = 0; i < s->sack_count; i++) {
		s->sack[i].begin = word(r);
		s->sack[i].end = word(r);
	}
}

struct sim_packet *
random_packets_new(struct random_packets *r, enum sim_kind kind)
{
	uint8_t data[RANDOM_PACKETS_DATA_MAX], version = coin(r) ? 4 : 6;
	struct sim_packet *p;

	random_fill(&r->dice, data, sizeof(data));
	p = sim_packet_new(kind, data, random_packets_roll(r, coin(r) ? 8 :
	    RANDOM_PACKETS_DATA_MAX));
	ck_assert_ptr_nonnull(p);
	random_packets_address(r, &p->source, p->source_mac, version);
	random_packets_address(r, &p->destination, p->destination_mac,
	    version);
	p->ttl = (uint8_t)(1 + random_packets_roll(r, 255));
	p->id = (uint16_t)word(r);
	p->dont_fragment = true;
	p->source_port = (uint16_t)word(r);
	p->destination_port = (uint16_t)word(r);
	p->type = (uint8_t)(version == 4 ? 8 * coin(r) : 128 + coin(r));
	p->rest = word(r);
	if (kind == SIM_TCP)
		random_packets_segment(r, &p->segment);
	return p;
}

const uint8_t *
random_packets_bytes(struct random_packets *r, const struct sim_packet *packet,
    size_t *len)
{
	struct errbuf err = { "" };
	const uint8_t *bytes = frame_bytes(r->maker, packet, len, &err);

	ck_assert_msg(bytes != NULL, "%s", err.text);
	return bytes;
}

struct packet
random_packets_decode(struct frame *frame, const uint8_t *data, size_t len)
{
	struct packet packet;

	*frame = (struct frame){
		.data = data, .cap_len = (uint32_t)len,
		.wire_len = (uint32_t)len, .link_type = 1, .number = 1,
	};
	decode_frame(frame, &packet);
	ck_assert_uint_eq(packet.status, PACKET_OK);
	return packet;
}
