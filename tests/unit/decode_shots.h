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
#include "base/errbuf.h"
#include "tests/tools/hex.h"
#include "tests/tools/packet_check.h"

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
	return hex_bytes(hex, out, SHOT_BYTES_MAX);
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

static inline void
shot_check_same(const struct packet *a, const struct packet *b)
{
	struct errbuf why;

	ck_assert_msg(packet_check_same(a, b, &why), "%s", why.text);
}

static inline void
shot_check_sound(const struct packet *p)
{
	struct errbuf why;

	ck_assert_msg(packet_check_sound(p, &why), "%s", why.text);
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
