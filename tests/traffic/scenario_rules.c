#include "tests/traffic/scenario_rules.h"

#include <ctype.h>
#include <string.h>

#define RULE(holds) \
	do { \
		if (!(holds)) \
			return #holds; \
	} while (0)

/* The first fault of what is inside. */
#define INSIDE(broken) \
	do { \
		const char *inner = (broken); \
		if (inner != NULL) \
			return inner; \
	} while (0)

static bool
is_name(const char *name)
{
	size_t len = strlen(name);

	for (size_t i = 0; i < len; i++)
		if (!isalnum((unsigned char)name[i]) &&
		    strchr("-_.", name[i]) == NULL)
			return false;
	return len >= 1 && len <= SCENARIO_NAME_MAX && name[0] != '.' &&
	    name[0] != '-';
}

static const char *
amount_broken(const struct amount *a)
{
	RULE(a->a >= 0);
	RULE(a->a <= a->max);
	switch (a->kind) {
	case AMOUNT_CONSTANT:
		return NULL;
	case AMOUNT_UNIFORM:
		RULE(a->b >= a->a && a->b <= a->max);
		return NULL;
	case AMOUNT_PARETO:
		RULE(a->shape_milli >= 100 && a->shape_milli <= 100000);
		RULE(a->a >= 1);
		return NULL;
	case AMOUNT_EXPONENTIAL:
		RULE(a->a >= 1);
		return NULL;
	}
	return "a kind of amount";
}

static bool
equal(const struct scenario_address *a, const struct scenario_address *b)
{
	return a->version == b->version && a->version != 0 &&
	    memcmp(a->bytes, b->bytes, a->version == 4 ? 4 : 16) == 0;
}

static const char *
capture_broken(const struct scenario_capture *c)
{
	RULE(!c->wanted || (c->snaplen >= 14 && c->snaplen <= 262144));
	RULE(c->format == CAPTURE_PCAP || c->format == CAPTURE_PCAPNG);
	return NULL;
}

static const char *
network_broken(const struct scenario *s, size_t i)
{
	const struct scenario_network *n = &s->networks[i];

	RULE(is_name(n->name));
	RULE(n->has_prefix[0] || n->has_prefix[1]);
	for (int f = 0; f < 2; f++) {
		RULE(n->has_prefix[f] == (n->router[f].version != 0));
		if (!n->has_prefix[f])
			continue;
		RULE(n->prefix[f].version == (f == 0 ? 4 : 6));
		RULE(network_contains(&n->prefix[f], n->router[f].version,
		    n->router[f].bytes));
	}
	for (size_t k = 0; k < i; k++)
		RULE(strcmp(s->networks[k].name, n->name) != 0);
	return capture_broken(&n->capture);
}

static const char *
link_broken(const struct scenario_link *l)
{
	RULE(l->bandwidth_bps == 0 || l->bandwidth_bps >= 1000);
	RULE(l->jitter_ns >= 0 && l->reorder_ns >= 0);
	RULE(l->loss_ppm <= 1000000 && l->duplicate_ppm <= 1000000);
	RULE(l->reorder_ppm <= 1000000 && l->queue_packets >= 1);
	RULE(l->reorder_ppm == 0 || l->reorder_ns > 0);
	for (size_t i = 0; i < l->drop_count; i++)
		RULE(l->drops[i] > (i == 0 ? 0 : l->drops[i - 1]));
	return amount_broken(&l->latency_ns);
}

static const char *
steps_broken(const struct script_steps *steps, const char *text, size_t len)
{
	struct script_steps again;
	struct errbuf err;

	RULE((steps->count == 0) == (text == NULL));
	if (text == NULL)
		return NULL;
	RULE(strlen(text) == len);
	RULE(script_parse(&again, "script", text, len, &err) == 0);
	RULE(again.count == steps->count);
	for (size_t i = 0; i < again.count; i++) {
		const struct script_step *a = &again.list[i];
		const struct script_step *b = &steps->list[i];

		RULE(a->what == b->what && a->when == b->when);
		RULE(a->when_ns == b->when_ns && a->len == b->len);
		RULE(a->within_ns == b->within_ns);
		RULE(a->text == NULL ? b->text == NULL :
		    memcmp(a->text, b->text, a->len) == 0);
	}
	script_steps_reset(&again);
	return NULL;
}

static const char *
service_broken(const struct scenario_service *v)
{
	RULE(v->port != 0);
	if (v->kind == SERVICE_DNS) {
		RULE(v->port == 53 && v->protocol == NULL);
		RULE(v->login_count == 0 && v->console.count == 0);
		return NULL;
	}
	RULE(v->kind == SERVICE_CHAT && v->protocol != NULL);
	RULE(v->settings.line_max >= 16 && v->settings.line_max <= 60000);
	RULE(v->login_count == 0 || v->settings.users);
	RULE(!v->settings.users ||
	    (v->protocol->needs & PROTOCOL_USERS) != 0);
	for (size_t i = 0; i < v->login_count; i++) {
		RULE(v->logins[i].name[0] != '\0');
		RULE(v->logins[i].password[0] != '\0');
	}
	for (size_t i = 0; i < v->text_count; i++)
		RULE(is_name(v->texts[i].name) && v->texts[i].text != NULL);
	return steps_broken(&v->console, v->console_text, v->console_len);
}

static bool
serves_dns(const struct scenario_host *h)
{
	for (size_t i = 0; i < h->service_count; i++)
		if (h->services[i].kind == SERVICE_DNS)
			return true;
	return false;
}

static const char *
addresses_broken(const struct scenario *s, size_t number)
{
	const struct scenario_host *h = &s->hosts[number];

	RULE(h->network < s->network_count);
	RULE(h->address[0].version != 0 || h->address[1].version != 0);
	for (int f = 0; f < 2; f++) {
		const struct scenario_network *n = &s->networks[h->network];

		if (h->address[f].version == 0)
			continue;
		RULE(h->address[f].version == (f == 0 ? 4 : 6));
		RULE(n->has_prefix[f]);
		RULE(network_contains(&n->prefix[f], h->address[f].version,
		    h->address[f].bytes));
		RULE(!equal(&h->address[f], &n->router[f]));
		for (size_t i = 0; i < number; i++)
			RULE(!equal(&h->address[f], &s->hosts[i].address[f]));
	}
	return NULL;
}

static const char *
host_broken(const struct scenario *s, size_t number)
{
	const struct scenario_host *h = &s->hosts[number];

	RULE(is_name(h->name));
	for (size_t i = 0; i < number; i++)
		RULE(strcmp(s->hosts[i].name, h->name) != 0);
	for (size_t i = 0; i < s->network_count; i++)
		RULE(strcmp(s->networks[i].name, h->name) != 0);
	INSIDE(addresses_broken(s, number));
	RULE((h->mac[0] & 1) == 0 && h->ttl >= 1);
	RULE(h->mtu >= (h->address[1].version != 0 ? 1280 : 576));
	RULE(h->mtu <= 9000);
	RULE(h->resolver == SCENARIO_NONE || h->resolver < s->host_count);
	RULE(h->resolver == SCENARIO_NONE ||
	    serves_dns(&s->hosts[h->resolver]));
	RULE(h->tcp.mss == 0 || h->tcp.mss >= 88);
	RULE(h->tcp.initial_window >= 1 && h->tcp.retries >= 1);
	RULE(h->tcp.receive_buffer >= 1024 && h->tcp.rto_min_ns > 0);
	INSIDE(amount_broken(&h->reaction_ns));
	INSIDE(link_broken(&h->up));
	INSIDE(link_broken(&h->down));
	INSIDE(capture_broken(&h->capture));
	for (size_t i = 0; i < h->service_count; i++)
		INSIDE(service_broken(&h->services[i]));
	return NULL;
}

static const struct scenario_service *
service_at(const struct scenario_host *h, uint16_t port)
{
	for (size_t i = 0; i < h->service_count; i++)
		if (h->services[i].port == port)
			return &h->services[i];
	return NULL;
}

static const char *
talk_broken(const struct scenario *s, const struct scenario_action *a)
{
	const struct scenario_talk *t = &a->talk;
	const struct scenario_service *v = service_at(&s->hosts[a->to],
	    a->port);

	RULE(v != NULL && v->protocol == t->protocol);
	RULE(v->settings.framing == t->settings.framing);
	RULE(t->settings.name == t->user);
	RULE((t->protocol->needs & PROTOCOL_NAME) == 0 || t->user != NULL);
	RULE((t->protocol->needs & PROTOCOL_KEYS) == 0 ||
	    t->settings.confidentiality_key.len > 0);
	RULE((t->protocol->needs & PROTOCOL_KEYS) == 0 ||
	    t->settings.authenticity_key.len > 0);
	RULE(t->settings.peer_port != 0 && t->settings.line_max >= 16);
	for (size_t i = 0; i < t->file_count; i++)
		RULE(is_name(t->files[i].name));
	return steps_broken(&t->steps, t->script, t->script_len);
}

static const char *
browse_broken(const struct scenario_browse *b)
{
	RULE(b->pages >= 1 && b->connections >= 1);
	INSIDE(amount_broken(&b->objects));
	RULE(b->pages * (uint64_t)(b->objects.kind == AMOUNT_CONSTANT ?
	    b->objects.a : b->objects.max) <= SCENARIO_COUNT_MAX);
	INSIDE(amount_broken(&b->request_bytes));
	INSIDE(amount_broken(&b->response_bytes));
	INSIDE(amount_broken(&b->think_ns));
	INSIDE(amount_broken(&b->pause_ns));
	INSIDE(amount_broken(&b->server_ns));
	INSIDE(amount_broken(&b->burst_bytes));
	return amount_broken(&b->burst_ns);
}

static const char *
transfer_broken(const struct scenario_transfer *t)
{
	RULE(t->bytes <= SCENARIO_TRANSFER_MAX && t->connections >= 1);
	RULE(t->stall_after == 0 || t->stall_after < t->bytes);
	RULE((t->stall_after == 0) == (t->stall_ns == 0));
	INSIDE(amount_broken(&t->chunk_bytes));
	return amount_broken(&t->every_ns);
}

/* What is counted and drawn; the rest is in what it is called with. */
static const char *
counted_broken(const struct scenario_action *a)
{
	const struct amount *every = NULL, *size = NULL;
	uint64_t count = 1;

	if (a->verb == VERB_DATAGRAMS) {
		count = a->datagrams.count;
		every = &a->datagrams.every_ns;
		size = &a->datagrams.size_bytes;
		INSIDE(amount_broken(&a->datagrams.answer_bytes));
	} else if (a->verb == VERB_PING) {
		count = a->ping.count;
		every = &a->ping.every_ns;
		size = &a->ping.size_bytes;
	} else if (a->verb == VERB_LOOKUP) {
		RULE(a->lookup.name[0] != '\0' && a->lookup.type != 0);
		count = a->lookup.count;
		every = &a->lookup.every_ns;
	} else if (a->verb == VERB_SCAN) {
		RULE(a->scan.first_port >= 1);
		RULE(a->scan.last_port >= a->scan.first_port);
		every = &a->scan.every_ns;
	} else if (a->verb == VERB_FLOOD) {
		RULE(!a->flood.spoofed ||
		    a->flood.sources.version == a->version);
		count = a->flood.count;
		every = &a->flood.every_ns;
		size = &a->flood.size_bytes;
	} else if (a->verb == VERB_TUNNEL) {
		RULE(a->tunnel.domain[0] != '\0' && a->tunnel.bytes > 0);
		every = &a->tunnel.every_ns;
	} else {
		return "a verb";
	}
	RULE(count >= 1 && count <= SCENARIO_COUNT_MAX);
	RULE(size == NULL || size->max <= 65507);
	INSIDE(size == NULL ? NULL : amount_broken(size));
	return amount_broken(every);
}

static bool
has_port(const struct scenario_action *a)
{
	return a->verb != VERB_PING && a->verb != VERB_SCAN &&
	    (a->verb != VERB_FLOOD || a->flood.kind != FLOOD_ICMP);
}

static const char *
action_broken(const struct scenario *s, const struct scenario_action *a)
{
	int f = a->version == 6;
	size_t to = a->to;

	RULE(a->from < s->host_count && a->from != a->to);
	RULE((a->to == SCENARIO_NONE) ==
	    (a->verb == VERB_LOOKUP || a->verb == VERB_TUNNEL));
	if (to == SCENARIO_NONE)
		to = s->hosts[a->from].resolver;
	RULE(to < s->host_count);
	RULE(a->version == 4 || a->version == 6);
	RULE(s->hosts[a->from].address[f].version == a->version);
	RULE(s->hosts[to].address[f].version == a->version);
	RULE(a->at_ns >= 0 && a->at_ns < s->limit_ns);
	RULE(has_port(a) == (a->port != 0));
	RULE(a->label == NULL || is_name(a->label));
	RULE(!a->by_name || s->hosts[to].dns_name != NULL);
	RULE(!a->by_name || s->hosts[a->from].resolver != SCENARIO_NONE);
	if (a->verb == VERB_TALK)
		return talk_broken(s, a);
	if (a->verb == VERB_BROWSE)
		return browse_broken(&a->browse);
	if (a->verb == VERB_TRANSFER)
		return transfer_broken(&a->transfer);
	return counted_broken(a);
}

const char *
scenario_rule_broken(const struct scenario *s)
{
	RULE(s->limit_ns > 0 && s->limit_ns <= SCENARIO_LIMIT_MAX_NS);
	RULE(strchr(s->title, '\n') == NULL);
	RULE(s->network_count >= 1);
	RULE(s->network_count <= SCENARIO_NETWORKS_MAX);
	RULE(s->host_count >= 1 && s->host_count <= SCENARIO_HOSTS_MAX);
	RULE(s->action_count <= SCENARIO_ACTIONS_MAX);
	for (size_t i = 0; i < s->network_count; i++)
		INSIDE(network_broken(s, i));
	for (size_t i = 0; i < s->host_count; i++) {
		INSIDE(host_broken(s, i));
		RULE(s->start_ns + s->hosts[i].clock_offset_ns >= 0);
	}
	for (size_t i = 0; i < s->action_count; i++)
		INSIDE(action_broken(s, &s->actions[i]));
	return NULL;
}
