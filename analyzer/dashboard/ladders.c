/*
 * /api/flow: a flow is named by its number, and by what it is, for numbers
 * change with the filter and with time.
 */
#include "analyzer/dashboard/server.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/parse.h"

static const char *const flow_names[] = { "flow", "protocol", "a_ip", "a_port",
    "b_ip", "b_port", "start_time_ns", "end_time_ns", "download", NULL };

enum kind { KIND_SVG, KIND_TXT, KIND_JSON, KIND_COUNT };

static const struct { const char *ending, *as, *type; } kinds[] = {
	[KIND_SVG] = { "svg", "svg", "image/svg+xml" },
	[KIND_TXT] = { "txt", "text", "text/plain; charset=utf-8" },
	[KIND_JSON] = { "json", NULL, "application/json" },
};

/* What was asked for, until it is answered. */
struct asked {
	struct server *server;
	struct http_request *request;
	enum kind kind;
	struct view view;		/* of the flow's packets alone */
	struct flow_command ladder;
	struct draft answer;		/* JSON in the making */
	bool tcp;			/* is to be asked for, too */
};

static void
free_asked(struct asked *a)
{
	flow_command_reset(&a->ladder);
	draft_reset(&a->answer);
	free(a);
}

/* Status 400 for the one who asks, 503 for us. */
static void
fail(struct asked *a, int status, const char *line)
{
	http_reply_error(a->request, status, line);
	free_asked(a);
}

static int
read_address(const struct query *q, const char *name, const char **out,
    struct errbuf *err)
{
	uint8_t bytes[16];

	*out = query_find(q, name);
	if (*out != NULL && inet_pton(AF_INET, *out, bytes) != 1 &&
	    inet_pton(AF_INET6, *out, bytes) != 1) {
		errbuf_set(err, "%s: not an address", name);
		return -1;
	}
	return 0;
}

/* " and port N" or nothing; -1: no port. */
static int
read_port(const struct query *q, const char *name, char out[32],
    struct errbuf *err)
{
	const char *text = query_find(q, name);
	uint64_t port;

	out[0] = '\0';
	if (text == NULL)
		return 0;
	if (parse_u64(text, 0, 65535, &port, err) == -1) {
		errbuf_prefix(err, name);
		return -1;
	}
	snprintf(out, 32, " and port %u", (unsigned)port);
	return 0;
}

/* libpcap's word for what tables call a protocol; NULL: none that we know. */
static const char *
protocol_filter(const char *protocol)
{
	static const struct { const char *name, *filter; } known[] = {
		{ "tcp", "tcp" }, { "udp", "udp" }, { "icmp", "icmp" },
		{ "icmpv6", "icmp6" }, { "sctp", "sctp" }, { "igmp", "igmp" },
		{ "esp", "esp" }, { "ah", "ah" }, { "gre", "proto 47" },
	};

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (strcmp(known[i].name, protocol) == 0)
			return known[i].filter;
	return NULL;
}

static int
read_ns(const struct query *q, const char *name, int64_t *out,
    struct errbuf *err)
{
	const char *text = query_find(q, name);
	bool negative = text != NULL && text[0] == '-';
	uint64_t n;

	if (text == NULL)
		return 0;
	if (parse_u64(text + negative, 0, INT64_MAX, &n, err) == -1) {
		errbuf_prefix(err, name);
		return -1;
	}
	*out = negative ? -(int64_t)n : (int64_t)n;
	return 0;
}

/* The view and, in it, the packets of that flow alone. */
static int
narrow(struct view *view, const struct query *q, struct errbuf *err)
{
	char own[512], a_port[32], b_port[32], both[VIEW_FILTER_BYTES];
	const char *a, *b, *protocol = query_find(q, "protocol");
	int64_t from = view->from_ns, last = INT64_MAX;
	int n;

	if (read_address(q, "a_ip", &a, err) == -1 ||
	    read_address(q, "b_ip", &b, err) == -1 ||
	    read_port(q, "a_port", a_port, err) == -1 ||
	    read_port(q, "b_port", b_port, err) == -1 ||
	    read_ns(q, "start_time_ns", &from, err) == -1 ||
	    read_ns(q, "end_time_ns", &last, err) == -1)
		return -1;
	if (a == NULL || b == NULL) {
		errbuf_set(err, "a_ip and b_ip have to be given");
		return -1;
	}
	if (protocol != NULL)
		protocol = protocol_filter(protocol);
	snprintf(own, sizeof(own), "host %s and host %s%s%s%s%s", a, b,
	    a_port, b_port, protocol == NULL ? "" : " and ",
	    protocol == NULL ? "" : protocol);
	n = snprintf(both, sizeof(both), "%s%s%s%s",
	    view->filter[0] == '\0' ? "" : "(", view->filter,
	    view->filter[0] == '\0' ? "" : ") and ", own);
	if (n < 0 || (size_t)n >= sizeof(both)) {
		errbuf_set(err, "the filter is too long");
		return -1;
	}
	strcpy(view->filter, both);
	view->narrowed = true;
	if (from > view->from_ns)
		view->from_ns = from;
	if (last < view->to_ns && last != INT64_MAX)
		view->to_ns = last + 1;
	return 0;
}

static void
add_usual(struct flow_command *c)
{
	static const char *const words[] = { "-q", "-j", "1" };

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		flow_word(c, words[i]);
}

/* `pcapstat TABLE --format ndjson` of the flow's packets. */
static int
ask_table(struct asked *a, const char *table,
    void (*ended)(void *context, const struct bytes *output,
    const char *line), struct errbuf *err)
{
	struct flow_command c = { .count = 0 };
	int status;

	flow_word(&c, table);
	flow_word(&c, "--format");
	flow_word(&c, "ndjson");
	add_usual(&c);
	server_words(a->server, &a->view, &c);
	status = flow_run(a->server->flows, &c, ended, a, err);
	flow_command_reset(&c);
	return status;
}

/* Lines, an object each, as an array. */
static void
add_rows(struct draft *d, const char *name, const struct bytes *lines)
{
	size_t len = lines == NULL ? 0 : lines->len;
	const char *at = len == 0 ? "" : (const char *)lines->data;

	draft_printf(d, ",\n\"%s\":[", name);
	while (len > 0) {
		const char *end = memchr(at, '\n', len);
		size_t n = end == NULL ? len : (size_t)(end - at);

		draft_add(d, at, n);
		n += n < len;
		at += n;
		len -= n;
		draft_put(d, len > 0 ? ",\n" : "");
	}
	draft_put(d, "]");
}

static void
send_numbers(struct asked *a)
{
	draft_put(&a->answer, "}\n");
	if (a->answer.failed)
		http_reply_error(a->request, 503, "out of memory");
	else
		http_reply(a->request, 200, kinds[KIND_JSON].type,
		    a->answer.bytes.data, a->answer.bytes.len);
	free_asked(a);
}

static void
on_tcp(void *context, const struct bytes *output, const char *line)
{
	struct asked *a = context;

	(void)line;		/* no connection, no rows */
	add_rows(&a->answer, "tcp", output);
	send_numbers(a);
}

static void
on_flows(void *context, const struct bytes *output, const char *line)
{
	struct asked *a = context;
	struct errbuf err;

	if (output == NULL && line[0] != '\0') {
		fail(a, 503, line);
		return;
	}
	add_rows(&a->answer, "flows", output);
	if (!a->tcp) {
		add_rows(&a->answer, "tcp", NULL);
		send_numbers(a);
	} else if (ask_table(a, "tcp", on_tcp, &err) == -1) {
		fail(a, 503, err.text);
	}
}

static void
on_ladder(void *context, const struct bytes *output, const char *line)
{
	struct asked *a = context;

	if (output == NULL) {
		fail(a, 503, line);
		return;
	}
	http_add_header(a->request, "Content-Security-Policy",
	    "default-src 'none'; style-src 'unsafe-inline'; "
	    "frame-ancestors 'none'");
	http_reply(a->request, 200, kinds[a->kind].type, output->data,
	    output->len);
	free_asked(a);
}

/* The ladder's command: of the flow's packets, drawn as that. */
static void
make_ladder(struct asked *a, const char *as)
{
	flow_word(&a->ladder, "ladder");
	if (as != NULL) {
		flow_word(&a->ladder, "--as");
		flow_word(&a->ladder, as);
		add_usual(&a->ladder);
	}
	server_words(a->server, &a->view, &a->ladder);
}

static void
ask(struct asked *a)
{
	struct errbuf err;
	int status;

	make_ladder(a, kinds[a->kind].as);
	if (a->kind == KIND_JSON) {
		struct draft text = { 0 };

		flow_command_text(&a->ladder, &text);
		draft_put(&a->answer, "{\"command\":");
		draft_json(&a->answer, draft_text(&text));
		draft_reset(&text);
		status = ask_table(a, "flows", on_flows, &err);
	} else {
		status = flow_run(a->server->flows, &a->ladder, on_ladder, a,
		    &err);
	}
	if (status == -1)
		fail(a, 503, err.text);
}

void
server_flow(struct server *s, struct http_request *r, const char *ending)
{
	struct asked *a = memory_array(1, sizeof(*a));
	struct query query;
	struct errbuf err;
	const char *protocol;

	if (a == NULL) {
		http_reply_error(r, 503, "out of memory");
		return;
	}
	*a = (struct asked){ .server = s, .request = r };
	while (a->kind < KIND_COUNT &&
	    strcmp(kinds[a->kind].ending, ending) != 0)
		a->kind++;
	if (a->kind == KIND_COUNT) {
		fail(a, 404, "a flow is had as .svg, .txt or .json");
		return;
	}
	if (server_view(s, r, flow_names, &query, &a->view) == -1) {
		free_asked(a);
		return;
	}
	if (narrow(&a->view, &query, &err) == -1) {
		fail(a, 400, err.text);
		return;
	}
	protocol = query_find(&query, "protocol");
	a->tcp = protocol == NULL || strcmp(protocol, "tcp") == 0;
	ask(a);
}
