#include "analyzer/analyses/conversations.h"

#include <stdlib.h>
#include <string.h>

#include "analyzer/analyses/anomalies.h"
#include "analyzer/analyses/cic.h"
#include "analyzer/analyses/exchange.h"
#include "analyzer/analyses/flows.h"
#include "analyzer/analyses/handshakes.h"
#include "analyzer/analyses/protocols.h"
#include "analyzer/analyses/segments.h"
#include "analyzer/analyses/tcp.h"
#include "analyzer/analyses/udp_conversations.h"
#include "analyzer/tracker/packet_log.h"
#include "base/memory.h"

/* Each is question_NAME with NAME_table; in the order that `schema` shows. */
#define QUESTION_LIST(X) \
	X(flows) \
	X(cic) \
	X(udp_conversations) \
	X(protocols) \
	X(tcp) \
	X(segments) \
	X(handshakes) \
	X(anomalies_packets) \
	X(anomalies_packets_model) \
	X(anomalies_flows) \
	X(anomalies_flows_model) \
	X(exchange)

#define QUESTION_POINTER(name) &question_##name,
static const struct conversation_question *const questions[] = {
	QUESTION_LIST(QUESTION_POINTER)
};

#define TABLE_POINTER(name) &name##_table,
static const struct table *const tables[] = {
	QUESTION_LIST(TABLE_POINTER)
};

enum { QUESTIONS = sizeof(questions) / sizeof(questions[0]) };

struct conversations {
	const struct settings *settings;
	const struct table_selection *wanted[QUESTIONS];
	void *memory[QUESTIONS];
	bool guest[QUESTIONS];		/* its memory is another's */
	/* The first part has a tracker, one that follows has a log; neither
	 * before the first packet. */
	struct tracker *tracker;
	struct packet_log *log;
	struct analysis_account account;
	/* For the tracker's call of sight(). */
	const char *file;
	struct table_writer *const *writers;
	size_t watching[QUESTIONS];	/* questions that look at packets */
	size_t watchers;
};

bool
conversation_wants(const struct table *table,
    const struct table_selection *columns, const char *name)
{
	int index = table_find(table, name);

	for (size_t i = 0; i < columns->count; i++)
		if (columns->index[i] == index)
			return true;
	return false;
}

static void
state_free(void *state)
{
	struct conversations *c = state;

	if (c == NULL)
		return;
	for (size_t i = 0; i < QUESTIONS; i++)
		if (c->memory[i] != NULL && !c->guest[i])
			questions[i]->memory_free(c->memory[i]);
	tracker_free(c->tracker);
	packet_log_free(c->log);
	free(c);
}

/* The question whose memory this one shares; QUESTIONS: none that is asked. */
static size_t
find_host(const struct conversations *c, size_t guest)
{
	size_t i = 0;

	while (i < QUESTIONS && (c->wanted[i] == NULL ||
	    questions[guest]->shares != questions[i]))
		i++;
	return i;
}

/* Memory of the question i. */
static int
prepare(struct conversations *c, size_t i, struct errbuf *err)
{
	const struct conversation_question *q = questions[i];
	size_t host = q->shares == NULL ? QUESTIONS : find_host(c, i);

	if (host < QUESTIONS) {
		c->memory[i] = c->memory[host];
		c->guest[i] = true;
		return 0;
	}
	if (q->packet != NULL)
		c->watching[c->watchers++] = i;
	if (q->memory_new == NULL)
		return 0;
	c->memory[i] = q->memory_new(c->settings, c->wanted[i], err);
	return c->memory[i] == NULL ? -1 : 0;
}

static void *
state_new(const struct settings *settings,
    const struct table_selection *const *wanted, struct errbuf *err)
{
	struct conversations *c = memory_array(1, sizeof(*c));

	if (c == NULL) {
		errbuf_set(err, "out of memory");
		return NULL;
	}
	c->settings = settings;
	for (size_t i = 0; i < QUESTIONS; i++) {
		c->wanted[i] = wanted[i];
		if (wanted[i] != NULL && prepare(c, i, err) == -1) {
			state_free(c);
			return NULL;
		}
	}
	return c;
}

/* Do packets and flows go to this question? */
static bool
listens(const struct conversations *c, size_t i)
{
	return c->wanted[i] != NULL && !c->guest[i] &&
	    (c->writers[i] != NULL || questions[i]->gathers);
}

static int
sight(void *context, const struct sighting *sighting, struct errbuf *err)
{
	struct conversations *c = context;

	for (size_t k = 0; k < c->watchers; k++) {
		size_t i = c->watching[k];

		if (listens(c, i) && questions[i]->packet(
		    c->memory[i], c->file, sighting, c->writers[i], err) == -1)
			return -1;
	}
	return 0;
}

/* Does some question tell parts of flows apart? */
static bool
wants_parts(const struct conversations *c)
{
	for (size_t i = 0; i < QUESTIONS; i++)
		if (c->wanted[i] != NULL && !questions[i]->whole_flows)
			return true;
	return false;
}

/* This is the first part of its capture. */
static int
begin_tracking(struct conversations *c, struct errbuf *err)
{
	struct tracker_settings s = {
		.splt = c->settings->splt,
		.idle_timeout_ns = c->settings->idle_timeout_ns,
		.active_timeout_ns = wants_parts(c) ?
		    c->settings->active_timeout_ns : 0,
		.max_memory = c->settings->max_memory,
	};

	if (c->tracker != NULL)
		return 0;
	for (size_t i = 0; i < QUESTIONS; i++)
		if (c->wanted[i] != NULL && questions[i]->needs != NULL)
			s.what |= questions[i]->needs(c->settings,
			    c->wanted[i]);
	c->tracker = tracker_new(&s, c->watchers > 0 ? sight : NULL, c, err);
	return c->tracker == NULL ? -1 : 0;
}

/* Rows of the flows that have ended and whose turn has come. */
static int
write_ended(struct conversations *c, struct errbuf *err)
{
	const struct flow *flow;
	bool failed = false;

	while ((flow = tracker_next(c->tracker, &failed, err)) != NULL)
		for (size_t i = 0; i < QUESTIONS; i++)
			if (listens(c, i) && questions[i]->flow != NULL &&
			    questions[i]->flow(c->memory[i], flow,
			    c->writers[i], err) == -1)
				return -1;
	return failed ? -1 : 0;
}

/* A packet_log_take too. */
static int
track(void *state, const char *file, const struct packet *packets, size_t n,
    struct errbuf *err)
{
	struct conversations *c = state;

	c->file = file;
	if (tracker_add(c->tracker, file, packets, n, err) == -1)
		return -1;
	return write_ended(c, err);
}

static int
keep(struct conversations *c, const char *file, const struct packet *packets,
    size_t n, struct errbuf *err)
{
	if (c->log == NULL)
		c->log = packet_log_new(c->settings->max_memory, err);
	return c->log == NULL ? -1 :
	    packet_log_add(c->log, file, packets, n, err);
}

static int
add(void *state, const char *name, const struct packet *packets, size_t n,
    struct table_writer *const *writers, struct errbuf *err)
{
	struct conversations *c = state;

	if (writers == NULL)
		return keep(c, name, packets, n, err);
	c->writers = writers;
	if (begin_tracking(c, err) == -1)
		return -1;
	return track(c, name, packets, n, err);
}

static int
merge(void *left, void *right, struct table_writer *const *writers,
    struct errbuf *err)
{
	struct conversations *l = left, *r = right;

	if (r->log == NULL)
		return 0;
	if (writers == NULL && l->log == NULL) {
		l->log = r->log;
		r->log = NULL;
		return 0;
	}
	if (writers == NULL)
		return packet_log_append(l->log, r->log, err);
	l->writers = writers;
	if (begin_tracking(l, err) == -1)
		return -1;
	return packet_log_replay(r->log, track, l, err);
}

static void
take_account(struct conversations *c)
{
	struct tracker_counts n;

	tracker_counts(c->tracker, &n);
	c->account = (struct analysis_account){
		.flows = n.flows, .in_flows = n.packets,
		.not_ip = n.reasons[TRACKER_NOT_IP],
		.cut = n.reasons[TRACKER_CUT],
		.lone_fragments = n.reasons[TRACKER_LONE_FRAGMENT],
		.evicted = n.evicted,
	};
	for (size_t i = 0; i < QUESTIONS; i++)
		if (c->wanted[i] != NULL && !c->guest[i] &&
		    questions[i]->account != NULL)
			questions[i]->account(c->memory[i], &c->account);
}

static int
finish(void *state, const struct analysis_input *input,
    struct table_writer *const *writers, struct errbuf *err)
{
	struct conversations *c = state;
	int status = 0;

	c->writers = writers;
	/* An unreadable input has no conversations, and so no rows. */
	if (begin_tracking(c, err) == -1 ||
	    tracker_end(c->tracker, err) == -1 || write_ended(c, err) == -1)
		return -1;
	for (size_t i = 0; status == 0 && i < QUESTIONS; i++)
		if (writers[i] != NULL && questions[i]->finish != NULL)
			status = questions[i]->finish(c->memory[i], input,
			    writers[i], err);
	take_account(c);
	return status;
}

static void
account(const void *state, struct analysis_account *out)
{
	const struct conversations *c = state;

	out->flows += c->account.flows;
	out->in_flows += c->account.in_flows;
	out->not_ip += c->account.not_ip;
	out->cut += c->account.cut;
	out->lone_fragments += c->account.lone_fragments;
	out->evicted += c->account.evicted;
	analysis_scores_add(&out->packet_scores, &c->account.packet_scores);
	analysis_scores_add(&out->flow_scores, &c->account.flow_scores);
}

const struct analysis analysis_conversations = {
	.tables = tables,
	.table_count = QUESTIONS,
	.streams = true,
	.state_new = state_new,
	.state_free = state_free,
	.add = add,
	.merge = merge,
	.finish = finish,
	.account = account,
};
