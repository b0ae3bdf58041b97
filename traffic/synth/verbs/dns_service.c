/*
 * `serve dns`: A and AAAA of all hosts that have a name; TXT for what is below
 * the domain of a tunnel, for that is what its far end answers.
 */
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "traffic/synth/packet/dns_message.h"
#include "traffic/synth/play.h"
#include "traffic/synth/verbs/dns_answer.h"
#include "traffic/synth/verbs/verb.h"

enum { TXT_CHARS = 32 };

struct dns_server {
	struct play *play;
	struct host *host;
	struct udp_socket *socket;
	struct random random;
	struct bytes out;
	uint8_t text[1 + TXT_CHARS];
};

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

/* One string of characters that mean nothing. */
static void
add_text(struct dns_server *s, struct dns_message *m)
{
	random_fill(&s->random, s->text, sizeof(s->text));
	for (size_t i = 1; i < sizeof(s->text); i++)
		s->text[i] = (uint8_t)('a' + s->text[i] % 26);
	s->text[0] = TXT_CHARS;
	dns_answer_record(m, s->text, sizeof(s->text));
}

/* The question becomes its answer. */
static void
make_answer(struct dns_server *s, struct dns_message *m)
{
	dns_answer(s->play->scenario, m);
	if (m->rcode == DNS_OK || !is_tunnelled(s->play->scenario, m->name))
		return;
	m->rcode = DNS_OK;
	if (m->type == DNS_TXT)
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
