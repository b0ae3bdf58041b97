#include "traffic/synth/verbs/dns_answer.h"

#include <string.h>

void
dns_answer_record(struct dns_message *m, const uint8_t *data, size_t len)
{
	struct dns_record *r = &m->answers[m->answer_count++];

	memcpy(r->name, m->name, sizeof(r->name));
	r->type = m->type;
	r->ttl_s = DNS_ANSWER_TTL_S;
	r->data = data;
	r->len = len;
}

static const struct scenario_host *
find_host(const struct scenario *s, const char *name)
{
	for (size_t i = 0; i < s->host_count; i++)
		if (s->hosts[i].dns_name != NULL &&
		    dns_name_is(s->hosts[i].dns_name, name))
			return &s->hosts[i];
	return NULL;
}

void
dns_answer(const struct scenario *scenario, struct dns_message *m)
{
	const struct scenario_host *host = find_host(scenario, m->name);

	m->is_answer = true;
	m->recursion_available = true;
	m->answer_count = 0;
	m->rcode = DNS_OK;
	if (host == NULL)
		m->rcode = DNS_NO_SUCH_NAME;
	else if (m->type == DNS_A && host->address[0].version != 0)
		dns_answer_record(m, host->address[0].bytes, 4);
	else if (m->type == DNS_AAAA && host->address[1].version != 0)
		dns_answer_record(m, host->address[1].bytes, 16);
}
