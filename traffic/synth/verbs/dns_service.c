/*
 * `serve dns`: A and AAAA of all hosts that have a name; TXT for what is below
 * the domain of a tunnel, for that is what its far end answers.
 */
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "traffic/synth/dns_message.h"
#include "traffic/synth/play.h"
#include "traffic/synth/verbs/verb.h"

enum { TTL_S = 300, TXT_CHARS = 32 };

struct dns_server {
	struct play *play;
	struct host *host;
	struct udp_socket *socket;
	struct random random;
	struct bytes out;
	uint8_t text[1 + TXT_CHARS];
};

static void
add_record(struct dns_message *m, const uint8_t *data, size_t len)
{
	struct dns_record *r = &m->answers[m->answer_count++];

	memcpy(r->name, m->name, sizeof(r->name));
	r->type = m->type;
	r->ttl_s = TTL_S;
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

static bool
is_below(const char *name, const char *domain)
{
	size_t len = strlen(name), tail = strlen(domain);

	return len > tail && name[len - tail - 1] == '.' &&
	    dns_name_is(name + len - tail, domain);
}

static bool
is_tunnelled(const struct scenario *s, const char *name)
{
	for (size_t i = 0; i < s->action_count; i++)
		if (s->actions[i].verb == VERB_TUNNEL &&
		    is_below(name, s->actions[i].tunnel.domain))
			return true;
	return false;
}

static void
add_address(struct dns_message *m, const struct scenario_host *host)
{
	const struct scenario_address *v4 = &host->address[0];
	const struct scenario_address *v6 = &host->address[1];

	if (m->type == DNS_A && v4->version != 0)
		add_record(m, v4->bytes, 4);
	if (m->type == DNS_AAAA && v6->version != 0)
		add_record(m, v6->bytes, 16);
}

/* One string of characters that mean nothing. */
static void
add_text(struct dns_server *s, struct dns_message *m)
{
	random_fill(&s->random, s->text, sizeof(s->text));
	for (size_t i = 1; i < sizeof(s->text); i++)
		s->text[i] = (uint8_t)('a' + s->text[i] % 26);
	s->text[0] = TXT_CHARS;
	add_record(m, s->text, sizeof(s->text));
}

/* The question becomes its answer. */
static void
make_answer(struct dns_server *s, struct dns_message *m)
{
	const struct scenario *scenario = s->play->scenario;
	const struct scenario_host *host = find_host(scenario, m->name);

	m->is_answer = true;
	m->recursion_available = true;
	m->answer_count = 0;
	if (host != NULL)
		add_address(m, host);
	else if (!is_tunnelled(scenario, m->name))
		m->rcode = DNS_NO_SUCH_NAME;
	else if (m->type == DNS_TXT)
		add_text(s, m);
}

static void
asked(void *app, struct udp_socket *socket, const struct endpoint *from,
    const uint8_t *data, size_t len)
{
	struct dns_server *s = app;
	struct dns_message m;
	struct errbuf err;

	if (dns_message_read(&m, data, len) == -1 || m.is_answer)
		return;
	make_answer(s, &m);
	s->out.len = 0;
	if (dns_message_write(&m, DNS_UDP_MAX, &s->out, &err) == -1) {
		verb_fail(s->play, &err);
		return;
	}
	host_udp_send(socket, from, s->out.data, s->out.len);
}

static void
reset_server(void *state)
{
	struct dns_server *s = state;

	host_udp_close(s->socket);
	bytes_reset(&s->out);
}

static int
start(struct play *play, size_t host,
    const struct scenario_service *service, void **state, struct errbuf *err)
{
	struct dns_server *s = verb_new(play, sizeof(*s), reset_server, err);

	if (s == NULL)
		return -1;
	s->play = play;
	s->host = play->hosts[host];
	random_init(&s->random, play->seed, "dns service", host);
	s->socket = host_udp_open(s->host, service->port, NULL, asked, s,
	    err);
	*state = s;
	return s->socket == NULL ? -1 : 0;
}

const struct service_player dns_service = { .start = start };
