#include <stdlib.h>

#include "base/memory.h"
#include "traffic/scenario/check.h"
#include "traffic/scenario/verb.h"

/*
 * Who listens: a port of a host belongs to one kind of program.  The servers of
 * browse and transfer are there because of the actions; those of one kind are
 * one program.
 */
enum program {
	PROGRAM_CHAT,
	PROGRAM_DNS,
	PROGRAM_WEB,
	PROGRAM_WEB_TLS,
	PROGRAM_TRANSFER,
	PROGRAM_DATAGRAMS,
	PROGRAM_SENDER,		/* of datagrams, from a port that is named */
	PROGRAM_PEERS,
};

struct claim {
	size_t host;
	bool udp;
	uint16_t port;
	enum program program;
	size_t line;
	struct place place;
};

struct claims {
	struct claim *list;
	size_t count;
};

static int
add_claim(struct parser *p, struct claims *claims, const struct claim *claim)
{
	struct claim *new = parser_add(&claims->list, &claims->count);

	if (new == NULL)
		return parser_no_memory(p);
	*new = *claim;
	return 0;
}

static int
claim_services(struct parser *p, struct claims *claims, size_t host)
{
	const struct scenario_host *h = &p->scenario->hosts[host];

	for (size_t i = 0; i < h->service_count; i++) {
		const struct scenario_service *s = &h->services[i];
		const struct claim claim = {
			.host = host,
			.udp = s->kind == SERVICE_DNS,
			.port = s->port,
			.program = s->kind == SERVICE_DNS ? PROGRAM_DNS :
			    PROGRAM_CHAT,
			.line = s->line,
			.place = { s->line, 1 },
		};

		if (add_claim(p, claims, &claim) == -1)
			return -1;
	}
	return 0;
}

/* False: the action's target needs no program of its own. */
static bool
claim_of(const struct scenario_action *a, struct claim *out)
{
	*out = (struct claim){ .host = a->to, .port = a->port,
	    .line = a->line };
	if (a->verb == VERB_BROWSE) {
		out->program = a->browse.security == BROWSE_TLS ?
		    PROGRAM_WEB_TLS : PROGRAM_WEB;
	} else if (a->verb == VERB_TRANSFER) {
		out->program = PROGRAM_TRANSFER;
	} else if (a->verb == VERB_DATAGRAMS) {
		out->program = PROGRAM_DATAGRAMS;
		out->udp = true;
	} else if (a->verb == VERB_TALK &&
	    (a->talk.protocol->needs & PROTOCOL_UDP) != 0) {
		out->host = a->from;
		out->port = a->talk.settings.peer_port;
		out->program = PROGRAM_PEERS;
		out->udp = true;
	} else {
		return false;
	}
	return true;
}

static bool
claim_of_sender(const struct scenario_action *a, struct claim *out)
{
	*out = (struct claim){ .host = a->from, .udp = true,
	    .program = PROGRAM_SENDER, .line = a->line };
	if (a->verb == VERB_DATAGRAMS)
		out->port = a->datagrams.from_port;
	return out->port != 0;
}

static int
claim_actions(struct parser *p, struct claims *claims)
{
	const struct scenario *s = p->scenario;

	for (size_t i = 0; i < s->action_count; i++) {
		const struct scenario_action *a = &s->actions[i];
		struct claim claim;

		if (claim_of(a, &claim)) {
			claim.place = p->actions[i].port.line != 0 ?
			    p->actions[i].port : action_place(a);
			if (add_claim(p, claims, &claim) == -1)
				return -1;
		}
		if (claim_of_sender(a, &claim)) {
			claim.place = action_place(a);
			if (add_claim(p, claims, &claim) == -1)
				return -1;
		}
	}
	return 0;
}

static int
compare_claims(const void *left, const void *right)
{
	const struct claim *a = left, *b = right;

	if (a->host != b->host)
		return a->host < b->host ? -1 : 1;
	if (a->udp != b->udp)
		return a->udp ? 1 : -1;
	if (a->port != b->port)
		return a->port < b->port ? -1 : 1;
	return (a->line > b->line) - (a->line < b->line);
}

static int
compare(const struct parser *p, struct claims *claims)
{
	if (claims->count > 0)
		qsort(claims->list, claims->count, sizeof(*claims->list),
		    compare_claims);
	for (size_t i = 1; i < claims->count; i++) {
		const struct claim *a = &claims->list[i - 1], *b = a + 1;

		if (a->host == b->host && a->udp == b->udp &&
		    a->port == b->port && a->program != b->program)
			return parser_fault_at(p, b->place, "%s port %u of "
			    "`%s` is that of another program (line %zu)",
			    b->udp ? "UDP" : "TCP", (unsigned)b->port,
			    p->scenario->hosts[b->host].name, a->line);
	}
	return 0;
}

int
check_ports(struct parser *p)
{
	struct claims claims = { NULL, 0 };
	int result = 0;

	for (size_t i = 0; result == 0 && i < p->scenario->host_count; i++)
		result = claim_services(p, &claims, i);
	if (result == 0)
		result = claim_actions(p, &claims);
	if (result == 0)
		result = compare(p, &claims);
	free(claims.list);
	return result;
}
