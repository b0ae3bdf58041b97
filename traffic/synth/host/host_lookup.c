/*
 * Names: the host's resolver is asked for the addresses of both families that
 * the host has, by one socket, as a C library does.
 */
#include "traffic/synth/host/host_internal.h"

#include <stdlib.h>
#include <string.h>

#include "traffic/synth/packet/dns_message.h"

#define ASK_AGAIN_NS INT64_C(5000000000)

enum { ASK_TIMES = 3, ADDRESSES_MAX = 2 * DNS_ANSWERS_MAX };

struct lookup {
	struct lookup *next;
	struct host *host;
	struct udp_socket *socket;
	struct endpoint resolver;
	lookup_answer *answer;
	void *app;
	char name[DNS_NAME_BYTES];
	/* By family: what is still asked, and with which id. */
	bool is_open[2];
	uint16_t ids[2];
	unsigned asked;
	uint64_t timer;
	struct scenario_address found[ADDRESSES_MAX];
	size_t count;
};

static void
forget(struct lookup *l)
{
	struct lookup **at = &l->host->lookups;

	while (*at != l)
		at = &(*at)->next;
	*at = l->next;
	clock_cancel(l->host->clock, l->timer);
	host_udp_close(l->socket);
	free(l);
}

/* Whoever asked may ask again in the call. */
static void
finish(struct lookup *l)
{
	struct scenario_address found[ADDRESSES_MAX];
	lookup_answer *answer = l->answer;
	void *app = l->app;
	size_t count = l->count;

	memcpy(found, l->found, sizeof(found));
	forget(l);
	answer(app, found, count);
}

static void
send_question(struct lookup *l, size_t family)
{
	struct dns_message question = {
		.id = l->ids[family], .recursion_desired = true,
		.type = family == 0 ? DNS_A : DNS_AAAA,
	};
	struct bytes wire = { NULL, 0, 0 };
	struct errbuf err;

	strcpy(question.name, l->name);
	if (dns_message_write(&question, 0, &wire, &err) != 0)
		clock_fail(l->host->clock, &err);
	else
		host_udp_send(l->socket, &l->resolver, wire.data, wire.len);
	bytes_reset(&wire);
}

static void
ask(void *owner, uint64_t token)
{
	struct lookup *l = owner;

	(void)token;
	l->timer = 0;
	if (l->asked++ == ASK_TIMES) {
		finish(l);
		return;
	}
	l->timer = clock_after(l->host->clock, ASK_AGAIN_NS, ask, l, 0);
	for (size_t family = 0; family < 2; family++)
		if (l->is_open[family])
			send_question(l, family);
}

/* Addresses in the answers, whatever name leads to them. */
static void
take_addresses(struct lookup *l, const struct dns_message *m)
{
	size_t len = m->type == DNS_A ? 4 : 16;

	for (size_t i = 0; i < m->answer_count; i++) {
		struct scenario_address *to = &l->found[l->count];

		if (m->answers[i].type != m->type || m->answers[i].len != len ||
		    l->count == ADDRESSES_MAX)
			continue;
		*to = (struct scenario_address){ m->type == DNS_A ? 4 : 6,
		    { 0 } };
		memcpy(to->bytes, m->answers[i].data, len);
		l->count++;
	}
}

static void
on_answer(void *app, struct udp_socket *socket, const struct endpoint *from,
    const uint8_t *data, size_t len)
{
	struct lookup *l = app;
	struct dns_message m;
	size_t family;

	(void)socket;
	if (!scenario_address_equal(&from->address, &l->resolver.address) ||
	    from->port != DNS_PORT || dns_message_read(&m, data, len) != 0)
		return;
	family = m.type == DNS_AAAA;
	if (!m.is_answer || !l->is_open[family] || m.id != l->ids[family] ||
	    m.type != (family == 0 ? DNS_A : DNS_AAAA) ||
	    !dns_name_is(m.name, l->name))
		return;
	l->is_open[family] = false;
	take_addresses(l, &m);
	if (!l->is_open[0] && !l->is_open[1])
		finish(l);
}

/* By IPv4 where both have it. */
static void
find_resolver(struct lookup *l, const struct scenario_host *resolver)
{
	const struct scenario_host *self = l->host->self;
	bool use_6 = self->address[0].version == 0 ||
	    resolver->address[0].version == 0;

	l->resolver.address = resolver->address[use_6];
	l->resolver.port = DNS_PORT;
	for (size_t family = 0; family < 2; family++) {
		l->is_open[family] = self->address[family].version != 0;
		l->ids[family] = (uint16_t)random_next(&l->host->lookup_ids);
	}
}

int
host_lookup(struct host *host, const char *name, const char *label,
    lookup_answer *answer, void *app, struct errbuf *err)
{
	struct lookup *l;

	if (host->self->resolver == SCENARIO_NONE ||
	    strlen(name) >= DNS_NAME_BYTES) {
		errbuf_set(err, "%s: nobody can be asked for %s",
		    host->self->name, name);
		return -1;
	}
	l = calloc(1, sizeof(*l));
	if (l == NULL) {
		errbuf_set(err, "out of memory");
		return -1;
	}
	l->host = host;
	l->answer = answer;
	l->app = app;
	strcpy(l->name, name);
	find_resolver(l, &host->scenario->hosts[host->self->resolver]);
	l->next = host->lookups;
	host->lookups = l;
	l->socket = host_udp_open(host, 0, label, on_answer, l, err);
	if (l->socket == NULL) {
		forget(l);
		return -1;
	}
	ask(l, 0);
	return 0;
}

void
host_lookups_free(struct host *host)
{
	while (host->lookups != NULL)
		forget(host->lookups);
}
