/*
 * The answer sheet of a lab: sections, each a table whose columns are the keys
 * of the JSON, the words of the text, and what `grade` compares.
 *
 * A section has rows; those that are not lists have one at most, and none where
 * the captures cannot answer at all.  A cell that they cannot answer is
 * undefined, as in every table.
 */
#ifndef ANALYZER_ANALYSES_SHEET_H
#define ANALYZER_ANALYSES_SHEET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/table.h"

enum sheet_part {
	SHEET_CAPTURES, SHEET_HOSTS, SHEET_HANDSHAKE, SHEET_UDP,
	SHEET_DATAGRAM, SHEET_DNS, SHEET_SOCKETS, SHEET_LISTENING,
	SHEET_CONCURRENT, SHEET_STREAMS, SHEET_DIAGRAM, SHEET_NOTES,
	SHEET_PARTS,
};

/* Of a list; what comes later is left out, and a note says so. */
enum { SHEET_ENTRIES_MAX = 1024 };

/* One end of a connection: client and server, or a and b. */
struct sheet_end {
	struct table_ip ip;
	uint64_t port;
};

struct sheet_capture {
	const char *file;
	struct table_ip host;	/* where it was taken */
	uint64_t packets, connections;
};

struct sheet_host {
	const char *role;	/* "server", "client", "peer" */
	struct table_ip ip;
	const char *name;
};

/* A segment of a handshake. */
struct sheet_segment {
	uint64_t frame;
	int64_t time_ns;
	uint64_t seq, ack;
};

struct sheet_handshake {
	struct sheet_end client, server;
	struct sheet_segment syn, synack, ack;
	const char *file;
};

/* What RFC 768 says; the same for all captures. */
struct sheet_udp {
	uint64_t fields, field_bytes, header_bytes;
	uint64_t max_payload_bytes, max_payload_ipv4_bytes;
	uint64_t min_port, max_port, protocol_number;
};

struct sheet_datagram {
	struct sheet_end src, dst;
	uint64_t length, payload_bytes;
	const char *checksum;		/* "0x1a2b" */
	const char *checksum_status;	/* "good", "bad", ... */
	const char *preview;
	const char *file;
	uint64_t frame;
	int64_t time_ns;
};

struct sheet_dns {
	struct sheet_end client, server;
	const char *question, *type;
	struct table_ip answer;
	const char *file;
	uint64_t question_frame, answer_frame;
	int128 before;		/* picoseconds, answer to SYN */
};

struct sheet_socket {
	struct sheet_end client, server;
	uint64_t syn_seq, synack_seq;
	const char *close;
	const char *file;
	uint64_t syn_frame;
	int64_t opened_ns, closed_ns;
};

struct sheet_listening {
	struct sheet_end server;
	uint64_t connections;
};

struct sheet_concurrent {
	struct table_ip server_ip;
	uint64_t max_connections, all_connections;
	const char *file;
	int64_t time_ns;
};

struct sheet_stream {
	const char *protocol;
	struct sheet_end a, b;
	const char *clear_text;		/* "yes", "no", "mixed" */
	const char *a_clear_text, *b_clear_text;
	const char *application;
	const char *why;
	const char *file;
	uint64_t flow;
};

struct sheet_diagram {
	const char *command;
	uint64_t packets;
};

struct sheet_note {
	const char *text;
};

struct sheet_section {
	const struct table *table;	/* its name is the key */
	size_t row_bytes;
	bool list;
	const char *title;		/* in the text */
};

extern const struct sheet_section sheet_sections[SHEET_PARTS];

struct sheet_rows {
	uint8_t *data;		/* owned */
	size_t count, room;
};

struct sheet {
	struct sheet_rows parts[SHEET_PARTS];
	char **texts;		/* owned, all texts of rows but constants */
	size_t text_count, text_room;
	bool no_memory;		/* some row or text is missing */
	uint32_t hidden;	/* bit p: nobody asks for part p */
	uint32_t cut;		/* bit p: part p had more entries */
	bool complete;		/* what was cut has been noted */
};

/* Caller's memory; a zeroed sheet is an empty one.  Frees all of it. */
void sheet_reset(struct sheet *sheet);

/* A new row, all its cells undefined.  NULL: no memory, or too many. */
void *sheet_add(struct sheet *sheet, enum sheet_part part);

/* After the last row: notes which lists had more. */
void sheet_complete(struct sheet *sheet);

/* The row, NULL where there is none. */
const void *sheet_row(const struct sheet *sheet, enum sheet_part part,
    size_t index);

/* "handshake,udp": hides all other parts.  -1: there is no such part. */
int sheet_show_only(struct sheet *sheet, const char *names,
    struct errbuf *err);

static inline bool
sheet_is_hidden(const struct sheet *sheet, enum sheet_part part)
{
	return (sheet->hidden >> part & 1) != 0;
}

/* A text that lives as long as the sheet; NULL without memory, and for NULL. */
const char *sheet_text(struct sheet *sheet, const char *text);

/* The same as printf() would write it. */
const char *sheet_printf(struct sheet *sheet, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Adds a row to the notes. */
void sheet_note(struct sheet *sheet, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* The same address, of the same version? */
bool sheet_ip_equal(const struct table_ip *a, const struct table_ip *b);

/* The same address and port? */
bool sheet_end_equal(const struct sheet_end *a, const struct sheet_end *b);

enum { SHEET_END_BYTES = 64 };

/* "10.20.30.3:5000", "[2001:db8::1]:5000"; "-" where it is undefined. */
const char *sheet_end_text(char room[SHEET_END_BYTES],
    const struct sheet_end *end);

#endif
