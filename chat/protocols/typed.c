#include "chat/protocols/typed.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { LINE_BYTES = 400 };

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t';
}

const char *
typed_trim(const char *text, size_t *len)
{
	while (*len > 0 && is_blank(text[*len - 1]))
		(*len)--;
	while (*len > 0 && is_blank(*text)) {
		text++;
		(*len)--;
	}
	return text;
}

bool
typed_is(const char *text, size_t len, const char *word)
{
	text = typed_trim(text, &len);
	if (len != strlen(word))
		return false;
	for (size_t i = 0; i < len; i++) {
		char c = text[i];

		if (c >= 'A' && c <= 'Z')
			c = (char)(c - 'A' + 'a');
		if (c != word[i])
			return false;
	}
	return true;
}

bool
typed_exit(const char *text, size_t len)
{
	return typed_is(text, len, "exit");
}

const char *
typed_name_set(struct typed_name *name, const char *text, size_t len,
    const char *reserved)
{
	const char *fault = chat_name_fault((const uint8_t *)text, len,
	    reserved);

	if (fault != NULL)
		return fault;
	memcpy(name->text, text, len);
	name->text[len] = '\0';
	name->len = len;
	return NULL;
}

int
typed_name_open(struct typed_name *name, const struct chat_settings *settings,
    const char *reserved, struct errbuf *err)
{
	const char *fault = settings->name == NULL ? NULL : typed_name_set(name,
	    settings->name, strlen(settings->name), reserved);

	if (fault == NULL)
		return 0;
	errbuf_set(err, "%s: %s", settings->name, fault);
	return -1;
}

void
typed_keep(struct typed_lines *lines, struct world *world, const char *text,
    size_t len)
{
	if (len >= TYPED_WAITING_MAX - lines->waiting.len ||
	    stream_add(&lines->waiting, (const uint8_t *)text, len + 1) != 0)
		typed_show(world, SHOW_ERROR, "Too much waits for the server's "
		    "answer: a line of %zu bytes is lost.", len);
	if (!lines->holding && lines->waiting.len >= TYPED_ENOUGH) {
		lines->holding = true;
		world_hold_lines(world, true);
	}
}

bool
typed_pressing(const struct typed_lines *lines)
{
	return lines->ended || lines->holding;
}

const char *
typed_next(const struct typed_lines *lines)
{
	return lines->waiting.len == 0 ? NULL :
	    (const char *)stream_data(&lines->waiting);
}

void
typed_drop(struct typed_lines *lines, struct world *world)
{
	stream_use(&lines->waiting, strlen(typed_next(lines)) + 1);
	if (lines->holding && lines->waiting.len <= TYPED_ENOUGH / 2) {
		lines->holding = false;
		world_hold_lines(world, false);
	}
}

void
typed_reset(struct typed_lines *lines)
{
	stream_reset(&lines->waiting);
}

void
typed_show(struct world *world, enum show kind, const char *format, ...)
{
	char line[LINE_BYTES];
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	if (n < 0)
		return;
	world_show(world, kind, line,
	    (size_t)n < sizeof(line) ? (size_t)n : sizeof(line) - 1);
}

int
typed_append(struct bytes *out, const void *text, size_t len)
{
	const uint8_t *at = text;

	while (len > 0) {
		const uint8_t *newline = memchr(at, '\n', len);
		size_t n = newline == NULL ? len : (size_t)(newline - at) + 1;

		if (chat_text_clean(out, at, n) != 0 ||
		    (newline != NULL && bytes_append(out, "    ", 4) != 0))
			return -1;
		at += n;
		len -= n;
	}
	return 0;
}

void
typed_show_text(struct world *world, enum show kind, const char *intro,
    const void *text, size_t len, const char *outro)
{
	struct bytes line = { NULL, 0, 0 };

	if (bytes_append(&line, intro, strlen(intro)) == 0 &&
	    typed_append(&line, text, len) == 0 &&
	    bytes_append(&line, outro, strlen(outro)) == 0)
		world_show(world, kind, (const char *)line.data, line.len);
	else
		typed_show(world, SHOW_ERROR, "out of memory: a message of "
		    "%zu bytes is not shown", len);
	bytes_reset(&line);
}
