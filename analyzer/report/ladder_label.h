/*
 * The words of a diagram: what the writers say of an arrow, a fold, a pause, a
 * host, a view.  All text is clean (display.h), but for the names in
 * ladder_place_text(), and in English; where no line should break, the space is
 * U+00A0.
 */
#ifndef ANALYZER_REPORT_LADDER_LABEL_H
#define ANALYZER_REPORT_LADDER_LABEL_H

#include "analyzer/report/ladder.h"
#include "base/bytes.h"

enum label_kind {
	LABEL_FLAGS,		/* "SYN,ACK"; "UDP"; "ICMP" */
	LABEL_NUMBERS,		/* "seq 1 ack 1 len 24" */
	LABEL_PORTS,		/* "42763 → 5000" */
	LABEL_VERDICT,		/* "retransmission (same_ip_id)" */
	LABEL_FATE,		/* "lost", "reordered" */
	LABEL_DELAY,		/* "delay 1.2 ms" */
	LABEL_OPTIONS,		/* "mss 1460" */
	LABEL_INFO,		/* "query A www.example.org" */
	LABEL_PREVIEW,		/* "\"hello\\n\"", "0x00ff" */
	LABEL_KINDS,
};

/* Words of one packet, by kind; "" where there are none.  Reused from packet to
 * packet; zeroed is empty.  `memory` owns the text. */
struct ladder_label {
	struct bytes memory;
	const char *words[LABEL_KINDS];
};

/* -1: no memory. */
int ladder_label_make(struct ladder_label *label, const struct ladder *ladder,
    const struct ladder_item *item, struct errbuf *err);

/* Frees the text; empty afterwards. */
void ladder_label_reset(struct ladder_label *label);

/* "… 34 segments, 48.3 kB payload, 12.1 ms …" without the dots; `room` bytes,
 * 160 will do. */
void ladder_fold_text(char *out, size_t room, const struct ladder_item *fold);

/* "1.35 s": three digits of it, rounded to the nearest. */
void ladder_duration(char *out, size_t room, int64_t ns);

/* Since the diagram's start, with the capture's digits; "" without a time. */
void ladder_time(char *out, size_t room, const struct ladder *ladder,
    int64_t ns);

/* The host's address (and port), without its name. */
void ladder_host_text(char *out, size_t room, const struct ladder_host *host);

/* "58 packets, 6.28 s from 2026-11-20T23:27:45.908250Z, 2 lost" */
void ladder_summary(char *out, size_t room, const struct ladder *ladder);

/* "at 127.0.0.11, 26 packets, clock 5 s ahead"; the view's name is left to the
 * caller.  A host's name is in it as it was given, and may be cut: to be made
 * clean. */
void ladder_place_text(char *out, size_t room, const struct ladder *ladder,
    const struct ladder_place *place);

/* Is the arrow one to be seen: what is wrong with it? */
enum ladder_mark { MARK_NONE, MARK_RETRANSMISSION, MARK_REORDERED, MARK_LOST,
    MARK_ODD, MARKS };

/* Which of the marks the event gets; the first that fits. */
enum ladder_mark ladder_mark(const struct ladder_event *event);

#endif
