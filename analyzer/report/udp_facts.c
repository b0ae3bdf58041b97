/*
 * RFC 768; RFC 8200, section 8.1, on checksums over IPv6; RFC 2675, section 4,
 * on jumbograms.
 */
#include "analyzer/report/udp_facts.h"

#include <inttypes.h>

#include "analyzer/tracker/checksum.h"
#include "base/text.h"

enum {
	FIELDS = 4,
	FIELD_BYTES = 2,
	HEADER_BYTES = FIELDS * FIELD_BYTES,
	LENGTH_MAX = UINT16_MAX,
	IPV4_HEADER_BYTES = 20,
	PORT_MAX = UINT16_MAX,
	PROTOCOL_UDP = 17,
};

static const char *
ip_text(const struct table_ip *ip, char text[TEXT_IP_BYTES + 1])
{
	if (ip->version == 0)
		return "?";
	*text_ip(text, ip) = '\0';
	return text;
}

static void
print_example(FILE *file, const struct udp_datagram *d)
{
	char src[TEXT_IP_BYTES + 1], dst[TEXT_IP_BYTES + 1];
	char time[TEXT_TIME_BYTES + 1] = "no time";

	if (d->time.ns != TABLE_NO_I64)
		*text_time(time, d->time) = '\0';
	fprintf(file, "Example: packet %" PRIu64 " of %s\n"
	    "  at %s, from %s to %s\n\n", d->number, d->file, time,
	    ip_text(&d->src, src), ip_text(&d->dst, dst));
}

/* A field with its value in the example, where there is one. */
static void
print_field(FILE *file, unsigned index, const char *name,
    const struct udp_datagram *d, bool known, unsigned value, bool hex)
{
	fprintf(file, "  %-16s  %5d  %6u", name, FIELD_BYTES,
	    index * FIELD_BYTES);
	if (d == NULL || !known)
		fputc('\n', file);
	else
		fprintf(file, hex ? "   0x%04x\n" : "   %6u\n", value);
}

static void
print_header(FILE *file, const struct udp_datagram *d)
{
	static const struct udp_datagram none;
	const struct udp_datagram *v = d == NULL ? &none : d;

	fprintf(file, "  field             bytes  offset%s\n",
	    d == NULL ? "" : "  example");
	print_field(file, 0, "source port", d, v->has_ports, v->src_port,
	    false);
	print_field(file, 1, "destination port", d, v->has_ports, v->dst_port,
	    false);
	print_field(file, 2, "length", d, v->has_header, v->length, false);
	print_field(file, 3, "checksum", d, v->has_header, v->checksum, true);
	fprintf(file, "\n");
}

static uint32_t
sum_be16(const uint8_t *bytes, size_t n)
{
	uint32_t sum = 0;

	for (size_t i = 0; i + 1 < n; i += 2)
		sum += (uint32_t)bytes[i] << 8 | bytes[i + 1];
	return sum;
}

/* The field holds the sum of the pseudo header alone, which is what a stack
 * leaves there for a network card that adds the rest. */
static bool
is_left_to_card(const struct udp_datagram *d)
{
	size_t n = d->src.version == 6 ? 16 : 4;
	uint32_t sum = sum_be16(d->src.bytes, n) + sum_be16(d->dst.bytes, n) +
	    PROTOCOL_UDP + d->length;

	while (sum > UINT16_MAX)
		sum = (sum & UINT16_MAX) + (sum >> 16);
	return d->src.version != 0 && d->checksum == sum;
}

/* Why nobody can say whether the checksum is right; "" where that is not told
 * either. */
static const char *
why_unverified(const struct udp_datagram *d)
{
	if (d->checksum_status != CHECKSUM_UNVERIFIED)
		return "";
	if (d->fragment)
		return ": this fragment has only a part of what it covers";
	return is_left_to_card(d) ? ": the sender left it to its network card" :
	    "";
}

/* How the example's length fits into its IP packet. */
static void
print_lengths(FILE *file, const struct udp_datagram *d)
{
	const char *status = udp_length_status(d);
	const char *checksum = checksum_name(d->checksum_status);

	if (d->has_header && d->has_payload_len)
		fprintf(file, "  Here: length %u = %d of header + %" PRIu32
		    " of payload.\n", d->length, HEADER_BYTES,
		    d->payload_len);
	if (d->has_room && status != NULL)
		fprintf(file, "  IP has room for %" PRIu32 " bytes; the length "
		    "field is %s.\n", d->room,
		    d->length == d->room ? "the same" :
		    d->length < d->room ? "less: what is behind is padding" :
		    "more: the datagram was cut");
	else if (d->fragment)
		fprintf(file, "  This is the first fragment; the length is "
		    "that of the whole datagram.\n");
	if (checksum != NULL)
		fprintf(file, "  Its checksum is %s%s.\n", checksum,
		    why_unverified(d));
	fputc('\n', file);
}

static void
print_limits(FILE *file)
{
	fprintf(file,
	    "  Fields: %d, each of %d bytes; header: %d bytes.\n"
	    "  Length counts header and payload: %d to %d.\n"
	    "  Payload at most: %d bytes by the length field (%d - %d);\n"
	    "    %d over IPv4, whose total length counts its own header\n"
	    "    (%d - %d - %d); %d over IPv6 without a jumbo option.\n"
	    "  Ports: 0 to %d.\n"
	    "  Protocol number in IP: %d.\n"
	    "  Checksum 0: the sender made none; over IPv6 that is an error,\n"
	    "    but for tunnels that have agreed on it (RFC 6935).\n",
	    FIELDS, FIELD_BYTES, HEADER_BYTES, HEADER_BYTES, LENGTH_MAX,
	    LENGTH_MAX - HEADER_BYTES, LENGTH_MAX, HEADER_BYTES,
	    LENGTH_MAX - IPV4_HEADER_BYTES - HEADER_BYTES, LENGTH_MAX,
	    IPV4_HEADER_BYTES, HEADER_BYTES, LENGTH_MAX - HEADER_BYTES,
	    PORT_MAX, PROTOCOL_UDP);
}

void
udp_facts_print(FILE *file, const struct udp_datagram *example)
{
	fprintf(file, "The UDP header (RFC 768)\n\n");
	if (example != NULL)
		print_example(file, example);
	print_header(file, example);
	if (example != NULL)
		print_lengths(file, example);
	print_limits(file);
}
