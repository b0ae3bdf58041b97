#include "analyzer/dashboard/http.h"

#include <errno.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/http.h>
#include <event2/http_struct.h>
#include <event2/keyvalq_struct.h>
#include <event2/listener.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "analyzer/dashboard/draft.h"
#include "analyzer/dashboard/own_names.h"
#include "base/memory.h"

enum {
	SILENCE_S = 20,		/* a connection that says nothing, or takes
				   nothing, for so long is closed */
	BACKLOG = 1024,		/* the kernel drops what is beyond, for seconds */
	RECOUNT_MS = 200,
	SOCKETS_FD_MAX = 4096,
	UNREAD_MAX = 64 * 1024,	/* of a client: more than a whole request */
};

struct http {
	struct event_base *base;
	struct evhttp *evhttp;
	struct evconnlistener *listener;	/* evhttp's */
	struct event *recount;
	size_t connections;	/* no less than there are */
	struct own_names names;
	http_handler *handler;
	void *context;
};

struct http_request {
	struct evhttp_request *req;	/* evhttp keeps it until it is answered */
	const char *path, *query;
};

struct http_stream {
	struct evhttp_request *req;
	void (*closed)(void *context);
	void *context;
};

/* What every answer carries.  Nothing of ours is embedded anywhere, loads from
 * elsewhere, or is read as another type than it has. */
static const struct { const char *name, *value; } common_headers[] = {
	{ "X-Content-Type-Options", "nosniff" },
	{ "X-Frame-Options", "DENY" },
	{ "Referrer-Policy", "no-referrer" },
	{ "Cross-Origin-Resource-Policy", "same-origin" },
	{ "Cross-Origin-Opener-Policy", "same-origin" },
};

static struct evkeyvalq *
headers_out(const struct http_request *r)
{
	return evhttp_request_get_output_headers(r->req);
}

/* NULL where it is missing or stands there twice. */
static const char *
only_header(struct evhttp_request *req, const char *name)
{
	const struct evkeyval *pair;
	const char *value = NULL;
	int count = 0;

	TAILQ_FOREACH(pair, evhttp_request_get_input_headers(req), next)
		if (strcasecmp(pair->key, name) == 0) {
			value = pair->value;
			count++;
		}
	return count == 1 ? value : NULL;
}

static bool
host_is_ours(const struct http *h, struct evhttp_request *req)
{
	const char *host = only_header(req, "Host");

	return host != NULL && own_names_have(&h->names, host);
}

/* Browsers say who asks: a page of another origin has no business here, were
 * it on this very machine.  Following a link to the page itself is fine. */
static bool
comes_from_us(struct evhttp_request *req, const char *path)
{
	const struct evkeyvalq *in = evhttp_request_get_input_headers(req);
	const char *site = evhttp_find_header(in, "Sec-Fetch-Site");
	const char *origin = evhttp_find_header(in, "Origin");
	const char *host = evhttp_find_header(in, "Host");

	if (strncmp(path, "/api/", 5) == 0 && site != NULL &&
	    strcmp(site, "same-origin") != 0 && strcmp(site, "none") != 0)
		return false;
	return origin == NULL || (strncmp(origin, "http://", 7) == 0 &&
	    strcasecmp(origin + 7, host) == 0);
}

static void
on_request(struct evhttp_request *req, void *context)
{
	struct http *h = context;
	const struct evhttp_uri *uri = evhttp_request_get_evhttp_uri(req);
	const char *path = uri == NULL ? NULL : evhttp_uri_get_path(uri);
	struct http_request *r;

	/* evhttp asks for an answer to what it could not read, too. */
	if (path == NULL || path[0] != '/' || req->major != 1 ||
	    evhttp_uri_get_host(uri) != NULL) {
		evhttp_send_error(req, HTTP_BADREQUEST, NULL);
		return;
	}
	r = memory_array(1, sizeof(*r));
	if (r == NULL) {
		evhttp_send_error(req, HTTP_SERVUNAVAIL, NULL);
		return;
	}
	*r = (struct http_request){ req, path, evhttp_uri_get_query(uri) };
	if (!host_is_ours(h, req))
		http_reply_error(r, 403, "this name is not the dashboard's: "
		    "use the link that it printed, or an address that "
		    "it listens on instead of a name");
	else if (!comes_from_us(req, path))
		http_reply_error(r, 403, "asked by another site's page");
	else
		h->handler(h->context, r);
}

/* Sockets that are open; others than connections are few. */
static size_t
count_sockets(void)
{
	struct rlimit limit;
	size_t n = 0;
	int most = SOCKETS_FD_MAX;
	struct stat st;

	if (getrlimit(RLIMIT_NOFILE, &limit) == 0 &&
	    limit.rlim_cur < SOCKETS_FD_MAX)
		most = (int)limit.rlim_cur;
	for (int fd = 0; fd < most; fd++)
		if (fstat(fd, &st) == 0 && S_ISSOCK(st.st_mode))
			n++;
	return n;
}

static void
on_recount(evutil_socket_t fd, short what, void *context)
{
	struct http *h = context;
	struct timeval later = { 0, RECOUNT_MS * 1000 };

	(void)fd;
	(void)what;
	h->connections = count_sockets();
	if (h->connections < HTTP_CONNECTIONS_MAX)
		evconnlistener_enable(h->listener);
	else
		event_add(h->recount, &later);
}

/*
 * A connection comes.  evhttp does not tell of those that end, so they are
 * counted when there could be too many; then the listener pauses.
 */
static struct bufferevent *
on_connection(struct event_base *base, void *context)
{
	struct http *h = context;
	struct bufferevent *bev;

	if (++h->connections >= HTTP_CONNECTIONS_MAX) {
		evconnlistener_disable(h->listener);
		on_recount(-1, 0, h);
	}
	bev = bufferevent_socket_new(base, -1, BEV_OPT_CLOSE_ON_FREE);
	/* While an answer is on its way evhttp reads on, and keeps it all. */
	if (bev != NULL)
		bufferevent_setwatermark(bev, EV_READ, 0, UNREAD_MAX);
	return bev;
}

static int
listen_at(struct http *h, const char *address, uint16_t port,
    struct errbuf *err)
{
	struct sockaddr_storage sa;
	struct evhttp_bound_socket *bound;
	socklen_t len;

	if (own_names_read_address(address, port, &sa, &len) == -1) {
		errbuf_set(err, "%s: not an address such as 127.0.0.1",
		    address);
		return -1;
	}
	h->listener = evconnlistener_new_bind(h->base, NULL, NULL,
	    LEV_OPT_CLOSE_ON_FREE | LEV_OPT_CLOSE_ON_EXEC |
	    LEV_OPT_REUSEABLE, BACKLOG, (struct sockaddr *)&sa, (int)len);
	if (h->listener == NULL) {
		errbuf_set(err, "%s port %u: %s", address, port,
		    strerror(errno));
		return -1;
	}
	len = sizeof(sa);
	if (getsockname(evconnlistener_get_fd(h->listener),
	    (struct sockaddr *)&sa, &len) == -1) {
		errbuf_set(err, "%s: %s", address, strerror(errno));
		evconnlistener_free(h->listener);
		return -1;
	}
	own_names_init(&h->names, &sa);
	bound = evhttp_bind_listener(h->evhttp, h->listener);
	if (bound == NULL) {
		errbuf_set(err, "out of memory");
		evconnlistener_free(h->listener);
		return -1;
	}
	return 0;
}

struct http *
http_open(struct event_base *base, const char *address, uint16_t port,
    http_handler *handler, void *context, struct errbuf *err)
{
	struct http *h = memory_array(1, sizeof(*h));

	if (h == NULL)
		goto no_memory;
	*h = (struct http){ .base = base, .handler = handler,
	    .context = context };
	h->evhttp = evhttp_new(base);
	h->recount = evtimer_new(base, on_recount, h);
	if (h->evhttp == NULL || h->recount == NULL)
		goto no_memory;
	evhttp_set_max_headers_size(h->evhttp, HTTP_HEADERS_MAX);
	evhttp_set_max_body_size(h->evhttp, HTTP_BODY_MAX);
	evhttp_set_allowed_methods(h->evhttp, EVHTTP_REQ_GET |
	    EVHTTP_REQ_POST);
	evhttp_set_timeout(h->evhttp, SILENCE_S);
	evhttp_set_bevcb(h->evhttp, on_connection, h);
	evhttp_set_gencb(h->evhttp, on_request, h);
	if (listen_at(h, address, port, err) == 0)
		return h;
	http_close(h);
	return NULL;
no_memory:
	http_close(h);
	errbuf_set(err, "out of memory");
	return NULL;
}

void
http_close(struct http *h)
{
	if (h == NULL)
		return;
	if (h->evhttp != NULL)
		evhttp_free(h->evhttp);
	if (h->recount != NULL)
		event_free(h->recount);
	free(h);
}

uint16_t
http_port(const struct http *h)
{
	return h->names.port;
}

const char *
http_authority(const struct http *h)
{
	return h->names.list[0];
}

const char *
http_path(const struct http_request *r)
{
	return r->path;
}

const char *
http_query(const struct http_request *r)
{
	return r->query;
}

bool
http_is_post(const struct http_request *r)
{
	return evhttp_request_get_command(r->req) == EVHTTP_REQ_POST;
}

const char *
http_header(const struct http_request *r, const char *name)
{
	return evhttp_find_header(evhttp_request_get_input_headers(r->req),
	    name);
}

const char *
http_body(const struct http_request *r, size_t *len)
{
	struct evbuffer *in = evhttp_request_get_input_buffer(r->req);

	*len = evbuffer_get_length(in);
	return *len == 0 ? "" : (const char *)evbuffer_pullup(in, -1);
}

void
http_add_header(struct http_request *r, const char *name, const char *value)
{
	evhttp_add_header(headers_out(r), name, value);
}

static void
add_common_headers(struct http_request *r, const char *type)
{
	for (size_t i = 0; i < sizeof(common_headers) /
	    sizeof(common_headers[0]); i++)
		http_add_header(r, common_headers[i].name,
		    common_headers[i].value);
	if (type != NULL)
		http_add_header(r, "Content-Type", type);
	if (evhttp_find_header(headers_out(r), "Cache-Control") == NULL)
		http_add_header(r, "Cache-Control", "no-store");
	if (evhttp_find_header(headers_out(r),
	    "Content-Security-Policy") == NULL)
		http_add_header(r, "Content-Security-Policy",
		    "default-src 'none'; frame-ancestors 'none'");
}

static const char *
reason(int status)
{
	static const struct { int status; const char *reason; } reasons[] = {
		{ 200, "OK" }, { 204, "No Content" }, { 304, "Not Modified" },
		{ 400, "Bad Request" }, { 403, "Forbidden" },
		{ 404, "Not Found" }, { 405, "Method Not Allowed" },
		{ 500, "Internal Server Error" },
		{ 503, "Service Unavailable" },
		{ 504, "Gateway Timeout" },
	};

	for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++)
		if (reasons[i].status == status)
			return reasons[i].reason;
	return "Error";
}

/* Takes the buffer, which may be NULL, and the request. */
static void
answer(struct http_request *r, int status, const char *type,
    struct evbuffer *body)
{
	add_common_headers(r, type);
	evhttp_send_reply(r->req, status, reason(status), body);
	if (body != NULL)
		evbuffer_free(body);
	free(r);
}

void
http_reply(struct http_request *r, int status, const char *type,
    const void *data, size_t len)
{
	struct evbuffer *body = len == 0 ? NULL : evbuffer_new();

	if (len > 0 && (body == NULL || evbuffer_add(body, data, len) == -1))
		status = 503;
	answer(r, status, type, body);
}

static void
drop_blob(const void *data, size_t len, void *blob)
{
	(void)data;
	(void)len;
	blob_drop(blob);
}

/* A buffer that holds the blob; NULL when memory is short. */
static struct evbuffer *
buffer_of(struct blob *blob)
{
	struct evbuffer *buffer = evbuffer_new();

	if (buffer == NULL || blob->len == 0)
		return buffer;
	if (evbuffer_add_reference(buffer, blob->data, blob->len, drop_blob,
	    blob) == 0) {
		blob_hold(blob);
		return buffer;
	}
	evbuffer_free(buffer);
	return NULL;
}

void
http_reply_blob(struct http_request *r, int status, const char *type,
    struct blob *blob)
{
	struct evbuffer *body = buffer_of(blob);

	answer(r, body == NULL ? 503 : status, type, body);
}

void
http_reply_error(struct http_request *r, int status, const char *line)
{
	struct draft draft = { 0 };

	draft_put(&draft, "{\"error\":");
	draft_json(&draft, line);
	draft_put(&draft, "}\n");
	http_reply(r, draft.failed ? 503 : status, "application/json",
	    draft.bytes.data, draft.failed ? 0 : draft.bytes.len);
	draft_reset(&draft);
}

/*
 * The connection ends.  evhttp has let go of the request then, unless it is
 * evhttp that ends; nobody else frees what it has let go of.
 */
static void
on_stream_closed(struct evhttp_connection *connection, void *context)
{
	struct http_stream *s = context;

	(void)connection;
	if (evhttp_request_get_connection(s->req) == NULL)
		evhttp_send_reply_end(s->req);
	s->closed(s->context);
	free(s);
}

struct http_stream *
http_stream_open(struct http_request *r, const char *type,
    void (*closed)(void *context), void *context)
{
	struct http_stream *s = memory_array(1, sizeof(*s));
	struct evhttp_connection *connection =
	    evhttp_request_get_connection(r->req);
	struct timeval silence = { SILENCE_S, 0 };

	if (s == NULL) {
		http_reply_error(r, 503, "out of memory");
		return NULL;
	}
	*s = (struct http_stream){ r->req, closed, context };
	add_common_headers(r, type);
	evhttp_connection_set_closecb(connection, on_stream_closed, s);
	evhttp_send_reply_start(r->req, 200, reason(200));
	/* A client has nothing to say here, but it has to listen. */
	bufferevent_set_timeouts(evhttp_connection_get_bufferevent(connection),
	    NULL, &silence);
	free(r);
	return s;
}

size_t
http_stream_queued(const struct http_stream *s)
{
	return evbuffer_get_length(bufferevent_get_output(
	    evhttp_connection_get_bufferevent(
	    evhttp_request_get_connection(s->req))));
}

void
http_stream_send(struct http_stream *s, struct blob *blob)
{
	struct evbuffer *buffer = buffer_of(blob);

	if (buffer == NULL)
		return;
	evhttp_send_reply_chunk(s->req, buffer);
	evbuffer_free(buffer);
}

void
http_stream_close(struct http_stream *s)
{
	struct evhttp_connection *connection =
	    evhttp_request_get_connection(s->req);

	evhttp_connection_set_closecb(connection, NULL, NULL);
	evhttp_send_reply_end(s->req);
	free(s);
}
