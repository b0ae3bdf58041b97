/*
 * Writes savefiles for the tests: classic pcap (micro- and nanoseconds) and
 * pcapng with several interfaces, in either byte order.
 *
 * Input:  time stamps in nanoseconds since 1970-01-01 UTC, not negative; they
 *         are cut to the file's tick.  Packets longer than the snaplen are cut
 *         and keep their length on the wire.
 * Errors: those of stdio, which the caller asks for with ferror() at the end.
 * Formats: draft-ietf-opsawg-pcap, draft-ietf-opsawg-pcapng.
 */
#ifndef TESTS_TOOLS_SAVEFILE_H
#define TESTS_TOOLS_SAVEFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum { SAVEFILE_INTERFACES_MAX = 8 };

/* Ticks of an interface: if_tsresol of pcapng.  A classic file has 6 or 9. */
enum {
	SAVEFILE_MICROSECONDS = 6,
	SAVEFILE_NANOSECONDS = 9,
	SAVEFILE_POWER_OF_TWO = 0x80,	/* plus n <= 30: ticks of 2^-n s */
};

struct savefile_interface {
	uint16_t link_type;
	uint8_t tsresol;
	uint32_t snaplen;	/* 0: no limit (classic files say 262144) */
};

struct savefile {
	FILE *to;		/* borrowed */
	bool pcapng, big_endian;
	size_t interface_count;
	struct savefile_interface interfaces[SAVEFILE_INTERFACES_MAX];
};

/* Writes the file header; a classic file has this one interface, number 0. */
void savefile_pcap(struct savefile *s, FILE *to, bool big_endian,
    const struct savefile_interface *interface);

/* Writes a section header; the interfaces of an earlier section are gone. */
void savefile_pcapng(struct savefile *s, FILE *to, bool big_endian);

/* pcapng only: describes the next interface and returns its number. */
unsigned savefile_add_interface(struct savefile *s,
    const struct savefile_interface *interface);

void savefile_add_packet(struct savefile *s, unsigned interface, int64_t ts_ns,
    const uint8_t *data, size_t wire_len);

#endif
