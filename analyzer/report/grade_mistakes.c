/*
 * What students get wrong, told from the number they give.
 */
#include <arpa/inet.h>
#include <inttypes.h>
#include <string.h>
#include <strings.h>

#include "analyzer/report/grade_internal.h"
#include "analyzer/report/rows.h"
#include "analyzer/report/sheet_write.h"

enum { DNS_PORT = 53 };

bool
grade_number(const char *text, uint64_t *out)
{
	bool hex = text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
	unsigned base = hex ? 16 : 10;
	const char *digits = hex ? text + 2 : text;

	if (*digits == '\0')
		return false;
	for (*out = 0; *digits != '\0'; digits++) {
		static const char known[] = "0123456789abcdef";
		const char *at = strchr(known, *digits | 0x20);
		unsigned digit = at == NULL ? base : (unsigned)(at - known);

		if (digit >= base || *out > (UINT64_MAX - digit) / base)
			return false;
		*out = *out * base + digit;
	}
	return true;
}

static uint64_t
number_at(const struct table *table, const void *row, const char *column)
{
	uint64_t value;

	memcpy(&value, cell_at(row,
	    table->columns[table_find(table, column)].offset), sizeof(value));
	return value;
}

/* --- numbers of the handshake --- */

/* Who gives `other` where `column` is asked for. */
static const struct confusion {
	const char *column, *other, *text;
} confusions[] = {
	{ "syn_seq", "synack_ack", "that is what the SYN-ACK acknowledges: "
	    "one more than the SYN's own number" },
	{ "syn_seq", "synack_seq", "that is the number of the server's "
	    "SYN-ACK; each side counts from a number of its own" },
	{ "synack_seq", "synack_ack", "sequence and acknowledgement number "
	    "are swapped" },
	{ "synack_seq", "syn_seq", "that is the number of the client's SYN; "
	    "each side counts from a number of its own" },
	{ "synack_seq", "ack_ack", "that is what the client's ACK "
	    "acknowledges: one more than the SYN-ACK's own number" },
	{ "synack_ack", "synack_seq", "sequence and acknowledgement number "
	    "are swapped" },
	{ "synack_ack", "syn_seq", "that is the SYN's own number; the SYN "
	    "counts as one, so the answer acknowledges one more" },
	{ "synack_ack", "ack_ack", "that is what the client's ACK "
	    "acknowledges, not the server's SYN-ACK" },
	{ "ack_seq", "syn_seq", "that is the SYN's own number; the SYN counts "
	    "as one, so the ACK goes on one further" },
	{ "ack_seq", "ack_ack", "sequence and acknowledgement number are "
	    "swapped" },
	{ "ack_ack", "synack_seq", "that is the SYN-ACK's own number; it "
	    "counts as one, so the ACK acknowledges one more" },
	{ "ack_ack", "ack_seq", "sequence and acknowledgement number are "
	    "swapped" },
	{ "client_port", "server_port", "client and server are swapped: the "
	    "client is who sends the SYN" },
	{ "server_port", "client_port", "client and server are swapped: the "
	    "server is who answers the SYN" },
};

static const char *
confused(const struct mistake *m, uint64_t given)
{
	const struct table *table = sheet_sections[m->part].table;

	for (size_t i = 0; i < sizeof(confusions) / sizeof(confusions[0]); i++)
		if (strcmp(confusions[i].column, m->column->name) == 0 &&
		    number_at(table, m->row, confusions[i].other) == given)
			return confusions[i].text;
	return NULL;
}

/* What Wireshark shows unless it is told otherwise; and where the number of
 * another connection's segment stands, that much behind its SYN's. */
static const struct handshake_number {
	const char *column;
	uint64_t relative;
	const char *of;		/* column of sockets */
	uint32_t behind;
} handshake_numbers[] = {
	{ "syn_seq", 0, "syn_seq", 0 },
	{ "synack_seq", 0, "synack_seq", 0 },
	{ "synack_ack", 1, "syn_seq", 1 },
	{ "ack_seq", 1, "syn_seq", 1 },
	{ "ack_ack", 1, "synack_seq", 1 },
};

/* The number of that segment in another connection to the server. */
static const char *
of_another(const struct grading *g, const struct handshake_number *n,
    uint64_t given)
{
	const struct sheet_socket *s;
	char client[SHEET_END_BYTES];

	for (size_t i = 0; (s = sheet_row(g->right, SHEET_SOCKETS, i)) != NULL;
	    i++) {
		uint64_t first = number_at(sheet_sections[SHEET_SOCKETS].table,
		    s, n->of);

		if (first != TABLE_NO_U64 && given <= UINT32_MAX &&
		    (uint32_t)(first + n->behind) == given)
			return sheet_printf(&g->grade->texts, "that is the "
			    "number of another connection, of %s (frame %"
			    PRIu64 " of %s)", sheet_end_text(client,
			    &s->client), s->syn_frame, s->file);
	}
	return NULL;
}

static const char *
explain_handshake(const struct grading *g, const struct mistake *m,
    uint64_t given, uint64_t expected)
{
	const char *text = confused(m, given);

	for (size_t i = 0; text == NULL && i < sizeof(handshake_numbers) /
	    sizeof(handshake_numbers[0]); i++) {
		const struct handshake_number *n = &handshake_numbers[i];

		if (strcmp(n->column, m->column->name) != 0)
			continue;
		if (given == n->relative)
			return "that is the relative number, counted from the "
			    "SYN; the sheet asks for the one on the wire "
			    "(Wireshark: Protocols, TCP, untick \"Relative "
			    "sequence numbers\")";
		if (given <= 1)
			return "that is a relative number, and a wrong one; "
			    "the sheet asks for the one on the wire";
		text = of_another(g, n, given);
	}
	if (text == NULL && given <= UINT32_MAX &&
	    __builtin_bswap32((uint32_t)given) == expected)
		text = "its bytes are in the wrong order: the network's is "
		    "most significant first";
	if (text == NULL && given == (uint32_t)(expected + 1))
		text = "that is one too many";
	if (text == NULL && given == (uint32_t)(expected - 1))
		text = "that is one too few";
	return text;
}

/* --- facts of UDP --- */

static const struct fact {
	const char *column;
	uint64_t given;
	const char *text;
} facts[] = {
	{ "fields", 8, "8 are its bytes; there are four fields of two" },
	{ "fields", 2, "2 are the bytes of each field" },
	{ "field_bytes", 16, "that is in bits" },
	{ "field_bytes", 4, "4 are the fields; each has two bytes" },
	{ "field_bytes", 8, "8 bytes are all four fields together" },
	{ "header_bytes", 64, "that is in bits" },
	{ "header_bytes", 20, "20 bytes are the least header of TCP and IPv4" },
	{ "header_bytes", 4, "4 are its fields, two bytes each" },
	{ "max_payload_bytes", 65535, "the length field counts the header, "
	    "too: its 8 bytes go off" },
	{ "max_payload_bytes", 65536, "the length field ends at 65535 and "
	    "counts the header, too" },
	{ "max_payload_bytes", 65528, "the largest length is 65535, not "
	    "65536" },
	{ "max_payload_bytes", 65507, "that is what fits into IPv4, whose own "
	    "header takes 20 bytes; UDP's length field allows more" },
	{ "max_payload_bytes", 65515, "that leaves out IPv4's header, but not "
	    "UDP's" },
	{ "max_payload_bytes", 1472, "that is what fits into one Ethernet "
	    "frame without fragments" },
	{ "max_payload_ipv4_bytes", 65527, "over IPv4 the IP header takes 20 "
	    "bytes of 65535, too" },
	{ "max_payload_ipv4_bytes", 65515, "UDP's own 8 bytes go off, too" },
	{ "max_payload_ipv4_bytes", 1472, "that is what fits into one Ethernet "
	    "frame without fragments" },
	{ "max_port", 65536, "65536 is how many there are; they count from "
	    "0" },
	{ "max_port", 65534, "65535 is a port, too: 16 bits, all of them one" },
	{ "max_port", 1023, "1023 is the largest of the well-known ports" },
	{ "max_port", 49151, "49151 is the largest of the registered ports" },
	{ "max_port", 32767, "ports have no sign: all 16 bits count" },
	{ "min_port", 1, "0 is the smallest value of the field, though nobody "
	    "listens there" },
	{ "protocol_number", 6, "6 is TCP" },
	{ "protocol_number", 1, "1 is ICMP" },
	{ "protocol_number", 4, "4 is IP in IP, and a version of IP" },
	{ "protocol_number", 53, "53 is the port of DNS" },
};

static const char *
explain_udp(const struct mistake *m, uint64_t given)
{
	for (size_t i = 0; i < sizeof(facts) / sizeof(facts[0]); i++)
		if (facts[i].given == given &&
		    strcmp(facts[i].column, m->column->name) == 0)
			return facts[i].text;
	if (given == 17 && strcmp(m->column->name, "protocol_number") != 0)
		return "17 is the number of UDP in the IP header";
	return NULL;
}

/* --- the others --- */

static const char *
explain_concurrent(const struct mistake *m, uint64_t given, uint64_t expected)
{
	const struct sheet_concurrent *c = m->row;

	if (given == c->all_connections)
		return "that is how many there were in all; some had closed "
		    "before others came";
	if (given == expected + 1)
		return "that is one too many: the listening socket is no "
		    "connection, and one that both sides have closed is none "
		    "any more";
	if (given < expected)
		return "that is too few: a connection counts from the end of "
		    "its handshake until both sides have closed";
	return NULL;
}

/* What the host is in the sheet. */
static const char *
explain_host(const struct grading *g, const struct mistake *m)
{
	const struct table_ip *given = &m->host;
	const struct sheet_host *h;
	const struct table *table = sheet_sections[m->part].table;
	const char *name = m->column->name;
	int other = strcmp(name, "client_ip") == 0 ?
	    table_find(table, "server_ip") : strcmp(name, "server_ip") == 0 ?
	    table_find(table, "client_ip") : -1;

	if (other != -1 && sheet_ip_equal(given, cell_at(m->row,
	    table->columns[other].offset)))
		return "client and server are swapped: the client is who "
		    "sends the SYN";
	for (size_t i = 0; (h = sheet_row(g->right, SHEET_HOSTS, i)) != NULL;
	    i++)
		if (sheet_ip_equal(&h->ip, given))
			return h->name == NULL ?
			    sheet_printf(&g->grade->texts, "that is a %s",
			    h->role) : sheet_printf(&g->grade->texts,
			    "that is the %s %s", h->role, h->name);
	return "no host of the sheet has that address";
}

static bool
is_address(const char *text)
{
	uint8_t room[16];

	return inet_pton(AF_INET, text, room) == 1 ||
	    inet_pton(AF_INET6, text, room) == 1;
}

/* "10.20.30.3:5000", "[2001:db8::1]:5000" */
static bool
has_port(const char *given)
{
	char address[INET6_ADDRSTRLEN + 2];
	const char *colon = strrchr(given, ':');
	size_t n = colon == NULL ? 0 : (size_t)(colon - given);
	uint64_t port;

	if (n == 0 || n >= sizeof(address) || !grade_number(colon + 1, &port))
		return false;
	memcpy(address, given, n);
	address[n] = '\0';
	if (address[0] != '[' || address[n - 1] != ']')
		return is_address(address);
	address[n - 1] = '\0';
	return is_address(address + 1);
}

static const char *
explain_no_host(const struct grading *g, const struct mistake *m)
{
	const struct sheet_host *h;

	if (has_port(m->given))
		return "that is an address with a port: the port has a key of "
		    "its own";
	for (size_t i = 0; (h = sheet_row(g->right, SHEET_HOSTS, i)) != NULL;
	    i++)
		if (h->name != NULL && strcasecmp(h->name, m->given) == 0)
			return sheet_printf(&g->grade->texts, "that differs "
			    "from the host %s in upper and lower case",
			    h->name);
	return "no host of that name or address";
}

/* Another question of the sheet? */
static const char *
explain_question(const struct grading *g, const struct mistake *m)
{
	const struct sheet_dns *d;
	char client[SHEET_END_BYTES];

	for (size_t i = 0; (d = sheet_row(g->right, SHEET_DNS, i)) != NULL;
	    i++)
		if (d != m->row && d->question != NULL &&
		    strcasecmp(d->question, m->given) == 0)
			return sheet_printf(&g->grade->texts, "that was asked "
			    "before another connection, of %s (frame %" PRIu64
			    " of %s)", sheet_end_text(client, &d->client),
			    d->question_frame, d->file);
	return "before this connection another name was asked for";
}

static const char *
explain_answer(const struct grading *g, const struct mistake *m)
{
	const struct sheet_stream *s;
	const struct sheet_dns *d;

	for (size_t i = 0; (s = sheet_row(g->right, SHEET_STREAMS, i)) != NULL;
	    i++)
		if (s->b.port == DNS_PORT &&
		    sheet_ip_equal(&s->b.ip, &m->host))
			return "that is the host that was asked, not what it "
			    "answered";
	for (size_t i = 0; (d = sheet_row(g->right, SHEET_DNS, i)) != NULL;
	    i++)
		if (d != m->row && d->question != NULL &&
		    sheet_ip_equal(&d->answer, &m->host))
			return sheet_printf(&g->grade->texts, "that is the "
			    "answer to another question, of %s", d->question);
	return explain_host(g, m);
}

static const char *
explain_stream(const struct mistake *m)
{
	const struct sheet_stream *s = m->row;

	return grade_is_verdict(m->given) ? s->why : "not yes, no or mixed";
}

/* "1,000,000" or "1 000 000"? */
static bool
has_thousands(const char *text)
{
	size_t digits = strspn(text, "0123456789");

	if (digits == 0 || digits > 3 || text[digits] == '\0')
		return false;
	for (text += digits; *text != '\0'; text += 4)
		if (strchr(" ,'_", *text) == NULL ||
		    strspn(text + 1, "0123456789") != 3)
			return false;
	return true;
}

static const char *
explain_no_number(const char *given)
{
	return has_thousands(given) ? "that is no number: digits stand "
	    "together, without blanks or commas between thousands" :
	    "that is no number";
}

static const char *
explain_number(const struct grading *g, const struct mistake *m,
    uint64_t given)
{
	uint64_t expected;

	memcpy(&expected, cell_at(m->row, m->column->offset),
	    sizeof(expected));
	switch (m->part) {
	case SHEET_HANDSHAKE:
		return explain_handshake(g, m, given, expected);
	case SHEET_UDP:
		return explain_udp(m, given);
	case SHEET_CONCURRENT:
		return explain_concurrent(m, given, expected);
	default:
		return NULL;
	}
}

const char *
grade_explain(const struct grading *g, const struct mistake *m)
{
	uint64_t number;

	switch (m->column->type) {
	case COLUMN_U64:
		return grade_number(m->given, &number) ?
		    explain_number(g, m, number) :
		    explain_no_number(m->given);
	case COLUMN_IP:
		if (m->host.version == 0)
			return explain_no_host(g, m);
		return m->part == SHEET_DNS ? explain_answer(g, m) :
		    explain_host(g, m);
	default:
		break;
	}
	return m->part == SHEET_DNS ? explain_question(g, m) :
	    m->part == SHEET_STREAMS ? explain_stream(m) : NULL;
}
