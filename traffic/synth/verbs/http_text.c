#include "traffic/synth/verbs/http_text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { HEAD_MAX = 512 };	/* of what is not the host's name */

static const char cookie_begin[] = "Cookie: session=";

/* `len` characters of an alphabet of 64. */
static int
add_drawn(struct bytes *out, const char *alphabet, size_t len,
    struct random *random)
{
	uint8_t *at = bytes_reserve(out, len);

	if (at == NULL)
		return -1;
	random_fill(random, at, len);
	for (size_t i = 0; i < len; i++)
		at[i] = (uint8_t)alphabet[at[i] & 63];
	out->len += len;
	return 0;
}

/* `used` bytes are there, and the empty line is still to come. */
static int
add_cookie(struct bytes *out, size_t used, size_t want,
    struct random *random)
{
	size_t around = strlen(cookie_begin) + 2 * strlen("\r\n");

	if (want <= used + around)
		return 0;
	if (bytes_append(out, cookie_begin, strlen(cookie_begin)) == -1 ||
	    add_drawn(out, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "abcdefghijklmnopqrstuvwxyz0123456789-_", want - used - around,
	    random) == -1)
		return -1;
	return bytes_append(out, "\r\n", 2);
}

int
http_request(struct bytes *out, const char *host, uint64_t page,
    uint64_t object, size_t want, struct random *random)
{
	size_t begin = out->len;
	char head[HEAD_MAX];
	int len = snprintf(head, sizeof(head), object == 1 ?
	    "GET /page%" PRIu64 ".html HTTP/1.1\r\n" :
	    "GET /page%" PRIu64 "/object%" PRIu64 ".txt HTTP/1.1\r\n", page,
	    object);

	if (bytes_append(out, head, (size_t)len) == -1)
		return -1;
	len = snprintf(head, sizeof(head), "Host: %s\r\n"
	    "User-Agent: labgen\r\nAccept: */*\r\n", host);
	if (bytes_append(out, head, (size_t)len) == -1 ||
	    add_cookie(out, out->len - begin, want, random) == -1)
		return -1;
	return bytes_append(out, "\r\n", 2);
}

int
http_response_head(struct bytes *out, uint64_t object, uint64_t body_bytes)
{
	char head[HEAD_MAX];
	int len = snprintf(head, sizeof(head), "HTTP/1.1 200 OK\r\n"
	    "Server: labgen\r\nContent-Type: text/%s\r\n"
	    "Content-Length: %" PRIu64 "\r\n\r\n",
	    object == 1 ? "html" : "plain", body_bytes);

	return bytes_append(out, head, (size_t)len);
}

int
http_body(struct bytes *out, size_t len, struct random *random)
{
	return add_drawn(out, "etaoinshrdlucmfw etaoinshrdlypvb etaoin srh "
	    "etaoingk.\n etaoinsr ", len, random);
}
