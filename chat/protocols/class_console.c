/*
 * What the operator of `class` types:
 *
 *	send_file:WHO|all:DIR:FILE
 *	Quiz:DIR:QUESTIONS:ANSWERS:SCORES
 *	shutdown
 *	any other line goes to all
 *
 * but for one that is nearly a command.
 */
#include "chat/protocols/class_server.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { WORDS_MAX = 4, PATH_BYTES = 4096 };

#define SEND_USAGE "send_file:WHO|all:DIR:FILE is what it takes"
#define QUIZ_USAGE "Quiz:DIR:QUESTIONS:ANSWERS:SCORES is what it takes"

static void
complain(struct class_server *s, const char *text)
{
	class_note(s, NULL, "console", "%s", text);
}

/* Cuts the text at its colons, exactly n words. */
static int
split(char *text, char *words[WORDS_MAX], size_t n)
{
	for (size_t i = 0; i < n; i++) {
		char *colon = strchr(text, ':');

		if (*text == '\0' || *text == ':' ||
		    (colon == NULL) != (i + 1 == n))
			return -1;
		words[i] = text;
		if (colon == NULL)
			break;
		*colon = '\0';
		text = colon + 1;
	}
	return 0;
}

static int
join_path(char path[PATH_BYTES], const char *dir, const char *name)
{
	int n = snprintf(path, PATH_BYTES, "%s/%s", dir, name);

	return n < 0 || n >= PATH_BYTES ? -1 : 0;
}

static void
offer(struct class_server *s, struct class_member *to, const char *path,
    const char *name)
{
	struct class_file *file = class_file_new(path, strlen(path));
	int result = -1;

	if (file != NULL) {
		file->by_server = true;
		file->order.route = CLASS_FROM_SERVER;
		class_file_name(file->order.file, (const uint8_t *)name,
		    strlen(name));
		result = class_out_file(&to->out, file);
	}
	if (result != 0)
		class_note(s, to, "console", "the file '%s' is not sent to %s: "
		    "too many wait", name, to->name);
}

/* One that cannot be read is told once, not once a member. */
static int
is_readable(struct class_server *s, const char *path)
{
	struct errbuf err;
	uint64_t size;
	struct world_file *file = world_file_open(s->world, path, &size, &err);

	if (file == NULL)
		complain(s, err.text);
	world_file_drop(s->world, file);
	return file != NULL;
}

static void
send_file(struct class_server *s, char *text)
{
	char *words[WORDS_MAX], path[PATH_BYTES];
	struct class_member *to;

	if (split(text, words, 3) != 0 ||
	    join_path(path, words[1], words[2]) != 0) {
		complain(s, SEND_USAGE);
		return;
	}
	if (!is_readable(s, path))
		return;
	if (strcmp(words[0], "all") == 0) {
		for (size_t i = 0; i < s->count; i++)
			if (s->members[i]->place == PLACE_HERE)
				offer(s, s->members[i], path, words[2]);
		return;
	}
	to = class_find(s, words[0]);
	if (to == NULL)
		class_note(s, NULL, "console", "there is no user '%s' here",
		    words[0]);
	else
		offer(s, to, path, words[2]);
}

/* All of a file that is not larger than a quiz may be. */
static int
read_all(struct class_server *s, const char *dir, const char *name,
    struct bytes *out, struct errbuf *err)
{
	char path[PATH_BYTES];
	struct world_file *file = NULL;
	uint64_t size;
	ssize_t n = -1;

	if (join_path(path, dir, name) != 0)
		errbuf_set(err, "%s: the path is too long", name);
	else
		file = world_file_open(s->world, path, &size, err);
	if (file == NULL)
		return -1;
	do {
		uint8_t *at = bytes_reserve(out, CLASS_QUIZ_MAX);

		n = -1;
		if (at == NULL || out->len > CLASS_QUIZ_MAX)
			errbuf_set(err, "%s: longer than %d bytes", path,
			    CLASS_QUIZ_MAX);
		else
			n = world_file_read(s->world, file, at, CLASS_QUIZ_MAX,
			    err);
		out->len += n > 0 ? (size_t)n : 0;
	} while (n > 0);
	world_file_drop(s->world, file);
	return n < 0 ? -1 : 0;
}

static int
load_quiz(struct class_server *s, char *words[WORDS_MAX], struct errbuf *err)
{
	struct bytes questions = { NULL, 0, 0 }, answers = { NULL, 0, 0 };
	char *scores = strdup(words[3]);
	int result = -1;

	if (scores == NULL)
		errbuf_set(err, "out of memory");
	else if (read_all(s, words[0], words[1], &questions, err) == 0 &&
	    read_all(s, words[0], words[2], &answers, err) == 0)
		result = class_quiz_make(&s->quiz, &questions, &answers, err);
	if (result == 0) {
		free(s->scores);
		s->scores = scores;
	} else {
		free(scores);
	}
	bytes_reset(&questions);
	bytes_reset(&answers);
	return result;
}

static void
ask_quiz(struct class_server *s, char *text)
{
	char *words[WORDS_MAX];
	struct errbuf err;

	if (split(text, words, 4) != 0) {
		complain(s, QUIZ_USAGE);
	} else if (load_quiz(s, words, &err) != 0) {
		complain(s, err.text);
	} else {
		class_note(s, NULL, "quiz", "%u question%s, scores in %s",
		    s->quiz.count, s->quiz.count == 1 ? "" : "s", s->scores);
		class_tell(s, "quiz_question", s->quiz.text.data,
		    s->quiz.text.len, NULL);
	}
}

static void
shut_down(struct class_server *s)
{
	class_say_all(s, "Server is shutting down.\n");
	class_note(s, NULL, "shutdown", "the operator ends the server");
	world_end(s->world, 0);
}

/* Goes to all, whatever its length: it is the operator's own. */
static void
broadcast(struct class_server *s, const char *text, size_t len)
{
	struct bytes line = { NULL, 0, 0 };

	if (bytes_append(&line, "Server: ", 8) != 0 ||
	    bytes_append(&line, text, len) != 0 ||
	    bytes_append(&line, "\n", 1) != 0)
		complain(s, "out of memory");
	else
		class_tell(s, "info", line.data, line.len, NULL);
	bytes_reset(&line);
}

static bool
begins_with(const char *text, const char *word)
{
	return strncmp(text, word, strlen(word)) == 0;
}

static size_t
without_blanks(const char **text, size_t len)
{
	while (len > 0 && **text == ' ') {
		(*text)++;
		len--;
	}
	while (len > 0 && (*text)[len - 1] == ' ')
		len--;
	return len;
}

/* What a line should have been that begins like a command but for its case or
 * blanks, and would tell the whole class what it was not meant to see; NULL:
 * a line for the class. */
static const char *
hint_for(const char *text)
{
	static const struct {
		const char *word, *usage;
		bool has_more;		/* behind a colon */
	} commands[] = {
		{ "send_file", SEND_USAGE, true },
		{ "quiz", QUIZ_USAGE, true },
		{ "shutdown", "shutdown alone is what it takes", false },
	};
	bool has_more = strchr(text, ':') != NULL;
	size_t len = without_blanks(&text, strcspn(text, ":"));

	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
		if (commands[i].has_more == has_more &&
		    strlen(commands[i].word) == len &&
		    strncasecmp(commands[i].word, text, len) == 0)
			return commands[i].usage;
	return NULL;
}

void
class_console_line(void *state, const char *text, size_t len)
{
	struct class_server *s = state;
	static const char send_word[] = "send_file:", quiz_word[] = "Quiz:";
	const char *hint = hint_for(text);
	char *copy;

	if (len == 0)
		return;
	if (strcmp(text, "shutdown") == 0) {
		shut_down(s);
		return;
	}
	copy = strdup(text);
	if (copy == NULL)
		complain(s, "out of memory");
	else if (begins_with(text, send_word))
		send_file(s, copy + strlen(send_word));
	else if (begins_with(text, quiz_word))
		ask_quiz(s, copy + strlen(quiz_word));
	else if (hint != NULL)
		complain(s, hint);
	else
		broadcast(s, text, len);
	free(copy);
}
