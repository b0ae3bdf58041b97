#include "traffic/hosts/can_run.h"

#include <stdbool.h>

static int
refuse(const struct scenario *s, size_t line, const char *what,
    struct errbuf *err)
{
	errbuf_set(err, "%s:%zu: %s cannot be run with real programs (labgen "
	    "synth plays it)", s->given, line, what);
	return -1;
}

/* NULL: nothing stands against it. */
static const char *
link_fault(const struct scenario_link *link)
{
	if (link->drop_count > 0)
		return "a link that drops packets by number";
	if (link->latency_ns.kind == AMOUNT_EXPONENTIAL)
		return "exponential latency";
	if (link->latency_ns.kind == AMOUNT_PARETO)
		return "Pareto latency";
	return NULL;
}

static const char *
host_fault(const struct scenario_host *host)
{
	const char *fault = link_fault(&host->up);

	if (fault == NULL)
		fault = link_fault(&host->down);
	if (fault == NULL && host->tcp.isn_set)
		fault = "tcp isn";
	return fault;
}

static const char *
action_fault(const struct scenario_action *action)
{
	switch (action->verb) {
	case VERB_SCAN:
		return "scan";
	case VERB_FLOOD:
		return "flood";
	case VERB_TUNNEL:
		return "tunnel";
	case VERB_BROWSE:
		return action->browse.security == BROWSE_TLS ?
		    "browse with tls" : NULL;
	default:
		return NULL;
	}
}

int
can_run(const struct scenario *s, struct errbuf *err)
{
	for (size_t i = 0; i < s->host_count; i++) {
		const char *fault = host_fault(&s->hosts[i]);

		if (fault != NULL)
			return refuse(s, s->hosts[i].line, fault, err);
	}
	for (size_t i = 0; i < s->action_count; i++) {
		const char *fault = action_fault(&s->actions[i]);

		if (fault != NULL)
			return refuse(s, s->actions[i].line, fault, err);
	}
	return 0;
}
