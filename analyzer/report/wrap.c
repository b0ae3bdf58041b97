#include "analyzer/report/wrap.h"

#include <stdlib.h>
#include <string.h>

#include "analyzer/report/display.h"
#include "base/memory.h"

static size_t
width_of(const char *text, size_t len)
{
	size_t width = 0, n;

	for (size_t at = 0; at < len; at += n)
		width += display_char(text + at, &n);
	return width;
}

/* Before word `at`; the words behind it move up. */
static int
insert(struct wrap *wrap, size_t at, const struct wrap_word *word)
{
	struct wrap_word *words = memory_grow(wrap->words, &wrap->room,
	    wrap->count + 1, sizeof(*words));

	if (words == NULL)
		return -1;
	wrap->words = words;
	memmove(&words[at + 1], &words[at],
	    (wrap->count - at) * sizeof(*words));
	words[at] = *word;
	wrap->count++;
	return 0;
}

static int
add(struct wrap *wrap, int kind, const char *text, const char *breaks)
{
	bool first = true, glued = false;

	while (*text != '\0') {
		size_t len = strcspn(text, " ");
		size_t part = strcspn(text, breaks);

		/* What ends a part belongs to it. */
		if (part < len)
			len = part + 1;
		if (len > 0) {
			struct wrap_word word = { text, len,
			    width_of(text, len), kind, glued,
			    first && wrap->count > 0 };

			if (insert(wrap, wrap->count, &word) == -1)
				return -1;
			first = false;
		}
		text += len;
		glued = *text != ' ';
		text += strspn(text, " ");
	}
	return 0;
}

int
wrap_add(struct wrap *wrap, int kind, const char *text)
{
	return add(wrap, kind, text, "");
}

int
wrap_add_name(struct wrap *wrap, int kind, const char *text)
{
	return add(wrap, kind, text, ".:-/");
}

size_t
wrap_spaces(const struct wrap *wrap, const struct wrap_line *line, size_t word)
{
	const struct wrap_word *w = &wrap->words[word];

	if (word == line->begin || w->glued)
		return 0;
	return w->wide ? 2 : 1;
}

/* A word wider than a line becomes several. */
static int
split(struct wrap *wrap, size_t at, size_t width)
{
	struct wrap_word *word = &wrap->words[at];
	struct wrap_word rest = *word;
	size_t fit = 0, used = 0, n;

	while (fit < word->len) {
		used += display_char(word->text + fit, &n);
		if (used > width && fit > 0)
			break;
		fit += n;
	}
	word->len = fit;
	word->width = width_of(word->text, fit);
	rest.text += fit;
	rest.len -= fit;
	rest.width = width_of(rest.text, rest.len);
	rest.glued = true;
	rest.wide = false;
	return rest.len == 0 ? 0 : insert(wrap, at + 1, &rest);
}

static int
begin_line(struct wrap *wrap, size_t word)
{
	struct wrap_line *lines = memory_grow(wrap->lines, &wrap->line_room,
	    wrap->line_count + 1, sizeof(*lines));

	if (lines == NULL)
		return -1;
	wrap->lines = lines;
	lines[wrap->line_count++] = (struct wrap_line){ word, word, 0 };
	return 0;
}

int
wrap_set(struct wrap *wrap, size_t width)
{
	wrap->line_count = 0;
	for (size_t i = 0; i < wrap->count; i++) {
		struct wrap_line *line;
		size_t more;

		if (wrap->words[i].width > width &&
		    split(wrap, i, width) == -1)
			return -1;
		line = wrap->line_count == 0 ? NULL :
		    &wrap->lines[wrap->line_count - 1];
		more = wrap->words[i].width + (line == NULL ? 0 :
		    wrap_spaces(wrap, line, i));
		if (line == NULL || line->width + more > width) {
			if (begin_line(wrap, i) == -1)
				return -1;
			line = &wrap->lines[wrap->line_count - 1];
			more = wrap->words[i].width;
		}
		line->width += more;
		line->end = i + 1;
	}
	return 0;
}

void
wrap_clear(struct wrap *wrap)
{
	wrap->count = wrap->line_count = 0;
}

void
wrap_reset(struct wrap *wrap)
{
	free(wrap->words);
	free(wrap->lines);
	*wrap = (struct wrap){ 0 };
}
