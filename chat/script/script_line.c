#include "chat/script/script_line.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/parse.h"

enum { WORD_BYTES = 32 };

int
script_line_fault(const struct script_line *r, const char *at,
    const char *format, ...)
{
	struct errbuf what;
	va_list list;

	va_start(list, format);
	vsnprintf(what.text, sizeof(what.text), format, list);
	va_end(list);
	errbuf_set(r->err, "%s:%zu:%zu: %s", r->name, r->line,
	    (size_t)(at - r->begin) + 1, what.text);
	return -1;
}

void
script_line_skip_blanks(struct script_line *r)
{
	while (r->at < r->end && (*r->at == ' ' || *r->at == '\t'))
		r->at++;
}

bool
script_line_at_end(struct script_line *r)
{
	script_line_skip_blanks(r);
	return r->at == r->end || *r->at == '#';
}

const char *
script_line_word(struct script_line *r, char *word, size_t room)
{
	const char *begin;
	size_t len = 0;

	script_line_skip_blanks(r);
	begin = r->at;
	while (r->at < r->end && *r->at != ' ' && *r->at != '\t' &&
	    *r->at != '"' && *r->at != '#') {
		if (len < room - 1)
			word[len++] = *r->at;
		r->at++;
	}
	word[len] = '\0';
	return begin;
}

/* 0 is a duration here, too. */
static bool
is_zero(const char *word)
{
	struct errbuf ignored;
	char one[WORD_BYTES + 1] = "1";
	int64_t ns;

	if (*word != '0')
		return false;
	strcat(one, word + strspn(word, "0."));
	return parse_duration(one, &ns, &ignored) == 0;
}

int
script_line_duration(struct script_line *r, int64_t *out)
{
	char word[WORD_BYTES];
	const char *begin = script_line_word(r, word, sizeof(word));
	struct errbuf why;

	if (word[0] == '\0')
		return script_line_fault(r, begin, "a duration is missing");
	*out = 0;
	if (is_zero(word) || parse_duration(word, out, &why) == 0)
		return 0;
	return script_line_fault(r, begin, "%s", why.text);
}

static int
hex_digit(char c)
{
	const char *digits = "0123456789abcdef0123456789ABCDEF", *at;

	at = c == '\0' ? NULL : strchr(digits, c);
	return at == NULL ? -1 : (int)((at - digits) % 16);
}

/* Behind the backslash; the byte, or -1. */
static int
read_escape(struct script_line *r)
{
	static const char from[] = "nt\"\\", to[] = "\n\t\"\\";
	const char *known;
	int high, low;

	if (r->at == r->end)
		return -1;
	if (*r->at == 'x' && r->end - r->at > 2) {
		high = hex_digit(r->at[1]);
		low = hex_digit(r->at[2]);
		r->at += 3;
		return high < 0 || low < 0 ? -1 : high << 4 | low;
	}
	known = *r->at == '\0' ? NULL : strchr(from, *r->at);
	r->at++;
	return known == NULL ? -1 : (uint8_t)to[known - from];
}

/* What people and their editors put there instead of U+0022: ', and U+2018 to
 * U+201F. */
static bool
is_other_quote(const struct script_line *r)
{
	if (r->at < r->end && *r->at == '\'')
		return true;
	return r->end - r->at >= 3 && memcmp(r->at, "\xe2\x80", 2) == 0 &&
	    (uint8_t)r->at[2] >= 0x98 && (uint8_t)r->at[2] <= 0x9f;
}

int
script_line_quoted(struct script_line *r, struct bytes *out)
{
	const char *begin;

	script_line_skip_blanks(r);
	begin = r->at;
	if (is_other_quote(r))
		return script_line_fault(r, begin,
		    "a text stands in plain double quotes: \"...\"");
	if (r->at == r->end || *r->at != '"')
		return script_line_fault(r, begin,
		    "a text in quotes is missing");
	for (r->at++; r->at < r->end && *r->at != '"';) {
		const char *here = r->at;
		int byte = (uint8_t)*r->at++;
		uint8_t one;

		if (byte == '\\')
			byte = read_escape(r);
		if (byte < 0)
			return script_line_fault(r, here, "not an escape: "
			    "\\n, \\t, \\\", \\\\ and \\xHH are");
		one = (uint8_t)byte;
		if (bytes_append(out, &one, 1) == -1)
			return script_line_fault(r, here, "out of memory");
	}
	if (r->at == r->end)
		return script_line_fault(r, begin,
		    "the closing quote is missing");
	r->at++;
	return 0;
}
