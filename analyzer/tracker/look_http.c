/*
 * HTTP/1 (RFC 9112): a request begins with method, target and version, a
 * response with version, status and reason, one blank between them, CR LF
 * behind; header lines follow up to an empty one.  And the first line of
 * HTTP/2 (RFC 9113, section 3.4), where both ends agreed on it before.
 */
#include <string.h>
#include <strings.h>

#include "analyzer/tracker/application_look.h"

struct text {
	const uint8_t *at;
	size_t len;
};

struct http_side {
	enum look_kind kind;
	bool response;
	bool headers_end;
	struct text method, target, host;	/* of a request */
	struct text status;			/* of a response */
};

static const char *const methods[] = {
	"GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE",
	"PATCH", "PRI",
	/* RFC 4918 and others after it */
	"PROPFIND", "PROPPATCH", "MKCOL", "COPY", "MOVE", "LOCK", "UNLOCK",
	"REPORT", "SEARCH", "MERGE", "CHECKOUT", "MKACTIVITY",
	/* UPnP; Windows' remote desktop gateway */
	"NOTIFY", "SUBSCRIBE", "UNSUBSCRIBE", "RPC_IN_DATA", "RPC_OUT_DATA",
};

/* How the bytes go with the text that they should begin with. */
static enum look_kind
begins(const uint8_t *bytes, size_t n, const char *text)
{
	size_t len = strlen(text);

	if (memcmp(bytes, text, n < len ? n : len) != 0)
		return SIDE_WRONG;
	return n < len ? SIDE_SHORT : SIDE_RIGHT;
}

/* The bytes up to `stop`; they and it are taken off *rest.  len 0: there is no
 * stop, or nothing in front of it. */
static struct text
take_until(struct text *rest, uint8_t stop)
{
	const uint8_t *end = memchr(rest->at, stop, rest->len);
	struct text part = { rest->at, 0 };

	if (end == NULL)
		return part;
	part.len = (size_t)(end - rest->at);
	rest->len -= part.len + 1;
	rest->at = end + 1;
	return part;
}

static struct text
take_line(struct text *rest, bool *whole)
{
	size_t before = rest->len;
	struct text line = take_until(rest, '\n');

	*whole = rest->len != before;
	if (line.len > 0 && line.at[line.len - 1] == '\r')
		line.len--;
	return line;
}

static struct text
trim(struct text text)
{
	while (text.len > 0 && (*text.at == ' ' || *text.at == '\t')) {
		text.at++;
		text.len--;
	}
	while (text.len > 0 && (text.at[text.len - 1] == ' ' ||
	    text.at[text.len - 1] == '\t'))
		text.len--;
	return text;
}

static void
read_headers(struct text rest, struct http_side *out)
{
	static const char host[] = "host";

	for (;;) {
		bool whole;
		struct text line = take_line(&rest, &whole);
		struct text name;

		if (!whole)
			return;
		if (line.len == 0)
			break;
		name = take_until(&line, ':');
		if (out->host.len == 0 && name.len == sizeof(host) - 1 &&
		    strncasecmp((const char *)name.at, host, name.len) == 0)
			out->host = trim(line);
	}
	out->headers_end = true;
}

static void
read_response(const struct look_side *side, struct http_side *out)
{
	enum { VERSION_BYTES = 9, STATUS_BYTES = 3 };	/* "HTTP/1.1 " */
	const uint8_t *status = side->bytes + VERSION_BYTES;

	if (side->len < VERSION_BYTES + STATUS_BYTES)
		return;
	out->kind = SIDE_WRONG;
	for (int i = 0; i < STATUS_BYTES; i++)
		if (status[i] < '0' || status[i] > '9')
			return;
	out->kind = SIDE_RIGHT;
	out->response = true;
	out->status = (struct text){ status, STATUS_BYTES };
}

static enum look_kind
find_method(const struct look_side *side, struct http_side *out)
{
	enum look_kind kind = SIDE_WRONG;

	for (size_t i = 0; i < sizeof(methods) / sizeof(methods[0]); i++) {
		size_t len = strlen(methods[i]);
		enum look_kind this = begins(side->bytes, side->len,
		    methods[i]);

		if (this == SIDE_RIGHT && side->len == len)
			this = SIDE_SHORT;
		else if (this == SIDE_RIGHT && side->bytes[len] != ' ')
			this = SIDE_WRONG;
		if (this == SIDE_RIGHT)
			out->method = (struct text){ side->bytes, len };
		if (this == SIDE_RIGHT)
			return SIDE_RIGHT;
		if (this == SIDE_SHORT)
			kind = SIDE_SHORT;
	}
	return kind;
}

/* A first line longer than what is looked at is taken for one. */
static void
read_request(const struct look_side *side, struct http_side *out)
{
	struct text rest = { side->bytes, side->len }, line;
	bool whole;

	out->kind = find_method(side, out);
	if (out->kind != SIDE_RIGHT)
		return;
	line = take_line(&rest, &whole);
	if (!whole) {
		out->kind = side->full ? SIDE_RIGHT : SIDE_SHORT;
		return;
	}
	out->kind = SIDE_WRONG;
	take_until(&line, ' ');
	out->target = take_until(&line, ' ');
	if (out->target.len == 0 || line.len != strlen("HTTP/1.1") ||
	    (begins(line.at, line.len, "HTTP/1.") != SIDE_RIGHT &&
	    begins(line.at, line.len, "HTTP/2.0") != SIDE_RIGHT))
		return;
	out->kind = SIDE_RIGHT;
	read_headers(rest, out);
}

static struct http_side
read_side(const struct look_side *side)
{
	struct http_side out = { .kind = SIDE_EMPTY };

	if (side->len == 0)
		return out;
	out.kind = begins(side->bytes, side->len, "HTTP/1.");
	if (out.kind == SIDE_RIGHT) {
		out.kind = SIDE_SHORT;
		read_response(side, &out);
	} else if (out.kind == SIDE_WRONG) {
		read_request(side, &out);
	}
	return out;
}

static void
say_request(const struct http_side *request, struct flow_application *out)
{
	/* Leaves room for the status. */
	enum { HOST_MAX_SHOWN = 70 };
	struct text host = request->host;

	look_say_bytes(out, request->method.at, request->method.len);
	if (host.len == 0 && request->method.len == strlen("CONNECT"))
		host = request->target;
	if (host.len == 0)
		return;
	look_say(out, " ");
	look_say_bytes(out, host.at,
	    host.len > HOST_MAX_SHOWN ? HOST_MAX_SHOWN : host.len);
}

enum look_answer
look_http(const struct look *look, struct flow_application *out)
{
	const struct http_side sides[2] = {
		read_side(&look->sides[0]), read_side(&look->sides[1]),
	};
	const enum look_kind kinds[2] = { sides[0].kind, sides[1].kind };
	bool request = false, response = false;

	if (kinds[0] != SIDE_RIGHT && kinds[1] != SIDE_RIGHT)
		return look_unsure(look, kinds);
	look_is(out, APPLICATION_HTTP);
	for (unsigned i = 0; i < 2; i++)
		if (kinds[i] == SIDE_RIGHT && !sides[i].response) {
			say_request(&sides[i], out);
			request = sides[i].headers_end;
		}
	for (unsigned i = 0; i < 2; i++)
		if (kinds[i] == SIDE_RIGHT && sides[i].response) {
			if (out->detail[0] != '\0')
				look_say(out, " ");
			look_say_bytes(out, sides[i].status.at,
			    sides[i].status.len);
			response = true;
		}
	return request && response ? LOOK_DONE : LOOK_FOUND;
}
