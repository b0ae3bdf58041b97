/*
 * mkgaps N FILE: N packets whose gaps are all long and no two alike, as far as
 * chance allows: more of them than fit into memory.  Nanoseconds; UDP, both
 * ways.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "tests/tools/frames.h"
#include "tests/tools/savefile.h"
#include "tests/tools/splitmix.h"

enum { LINKTYPE_ETHERNET = 1, TTL = 64, GAP_MAX_NS = 2000000000 };

#define START_NS (1700000000 * INT64_C(1000000000))

static const struct frames_host inside = {
	{ 2, 0, 0, 0, 0, 1 }, 4, { 192, 168, 1, 10 }, 40000 };
static const struct frames_host outside = {
	{ 2, 0, 0, 0, 0, 2 }, 4, { 10, 20, 30, 3 }, 5001 };

static void
make_frame(struct frames *f, bool out)
{
	const struct frames_host *from = out ? &inside : &outside;
	const struct frames_host *to = out ? &outside : &inside;

	frames_begin(f);
	frames_ethernet(f, from, to);
	frames_ip(f, from, to, TTL, 1);
	frames_udp(f, from, to);
	frames_payload(f, "gap", 3);
	frames_finish(f);
}

static void
write_packets(FILE *to, long n)
{
	const struct savefile_interface ethernet = { LINKTYPE_ETHERNET,
	    SAVEFILE_NANOSECONDS, 0 };
	struct splitmix random = { 1 };
	int64_t ts_ns = START_NS;
	struct frames frames[2];
	struct savefile file;

	make_frame(&frames[0], false);
	make_frame(&frames[1], true);
	savefile_pcap(&file, to, false, &ethernet);
	for (; n > 0; n--) {
		const struct frames *f = &frames[splitmix_below(&random, 2)];

		savefile_add_packet(&file, 0, ts_ns, f->data, f->len);
		ts_ns += splitmix_below(&random, GAP_MAX_NS);
	}
}

int
main(int argc, char **argv)
{
	FILE *to;
	bool failed;

	if (argc != 3 || atol(argv[1]) < 1) {
		fprintf(stderr, "usage: mkgaps N FILE\n");
		return 2;
	}
	to = fopen(argv[2], "wb");
	if (to == NULL) {
		perror(argv[2]);
		return 1;
	}
	write_packets(to, atol(argv[1]));
	failed = ferror(to) != 0;
	if (fclose(to) != 0 || failed) {
		perror(argv[2]);
		return 1;
	}
	return 0;
}
