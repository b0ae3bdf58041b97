#include "chat/script/script_text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/parse.h"
#include "base/utf8.h"

enum { WORD_BYTES = 32, WITHIN_DEFAULT_S = 10 };
#define NS_PER_S INT64_C(1000000000)

/* One line of the script. */
struct reader {
	const char *name;
	size_t line;
	const char *begin, *at, *end;
	struct errbuf *err;
};

static int
fault(const struct reader *r, const char *at, const char *what)
{
	struct errbuf text;

	errbuf_set(&text, "%s", what);
	errbuf_set(r->err, "%s:%zu:%zu: %s", r->name, r->line,
	    (size_t)(at - r->begin) + 1, text.text);
	return -1;
}

static void
skip_blanks(struct reader *r)
{
	while (r->at < r->end && (*r->at == ' ' || *r->at == '\t'))
		r->at++;
}

static bool
is_at_end(struct reader *r)
{
	skip_blanks(r);
	return r->at == r->end || *r->at == '#';
}

/* The next word, terminated; of one that is too long the beginning, which is
 * no word that we know. */
static const char *
read_word(struct reader *r, char word[WORD_BYTES])
{
	const char *begin;
	size_t len = 0;

	skip_blanks(r);
	begin = r->at;
	while (r->at < r->end && *r->at != ' ' && *r->at != '\t' &&
	    *r->at != '"' && *r->at != '#') {
		if (len < WORD_BYTES - 1)
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

static int
read_duration(struct reader *r, int64_t *out)
{
	char word[WORD_BYTES];
	const char *begin = read_word(r, word);
	struct errbuf why;

	if (word[0] == '\0')
		return fault(r, begin, "a duration is missing");
	*out = 0;
	if (is_zero(word) || parse_duration(word, out, &why) == 0)
		return 0;
	return fault(r, begin, why.text);
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
read_escape(struct reader *r)
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

static int
read_quoted(struct reader *r, struct bytes *out)
{
	const char *begin;

	skip_blanks(r);
	begin = r->at;
	if (r->at == r->end || *r->at != '"')
		return fault(r, begin, "a text in quotes is missing");
	for (r->at++; r->at < r->end && *r->at != '"';) {
		const char *here = r->at;
		int byte = (uint8_t)*r->at++;
		uint8_t one;

		if (byte == '\\')
			byte = read_escape(r);
		if (byte < 0)
			return fault(r, here, "not an escape: \\n, \\t, "
			    "\\\", \\\\ and \\xHH are");
		one = (uint8_t)byte;
		if (bytes_append(out, &one, 1) == -1)
			return fault(r, here, "out of memory");
	}
	if (r->at == r->end)
		return fault(r, begin, "the closing quote is missing");
	r->at++;
	return 0;
}

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
read_text(struct reader *r, struct script_step *step)
{
	struct bytes text;
	const char *begin;
	int result;

	bytes_init(&text);
	skip_blanks(r);
	begin = r->at;
	result = read_quoted(r, &text);
	if (result == 0 && step->what == SCRIPT_SAY && !can_be_typed(&text))
		result = fault(r, begin, "only UTF-8 can be said, and no "
		    "controls but \\n and \\t");
	if (result == 0 && step->what == SCRIPT_WAIT && text.len == 0)
		result = fault(r, begin, "nothing to wait for");
	if (result == 0 && keep_text(step, &text) == -1)
		result = fault(r, begin, "out of memory");
	bytes_reset(&text);
	return result;
}

static int
read_wait(struct reader *r, struct script_step *step)
{
	char word[WORD_BYTES];
	const char *begin = read_word(r, word);

	if (strcmp(word, "for") != 0)
		return fault(r, begin, "`for` is missing behind `wait`");
	if (read_text(r, step) == -1)
		return -1;
	step->within_ns = WITHIN_DEFAULT_S * NS_PER_S;
	if (is_at_end(r))
		return 0;
	begin = read_word(r, word);
	if (strcmp(word, "within") != 0)
		return fault(r, begin, "not `within` or the end of the line");
	return read_duration(r, &step->within_ns);
}

static int
read_action(struct reader *r, struct script_step *step, const char *word,
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
	return fault(r, begin, "not `say`, `wait for` or `end`");
}

static int
read_step(struct reader *r, struct script_step *step)
{
	char word[WORD_BYTES];
	const char *begin = read_word(r, word);
	bool at = strcmp(word, "at") == 0;

	if (at || strcmp(word, "after") == 0) {
		step->when = at ? SCRIPT_AT : SCRIPT_AFTER;
		if (read_duration(r, &step->when_ns) == -1)
			return -1;
		begin = read_word(r, word);
	}
	if (read_action(r, step, word, begin) == -1)
		return -1;
	if (!is_at_end(r))
		return fault(r, r->at, "more than one step on a line");
	return 0;
}

/* Steps are done in order, so an earlier time further down is a slip. */
static int
check_order(const struct reader *r, const struct script_step *step,
    int64_t *latest_ns)
{
	if (step->when != SCRIPT_AT)
		return 0;
	if (step->when_ns < *latest_ns)
		return fault(r, r->begin,
		    "earlier than the time of a step before");
	*latest_ns = step->when_ns;
	return 0;
}

static struct script_step *
add_step(struct script_steps *steps, size_t *room)
{
	if (steps->count == *room) {
		size_t wanted = *room == 0 ? 16 : *room * 2;
		struct script_step *list = reallocarray(steps->list, wanted,
		    sizeof(*list));

		if (list == NULL)
			return NULL;
		steps->list = list;
		*room = wanted;
	}
	steps->list[steps->count] = (struct script_step){ SCRIPT_END,
	    SCRIPT_AFTER, 0, NULL, 0, 0, 0 };
	return &steps->list[steps->count++];
}

static int
read_line(struct reader *r, struct script_steps *steps, size_t *room,
    int64_t *latest_ns)
{
	struct script_step *step;

	if (is_at_end(r))
		return 0;
	step = add_step(steps, room);
	if (step == NULL)
		return fault(r, r->at, "out of memory");
	step->line = r->line;
	if (read_step(r, step) == -1)
		return -1;
	return check_order(r, step, latest_ns);
}

int
script_parse(struct script_steps *steps, const char *name, const char *text,
    size_t len, struct errbuf *err)
{
	const char *at = text, *end = text + len, *next;
	struct reader r = { .name = name, .err = err };
	int64_t latest_ns = 0;
	size_t room = 0;

	*steps = (struct script_steps){ NULL, 0 };
	while (at < end) {
		next = memchr(at, '\n', (size_t)(end - at));
		r.line++;
		r.begin = r.at = at;
		r.end = next == NULL ? end : next;
		at = next == NULL ? end : next + 1;
		if (r.end > r.begin && r.end[-1] == '\r')
			r.end--;
		if (read_line(&r, steps, &room, &latest_ns) == -1)
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

static int
read_all(int fd, struct bytes *out, const char *path, struct errbuf *err)
{
	for (;;) {
		uint8_t *at = bytes_reserve(out, 4096);
		ssize_t n = at == NULL ? -1 : read(fd, at, 4096);

		if (at == NULL)
			errbuf_set(err, "%s: out of memory", path);
		else if (n == -1)
			errbuf_set(err, "%s: %s", path, strerror(errno));
		if (n == 0)
			return 0;
		if (n < 0)
			return -1;
		out->len += (size_t)n;
		if (out->len > SCRIPT_BYTES_MAX) {
			errbuf_set(err, "%s: longer than %d bytes", path,
			    SCRIPT_BYTES_MAX);
			return -1;
		}
	}
}

int
script_read(struct script_steps *steps, const char *path, struct errbuf *err)
{
	bool is_input = strcmp(path, "-") == 0;
	int fd = is_input ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
	struct bytes text;
	int result = -1;

	*steps = (struct script_steps){ NULL, 0 };
	if (fd == -1) {
		errbuf_set(err, "%s: %s", path, strerror(errno));
		return -1;
	}
	bytes_init(&text);
	if (read_all(fd, &text, path, err) == 0)
		result = script_parse(steps, path, (const char *)text.data,
		    text.len, err);
	bytes_reset(&text);
	if (!is_input)
		close(fd);
	return result;
}
