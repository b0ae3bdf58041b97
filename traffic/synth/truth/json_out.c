#include "traffic/synth/truth/json_out.h"

#include <string.h>

#include "base/json_text.h"
#include "base/text.h"
#include "base/utf8.h"

enum { FLUSH_BYTES = 65536 };

void
json_out_fail(struct json_out *out, const char *why)
{
	if (!out->failed)
		errbuf_set(&out->err, "%s", why);
	out->failed = true;
}

static void
put(struct json_out *out, const char *text, size_t len)
{
	if (!out->failed && bytes_append(&out->text, text, len) == -1)
		json_out_fail(out, "out of memory");
}

static void
flush(struct json_out *out)
{
	if (!out->failed && out->sink->write(out->sink, out->text.data,
	    out->text.len, &out->err) == -1)
		out->failed = true;
	out->text.len = 0;
}

/* In front of each value of an array, and each key. */
static void
comma(struct json_out *out)
{
	if (out->follows)
		put(out, ",", 1);
	out->follows = true;
}

void
json_out_init(struct json_out *out, struct sink *sink)
{
	*out = (struct json_out){ .sink = sink };
}

int
json_out_end(struct json_out *out, struct errbuf *err)
{
	put(out, "\n", 1);
	flush(out);
	if (out->failed)
		*err = out->err;
	bytes_reset(&out->text);
	return out->failed ? -1 : 0;
}

void
json_out_open(struct json_out *out, char bracket)
{
	comma(out);
	put(out, &bracket, 1);
	out->follows = false;
}

void
json_out_close(struct json_out *out, char bracket)
{
	put(out, &bracket, 1);
	out->follows = true;
	if (out->text.len >= FLUSH_BYTES)
		flush(out);
}

void
json_out_line(struct json_out *out)
{
	put(out, out->follows ? ",\n" : "\n", out->follows ? 2 : 1);
	out->follows = false;
}

void
json_out_key(struct json_out *out, const char *key)
{
	comma(out);
	put(out, "\"", 1);
	put(out, key, strlen(key));
	put(out, "\":", 2);
	out->follows = false;
}

void
json_out_u64(struct json_out *out, uint64_t value)
{
	char text[TEXT_U64_BYTES];

	comma(out);
	put(out, text, (size_t)(text_u64(text, value) - text));
}

void
json_out_i64(struct json_out *out, int64_t value)
{
	char text[TEXT_I64_BYTES];

	comma(out);
	put(out, text, (size_t)(text_i64(text, value) - text));
}

static void
put_word(struct json_out *out, const char *word)
{
	comma(out);
	put(out, word, strlen(word));
}

void
json_out_bool(struct json_out *out, bool value)
{
	put_word(out, value ? "true" : "false");
}

void
json_out_null(struct json_out *out)
{
	put_word(out, "null");
}

/* One character; returns the bytes of it. */
static size_t
put_character(struct json_out *out, const uint8_t *p, size_t n)
{
	char escaped[JSON_ESCAPE_BYTES];
	uint32_t character;
	size_t step = utf8_character(p, n, &character);

	if (step == 0) {
		put(out, "\xef\xbf\xbd", 3);	/* U+FFFD */
		return 1;
	}
	if (character == '"' || character == '\\' ||
	    utf8_printable(p, n) == 0)
		put(out, escaped,
		    (size_t)(json_escape(escaped, character) - escaped));
	else
		put(out, (const char *)p, step);
	return step;
}

void
json_out_string(struct json_out *out, const char *text, size_t len)
{
	const uint8_t *p = (const uint8_t *)text;

	comma(out);
	put(out, "\"", 1);
	for (size_t at = 0; at < len;)
		at += put_character(out, p + at, len - at);
	put(out, "\"", 1);
}

void
json_out_text(struct json_out *out, const char *text)
{
	if (text == NULL)
		json_out_null(out);
	else
		json_out_string(out, text, strlen(text));
}

void
json_out_key_u64(struct json_out *out, const char *key, uint64_t value)
{
	json_out_key(out, key);
	json_out_u64(out, value);
}

void
json_out_key_i64(struct json_out *out, const char *key, int64_t value)
{
	json_out_key(out, key);
	json_out_i64(out, value);
}

void
json_out_key_bool(struct json_out *out, const char *key, bool value)
{
	json_out_key(out, key);
	json_out_bool(out, value);
}

void
json_out_key_text(struct json_out *out, const char *key, const char *text)
{
	json_out_key(out, key);
	json_out_text(out, text);
}
