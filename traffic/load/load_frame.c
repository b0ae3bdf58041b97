/*
 * The sums are those of 16-bit words in ones' complement (RFC 1071): that of a
 * header is the sum of its template and of what was patched into it, which is
 * equation 3 of RFC 1624 put together from the fields that were 0.
 */
#include "traffic/load/load_frame.h"

#include <string.h>

#include "traffic/synth/packet/frame_bytes.h"

enum {
	ETHERNET_BYTES = 14,
	MAC_BYTES = 6,
	IPV4_BYTES = 20, IPV6_BYTES = 40,
	TCP_BYTES = 20,
	MSS_OPTION_BYTES = 4,
	WINDOW = 65000,
	TTL = 64,
	IP_NUMBER_TCP = 6, IP_NUMBER_UDP = 17,
};

static void
put16(uint8_t *at, uint32_t value)
{
	at[0] = (uint8_t)(value >> 8);
	at[1] = (uint8_t)value;
}

static void
put32(uint8_t *at, uint32_t value)
{
	put16(at, value >> 16);
	put16(at + 2, value);
}

static uint32_t
get16(const uint8_t *at)
{
	return (uint32_t)at[0] << 8 | at[1];
}

/* n is even. */
static uint32_t
sum_of(const uint8_t *data, size_t n)
{
	uint32_t sum = 0;

	for (size_t i = 0; i < n; i += 2)
		sum += get16(data + i);
	return sum;
}

static uint16_t
fold(uint64_t sum)
{
	sum = (sum >> 32) + (sum & UINT32_MAX);
	sum = (sum >> 16) + (sum & UINT16_MAX);
	sum = (sum >> 16) + (sum & UINT16_MAX);
	return (uint16_t)((sum >> 16) + (sum & UINT16_MAX));
}

/* The lengths and checksums of these headers count as 0. */
static void
take_template(struct load_template *t, const uint8_t *frame, unsigned kind)
{
	bool is_tcp = kind & LOAD_TCP, is_ipv6 = kind & LOAD_IPV6;
	uint8_t *ip = t->headers + ETHERNET_BYTES;

	memcpy(t->headers, frame, t->len);
	if (is_ipv6) {
		put16(ip + 4, 0);
	} else {
		put16(ip + 2, 0);
		put16(ip + 10, 0);
		t->ip_sum = fold(sum_of(ip, IPV4_BYTES));
	}
	put16(t->headers + t->transport_at + (is_tcp ? 16 : 6), 0);
	if (!is_tcp)
		put16(t->headers + t->transport_at + 4, 0);
	t->transport_sum = fold((is_tcp ? IP_NUMBER_TCP : IP_NUMBER_UDP) +
	    (uint64_t)sum_of(t->headers + t->transport_at,
	    t->len - t->transport_at));
}

static int
make_template(struct frame_maker *maker, struct load_template *t,
    unsigned kind, struct errbuf *err)
{
	bool is_tcp = kind & LOAD_TCP, is_ipv6 = kind & LOAD_IPV6;
	struct sim_packet *p = sim_packet_new(is_tcp ? SIM_TCP : SIM_UDP, NULL,
	    0);
	const uint8_t *frame;
	size_t len;

	if (p == NULL) {
		errbuf_set(err, "out of memory");
		return -1;
	}
	p->source.version = p->destination.version = is_ipv6 ? 6 : 4;
	p->ttl = TTL;
	p->dont_fragment = true;
	p->segment.flags = TCP_ACK;
	p->segment.window = WINDOW;
	frame = frame_bytes(maker, p, &len, err);
	if (frame != NULL) {
		t->transport_at = ETHERNET_BYTES +
		    (is_ipv6 ? IPV6_BYTES : IPV4_BYTES);
		t->len = (uint8_t)(ETHERNET_BYTES + sim_packet_ip_bytes(p));
		take_template(t, frame, kind);
	}
	sim_packet_release(p);
	return frame == NULL ? -1 : 0;
}

static void
fill_pool(struct load_pool *pool, uint64_t seed)
{
	struct random random;

	random_init(&random, seed, "load payload", 0);
	random_fill(&random, pool->bytes, sizeof(pool->bytes));
	pool->sums[0] = 0;
	for (size_t i = 0; i < LOAD_POOL_WORDS; i++)
		pool->sums[i + 1] = pool->sums[i] +
		    get16(pool->bytes + 2 * i);
}

int
load_frames_init(struct load_frames *frames, uint64_t seed,
    struct errbuf *err)
{
	struct frame_maker *maker = frame_maker_new(err);
	int status = maker == NULL ? -1 : 0;

	for (unsigned i = 0; status == 0 && i < LOAD_KINDS; i++)
		status = make_template(maker, &frames->templates[i], i, err);
	frame_maker_free(maker);
	fill_pool(&frames->pool, seed);
	return status;
}

void
load_side_init(struct load_side *side, const struct load_template *template,
    const struct load_addresses *a)
{
	bool is_ipv6 = template->transport_at > ETHERNET_BYTES + IPV4_BYTES;
	size_t len = is_ipv6 ? 16 : 4;
	uint8_t *ip = side->headers + ETHERNET_BYTES;
	uint8_t *addresses = ip + (is_ipv6 ? 8 : 12);
	uint8_t *ports = side->headers + template->transport_at;
	uint32_t sum;

	memcpy(side->headers, template->headers, template->len);
	side->headers[0] = side->headers[MAC_BYTES] = 2;
	side->headers[MAC_BYTES - 1] = a->inwards ? 1 : 2;
	side->headers[2 * MAC_BYTES - 1] = a->inwards ? 2 : 1;
	memcpy(addresses, a->source, len);
	memcpy(addresses + len, a->destination, len);
	put16(ports, a->source_port);
	put16(ports + 2, a->destination_port);
	sum = sum_of(addresses, 2 * len);
	side->ip_sum = fold((uint64_t)template->ip_sum + sum);
	side->transport_sum = fold((uint64_t)template->transport_sum + sum +
	    sum_of(ports, 4));
}

/* Each payload begins with this: random bytes alone look like some protocol or
 * other, and broken, to decoders that guess. */
static const uint8_t mark[4] = { 'l', 'o', 'a', 'd' };

/* A payload of a mark and a piece of the pool that begins at an even byte; what
 * lies behind an odd end counts as 0.  Returns its sum. */
static uint32_t
put_payload(const struct load_pool *pool, const struct load_packet *p,
    size_t kept, uint8_t *out)
{
	size_t len, words, first;
	const uint8_t *bytes;
	uint32_t sum;

	if (p->len < sizeof(mark))
		return 0;
	len = p->len - sizeof(mark);
	words = len / 2;
	first = (size_t)(p->random % (LOAD_POOL_WORDS - words));
	bytes = pool->bytes + 2 * first;
	sum = pool->sums[first + words] - pool->sums[first];
	if (len % 2 != 0)
		sum += (uint32_t)bytes[len - 1] << 8;
	memcpy(out, mark, sizeof(mark));
	if (kept > sizeof(mark))
		memcpy(out + sizeof(mark), bytes,
		    (kept < p->len ? kept : p->len) - sizeof(mark));
	return sum + sum_of(mark, sizeof(mark));
}

static void
patch_ip(struct load_side *side, bool is_ipv6, uint8_t *ip, size_t len)
{
	if (is_ipv6) {
		put16(ip + 4, (uint32_t)(len - IPV6_BYTES));
		return;
	}
	put16(ip + 2, (uint32_t)len);
	put16(ip + 4, side->id);
	put16(ip + 10, (uint16_t)~fold((uint64_t)side->ip_sum + len +
	    side->id));
	side->id++;
}

/* `tcp` has room for the option; the template's flags are ACK. */
static void
patch_tcp(struct load_side *side, const struct load_packet *p, uint8_t *tcp,
    uint64_t sum)
{
	static const uint8_t mss[MSS_OPTION_BYTES] = { 2, 4, 1440 >> 8,
	    1440 & 0xff };

	if (p->flags & TCP_SYN) {
		memcpy(tcp + TCP_BYTES, mss, sizeof(mss));
		tcp[12] += MSS_OPTION_BYTES / 4 << 4;
		sum += sum_of(mss, sizeof(mss)) +
		    (MSS_OPTION_BYTES / 4 << 12);
	}
	put32(tcp + 4, side->seq);
	put32(tcp + 8, p->ack);
	sum += (uint64_t)side->seq + p->ack;
	sum += p->flags + (uint64_t)UINT16_MAX - TCP_ACK;
	tcp[13] = p->flags;
	put16(tcp + 16, (uint16_t)~fold(sum));
	side->seq += (uint32_t)p->len +
	    ((p->flags & (TCP_SYN | TCP_FIN)) != 0);
}

/* A checksum of 0 would say that there is none (RFC 768). */
static void
patch_udp(uint8_t *udp, uint32_t len, uint64_t sum)
{
	uint16_t checksum = (uint16_t)~fold(sum + len);

	put16(udp + 4, len);
	put16(udp + 6, checksum == 0 ? UINT16_MAX : checksum);
}

size_t
load_frame_put(const struct load_frames *frames, struct load_side *side,
    const struct load_packet *packet, size_t kept, uint8_t *out)
{
	const struct load_template *t = &frames->templates[packet->kind];
	size_t headers = t->len +
	    (size_t)((packet->flags & TCP_SYN) != 0 ? MSS_OPTION_BYTES : 0);
	size_t len = headers + packet->len;
	uint32_t transport_len = (uint32_t)(len - t->transport_at);
	uint32_t sum = put_payload(&frames->pool, packet,
	    kept > headers ? kept - headers : 0, out + headers);

	memcpy(out, side->headers, t->len);
	if (len < LOAD_FRAME_MIN)
		memset(out + len, 0, LOAD_FRAME_MIN - len);
	patch_ip(side, packet->kind & LOAD_IPV6, out + ETHERNET_BYTES,
	    len - ETHERNET_BYTES);
	if (packet->kind & LOAD_TCP)
		patch_tcp(side, packet, out + t->transport_at,
		    (uint64_t)side->transport_sum + transport_len + sum);
	else
		patch_udp(out + t->transport_at, transport_len,
		    (uint64_t)side->transport_sum + transport_len + sum);
	return len < LOAD_FRAME_MIN ? LOAD_FRAME_MIN : len;
}
