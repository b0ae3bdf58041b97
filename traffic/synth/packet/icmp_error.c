#include "traffic/synth/packet/icmp_error.h"

#include "traffic/synth/packet/icmp_types.h"

enum {
	TTL = 64,
	/* Header of IP and ICMP taken from what the error may have. */
	QUOTE_MAX_4 = 576 - 20 - 8,
	QUOTE_MAX_6 = 1280 - 40 - 8,
};

static const struct {
	uint8_t type[2], code[2];	/* IPv4, IPv6 */
} errors[] = {
	[ICMP_NO_ROUTE] = { { ICMP_UNREACHABLE_4, ICMP_UNREACHABLE_6 },
	    { ICMP_NO_NET_4, ICMP_NO_ROUTE_6 } },
	[ICMP_NO_HOST] = { { ICMP_UNREACHABLE_4, ICMP_UNREACHABLE_6 },
	    { ICMP_NO_HOST_4, ICMP_NO_ADDRESS_6 } },
	[ICMP_NO_PORT] = { { ICMP_UNREACHABLE_4, ICMP_UNREACHABLE_6 },
	    { ICMP_NO_PORT_4, ICMP_NO_PORT_6 } },
	[ICMP_TOO_BIG] = { { ICMP_UNREACHABLE_4, ICMP_TOO_BIG_6 },
	    { ICMP_TOO_BIG_4, 0 } },
	[ICMP_TIME_EXCEEDED] = { { ICMP_EXPIRED_4, ICMP_EXPIRED_6 },
	    { ICMP_TTL_4, ICMP_TTL_6 } },
	[ICMP_REASSEMBLY_TIME] = { { ICMP_EXPIRED_4, ICMP_EXPIRED_6 },
	    { ICMP_REASSEMBLY_4, ICMP_REASSEMBLY_6 } },
};

/* Of ICMP only echo and its answer are known here; whatever else is taken for
 * an error. */
bool
icmp_is_error(const struct sim_packet *p)
{
	if (p->kind != SIM_ICMP)
		return false;
	if (p->source.version == 6)
		return p->type < ICMP_INFORMATIONAL_6;
	return p->type != ICMP_ECHO_4 && p->type != ICMP_ECHO_ANSWER_4;
}

/* Multicast and broadcast on the link: the first bit of the MAC. */
static bool
may_be_answered(const struct sim_packet *p)
{
	const struct sim_packet *whole =
	    p->kind == SIM_FRAGMENT ? p->whole : p;

	if (p->kind == SIM_ARP || (p->destination_mac[0] & 1) != 0)
		return false;
	if (p->kind == SIM_FRAGMENT && p->offset > 0)
		return false;
	return !icmp_is_error(whole);
}

static struct sim_packet *
new_error(const struct sim_packet *about,
    const struct scenario_address *from, const uint8_t *quote, size_t len)
{
	struct sim_packet *p = sim_packet_new(SIM_ICMP, quote, len);

	if (p == NULL)
		return NULL;
	p->sender = SCENARIO_NONE;
	p->connection = about->connection;
	p->label = about->label;
	p->cause = SIM_CAUSE_ERROR;
	p->source = *from;
	p->destination = about->source;
	p->ttl = TTL;
	return p;
}

int
icmp_error_new(struct frame_maker *maker, enum icmp_error what,
    const struct sim_packet *about, const struct scenario_address *from,
    uint32_t mtu, struct sim_packet **out, struct errbuf *err)
{
	bool is_6 = about->source.version == 6;
	size_t len, max = is_6 ? QUOTE_MAX_6 : QUOTE_MAX_4;
	const uint8_t *quote;

	*out = NULL;
	if (!may_be_answered(about))
		return 0;
	quote = frame_ip_bytes(maker, about, &len, err);
	if (quote == NULL)
		return -1;
	*out = new_error(about, from, quote, len < max ? len : max);
	if (*out == NULL) {
		errbuf_set(err, "out of memory");
		return -1;
	}
	(*out)->type = errors[what].type[is_6];
	(*out)->code = errors[what].code[is_6];
	(*out)->rest = what == ICMP_TOO_BIG ? mtu : 0;
	return 0;
}
