/*
 * A sequence diagram: hosts as columns, time downwards, an arrow a packet.
 *
 * The way of a packet: struct exchange_row -> struct ladder_packet (what one
 * capture, a view, saw) -> struct ladder_event (what all views saw; one view
 * needs no merging) -> struct ladder_item (arrow, note, fold, pause) -> a
 * writer.  Every packet is on one arrow, in one note or in one fold's count.
 *
 * Times are nanoseconds by the clock of the first view.
 */
#ifndef ANALYZER_REPORT_LADDER_H
#define ANALYZER_REPORT_LADDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "analyzer/analyses/exchange.h"
#include "analyzer/analyses/places.h"
#include "base/errbuf.h"
#include "base/table.h"

enum {
	LADDER_VIEWS_MAX = 16,
	LADDER_HOSTS_MAX = 12,		/* columns; others share one more */
	LADDER_SHOWN_MAX = 1000,	/* arrows, unless all are asked for */
	LADDER_TEXT_BYTES_MAX = 1024,	/* of one text of a packet */
};

#define LADDER_NO_HOST UINT32_MAX

/* Texts of a packet, any of which may lack. */
enum ladder_text {
	LADDER_PROTOCOL, LADDER_VERDICT, LADDER_REASON, LADDER_OPTIONS,
	LADDER_PREVIEW, LADDER_INFO, LADDER_SRC_LINK, LADDER_DST_LINK,
	LADDER_TEXTS,
};

/* How an arrow is drawn. */
enum ladder_line { LADDER_TCP, LADDER_UDP, LADDER_OTHER };

/* A packet as one view saw it. */
struct ladder_packet {
	int64_t ts_ns;		/* of the view's clock; or TABLE_NO_I64 */
	uint64_t number;	/* of the record */
	uint64_t identity;	/* struct exchange_row has it */
	uint64_t flow;		/* its number in that view; or TABLE_NO_U64 */
	char *texts;		/* owned; NULL where there is none */
	uint16_t text_at[LADDER_TEXTS];	/* in `texts`, plus one; 0: lacks */
	struct table_ip src, dst;	/* version 0: no IP, a note */
	bool has_ports, has_seq, has_ack;
	uint8_t line;		/* enum ladder_line */
	uint8_t digits;		/* of the time */
	uint16_t src_port, dst_port;
	uint16_t flags;		/* TCP_FIN ... */
	uint32_t seq, ack, rel_seq, rel_ack, window;
	uint32_t frame_len, payload_len;
	uint32_t verdicts;	/* TCP_IS_* */
};

/* Of a packet; NULL where it lacks. */
const char *ladder_packet_text(const struct ladder_packet *packet,
    enum ladder_text which);

/* Copies what the diagram needs of a row.  -1: no memory. */
int ladder_packet_init(struct ladder_packet *packet,
    const struct exchange_row *row, struct errbuf *err);

/* Frees what the packet owns. */
void ladder_packet_reset(struct ladder_packet *packet);

/* Bytes that the packet holds beside its struct. */
size_t ladder_packet_bytes(const struct ladder_packet *packet);

/* The same two ends, either way round, and the same protocol? */
bool ladder_same_conversation(const struct ladder_packet *a,
    const struct ladder_packet *b);

/* later - earlier, as near as 64 bits come; 0 where one is TABLE_NO_I64. */
int64_t ladder_span(int64_t earlier, int64_t later);

/* What one capture saw. */
struct ladder_view {
	const char *name;	/* borrowed */
	struct ladder_packet *packets;
	size_t count, room;
	size_t bytes;		/* held by all of this */
	struct place_hosts hosts;	/* of these packets; the caller may put
					   those of the whole capture here */
};

/* Zeroed is empty.  Takes the packet over; -1: no memory, and the packet is
 * still the caller's. */
int ladder_view_add(struct ladder_view *view,
    const struct ladder_packet *packet, struct errbuf *err);

/* Frees the packets and the names of a view. */
void ladder_view_reset(struct ladder_view *view);

enum ladder_fate {
	LADDER_SEEN,		/* nothing is known against its arrival */
	LADDER_LOST,		/* left, and did not arrive where it should
				   have been seen */
	LADDER_UNSENT,		/* arrived, and was not seen leaving */
	LADDER_RESIZED,		/* left, and arrived cut or joined differently:
				   an interface that segments for the host */
};

struct ladder_event {
	struct ladder_packet packet;	/* owned */
	int64_t time_ns;	/* when it left, else when it was seen first;
				   TABLE_NO_I64: as the event before */
	int64_t delay_ns;	/* one-way; TABLE_NO_I64: not known */
	uint32_t seen;		/* bit v: by view v */
	uint8_t fate;		/* enum ladder_fate */
	bool reordered;		/* one that left later has arrived before */
};

enum ladder_kind { LADDER_ARROW, LADDER_NOTE, LADDER_FOLD, LADDER_PAUSE };

/* Packets that are counted, not drawn. */
struct ladder_count {
	uint64_t packets, frame_bytes, payload_bytes;
	bool rest;		/* all that follow: too many to draw */
};

struct ladder_item {
	uint8_t kind;		/* enum ladder_kind */
	/* Columns, of an arrow and of a fold of one conversation; else
	 * LADDER_NO_HOST. */
	uint32_t src, dst;
	int64_t first_ns, last_ns;	/* a pause: its begin and end */
	struct ladder_event event;	/* ARROW, NOTE; of FOLD the first one */
	struct ladder_count count;	/* FOLD */
};

struct ladder_host {
	struct table_ip ip;
	bool has_port;		/* one address is both ends: ports tell them */
	uint16_t port;
	bool others;		/* all hosts that have no column of their own */
	char *name;		/* owned; NULL: the address alone */
};

/* Where a view was taken, and how its clock goes. */
struct ladder_place {
	const char *name;	/* of the view; borrowed */
	uint64_t packets;
	bool has_host;		/* at one of the ends */
	bool on_the_way;	/* between them; neither: not told */
	struct table_ip host;
	enum { LADDER_CLOCK_REFERENCE, LADDER_CLOCK_BOTH, LADDER_CLOCK_ONE_WAY,
	    LADDER_CLOCK_UNKNOWN } clock;	/* aligned by packets of both
						   directions, of one, of none */
	int64_t ahead_ns;	/* of the first view's clock */
	uint64_t matched;	/* packets that it was aligned by */
};

struct ladder {
	struct ladder_item *items;
	size_t count, room;
	struct ladder_host hosts[LADDER_HOSTS_MAX + 1];
	size_t host_count;
	struct ladder_place places[LADDER_VIEWS_MAX];
	size_t place_count;	/* 0 or 1: nothing to tell of */
	uint64_t packets, lost, retransmissions;
	int64_t start_ns, end_ns;	/* where packets > 0 and a time is
					   known; else TABLE_NO_I64 */
	uint8_t digits;		/* of times */
	bool relative;		/* sequence numbers */
	bool has_ip;		/* some packet has addresses */
	size_t bytes;		/* held by the items */
	/* the run that may go on; private to ladder_fold.c */
	struct { size_t begin, shown; int128 gap_sum_ns; int64_t last_ns;
	    uint64_t gaps; bool folded; } run;
	bool all;		/* fold nothing */
	/* For ladder_merge(), set after ladder_init(): only the conversation
	 * that has this number in the first view; 0: all.  The others still
	 * tell where views were taken and how their clocks go. */
	uint64_t merge_flow;
};

/* Empty; `all` folds nothing, `relative` says which numbers are written. */
void ladder_init(struct ladder *ladder, bool all, bool relative);

/* Takes the event over, in order, folding as it goes.  -1: no memory, and the
 * event is still the caller's. */
int ladder_add(struct ladder *ladder, const struct ladder_event *event,
    struct errbuf *err);

/* The same with a packet of the only view. */
int ladder_add_packet(struct ladder *ladder,
    const struct ladder_packet *packet, struct errbuf *err);

/* What an address is called; NULL where it has no name.  The text is borrowed
 * for the call. */
struct ladder_names {
	const char *(*find)(const void *context, const struct table_ip *ip);
	const void *context;
	const struct table_ip *first;	/* hosts whose columns come first */
	size_t first_count;
};

/* After the last event: pauses, columns, names.  -1: no memory. */
int ladder_finish(struct ladder *ladder, const struct ladder_names *names,
    struct errbuf *err);

/* Frees all; empty afterwards. */
void ladder_reset(struct ladder *ladder);

/* Where the views were taken, one place a view; the views stay.  -1: no
 * memory. */
int ladder_places(struct ladder_view *views, size_t n,
    struct ladder_place *places, struct errbuf *err);

/*
 * Merges what several views saw and adds it to the ladder; the views are empty
 * afterwards.  The method is in ladder_merge.c.  -1: no memory.
 */
int ladder_merge(struct ladder *ladder, struct ladder_view *views, size_t n,
    struct errbuf *err);

#endif
