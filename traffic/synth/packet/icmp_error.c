#include "traffic/synth/packet/icmp_error.h"

enum {
	TTL = 64,
	/* Header of IP and ICMP taken from what the error may have. */
	QUOTE_MAX_4 = 576 - 20 - 8,
	QUOTE_MAX_6 = 1280 - 40 - 8,
	ICMP_INFORMATIONAL_6 = 128,	/* types from here on, RFC 4443 */
	ICMP_ECHO_ANSWER = 0, ICMP_ECHO = 8,
};

/* Types and codes: RFC 792 and 1191; RFC 4443. */
static const struct {
	uint8_t type[2], code[2];	/* IPv4, IPv6 */
} errors[] = {
	[ICMP_NO_ROUTE] = { { 3, 1 }, { 0, 0 } },
	[ICMP_NO_HOST] = { { 3, 1 }, { 1, 3 } },
	[ICMP_NO_PORT] = { { 3, 1 }, { 3, 4 } },
	[ICMP_TOO_BIG] = { { 3, 2 }, { 4, 0 } },
	[ICMP_TIME_EXCEEDED] = { { 11, 3 }, { 0, 0 } },
	[ICMP_REASSEMBLY_TIME] = { { 11, 3 }, { 1, 1 } },
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
	return p->type != ICMP_ECHO && p->type != ICMP_ECHO_ANSWER;
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
