#include "analyzer/analyses/dns.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/cursor.h"
#include "base/text.h"

enum {
	HEADER_BYTES = 12,
	FLAG_RESPONSE = 0x8000,
	NAME_BYTES_MAX = 255,
	LABEL_BYTES_MAX = 63,
	POINTER = 0xc0,
	/* A name has no more labels than this, and needs no pointer but to
	 * some. */
	POINTERS_MAX = 127,
	QUESTIONS_MAX = 64,	/* more than one is unheard of, outside mDNS */
};

static const struct {
	uint16_t type;
	const char *name;
} types[] = {
	{ DNS_A, "A" }, { DNS_NS, "NS" }, { DNS_CNAME, "CNAME" }, { 6, "SOA" },
	{ DNS_PTR, "PTR" }, { 13, "HINFO" }, { 15, "MX" }, { 16, "TXT" },
	{ DNS_AAAA, "AAAA" }, { 33, "SRV" }, { 35, "NAPTR" }, { 41, "OPT" },
	{ 43, "DS" }, { 46, "RRSIG" }, { 47, "NSEC" }, { 48, "DNSKEY" },
	{ 52, "TLSA" }, { 64, "SVCB" }, { 65, "HTTPS" }, { 251, "IXFR" },
	{ 252, "AXFR" }, { 255, "ANY" }, { 257, "CAA" },
};

const char *
dns_type_text(uint16_t type, char text[DNS_TYPE_BYTES])
{
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (types[i].type == type)
			return types[i].name;
	snprintf(text, DNS_TYPE_BYTES, "TYPE%u", (unsigned)type);
	return text;
}

const char *
dns_rcode_name(unsigned rcode)
{
	static const char *const names[] = { "NOERROR", "FORMERR", "SERVFAIL",
	    "NXDOMAIN", "NOTIMP", "REFUSED", "YXDOMAIN", "YXRRSET", "NXRRSET",
	    "NOTAUTH", "NOTZONE" };

	return rcode < sizeof(names) / sizeof(names[0]) ? names[rcode] : NULL;
}

static char *
put_label(char *text, const uint8_t *label, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (label[i] > ' ' && label[i] < 0x7f && label[i] != '.' &&
		    label[i] != '\\')
			*text++ = (char)label[i];
		else
			text += sprintf(text, "\\%03u", (unsigned)label[i]);
	return text;
}

/*
 * Reads the name at `at`.  Returns where what follows it begins, 0 on an error.
 * Every pointer goes back before the place of the one before it, and the bytes
 * of all labels are counted, so this ends.
 */
static size_t
read_name(const uint8_t *data, size_t len, size_t at, char *text)
{
	size_t limit = at, end = 0, bytes = 0, pointers = 0;
	char *out = text;

	for (;;) {
		uint8_t n;

		if (at >= len)
			return 0;
		n = data[at++];
		if (n >= POINTER) {
			size_t to;

			if (at >= len)
				return 0;
			to = (size_t)(n & ~POINTER) << 8 | data[at++];
			end = end == 0 ? at : end;
			if (to >= limit || ++pointers > POINTERS_MAX)
				return 0;
			at = limit = to;
			continue;
		}
		bytes += n + 1U;
		if (n > LABEL_BYTES_MAX || n > len - at ||
		    bytes > NAME_BYTES_MAX)
			return 0;
		if (n == 0)
			break;
		if (out != text)
			*out++ = '.';
		out = put_label(out, data + at, n);
		at += n;
	}
	if (out == text)
		*out++ = '.';
	*out = '\0';
	return end == 0 ? at : end;
}

/* Questions behind the first are passed over. */
static bool
read_questions(struct dns_message *m, unsigned count)
{
	m->at = HEADER_BYTES;
	if (count > QUESTIONS_MAX)
		return false;
	for (unsigned i = 0; i < count; i++) {
		char other[DNS_NAME_BYTES];
		size_t at = read_name(m->data, m->len, m->at,
		    i == 0 ? m->name : other);
		struct cursor c;

		if (at == 0 || m->len - at < 4)
			return false;
		if (i == 0) {
			c = cursor_over(m->data + at, 4, 4);
			m->type = cursor_be16(&c);
			m->class = cursor_be16(&c);
		}
		m->at = at + 4;
	}
	m->has_question = count > 0;
	return true;
}

bool
dns_open(struct dns_message *m, const uint8_t *data, size_t n)
{
	struct cursor c = cursor_over(data, n, n);
	uint16_t flags, questions;

	m->id = cursor_be16(&c);
	flags = cursor_be16(&c);
	questions = cursor_be16(&c);
	m->answers = cursor_be16(&c);
	cursor_take(&c, 4);
	if (c.failed)
		return false;
	m->response = flags & FLAG_RESPONSE;
	m->opcode = flags >> 11 & 15;
	m->rcode = flags & 15;
	m->has_question = false;
	m->name[0] = '\0';
	m->type = m->class = 0;
	m->data = data;
	m->len = n;
	m->left = m->answers;
	return read_questions(m, questions);
}

static void
read_data(const struct dns_message *m, struct dns_record *r, size_t at,
    size_t n)
{
	r->address.version = 0;
	r->target[0] = '\0';
	if (r->type == DNS_A && n == 4) {
		r->address.version = 4;
		memcpy(r->address.bytes, m->data + at, 4);
	} else if (r->type == DNS_AAAA && n == 16) {
		r->address.version = 6;
		memcpy(r->address.bytes, m->data + at, 16);
	} else if ((r->type == DNS_CNAME || r->type == DNS_NS ||
	    r->type == DNS_PTR) && read_name(m->data, at + n, at,
	    r->target) == 0) {
		r->target[0] = '\0';
	}
}

bool
dns_next(struct dns_message *m, struct dns_record *r)
{
	struct cursor c;
	size_t at, n;

	if (m->left == 0)
		return false;
	m->left--;
	at = read_name(m->data, m->len, m->at, r->name);
	if (at == 0)
		goto fail;
	c = cursor_over(m->data + at, m->len - at, m->len - at);
	r->type = cursor_be16(&c);
	r->class = cursor_be16(&c);
	r->ttl = cursor_be32(&c);
	n = cursor_be16(&c);
	if (c.failed || n > c.left)
		goto fail;
	m->at = (size_t)(c.at - m->data) + n;
	read_data(m, r, m->at - n, n);
	return true;

fail:
	m->left = 0;
	return false;
}

/* Adds to a text that is cut where there is no more room. */
static size_t __attribute__((format(printf, 4, 5)))
add(char *text, size_t room, size_t at, const char *format, ...)
{
	va_list arguments;
	int n;

	va_start(arguments, format);
	n = vsnprintf(text + at, room - at, format, arguments);
	va_end(arguments);
	if (n < 0)
		return at;
	return (size_t)n < room - at ? at + (size_t)n : room - 1;
}

static size_t
add_record(char *text, size_t room, size_t at, const struct dns_record *r,
    bool first)
{
	const char *between = first ? ": " : ", ";
	char address[TEXT_IP_BYTES + 1], type[DNS_TYPE_BYTES];

	if (r->address.version != 0) {
		*text_ip(address, &r->address) = '\0';
		return add(text, room, at, "%s%s", between, address);
	}
	if (r->target[0] != '\0')
		return add(text, room, at, "%s%s %s", between,
		    dns_type_text(r->type, type), r->target);
	return add(text, room, at, "%s%s", between,
	    dns_type_text(r->type, type));
}

void
dns_describe(char *text, size_t room, const uint8_t *data, size_t n)
{
	struct dns_message m;
	struct dns_record r;
	char type[DNS_TYPE_BYTES];
	size_t at = 0;

	text[0] = '\0';
	if (!dns_open(&m, data, n) || m.opcode != 0)
		return;
	at = add(text, room, at, "%s", m.response ? "answer" : "query");
	if (m.has_question)
		at = add(text, room, at, " %s %s", dns_type_text(m.type, type),
		    m.name);
	if (!m.response)
		return;
	if (m.rcode != 0) {
		const char *name = dns_rcode_name(m.rcode);

		if (name != NULL)
			add(text, room, at, ": %s", name);
		else
			add(text, room, at, ": rcode %u", (unsigned)m.rcode);
		return;
	}
	for (bool first = true; dns_next(&m, &r) && at + 1 < room;
	    first = false)
		at = add_record(text, room, at, &r, first);
}
