/*
 * What the tests of analyzer/decode share: frames written in hex, decoded from
 * a heap block that ends where the frame does, so that the address sanitizer
 * sees the first byte read too many.
 */
#ifndef TESTS_UNIT_DECODE_SHOTS_H
#define TESTS_UNIT_DECODE_SHOTS_H

#include <check.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/decode/decode.h"

enum { SHOT_BYTES_MAX = 1024, SHOT_PATH_MAX = 256 };

/* Headers that many frames have; of IP with the addresses. */
#define ETH(type) "020000000001 020000000002" type
#define IP4(total, protocol) \
	"4500" total "1234 4000 40" protocol "0000 c0a80102 0a000003"
#define IP6(payload, next) \
	"60000000" payload next "40" \
	"20010db8000000000000000000000001 20010db8000000000000000000000002"
#define UDP_ABCD "1388 0035 000c 0000 61626364"
#define TCP_ABCD "1388 0050 01020304 05060708 5018 2000 0000 0000 61626364"
#define IP4_UDP IP4("0020", "11") UDP_ABCD
#define IP4_TCP IP4("002c", "06") TCP_ABCD
#define IP6_UDP IP6("000c", "11") UDP_ABCD
#define IP6_TCP IP6("0018", "06") TCP_ABCD

/* A frame and the two packets made of it; release with shot_free(). */
struct shot {
	struct frame frame;
	uint8_t *data;
	struct packet p;	/* by decode_frame() */
	struct packet batch;	/* by decode_batch() */
};

/* Hex digits and blanks to bytes; returns how many. */
static inline size_t
shot_hex(const char *hex, uint8_t out[static SHOT_BYTES_MAX])
{
	static const char digits[] = "0123456789abcdef";
	unsigned byte = 1;	/* the bit above the digits read so far */
	size_t n = 0;

	for (; *hex != '\0'; hex++) {
		const char *at = strchr(digits, *hex);

		if (*hex == ' ')
			continue;
		ck_assert_msg(at != NULL && n < SHOT_BYTES_MAX, "at: %s", hex);
		byte = byte << 4 | (unsigned)(at - digits);
		if (byte > 0xff) {
			out[n++] = (uint8_t)byte;
			byte = 1;
		}
	}
	ck_assert_uint_eq(byte, 1);
	return n;
}

/* "eth:ip:udp" */
static inline void
shot_path(const struct packet *p, char out[static SHOT_PATH_MAX])
{
	size_t i;

	out[0] = '\0';
	for (i = 0; i < p->layer_count; i++) {
		if (i > 0)
			strcat(out, ":");
		strcat(out, layer_name((enum layer)p->layers[i]));
	}
}

/* All that the flags and counts declare to be there is the same. */
static inline void
shot_check_same(const struct packet *a, const struct packet *b)
{
	size_t vlans = a->vlan_count < PACKET_VLANS_MAX ?
	    a->vlan_count : PACKET_VLANS_MAX;

	ck_assert_ptr_eq(a->frame, b->frame);
	ck_assert_int_eq(a->status, b->status);
	ck_assert_int_eq(a->flags, b->flags);
	ck_assert_uint_eq(a->layer_count, b->layer_count);
	ck_assert_mem_eq(a->layers, b->layers, a->layer_count);
	ck_assert_uint_eq(a->vlan_count, b->vlan_count);
	ck_assert_mem_eq(a->vlan, b->vlan, vlans * sizeof(a->vlan[0]));
	ck_assert_uint_eq(a->ip_version, b->ip_version);
	ck_assert_uint_eq(a->ip_protocol, b->ip_protocol);
	if (a->ip_version != 0) {
		ck_assert_uint_eq(a->ip_bytes, b->ip_bytes);
		ck_assert_uint_eq(a->network_at, b->network_at);
	}
	if ((a->flags & PACKET_HAS_PORTS) != 0) {
		ck_assert_uint_eq(a->transport_at, b->transport_at);
		ck_assert_uint_eq(a->src_port, b->src_port);
		ck_assert_uint_eq(a->dst_port, b->dst_port);
	}
	if ((a->flags & PACKET_HAS_TCP) != 0) {
		ck_assert_uint_eq(a->tcp_seq, b->tcp_seq);
		ck_assert_uint_eq(a->tcp_ack, b->tcp_ack);
		ck_assert_uint_eq(a->tcp_window, b->tcp_window);
		ck_assert_uint_eq(a->tcp_flags, b->tcp_flags);
	}
	if ((a->flags & PACKET_HAS_PAYLOAD_LEN) != 0) {
		ck_assert_uint_eq(a->payload_at, b->payload_at);
		ck_assert_uint_eq(a->payload_len, b->payload_len);
	}
	if ((a->flags & PACKET_FRAGMENT) != 0) {
		ck_assert_uint_eq(a->fragment_id, b->fragment_id);
		ck_assert_uint_eq(a->fragment_at, b->fragment_at);
	}
}

/* What holds for every packet, however broken the frame. */
static inline void
shot_check_sound(const struct packet *p)
{
	uint32_t end = p->frame->cap_len;

	ck_assert_uint_lt(p->status, PACKET_STATUSES);
	ck_assert_uint_le(p->layer_count, PACKET_LAYERS_MAX);
	if (p->ip_version != 0) {
		ck_assert_int_eq(p->flags & PACKET_SKIPPED, 0);
		ck_assert_uint_le(p->network_at +
		    (p->ip_version == 4 ? 16U : 24U), end);
	} else {
		ck_assert_int_eq(p->flags & ~PACKET_SKIPPED, 0);
	}
	if ((p->flags & PACKET_HAS_PORTS) != 0)
		ck_assert_uint_le(p->transport_at + 4, end);
	if ((p->flags & PACKET_HAS_TCP) != 0) {
		ck_assert_uint_eq(p->ip_protocol, 6);
		ck_assert_int_ne(p->flags & PACKET_HAS_PORTS, 0);
		ck_assert_uint_le(p->transport_at + 20, end);
	}
	if ((p->flags & PACKET_HAS_PAYLOAD_LEN) != 0)
		ck_assert_uint_le(p->payload_at, end);
	if ((p->flags & PACKET_LATER_FRAGMENT) != 0)
		ck_assert_int_eq(p->flags & (PACKET_HAS_PORTS |
		    PACKET_HAS_TCP | PACKET_FRAGMENT), PACKET_FRAGMENT);
}

/* Decodes `cap` of the bytes at `data` as a frame that had `wire`. */
static inline void
shot_take(struct shot *s, unsigned link_type, const uint8_t *data, size_t cap,
    size_t wire)
{
	s->data = malloc(cap);
	ck_assert(s->data != NULL || cap == 0);
	if (cap > 0)
		memcpy(s->data, data, cap);
	s->frame = (struct frame){
		.data = s->data, .cap_len = (uint32_t)cap,
		.wire_len = (uint32_t)wire, .link_type = (uint16_t)link_type,
	};
	/* What an earlier batch left there must not matter. */
	memset(&s->p, 0x5a, sizeof(s->p));
	memset(&s->batch, 0xa5, sizeof(s->batch));
	decode_frame(&s->frame, &s->p);
	decode_batch(&s->frame, 1, &s->batch);
	shot_check_same(&s->p, &s->batch);
	shot_check_sound(&s->p);
}

/* A whole frame. */
static inline const struct packet *
shot_of(struct shot *s, unsigned link_type, const char *hex)
{
	uint8_t data[SHOT_BYTES_MAX];
	size_t n = shot_hex(hex, data);

	shot_take(s, link_type, data, n, n);
	return &s->p;
}

static inline void
shot_free(struct shot *s)
{
	free(s->data);
}

#endif
