#include "analyzer/commands/flow_pick.h"

#include <stdlib.h>

#include "analyzer/tracker/tracker.h"
#include "base/memory.h"

struct flow_pick {
	uint64_t number;
	struct tracker *tracker;
	/* for the tracker's call of sight() */
	const struct packet *packets;
	bool *picked;
};

static int
sight(void *context, const struct sighting *s, struct errbuf *err)
{
	struct flow_pick *pick = context;

	(void)err;
	pick->picked[s->packet - pick->packets] = s->flow != NULL &&
	    s->flow->number == pick->number;
	return 0;
}

struct flow_pick *
flow_pick_new(uint64_t number, const struct settings *settings,
    struct errbuf *err)
{
	struct flow_pick *pick = memory_array(1, sizeof(*pick));
	/* What is kept of a flow does not change its number, unless flows are
	 * evicted; and that is told. */
	const struct tracker_settings s = {
		.idle_timeout_ns = settings->idle_timeout_ns,
		.active_timeout_ns = settings->active_timeout_ns,
		.max_memory = settings->max_memory,
	};

	if (pick == NULL) {
		errbuf_set(err, "out of memory");
		return NULL;
	}
	pick->number = number;
	pick->tracker = tracker_new(&s, sight, pick, err);
	if (pick->tracker == NULL) {
		free(pick);
		return NULL;
	}
	return pick;
}

void
flow_pick_free(struct flow_pick *pick)
{
	if (pick == NULL)
		return;
	tracker_free(pick->tracker);
	free(pick);
}

int
flow_pick_add(struct flow_pick *pick, const char *file,
    const struct packet *packets, size_t n, bool *picked, struct errbuf *err)
{
	bool failed = false;

	pick->packets = packets;
	pick->picked = picked;
	if (tracker_add(pick->tracker, file, packets, n, err) == -1)
		return -1;
	/* Flows that have ended only take room. */
	while (tracker_next(pick->tracker, &failed, err) != NULL)
		;
	return failed ? -1 : 0;
}

void
flow_pick_account(const struct flow_pick *pick, struct analysis_account *out)
{
	struct tracker_counts c;

	tracker_counts(pick->tracker, &c);
	out->flows += c.flows;
	out->in_flows += c.packets;
	out->not_ip += c.reasons[TRACKER_NOT_IP];
	out->cut += c.reasons[TRACKER_CUT];
	out->lone_fragments += c.reasons[TRACKER_LONE_FRAGMENT];
	out->evicted += c.evicted;
}
