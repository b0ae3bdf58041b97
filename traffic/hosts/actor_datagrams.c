/* UDP (VERB_DATAGRAMS): noise, and what comes back is thrown away. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "traffic/hosts/actor_internal.h"
#include "traffic/synth/net/draw.h"

enum { DATAGRAM_MAX = 65507 };

static int
send_one(int fd, const struct socket_address *to, const struct amount *size,
    struct random *random, struct errbuf *err)
{
	uint8_t noise[DATAGRAM_MAX];
	int64_t len = amount_draw(size, random);

	if (len > DATAGRAM_MAX)
		len = DATAGRAM_MAX;
	random_fill(random, noise, (size_t)len);
	/* A refusal that came back for an earlier one does not count. */
	for (int i = 0; i < 2; i++) {
		if (sendto(fd, noise, (size_t)len, 0, &to->sa, to->len) != -1)
			return 0;
		if (errno != ECONNREFUSED)
			break;
	}
	errbuf_set(err, "sendto: %s", strerror(errno));
	return -1;
}

int
actor_datagrams(const struct actor *actor, struct errbuf *err)
{
	const struct scenario_datagrams *how = &actor->action->datagrams;
	int fd = actor_socket(actor, SOCK_DGRAM, how->from_port, err);
	struct socket_address to;
	struct random random;
	int status = 0;

	if (fd == -1)
		return -1;
	socket_address_set(&to, actor_target_address(actor),
	    actor->action->port);
	actor_random(actor, false, &random);
	for (uint64_t i = 0; i < how->count && status == 0; i++) {
		if (i > 0)
			actor_every(fd, &how->every_ns, &random);
		status = send_one(fd, &to, &how->size_bytes, &random, err);
	}
	if (status == 0)
		actor_pause(fd, ACTOR_PATIENCE_NS);
	close(fd);
	return status;
}
