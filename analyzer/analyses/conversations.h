/*
 * Questions about conversations: flows, TCP connections, protocols.  They
 * share one tracker (tracker/tracker.h), which finds the flow of each packet
 * once; each question is a table and what makes its rows.
 *
 * A part of a capture that follows another cannot say anything yet: it keeps
 * its packets (tracker/packet_log.h), and merge() plays them.
 */
#ifndef ANALYZER_ANALYSES_CONVERSATIONS_H
#define ANALYZER_ANALYSES_CONVERSATIONS_H

#include "analyzer/analyses/analysis.h"
#include "analyzer/tracker/tracker.h"
#include "base/errbuf.h"
#include "base/table.h"

/*
 * One question.  `memory` is what its new() gave, NULL without one; `writer`
 * takes its rows.  Functions that it has no use for are NULL.
 */
struct conversation_question {
	const struct table *table;
	/* It counts whole flows: where no other question is asked with it, the
	 * active timeout makes no parts. */
	bool whole_flows;
	/* packet() and flow() are called without a writer too: it puts rows
	 * together that others share. */
	bool gathers;
	/* Where this other question is asked as well, its memory is used, and
	 * packet() and flow() are called for both once; NULL: its own. */
	const struct conversation_question *shares;

	/* What it wants of the tracker (TRACK_*), where these columns are
	 * written. */
	unsigned (*needs)(const struct settings *settings,
	    const struct table_selection *columns);

	/* NULL with the reason in *err. */
	void *(*memory_new)(const struct settings *settings,
	    const struct table_selection *columns, struct errbuf *err);
	void (*memory_free)(void *memory);

	/* Each packet, in order; `file` is the cell. */
	int (*packet)(void *memory, const char *file,
	    const struct sighting *sighting, struct table_writer *writer,
	    struct errbuf *err);

	/* Each flow that has ended, in order of first packets. */
	int (*flow)(void *memory, const struct flow *flow,
	    struct table_writer *writer, struct errbuf *err);

	/* After the last of them. */
	int (*finish)(void *memory, const struct analysis_input *input,
	    struct table_writer *writer, struct errbuf *err);

	/* Adds what is to be told, after finish(). */
	void (*account)(const void *memory, struct analysis_account *out);
};

extern const struct conversation_question question_tcp;
extern const struct conversation_question question_segments;
extern const struct conversation_question question_handshakes;
extern const struct conversation_question question_flows;
extern const struct conversation_question question_cic;
extern const struct conversation_question question_udp_conversations;
extern const struct conversation_question question_protocols;
extern const struct conversation_question question_exchange;
extern const struct conversation_question question_anomalies_packets;
extern const struct conversation_question question_anomalies_packets_model;
extern const struct conversation_question question_anomalies_flows;
extern const struct conversation_question question_anomalies_flows_model;

extern const struct analysis analysis_conversations;

/* What columns of a table are wanted: is this one? */
bool conversation_wants(const struct table *table,
    const struct table_selection *columns, const char *name);

#endif
