/*
 * Packets for the tests of the tracker: frames built by tests/tools/frames.h
 * that live until the list is freed, decoded.
 */
#ifndef TESTS_UNIT_TRACKER_PACKETS_H
#define TESTS_UNIT_TRACKER_PACKETS_H

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/decode/decode.h"
#include "analyzer/tracker/tcp_segment.h"
#include "base/memory.h"
#include "tests/tools/frames.h"

#define SECOND_NS ((int64_t)1000000000)

struct packet_list {
	struct frame *frames;
	struct packet *packets;	/* after packet_list_decode() */
	size_t count, room;
};

/* The bytes of a frame that may be changed; time 0 to be set by the caller. */
static inline struct frame *
packet_list_add(struct packet_list *list, const void *data, size_t len,
    int64_t ts_ns)
{
	struct frame *f;
	uint8_t *copy = malloc(len + 1);

	if (list->count == list->room) {
		list->room = list->room == 0 ? 64 : list->room * 2;
		list->frames = memory_resize(list->frames, list->room,
		    sizeof(*list->frames));
	}
	ck_assert(list->frames != NULL && copy != NULL);
	memcpy(copy, data, len);
	f = &list->frames[list->count++];
	*f = (struct frame){
		.data = copy, .ts_ns = ts_ns, .number = list->count,
		.cap_len = (uint32_t)len, .wire_len = (uint32_t)len,
		.link_type = 1, .ts_digits = 9,
	};
	return f;
}

static inline void
packet_list_decode(struct packet_list *list)
{
	list->packets = memory_array(list->count, sizeof(*list->packets));
	ck_assert_ptr_nonnull(list->packets);
	if (list->count > 0)
		decode_batch(list->frames, list->count, list->packets);
}

static inline void
packet_list_free(struct packet_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		free((void *)(uintptr_t)list->frames[i].data);
	free(list->frames);
	free(list->packets);
	memset(list, 0, sizeof(*list));
}

/* Host `n` of a small or large network. */
static inline struct frames_host
packet_host(unsigned ip_version, unsigned n, uint16_t port)
{
	struct frames_host h = {
		.mac = { 2, 0, 0, 0, 0, (uint8_t)n },
		.ip_version = (uint8_t)ip_version,
		.ip = { 10, (uint8_t)(n >> 16), (uint8_t)(n >> 8),
		    (uint8_t)n },
		.port = port,
	};

	return h;
}

static inline struct frame *
packet_udp(struct packet_list *list, int64_t ts_ns,
    const struct frames_host *from, const struct frames_host *to, size_t len)
{
	static const uint8_t zeros[2048];
	struct frames f;

	frames_begin(&f);
	frames_ethernet(&f, from, to);
	frames_ip(&f, from, to, 64, 1);
	frames_udp(&f, from, to);
	frames_payload(&f, zeros, len);
	frames_finish(&f);
	return packet_list_add(list, f.data, f.len, ts_ns);
}

static inline struct frame *
packet_tcp(struct packet_list *list, int64_t ts_ns,
    const struct frames_host *from, const struct frames_host *to,
    uint8_t flags, uint32_t seq, uint32_t ack, size_t len)
{
	static const uint8_t zeros[2048];
	struct frames_tcp tcp = {
		.seq = seq, .ack = ack, .window = 8192, .flags = flags,
	};
	struct frames f;

	frames_begin(&f);
	frames_ethernet(&f, from, to);
	frames_ip(&f, from, to, 64, 1);
	frames_tcp(&f, from, to, &tcp);
	frames_payload(&f, zeros, len);
	frames_finish(&f);
	return packet_list_add(list, f.data, f.len, ts_ns);
}

/* A fragment of an IPv4 datagram: `at` in bytes, a multiple of 8.  The first
 * one begins with a UDP header. */
static inline struct frame *
packet_fragment(struct packet_list *list, int64_t ts_ns,
    const struct frames_host *from, const struct frames_host *to, uint16_t id,
    size_t at, size_t len)
{
	struct frame *frame = packet_udp(list, ts_ns, from, to, len);
	uint8_t *ip = (uint8_t *)(uintptr_t)frame->data + 14;
	uint16_t place = (uint16_t)(0x2000 | at / 8);

	ip[4] = (uint8_t)(id >> 8);
	ip[5] = (uint8_t)id;
	ip[6] = (uint8_t)(place >> 8);
	ip[7] = (uint8_t)place;
	return frame;
}

#endif
