/*
 * HTTP/1.1 by libevent's evhttp: what every request must have and every answer
 * carries.  No other file knows evhttp.
 *
 * Refused before anybody sees it: a Host that is not ours (so that no other
 * site's name can be pointed at us), a request from another site's page, more
 * than HTTP_HEADERS_MAX or HTTP_BODY_MAX bytes, methods but GET and POST.
 *
 * Bounds: HTTP_CONNECTIONS_MAX at once (more wait in the kernel's queue), a
 * deadline on each that says or takes nothing, what is kept of a client that
 * talks on.  How much may wait for a stream's reader is the sender's to say.
 */
#ifndef ANALYZER_DASHBOARD_HTTP_H
#define ANALYZER_DASHBOARD_HTTP_H

#include <event2/event.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "analyzer/dashboard/blob.h"
#include "base/errbuf.h"

enum {
	HTTP_HEADERS_MAX = 16 * 1024,
	HTTP_BODY_MAX = 4 * 1024,
	HTTP_CONNECTIONS_MAX = 512,
};

struct http;
struct http_request;

/* Each request is answered once, by http_reply(), http_reply_blob() or
 * http_stream_open(), at once or later. */
typedef void http_handler(void *context, struct http_request *request);

/* Listens at once; port 0 picks one.  NULL with the reason in *err. */
struct http *http_open(struct event_base *base, const char *address,
    uint16_t port, http_handler *handler, void *context,
    struct errbuf *err);

/* Streams have to be closed, and answers that are owed given, before.  NULL
 * does nothing. */
void http_close(struct http *http);

uint16_t http_port(const struct http *http);

/* "127.0.0.1:8050", "[::1]:8050": what a link names. */
const char *http_authority(const struct http *http);

/* Of a request; borrowed until it is answered. */
const char *http_path(const struct http_request *request);
const char *http_query(const struct http_request *request);	/* or NULL */
bool http_is_post(const struct http_request *request);
const char *http_header(const struct http_request *request,
    const char *name);						/* or NULL */
const char *http_body(const struct http_request *request, size_t *len);

/* Before the answer. */
void http_add_header(struct http_request *request, const char *name,
    const char *value);

/* Copies the data.  type: NULL where there is none. */
void http_reply(struct http_request *request, int status, const char *type,
    const void *data, size_t len);

/* The same of a blob, without a copy. */
void http_reply_blob(struct http_request *request, int status,
    const char *type, struct blob *blob);

/* {"error":"LINE"} */
void http_reply_error(struct http_request *request, int status,
    const char *line);

/* An answer that goes on; closed() is the last that is heard of it.  NULL:
 * refused, and answered. */
struct http_stream *http_stream_open(struct http_request *request,
    const char *type, void (*closed)(void *context), void *context);

/* Bytes that the client has not taken yet. */
size_t http_stream_queued(const struct http_stream *stream);

/* Puts the blob on its way. */
void http_stream_send(struct http_stream *stream, struct blob *blob);

/* Ends it; closed() is not called. */
void http_stream_close(struct http_stream *stream);

#endif
