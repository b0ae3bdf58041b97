#include "analyzer/dashboard/query.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/utf8.h"

static int
digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/* Decodes len characters in their place and ends them; false where they are
 * no such text. */
static bool
decode(char *text, size_t len)
{
	size_t at = 0, out = 0;

	while (at < len) {
		char c = text[at++];

		if (c == '%') {
			int high = at < len ? digit(text[at]) : -1;
			int low = at + 1 < len ? digit(text[at + 1]) : -1;

			if (high < 0 || low < 0)
				return false;
			c = (char)(high << 4 | low);
			at += 2;
		} else if (c == '+') {
			c = ' ';
		}
		text[out++] = c;
	}
	text[out] = '\0';
	for (at = 0; at < out;) {
		size_t n = utf8_printable((const uint8_t *)text + at,
		    out - at);

		if (n == 0)
			return false;
		at += n;
	}
	return true;
}

const char *
query_find(const struct query *query, const char *name)
{
	for (size_t i = 0; i < query->count; i++)
		if (strcmp(query->pairs[i].name, name) == 0)
			return query->pairs[i].value[0] == '\0' ? NULL :
			    query->pairs[i].value;
	return NULL;
}

static bool
is_there(const struct query *query, const char *name)
{
	for (size_t i = 0; i < query->count; i++)
		if (strcmp(query->pairs[i].name, name) == 0)
			return true;
	return false;
}

/* "name=value", which becomes two texts. */
static int
add_pair(struct query *query, char *text, size_t len, struct errbuf *err)
{
	char *equals = memchr(text, '=', len);

	if (equals == NULL || query->count == QUERY_PAIRS_MAX) {
		errbuf_set(err, equals == NULL ?
		    "a parameter has no =" : "too many parameters");
		return -1;
	}
	if (!decode(equals + 1, len - (size_t)(equals + 1 - text)) ||
	    !decode(text, (size_t)(equals - text))) {
		errbuf_set(err, "a parameter is no text");
		return -1;
	}
	if (is_there(query, text)) {
		errbuf_set(err, "%s is given twice", text);
		return -1;
	}
	query->pairs[query->count++] = (struct query_pair){ text,
	    equals + 1 };
	return 0;
}

int
query_parse(const char *text, struct query *out, struct errbuf *err)
{
	size_t len = text == NULL ? 0 : strlen(text);
	char *at = out->text, *end;

	out->count = 0;
	if (len >= sizeof(out->text)) {
		errbuf_set(err, "the address is too long");
		return -1;
	}
	if (len == 0)
		return 0;
	memcpy(out->text, text, len + 1);
	for (;; at = end + 1) {
		bool last;

		end = at + strcspn(at, "&");
		last = *end == '\0';
		if (end > at &&
		    add_pair(out, at, (size_t)(end - at), err) == -1)
			return -1;
		if (last)
			return 0;
	}
}

int
query_check(const struct query *query, const char *const *names,
    struct errbuf *err)
{
	for (size_t i = 0; i < query->count; i++) {
		const char *const *name = names;

		while (*name != NULL && strcmp(*name,
		    query->pairs[i].name) != 0)
			name++;
		if (*name == NULL) {
			errbuf_set(err, "no such parameter: %s",
			    query->pairs[i].name);
			return -1;
		}
	}
	return 0;
}

char *
query_escape(char *at, const char *end, const char *text)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~/:,";
	static const char digits[] = "0123456789ABCDEF";

	for (; *text != '\0'; text++) {
		uint8_t c = (uint8_t)*text;

		if (end - at < 4)
			return NULL;
		if (strchr(plain, *text) != NULL) {
			*at++ = *text;
			continue;
		}
		*at++ = '%';
		*at++ = digits[c >> 4];
		*at++ = digits[c & 15];
	}
	if (at >= end)
		return NULL;
	*at = '\0';
	return at;
}
