/*
 * Secrets of one run of the server: the token in the link that is printed, and
 * the session that the page gets for it.
 */
#ifndef ANALYZER_DASHBOARD_TOKEN_H
#define ANALYZER_DASHBOARD_TOKEN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/errbuf.h"

enum { TOKEN_BYTES = 32, TOKEN_CHARS = 2 * TOKEN_BYTES };

struct token {
	char text[TOKEN_CHARS + 1];	/* hexadecimal */
};

/* A new one, from getrandom(2).  -1 with the reason in *err. */
int token_make(struct token *token, struct errbuf *err);

/* In a time that does not tell where they differ. */
bool token_is(const struct token *token, const char *text, size_t len);

/* Overwrites it. */
void token_wipe(struct token *token);

/*
 * The text in {"token":"TEXT"}, the body by which a page asks for a session;
 * borrowed from it, *len its length.  NULL: it is no such object.
 */
const char *token_in_body(const char *body, size_t body_len, size_t *len);

/* The value of that cookie in a Cookie header ("a=1; b=2"), likewise. */
const char *token_in_cookies(const char *header, const char *name,
    size_t *len);

#endif
