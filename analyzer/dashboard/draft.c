#include "analyzer/dashboard/draft.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/json_text.h"
#include "base/utf8.h"

void
draft_reset(struct draft *d)
{
	bytes_reset(&d->bytes);
	d->failed = false;
}

void
draft_add(struct draft *d, const void *data, size_t n)
{
	if (!d->failed && bytes_append(&d->bytes, data, n) == -1)
		d->failed = true;
}

void
draft_put(struct draft *d, const char *text)
{
	draft_add(d, text, strlen(text));
}

void
draft_printf(struct draft *d, const char *format, ...)
{
	char text[1024];
	va_list ap;
	int n;

	va_start(ap, format);
	n = vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	if (n < 0 || (size_t)n >= sizeof(text))
		d->failed = true;
	else
		draft_add(d, text, (size_t)n);
}

static void
put_character(struct draft *d, const char *at, size_t len,
    uint32_t character)
{
	char escape[JSON_ESCAPE_BYTES];

	/* DEL and the separators of lines are legal, but break other tools. */
	if (len == 0)
		character = 0xfffd;
	else if (character >= 0x20 && character != '"' && character != '\\' &&
	    character != 0x7f && character != 0x2028 && character != 0x2029) {
		draft_add(d, at, len);
		return;
	}
	draft_add(d, escape, (size_t)(json_escape(escape, character) - escape));
}

void
draft_json(struct draft *d, const char *text)
{
	if (text == NULL) {
		draft_put(d, "null");
		return;
	}
	draft_put(d, "\"");
	for (size_t left = strlen(text); left > 0;) {
		uint32_t character = 0;
		size_t len = utf8_character((const uint8_t *)text, left,
		    &character);

		put_character(d, text, len, character);
		text += len == 0 ? 1 : len;
		left -= len == 0 ? 1 : len;
	}
	draft_put(d, "\"");
}

void
draft_shell(struct draft *d, const char *word)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789%+,-./:=@_";

	if (word[0] != '\0' && word[strspn(word, plain)] == '\0') {
		draft_put(d, word);
		return;
	}
	draft_put(d, "'");
	for (; *word != '\0'; word++)
		if (*word == '\'')
			draft_put(d, "'\\''");
		else
			draft_add(d, word, 1);
	draft_put(d, "'");
}

const char *
draft_text(struct draft *d)
{
	draft_add(d, "", 1);
	if (d->failed)
		return NULL;
	d->bytes.len--;
	return (const char *)d->bytes.data;
}
