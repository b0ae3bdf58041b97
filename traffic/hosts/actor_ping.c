/* Echo requests (VERB_PING), by a raw socket. */
#include <errno.h>
#include <netinet/in.h>
#include <netinet/icmp6.h>
#include <netinet/ip_icmp.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "traffic/hosts/actor_internal.h"
#include "traffic/synth/net/draw.h"

enum { PING_MAX = 65507, HEADER_BYTES = 8 };

struct ping {
	int fd;
	bool is_ipv6;
	uint16_t id, sequence;
	struct socket_address to;
	uint8_t message[HEADER_BYTES + PING_MAX];
};

/* RFC 1071. */
static uint16_t
checksum(const uint8_t *data, size_t len)
{
	uint32_t sum = 0;

	for (size_t i = 0; i < len; i++)
		sum += i % 2 == 0 ? (uint32_t)data[i] << 8 : data[i];
	while (sum > 0xffff)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)~sum;
}

static void
put_be16(uint8_t *at, uint16_t value)
{
	at[0] = (uint8_t)(value >> 8);
	at[1] = (uint8_t)value;
}

/* The kernel computes ICMPv6's checksum: it has the addresses. */
static void
make_header(struct ping *p, size_t len)
{
	uint8_t *at = p->message;

	memset(at, 0, HEADER_BYTES);
	at[0] = p->is_ipv6 ? ICMP6_ECHO_REQUEST : ICMP_ECHO;
	put_be16(at + 4, p->id);
	put_be16(at + 6, ++p->sequence);
	if (!p->is_ipv6)
		put_be16(at + 2, checksum(at, HEADER_BYTES + len));
}

static int
ask_once(struct ping *p, const struct amount *size, struct random *random,
    struct errbuf *err)
{
	int64_t drawn = amount_draw(size, random);
	size_t len = drawn > PING_MAX ? PING_MAX : (size_t)drawn;

	random_fill(random, p->message + HEADER_BYTES, len);
	make_header(p, len);
	if (sendto(p->fd, p->message, HEADER_BYTES + len, 0, &p->to.sa,
	    p->to.len) != -1)
		return 0;
	errbuf_set(err, "echo request: %s", strerror(errno));
	return -1;
}

static int
open_socket(struct ping *p, const struct actor *actor,
    struct errbuf *err)
{
	p->is_ipv6 = actor->action->version == 6;
	socket_address_set(&p->to, actor_target_address(actor), 0);
	p->fd = socket(p->is_ipv6 ? AF_INET6 : AF_INET,
	    SOCK_RAW | SOCK_CLOEXEC, p->is_ipv6 ? IPPROTO_ICMPV6 :
	    IPPROTO_ICMP);
	if (p->fd == -1)
		errbuf_set(err, "raw socket: %s", strerror(errno));
	return p->fd == -1 ? -1 : 0;
}

int
actor_ping(const struct actor *actor, struct errbuf *err)
{
	const struct scenario_ping *how = &actor->action->ping;
	struct ping *p = calloc(1, sizeof(*p));
	struct random random;
	int status = 0;

	if (p == NULL) {
		errbuf_set(err, "out of memory");
		return -1;
	}
	actor_random(actor, false, &random);
	p->id = (uint16_t)random_below(&random, 65536);
	status = open_socket(p, actor, err);
	for (uint64_t i = 0; i < how->count && status == 0; i++) {
		if (i > 0)
			actor_every(p->fd, &how->every_ns, &random);
		status = ask_once(p, &how->size_bytes, &random, err);
	}
	if (status == 0)
		actor_pause(p->fd, ACTOR_PATIENCE_NS);
	if (p->fd != -1)
		close(p->fd);
	free(p);
	return status;
}
