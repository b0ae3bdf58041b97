/* DNS alone (VERB_LOOKUP): the same question, as often as asked. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "traffic/hosts/actor_internal.h"
#include "traffic/hosts/child.h"
#include "traffic/synth/packet/dns_message.h"

/* As resolvers do: once more after 5 s, three times in all. */
#define AGAIN_NS INT64_C(5000000000)

enum { TRIES = 3, DATAGRAM_MAX = 65535 };

/* Until the answer to this question has come, or it is too late. */
static bool
await_answer(int fd, uint16_t id)
{
	int64_t end = child_now_ns() + AGAIN_NS, left;
	uint8_t data[DATAGRAM_MAX];
	struct dns_message m;

	while (left = end - child_now_ns(), left > 0 &&
	    socket_wait(fd, left)) {
		ssize_t n = recv(fd, data, sizeof(data), 0);

		if (n > 0 && dns_message_read(&m, data, (size_t)n) == 0 &&
		    m.is_answer && m.id == id)
			return true;
	}
	return false;
}

static int
ask(int fd, const struct dns_message *question, struct errbuf *err)
{
	struct bytes out = { .len = 0 };
	int status = dns_message_write(question, DNS_UDP_MAX, &out, err);

	for (int i = 0; i < TRIES && status == 0; i++) {
		status = socket_write(fd, out.data, out.len, err);
		if (await_answer(fd, question->id))
			break;
	}
	bytes_reset(&out);
	return status;
}

/* A port of its own for each question. */
static int
ask_from_new_port(const struct actor *actor, uint16_t id,
    struct errbuf *err)
{
	const struct scenario *s = actor->scenario;
	const struct scenario_action *action = actor->action;
	const struct scenario_host *resolver =
	    &s->hosts[s->hosts[action->from].resolver];
	struct dns_message question = { .id = id, .recursion_desired = true,
	    .type = action->lookup.type };
	struct socket_address to;
	int fd = actor_socket(actor, SOCK_DGRAM, 0, err), status;

	if (fd == -1)
		return -1;
	strncpy(question.name, action->lookup.name,
	    sizeof(question.name) - 1);
	socket_address_set(&to, &resolver->address[action->version == 6],
	    DNS_PORT);
	status = connect(fd, &to.sa, to.len);
	if (status == -1)
		errbuf_set(err, "connect: %s", strerror(errno));
	else
		status = ask(fd, &question, err);
	close(fd);
	return status;
}

int
actor_lookup(const struct actor *actor, struct errbuf *err)
{
	const struct scenario_lookup *how = &actor->action->lookup;
	struct random random;
	int status = 0;

	actor_random(actor, false, &random);
	for (uint64_t i = 0; i < how->count && status == 0; i++) {
		if (i > 0)
			actor_every(-1, &how->every_ns, &random);
		status = ask_from_new_port(actor,
		    (uint16_t)random_below(&random, 65536), err);
	}
	return status;
}
