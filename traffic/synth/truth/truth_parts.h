/*
 * The parts of truth_known.c, which they share with nobody else: frames as a
 * capture has them, gaps, totals, flows.
 */
#ifndef TRAFFIC_SYNTH_TRUTH_TRUTH_PARTS_H
#define TRAFFIC_SYNTH_TRUTH_TRUTH_PARTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "traffic/synth/truth/json_out.h"
#include "traffic/synth/truth/truth_record.h"

enum { KNOWN_ETHERNET_BYTES = 14 };

/* By the outermost IP source, with the capture's network as the local one. */
enum known_direction { KNOWN_IN, KNOWN_OUT, KNOWN_OTHER, KNOWN_SKIPPED };

struct known_frame {
	const struct truth_packet *p;
	uint64_t packet, frame;
	int64_t ts_ns;
	size_t cap_bytes;
	enum known_direction direction;
	bool is_same_side;	/* both ends are local, or neither; the
				   capture has kept who they are */
	bool is_copy;		/* the same packet was seen here before */
	bool is_repeat;		/* its sender had sent (some of) it before */
};

/* All but ARP. */
bool known_has_ip(const struct known_frame *frame);

/* One that does not begin its datagram: it has no transport header. */
bool known_is_later_fragment(const struct known_frame *frame);

/* Payload of TCP and UDP as far as this packet holds it: of a first fragment
 * what stands in it behind the header, of a later one all. */
uint32_t known_payload(const struct known_frame *frame);

/* Some bytes of the IP datagram were not kept. */
bool known_is_cut(const struct known_frame *frame);

/* Times between the packets of a class, in the order of the capture. */
struct known_gaps {
	int64_t *list;
	size_t count, room;
	bool begun;
	int64_t last_ns;
};

/* -1: no memory. */
int known_gaps_add(struct known_gaps *gaps, int64_t ts_ns);

/* {"gaps", "sum_ns", "squares_ns2", "min_ns", "max_ns", "median_ns", "p90_ns",
 * "p99_ns"} as labgen-truth(5) has them; sorts them. */
void known_gaps_put(struct known_gaps *gaps, struct json_out *out,
    const char *key);

/* Those below zero. */
uint64_t known_gaps_backward(const struct known_gaps *gaps);

/* Frees the list; the struct is an empty one again. */
void known_gaps_reset(struct known_gaps *gaps);

/* The member `totals`.  -1: no memory. */
int known_totals_put(const struct known_frame *frames, size_t count,
    struct json_out *out);

/* The members `flows`, `connections` and `segments`.  -1: no memory. */
int known_flows_put(const struct known_frame *frames, size_t count,
    struct json_out *out);

#endif
