#include "traffic/synth/verbs/ask.h"

#include "base/bytes.h"
#include "traffic/synth/packet/dns_message.h"
#include "traffic/synth/verbs/verb.h"

#define AGAIN_NS INT64_C(5000000000)

enum { TRIES = 3 };

struct asking {
	struct play *play;
	struct ask what;
	struct endpoint resolver;
	struct udp_socket *socket;	/* NULL: it is over */
	struct bytes question;
	unsigned tries;
	uint64_t timer;
};

static void
stop(struct asking *a)
{
	clock_cancel(a->play->clock, a->timer);
	host_udp_close(a->socket);
	a->socket = NULL;
	bytes_reset(&a->question);
	a->what.over(a->what.app);
}

static void
say(void *owner, uint64_t token)
{
	struct asking *a = owner;

	(void)token;
	if (a->tries++ == TRIES) {
		stop(a);
		return;
	}
	host_udp_send(a->socket, &a->resolver, a->question.data,
	    a->question.len);
	a->timer = clock_after(a->play->clock, AGAIN_NS, say, a, 0);
}

static void
answered(void *app, struct udp_socket *socket, const struct endpoint *from,
    const uint8_t *data, size_t len)
{
	struct asking *a = app;
	struct dns_message answer;

	(void)from;
	if (socket == a->socket && dns_message_read(&answer, data, len) == 0
	    && answer.is_answer && answer.id == a->what.id)
		stop(a);
}

static void
reset_asking(void *state)
{
	struct asking *a = state;

	host_udp_close(a->socket);
	bytes_reset(&a->question);
}

static int
write_question(struct asking *a, struct errbuf *err)
{
	struct dns_message question = {
		.id = a->what.id,
		.recursion_desired = true,
		.type = a->what.type,
	};
	size_t i;

	for (i = 0; a->what.name[i] != '\0' && i < DNS_NAME_BYTES - 1; i++)
		question.name[i] = a->what.name[i];
	return dns_message_write(&question, DNS_UDP_MAX, &a->question, err);
}

/* By IPv4 where both have it. */
static void
find_resolver(struct asking *a)
{
	const struct scenario_host *hosts = a->play->scenario->hosts;
	const struct scenario_host *own = &hosts[a->what.host];
	const struct scenario_host *resolver = &hosts[own->resolver];
	bool is_ipv6 = own->address[0].version == 0 ||
	    resolver->address[0].version == 0;

	a->resolver.address = resolver->address[is_ipv6];
	a->resolver.port = DNS_PORT;
}

int
ask_resolver(struct play *play, const struct ask *what, struct errbuf *err)
{
	struct asking *a = verb_new(play, sizeof(*a), reset_asking, err);

	if (a == NULL)
		return -1;
	a->play = play;
	a->what = *what;
	find_resolver(a);
	if (write_question(a, err) == -1)
		return -1;
	a->socket = host_udp_open(play->hosts[what->host], 0, what->label,
	    answered, a, err);
	if (a->socket == NULL)
		return -1;
	say(a, 0);
	return 0;
}
