#include "analyzer/dashboard/token.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/random.h>

int
token_make(struct token *token, struct errbuf *err)
{
	static const char digits[] = "0123456789abcdef";
	uint8_t random[TOKEN_BYTES];
	ssize_t n;

	/* Up to 256 bytes come whole, once the system has any. */
	do {
		n = getrandom(random, sizeof(random), 0);
	} while (n == -1 && errno == EINTR);
	if (n != (ssize_t)sizeof(random)) {
		errbuf_set(err, "no random numbers: %s", strerror(errno));
		return -1;
	}
	for (size_t i = 0; i < TOKEN_BYTES; i++) {
		token->text[2 * i] = digits[random[i] >> 4];
		token->text[2 * i + 1] = digits[random[i] & 15];
	}
	token->text[TOKEN_CHARS] = '\0';
	explicit_bzero(random, sizeof(random));
	return 0;
}

bool
token_is(const struct token *token, const char *text, size_t len)
{
	unsigned difference = 0;

	if (len != TOKEN_CHARS)
		return false;
	for (size_t i = 0; i < TOKEN_CHARS; i++)
		difference |= (unsigned char)token->text[i] ^
		    (unsigned char)text[i];
	return difference == 0;
}

void
token_wipe(struct token *token)
{
	explicit_bzero(token, sizeof(*token));
}

static size_t
skip_spaces(const char *body, size_t len, size_t at)
{
	while (at < len && memchr(" \t\r\n", body[at], 4) != NULL)
		at++;
	return at;
}

/* Behind the word and the spaces before it; SIZE_MAX where it is not there. */
static size_t
expect(const char *body, size_t len, size_t at, const char *word)
{
	size_t n = strlen(word);

	if (at == SIZE_MAX)
		return at;
	at = skip_spaces(body, len, at);
	if (len - at < n || memcmp(body + at, word, n) != 0)
		return SIZE_MAX;
	return at + n;
}

const char *
token_in_body(const char *body, size_t body_len, size_t *len)
{
	size_t start, at = 0;

	at = expect(body, body_len, at, "{");
	at = expect(body, body_len, at, "\"token\"");
	at = expect(body, body_len, at, ":");
	at = start = expect(body, body_len, at, "\"");
	if (at == SIZE_MAX)
		return NULL;
	while (at < body_len && body[at] != '"' && body[at] != '\\')
		at++;
	*len = at - start;
	at = expect(body, body_len, at, "\"");
	at = expect(body, body_len, at, "}");
	if (at == SIZE_MAX || skip_spaces(body, body_len, at) != body_len)
		return NULL;
	return body + start;
}

const char *
token_in_cookies(const char *header, const char *name, size_t *len)
{
	size_t name_len = strlen(name);

	while (header != NULL && *header != '\0') {
		header += strspn(header, " \t;");
		*len = strcspn(header, ";");
		if (*len > name_len && header[name_len] == '=' &&
		    memcmp(header, name, name_len) == 0) {
			*len -= name_len + 1;
			return header + name_len + 1;
		}
		header += *len;
	}
	return NULL;
}
