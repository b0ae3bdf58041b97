#include "chat/script/script_text.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/infile.h"
#include "base/utf8.h"

enum { STEPS_MIN = 16, WORD_BYTES = 32, WITHIN_DEFAULT_S = 10 };
#define NS_PER_S INT64_C(1000000000)

/* A user types what can be shown, newlines, and tabs. */
static bool
can_be_typed(const struct bytes *text)
{
	size_t i = 0;

	while (i < text->len) {
		uint8_t byte = text->data[i];
		size_t n = byte == '\n' || byte == '\t' ? 1 :
		    utf8_printable(text->data + i, text->len - i);

		if (n == 0)
			return false;
		i += n;
	}
	return true;
}

/* A tab that is typed is a blank, as on standard input (line_input.h). */
static int
keep_text(struct script_step *step, const struct bytes *text)
{
	step->text = malloc(text->len + 1);
	if (step->text == NULL)
		return -1;
	if (text->len > 0)
		memcpy(step->text, text->data, text->len);
	step->text[text->len] = '\0';
	step->len = text->len;
	for (size_t i = 0; step->what == SCRIPT_SAY && i < step->len; i++)
		if (step->text[i] == '\t')
			step->text[i] = ' ';
	return 0;
}

static int
read_text(struct script_line *r, struct script_step *step)
{
	struct bytes text;
	const char *begin;
	int result;

	bytes_init(&text);
	script_line_skip_blanks(r);
	begin = r->at;
	result = script_line_quoted(r, &text);
	if (result == 0 && step->what == SCRIPT_SAY && !can_be_typed(&text))
		result = script_line_fault(r, begin, "only UTF-8 can be said, "
		    "and no controls but \\n and \\t");
	if (result == 0 && step->what == SCRIPT_WAIT && text.len == 0)
		result = script_line_fault(r, begin, "nothing to wait for");
	if (result == 0 && keep_text(step, &text) == -1)
		result = script_line_fault(r, begin, "out of memory");
	bytes_reset(&text);
	return result;
}

static int
read_wait(struct script_line *r, struct script_step *step)
{
	char word[WORD_BYTES];
	const char *begin = script_line_word(r, word, sizeof(word));

	if (strcmp(word, "for") != 0)
		return script_line_fault(r, begin,
		    "`for` is missing behind `wait`");
	if (read_text(r, step) == -1)
		return -1;
	step->within_ns = WITHIN_DEFAULT_S * NS_PER_S;
	if (script_line_at_end(r))
		return 0;
	begin = script_line_word(r, word, sizeof(word));
	if (strcmp(word, "within") != 0)
		return script_line_fault(r, begin,
		    "not `within` or the end of the line");
	return script_line_duration(r, &step->within_ns);
}

static int
read_action(struct script_line *r, struct script_step *step, const char *word,
    const char *begin)
{
	if (strcmp(word, "say") == 0) {
		step->what = SCRIPT_SAY;
		return read_text(r, step);
	}
	if (strcmp(word, "wait") == 0) {
		step->what = SCRIPT_WAIT;
		return read_wait(r, step);
	}
	if (strcmp(word, "end") == 0) {
		step->what = SCRIPT_END;
		return 0;
	}
	return script_line_fault(r, begin, "not `say`, `wait for` or `end`");
}

static int
read_step(struct script_line *r, struct script_step *step)
{
	char word[WORD_BYTES];
	const char *begin = script_line_word(r, word, sizeof(word));
	bool at = strcmp(word, "at") == 0;

	if (at || strcmp(word, "after") == 0) {
		step->when = at ? SCRIPT_AT : SCRIPT_AFTER;
		if (script_line_duration(r, &step->when_ns) == -1)
			return -1;
		begin = script_line_word(r, word, sizeof(word));
	}
	if (read_action(r, step, word, begin) == -1)
		return -1;
	if (!script_line_at_end(r))
		return script_line_fault(r, r->at,
		    "more than one step on a line");
	return 0;
}

/* Steps are done in order, so an earlier time further down is a slip. */
static int
check_order(const struct script_line *r, const char *begin,
    const struct script_step *step, struct script_steps *steps)
{
	if (step->when != SCRIPT_AT)
		return 0;
	if (step->when_ns < steps->latest_ns)
		return script_line_fault(r, begin,
		    "earlier than the time of a step before");
	steps->latest_ns = step->when_ns;
	return 0;
}

static struct script_step *
add_step(struct script_steps *steps)
{
	if (steps->count == steps->room) {
		size_t wanted = steps->room == 0 ? STEPS_MIN : steps->room * 2;
		struct script_step *list = reallocarray(steps->list, wanted,
		    sizeof(*list));

		if (list == NULL)
			return NULL;
		steps->list = list;
		steps->room = wanted;
	}
	steps->list[steps->count] = (struct script_step){ SCRIPT_END,
	    SCRIPT_AFTER, 0, NULL, 0, 0, 0 };
	return &steps->list[steps->count++];
}

int
script_parse_step(struct script_steps *steps, struct script_line *r)
{
	struct script_step *step;
	const char *begin;

	if (script_line_at_end(r))
		return 0;
	begin = r->at;
	step = add_step(steps);
	if (step == NULL)
		return script_line_fault(r, begin, "out of memory");
	step->line = r->line;
	if (read_step(r, step) == -1)
		return -1;
	return check_order(r, begin, step, steps);
}

int
script_parse(struct script_steps *steps, const char *name, const char *text,
    size_t len, struct errbuf *err)
{
	const char *at = text, *end = text + len, *next;
	struct script_line r = { .name = name, .err = err };

	*steps = (struct script_steps){ NULL, 0 };
	while (at < end) {
		next = memchr(at, '\n', (size_t)(end - at));
		r.line++;
		r.begin = r.at = at;
		r.end = next == NULL ? end : next;
		at = next == NULL ? end : next + 1;
		if (r.end > r.begin && r.end[-1] == '\r')
			r.end--;
		if (script_parse_step(steps, &r) == -1)
			return -1;
	}
	return 0;
}

void
script_steps_reset(struct script_steps *steps)
{
	for (size_t i = 0; i < steps->count; i++)
		free(steps->list[i].text);
	free(steps->list);
	*steps = (struct script_steps){ NULL, 0 };
}

int
script_read(struct script_steps *steps, const char *path, struct errbuf *err)
{
	struct bytes text;
	int result = -1;

	*steps = (struct script_steps){ NULL, 0 };
	bytes_init(&text);
	if (infile_read(path, SCRIPT_BYTES_MAX, &text, err) == 0)
		result = script_parse(steps, path, (const char *)text.data,
		    text.len, err);
	bytes_reset(&text);
	return result;
}
