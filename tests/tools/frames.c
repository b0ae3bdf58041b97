#include "tests/tools/frames.h"

#include <assert.h>
#include <string.h>

enum header_kind { KIND_IPV4, KIND_IPV6, KIND_TCP, KIND_UDP, KIND_ICMP };

enum {
	ETHERTYPE_IPV4 = 0x0800,
	ETHERTYPE_ARP = 0x0806,
	ETHERTYPE_IPV6 = 0x86dd,
	PROTOCOL_ICMP = 1,
	PROTOCOL_IPV4 = 4,
	PROTOCOL_TCP = 6,
	PROTOCOL_UDP = 17,
	PROTOCOL_IPV6 = 41,
	PROTOCOL_ICMPV6 = 58,
	IPV4_BYTES = 20,
	IPV6_BYTES = 40,
	TCP_BYTES = 20,
	UDP_BYTES = 8,
	ICMP_BYTES = 8,
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

/* n zeroed bytes at the end of the frame. */
static uint8_t *
extend(struct frames *f, size_t n)
{
	uint8_t *at = f->data + f->len;

	assert(n <= FRAMES_ROOM - f->len);
	memset(at, 0, n);
	f->len += n;
	return at;
}

/* As extend(), for a header that frames_finish() has to come back to. */
static uint8_t *
extend_header(struct frames *f, enum header_kind kind, size_t n)
{
	assert(f->header_count < FRAMES_HEADERS_MAX);
	f->headers[f->header_count].kind = (uint8_t)kind;
	f->headers[f->header_count].at = f->len;
	f->header_count++;
	return extend(f, n);
}

/* Says in the header around what comes now, and where it says what follows. */
static void
name_next(struct frames *f, uint16_t type, size_t type_at, size_t type_len)
{
	if (f->type_len == 2)
		put16(f->data + f->type_at, type);
	else if (f->type_len == 1)
		f->data[f->type_at] = (uint8_t)type;
	f->type_at = type_at;
	f->type_len = type_len;
}

void
frames_begin(struct frames *f)
{
	f->len = 0;
	f->type_len = 0;
	f->header_count = 0;
}

void
frames_ethernet(struct frames *f, const struct frames_host *from,
    const struct frames_host *to)
{
	uint8_t *at = extend(f, 14);

	memcpy(at, to->mac, 6);
	memcpy(at + 6, from->mac, 6);
	name_next(f, 0, f->len - 2, 2);
}

void
frames_cooked(struct frames *f, const struct frames_host *from, bool outgoing)
{
	uint8_t *at = extend(f, 16);

	put16(at, outgoing ? 4 : 0);	/* LINUX_SLL_OUTGOING, _HOST */
	put16(at + 2, 1);		/* ARPHRD_ETHER */
	put16(at + 4, 6);
	memcpy(at + 6, from->mac, 6);
	name_next(f, 0, f->len - 2, 2);
}

void
frames_vlan(struct frames *f, uint16_t tpid, uint16_t id)
{
	uint8_t *at = extend(f, 4);

	put16(at, id);
	name_next(f, tpid, f->len - 2, 2);
}

void
frames_arp(struct frames *f, uint16_t operation, const struct frames_host *from,
    const struct frames_host *to)
{
	uint8_t *at = extend(f, 28);

	assert(from->ip_version == 4 && to->ip_version == 4);
	put16(at, 1);			/* Ethernet */
	put16(at + 2, ETHERTYPE_IPV4);
	at[4] = 6;
	at[5] = 4;
	put16(at + 6, operation);
	memcpy(at + 8, from->mac, 6);
	memcpy(at + 14, from->ip, 4);
	if (operation == FRAMES_ARP_REPLY)
		memcpy(at + 18, to->mac, 6);
	memcpy(at + 24, to->ip, 4);
	name_next(f, ETHERTYPE_ARP, 0, 0);
}

static void
ipv4(struct frames *f, const struct frames_host *from,
    const struct frames_host *to, uint8_t ttl, uint16_t id)
{
	uint8_t *at = extend_header(f, KIND_IPV4, IPV4_BYTES);

	at[0] = 0x45;
	put16(at + 4, id);
	put16(at + 6, 0x4000);		/* don't fragment */
	at[8] = ttl;
	memcpy(at + 12, from->ip, 4);
	memcpy(at + 16, to->ip, 4);
	name_next(f, f->type_len == 1 ? PROTOCOL_IPV4 : ETHERTYPE_IPV4,
	    f->len - IPV4_BYTES + 9, 1);
}

static void
ipv6(struct frames *f, const struct frames_host *from,
    const struct frames_host *to, uint8_t hop_limit)
{
	uint8_t *at = extend_header(f, KIND_IPV6, IPV6_BYTES);

	at[0] = 0x60;
	at[7] = hop_limit;
	memcpy(at + 8, from->ip, 16);
	memcpy(at + 24, to->ip, 16);
	name_next(f, f->type_len == 1 ? PROTOCOL_IPV6 : ETHERTYPE_IPV6,
	    f->len - IPV6_BYTES + 6, 1);
}

void
frames_ip(struct frames *f, const struct frames_host *from,
    const struct frames_host *to, uint8_t ttl, uint16_t id)
{
	assert(from->ip_version == to->ip_version);
	if (from->ip_version == 4)
		ipv4(f, from, to, ttl, id);
	else
		ipv6(f, from, to, ttl);
}

void
frames_tcp(struct frames *f, const struct frames_host *from,
    const struct frames_host *to, const struct frames_tcp *tcp)
{
	uint8_t *at = extend_header(f, KIND_TCP, TCP_BYTES);

	assert(tcp->options_len % 4 == 0 && tcp->options_len <= 40);
	put16(at, from->port);
	put16(at + 2, to->port);
	put32(at + 4, tcp->seq);
	put32(at + 8, tcp->ack);
	at[12] = (uint8_t)((TCP_BYTES + tcp->options_len) / 4 << 4);
	at[13] = tcp->flags;
	put16(at + 14, tcp->window);
	name_next(f, PROTOCOL_TCP, 0, 0);
	frames_payload(f, tcp->options, tcp->options_len);
}

void
frames_udp(struct frames *f, const struct frames_host *from,
    const struct frames_host *to)
{
	uint8_t *at = extend_header(f, KIND_UDP, UDP_BYTES);

	put16(at, from->port);
	put16(at + 2, to->port);
	name_next(f, PROTOCOL_UDP, 0, 0);
}

/* The IP header that header number i lies in; NULL where there is none. */
static const struct frames_header *
ip_around(const struct frames *f, size_t i)
{
	while (i-- > 0)
		if (f->headers[i].kind == KIND_IPV4 ||
		    f->headers[i].kind == KIND_IPV6)
			return &f->headers[i];
	return NULL;
}

void
frames_icmp(struct frames *f, uint8_t type, uint8_t code, uint32_t rest)
{
	const struct frames_header *ip = ip_around(f, f->header_count);
	uint8_t *at = extend_header(f, KIND_ICMP, ICMP_BYTES);

	assert(ip != NULL);
	at[0] = type;
	at[1] = code;
	put32(at + 4, rest);
	name_next(f, ip->kind == KIND_IPV4 ? PROTOCOL_ICMP : PROTOCOL_ICMPV6,
	    0, 0);
}

void
frames_payload(struct frames *f, const void *data, size_t n)
{
	if (n > 0)
		memcpy(extend(f, n), data, n);
}

/* RFC 1071: adds n bytes, as if a zero followed an odd one, to the sum. */
static uint32_t
sum_bytes(const uint8_t *data, size_t n, uint32_t sum)
{
	for (size_t i = 0; i < n; i++)
		sum += (uint32_t)data[i] << (i % 2 == 0 ? 8 : 0);
	return sum;
}

static uint16_t
fold(uint32_t sum)
{
	sum = (sum >> 16) + (sum & 0xffff);
	sum += sum >> 16;
	return (uint16_t)~sum;
}

/* RFC 9293 3.1, RFC 8200 8.1: addresses, length, protocol. */
static uint32_t
sum_pseudo_header(const struct frames *f, const struct frames_header *ip,
    uint8_t protocol, size_t len)
{
	const uint8_t *at = f->data + ip->at;
	uint32_t sum = (uint32_t)len + protocol;

	if (ip->kind == KIND_IPV4)
		return sum_bytes(at + 12, 8, sum);
	return sum_bytes(at + 8, 32, sum);
}

static void
finish_ip(struct frames *f, const struct frames_header *header)
{
	uint8_t *at = f->data + header->at;
	size_t len = f->len - header->at;

	if (header->kind == KIND_IPV4) {
		put16(at + 2, (uint32_t)len);
		put16(at + 10, fold(sum_bytes(at, IPV4_BYTES, 0)));
	} else {
		put16(at + 4, (uint32_t)(len - IPV6_BYTES));
	}
}

static void
finish_transport(struct frames *f, const struct frames_header *header,
    const struct frames_header *ip)
{
	uint8_t *at = f->data + header->at;
	size_t len = f->len - header->at;
	uint16_t sum;

	assert(ip != NULL);
	switch (header->kind) {
	case KIND_TCP:
		put16(at + 16, fold(sum_bytes(at, len,
		    sum_pseudo_header(f, ip, PROTOCOL_TCP, len))));
		break;
	case KIND_UDP:
		put16(at + 4, (uint32_t)len);
		sum = fold(sum_bytes(at, len,
		    sum_pseudo_header(f, ip, PROTOCOL_UDP, len)));
		/* RFC 768: 0 would say that there is none. */
		put16(at + 6, sum == 0 ? 0xffff : sum);
		break;
	case KIND_ICMP:
		/* ICMPv6 covers the addresses, ICMP does not. */
		put16(at + 2, fold(sum_bytes(at, len, ip->kind == KIND_IPV4 ?
		    0 : sum_pseudo_header(f, ip, PROTOCOL_ICMPV6, len))));
		break;
	}
}

void
frames_finish(struct frames *f)
{
	for (size_t i = f->header_count; i-- > 0;) {
		const struct frames_header *header = &f->headers[i];

		if (header->kind == KIND_IPV4 || header->kind == KIND_IPV6)
			finish_ip(f, header);
		else
			finish_transport(f, header, ip_around(f, i));
	}
}

void
frames_pad(struct frames *f, size_t n)
{
	if (f->len < n)
		extend(f, n - f->len);
}
