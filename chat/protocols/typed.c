#include "chat/protocols/typed.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "chat/wire/chat_text.h"

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

/* The text as it may be shown, its later lines set in. */
static int
append_text(struct bytes *out, const uint8_t *text, size_t len)
{
	while (len > 0) {
		const uint8_t *newline = memchr(text, '\n', len);
		size_t n = newline == NULL ? len : (size_t)(newline - text) + 1;

		if (chat_text_clean(out, text, n) != 0 ||
		    (newline != NULL && bytes_append(out, "    ", 4) != 0))
			return -1;
		text += n;
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
	    append_text(&line, text, len) == 0 &&
	    bytes_append(&line, outro, strlen(outro)) == 0)
		world_show(world, kind, (const char *)line.data, line.len);
	else
		typed_show(world, SHOW_ERROR, "out of memory: a message of "
		    "%zu bytes is not shown", len);
	bytes_reset(&line);
}
