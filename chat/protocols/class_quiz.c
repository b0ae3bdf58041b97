#include "chat/protocols/class_quiz.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "chat/wire/chat_text.h"
#include "chat/wire/wire.h"

static const char rule[] = "\n\n-----------------------------\n\n";

static bool
is_blank(uint8_t c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

/* The next of what stands between separators; false at the end. */
static bool
next_word(struct wire_span *rest, struct wire_span *word)
{
	while (rest->len > 0 && is_blank(rest->data[0])) {
		rest->data++;
		rest->len--;
	}
	*word = (struct wire_span){ rest->data, 0 };
	while (rest->len > 0 && !is_blank(rest->data[0])) {
		rest->data++;
		rest->len--;
		word->len++;
	}
	return word->len > 0;
}

/* The next line that is not empty, without blanks at its ends. */
static bool
next_line(struct wire_span *rest, struct wire_span *line)
{
	while (rest->len > 0 && is_blank(rest->data[0])) {
		rest->data++;
		rest->len--;
	}
	*line = (struct wire_span){ rest->data, 0 };
	while (rest->len > 0 && rest->data[0] != '\n') {
		rest->data++;
		rest->len--;
		line->len++;
	}
	while (line->len > 0 && is_blank(line->data[line->len - 1]))
		line->len--;
	return line->len > 0;
}

static int
put(struct bytes *out, const char *text)
{
	return bytes_append(out, text, strlen(text));
}

static bool
is_options(const struct wire_span *line)
{
	return line->len >= 2 && line->data[0] >= 'a' && line->data[0] <= 'd' &&
	    line->data[1] == '.';
}

/* Options on lines of their own are joined, so that a question has one line of
 * them, as in the original's own files. */
static int
put_options(struct bytes *out, const struct wire_span *line, bool first)
{
	return put(out, first ? "\n\nOptions: " : " ") != 0 ||
	    bytes_append(out, line->data, line->len) != 0 ? -1 : 0;
}

static int
put_question(struct bytes *out, const struct wire_span *line, unsigned number)
{
	char text[40];

	snprintf(text, sizeof(text), "Question %u: ", number);
	return put(out, text) != 0 ||
	    bytes_append(out, line->data, line->len) != 0 ? -1 : 0;
}

/* Number of questions; -1 without memory. */
static int
put_questions(struct bytes *out, const struct bytes *file)
{
	struct wire_span rest = { file->data, file->len }, line;
	bool has_options = false;
	int count = 0;

	while (next_line(&rest, &line)) {
		if (is_options(&line) && count > 0) {
			if (put_options(out, &line, !has_options) != 0)
				return -1;
			has_options = true;
			continue;
		}
		if (count > 0 && put(out, rule) != 0)
			return -1;
		if (put_question(out, &line, (unsigned)++count) != 0)
			return -1;
		has_options = false;
	}
	return count > 0 && put(out, rule) != 0 ? -1 : count;
}

static int
put_key(struct bytes *out, const struct bytes *file)
{
	struct wire_span rest = { file->data, file->len }, line, word;
	int count = 0;

	if (!next_line(&rest, &line))
		return 0;
	for (; next_word(&line, &word); count++)
		if (bytes_append(out, word.data, word.len) != 0 ||
		    bytes_append(out, "", 1) != 0)
			return -1;
	return count;
}

static int
read_both(struct class_quiz *quiz, const struct bytes *questions,
    const struct bytes *answers, struct errbuf *err)
{
	int asked, known;

	if (!chat_text_is_utf8(questions->data, questions->len) ||
	    !chat_text_is_utf8(answers->data, answers->len)) {
		errbuf_set(err, "the quiz is no UTF-8 text");
		return -1;
	}
	asked = put_questions(&quiz->text, questions);
	known = put_key(&quiz->key, answers);
	if (asked < 0 || known < 0) {
		errbuf_set(err, "out of memory");
		return -1;
	}
	if (asked == 0 || asked != known) {
		errbuf_set(err, "the quiz has %d question%s and %d answer%s",
		    asked, asked == 1 ? "" : "s", known,
		    known == 1 ? "" : "s");
		return -1;
	}
	if (quiz->text.len > CLASS_QUIZ_MAX) {
		errbuf_set(err, "the quiz is longer than %d bytes",
		    CLASS_QUIZ_MAX);
		return -1;
	}
	quiz->count = (unsigned)known;
	return 0;
}

int
class_quiz_make(struct class_quiz *quiz, const struct bytes *questions,
    const struct bytes *answers, struct errbuf *err)
{
	struct class_quiz made = { .number = quiz->number + 1 };

	if (read_both(&made, questions, answers, err) != 0) {
		class_quiz_reset(&made);
		return -1;
	}
	class_quiz_reset(quiz);
	*quiz = made;
	return 0;
}

void
class_quiz_reset(struct class_quiz *quiz)
{
	bytes_reset(&quiz->text);
	bytes_reset(&quiz->key);
	quiz->count = 0;
}

int
class_quiz_score(const struct class_quiz *quiz, const uint8_t *answers,
    size_t len)
{
	struct wire_span rest = { answers, len }, word;
	const char *key = (const char *)quiz->key.data;
	int score = 0;

	for (unsigned i = 0; i < quiz->count; i++) {
		if (!next_word(&rest, &word))
			return -1;
		if (word.len == strlen(key) &&
		    strncasecmp(key, (const char *)word.data, word.len) == 0)
			score++;
		key += strlen(key) + 1;
	}
	return score;
}

/* RFC 4180: a cell with a separator is quoted, and quotes in it double. */
static int
put_cell(struct bytes *out, const char *text)
{
	if (strpbrk(text, ",\"\r\n") == NULL)
		return put(out, text);
	if (put(out, "\"") != 0)
		return -1;
	for (; *text != '\0'; text++)
		if ((*text == '"' && put(out, "\"") != 0) ||
		    bytes_append(out, text, 1) != 0)
			return -1;
	return put(out, "\"");
}

int
class_quiz_row(struct bytes *out, const char *name, int score)
{
	char text[16];

	snprintf(text, sizeof(text), ",%d\n", score);
	return put_cell(out, name) != 0 || put(out, text) != 0 ? -1 : 0;
}
