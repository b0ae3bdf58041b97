#include "analyzer/dashboard/view.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/capture/filter.h"
#include "base/parse.h"
#include "base/text.h"

const char *const view_names[] = {
	"capture", "src", "dst", "proto", "port", "from", "to", NULL,
};

/* Names as the tables have them, and what libpcap calls them. */
static const struct { const char *name, *filter; } protocols[] = {
	{ "ah", "ah" },
	{ "arp", "arp" },
	{ "esp", "esp" },
	{ "gre", "proto 47" },
	{ "icmp", "icmp" },
	{ "icmpv6", "icmp6" },
	{ "igmp", "igmp" },
	{ "ip", "ip" },
	{ "ipv6", "ip6" },
	{ "sctp", "sctp" },
	{ "tcp", "tcp" },
	{ "udp", "udp" },
};

enum { PROTOCOL_COUNT = sizeof(protocols) / sizeof(protocols[0]) };

/* The expression in the making. */
struct expression {
	char *text;
	size_t used, size;
	bool full;
};

static void
add_term(struct expression *e, const char *before, const char *term)
{
	int n;

	if (e->full)
		return;
	n = snprintf(e->text + e->used, e->size - e->used, "%s%s%s",
	    e->used > 0 ? " and " : "", before, term);
	if (n < 0 || (size_t)n >= e->size - e->used)
		e->full = true;
	else
		e->used += (size_t)n;
}

/* Sets the bits behind the first `bits` to 0. */
static void
mask(uint8_t *address, size_t len, unsigned bits)
{
	for (size_t i = 0; i < len; i++) {
		unsigned keep = bits >= 8 * (i + 1) ? 8 :
		    bits <= 8 * i ? 0 : bits - 8 * (unsigned)i;

		address[i] &= (uint8_t)(0xff00 >> keep);
	}
}

/* An address or a prefix in its usual form, host bits 0. */
static int
read_network(const char *text, char out[VIEW_WORD_BYTES], bool *is_prefix,
    struct errbuf *err)
{
	char address[INET6_ADDRSTRLEN];
	uint8_t bytes[16];
	size_t len = strcspn(text, "/");
	int family = memchr(text, ':', len) != NULL ? AF_INET6 : AF_INET;
	uint64_t bits, most = family == AF_INET6 ? 128 : 32;

	*is_prefix = text[len] == '/';
	bits = most;
	if (len >= sizeof(address))
		goto wrong;
	memcpy(address, text, len);
	address[len] = '\0';
	if (inet_pton(family, address, bytes) != 1 || (*is_prefix &&
	    parse_u64(text + len + 1, 0, most, &bits, err) == -1))
		goto wrong;
	mask(bytes, most / 8, (unsigned)bits);
	inet_ntop(family, bytes, address, sizeof(address));
	if (*is_prefix)
		snprintf(out, VIEW_WORD_BYTES, "%s/%u", address,
		    (unsigned)bits);
	else
		snprintf(out, VIEW_WORD_BYTES, "%s", address);
	return 0;
wrong:
	errbuf_set(err, "not an address or prefix such as 192.0.2.0/24");
	return -1;
}

static int
add_host(struct expression *e, const char *text, const char *side,
    char out[VIEW_WORD_BYTES], struct errbuf *err)
{
	char before[16];
	bool is_prefix;

	if (text == NULL)
		return 0;
	if (read_network(text, out, &is_prefix, err) == -1) {
		errbuf_prefix(err, side);
		return -1;
	}
	snprintf(before, sizeof(before), "%s %s ", side,
	    is_prefix ? "net" : "host");
	add_term(e, before, out);
	return 0;
}

static int
add_protocol(struct expression *e, const char *text,
    char out[VIEW_WORD_BYTES], struct errbuf *err)
{
	struct errbuf ignored;
	uint64_t number;

	if (text == NULL)
		return 0;
	for (size_t i = 0; i < PROTOCOL_COUNT; i++)
		if (strcasecmp(text, protocols[i].name) == 0) {
			snprintf(out, VIEW_WORD_BYTES, "%s",
			    protocols[i].name);
			add_term(e, "", protocols[i].filter);
			return 0;
		}
	if (parse_u64(text, 0, 255, &number, &ignored) == -1) {
		errbuf_set(err, "proto: not a protocol such as tcp, or a "
		    "number from 0 to 255");
		return -1;
	}
	snprintf(out, VIEW_WORD_BYTES, "%u", (unsigned)number);
	add_term(e, "proto ", out);
	return 0;
}

static int
add_port(struct expression *e, const char *text, char out[VIEW_WORD_BYTES],
    struct errbuf *err)
{
	struct errbuf ignored;
	uint64_t first, last = 0;
	char word[8] = "";
	size_t len;

	if (text == NULL)
		return 0;
	len = strcspn(text, "-");
	if (len < sizeof(word))
		memcpy(word, text, len);
	if (parse_u64(word, 0, 65535, &first, &ignored) == -1 ||
	    (text[len] == '-' && parse_u64(text + len + 1, first, 65535,
	    &last, &ignored) == -1)) {
		errbuf_set(err, "port: not a port such as 80, or a range such "
		    "as 8000-8010");
		return -1;
	}
	if (text[len] == '-') {
		snprintf(out, VIEW_WORD_BYTES, "%u-%u", (unsigned)first,
		    (unsigned)last);
		add_term(e, "portrange ", out);
	} else {
		snprintf(out, VIEW_WORD_BYTES, "%u", (unsigned)first);
		add_term(e, "port ", out);
	}
	return 0;
}

void
view_time(int64_t ns, char out[VIEW_TIME_BYTES])
{
	struct table_time time = { ns, 9 };

	/* No more digits than there are. */
	while (time.digits > 0 && ns % 10 == 0) {
		ns /= 10;
		time.digits--;
	}
	*text_time(out, time) = '\0';
}

static int
read_time(const char *text, const char *name, int64_t *ns,
    char out[VIEW_WORD_BYTES], struct errbuf *err)
{
	char time[VIEW_TIME_BYTES];

	if (text == NULL)
		return 0;
	if (parse_time(text, ns, err) == -1) {
		errbuf_prefix(err, name);
		return -1;
	}
	view_time(*ns, time);
	snprintf(out, VIEW_WORD_BYTES, "%s", time);
	return 0;
}

/* The window of the view, and what is in that of the base, too. */
static int
settle_window(const struct query *query, const struct view_base *base,
    struct view *v, struct errbuf *err)
{
	v->from_ns = base->from_ns;
	v->to_ns = base->to_ns;
	if (read_time(query_find(query, "from"), "from", &v->from_ns, v->from,
	    err) == -1 || read_time(query_find(query, "to"), "to", &v->to_ns,
	    v->to, err) == -1)
		return -1;
	if (v->from_ns < base->from_ns)
		v->from_ns = base->from_ns;
	if (v->to_ns > base->to_ns)
		v->to_ns = base->to_ns;
	if (v->from_ns < v->to_ns)
		return 0;
	errbuf_set(err, "from: it is not before the end of the window");
	return -1;
}

/* What the base asks for, and what the view does. */
static int
settle_filter(const struct view_base *base, const char *own, bool full,
    struct view *v, struct errbuf *err)
{
	struct filter *filter;
	int n = 0;

	if (base->filter != NULL && own[0] != '\0')
		n = snprintf(v->filter, sizeof(v->filter), "(%s) and %s",
		    base->filter, own);
	else
		n = snprintf(v->filter, sizeof(v->filter), "%s",
		    base->filter != NULL ? base->filter : own);
	if (full || n < 0 || (size_t)n >= sizeof(v->filter)) {
		errbuf_set(err, "the filter is too long");
		return -1;
	}
	if (own[0] == '\0')
		return 0;
	filter = filter_new(v->filter, err);
	filter_free(filter);
	return filter == NULL ? -1 : 0;
}

int
view_parse(const struct query *query, const struct view_base *base,
    struct view *v, struct errbuf *err)
{
	char own[1024] = "";
	struct expression e = { own, 0, sizeof(own), false };
	const char *capture = query_find(query, "capture");

	memset(v, 0, sizeof(*v));
	if (capture != NULL && strlen(capture) >= sizeof(v->capture)) {
		errbuf_set(err, "capture: the name is too long");
		return -1;
	}
	if (capture != NULL)
		strcpy(v->capture, capture);
	if (add_host(&e, query_find(query, "src"), "src", v->src, err) == -1 ||
	    add_host(&e, query_find(query, "dst"), "dst", v->dst, err) == -1 ||
	    add_protocol(&e, query_find(query, "proto"), v->proto,
	    err) == -1 ||
	    add_port(&e, query_find(query, "port"), v->port, err) == -1 ||
	    settle_window(query, base, v, err) == -1)
		return -1;
	return settle_filter(base, own, e.full, v, err);
}

bool
view_equal(const struct view *a, const struct view *b)
{
	return strcmp(a->capture, b->capture) == 0 &&
	    strcmp(a->filter, b->filter) == 0 &&
	    a->from_ns == b->from_ns && a->to_ns == b->to_ns &&
	    strcmp(a->from, b->from) == 0 && strcmp(a->to, b->to) == 0;
}

bool
view_is_filtered(const struct view *v)
{
	return v->narrowed || v->src[0] != '\0' || v->dst[0] != '\0' ||
	    v->proto[0] != '\0' || v->port[0] != '\0' ||
	    v->from[0] != '\0' || v->to[0] != '\0';
}
