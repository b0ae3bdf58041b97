/* What members of `class` send; class.h has the rules. */
#include "chat/protocols/class_server.h"

#include <stdio.h>
#include <string.h>

#include "chat/wire/chat_text.h"

/* Is the text one that others may get?  If not its sender is told. */
static bool
is_fit(struct class_member *m, const uint8_t *text, size_t len)
{
	size_t max = m->server->settings->line_max;

	if (len > max) {
		class_note(m->server, m, "too_long", NULL);
		class_say(m, "Server: This text is longer than %zu bytes.\n",
		    max);
		return false;
	}
	if (chat_text_is_utf8(text, len))
		return true;
	class_misuse(m);
	return false;
}

/* INTRO TEXT newline, to all others or to one. */
static void
pass_on(struct class_member *m, struct class_member *to, const char *intro,
    const uint8_t *text, size_t len)
{
	struct bytes line = { NULL, 0, 0 };

	if (bytes_append(&line, intro, strlen(intro)) != 0 ||
	    bytes_append(&line, text, len) != 0 ||
	    bytes_append(&line, "\n", 1) != 0)
		class_note(m->server, m, "failed", "out of memory");
	else if (to == NULL)
		class_tell(m->server, "msg", line.data, line.len, m);
	else
		class_out_frame(&to->out, "info", line.data, line.len);
	bytes_reset(&line);
}

static void
take_msg(struct class_member *m, const struct header_frame *frame)
{
	char intro[CLASS_NAME_BYTES + 16];

	if (!is_fit(m, frame->payload.data, frame->payload.len))
		return;
	snprintf(intro, sizeof(intro), "Client %s: ", m->name);
	class_note(m->server, m, "message", "%s: %.*s", m->name,
	    (int)frame->payload.len, (const char *)frame->payload.data);
	pass_on(m, NULL, intro, frame->payload.data, frame->payload.len);
}

static void
take_to(struct class_member *m, const struct header_frame *frame)
{
	const uint8_t *data = frame->payload.data;
	size_t len = frame->payload.len, n;
	const uint8_t *colon = len == 0 ? NULL : memchr(data, ':', len);
	char who[CLASS_NAME_BYTES], intro[CLASS_NAME_BYTES + 16];
	struct class_member *to = NULL;

	if (colon == NULL) {
		class_misuse(m);
		return;
	}
	n = (size_t)(colon - data);
	if (!is_fit(m, data, n) || !is_fit(m, colon + 1, len - n - 1))
		return;
	if (n < sizeof(who)) {
		memcpy(who, data, n);
		who[n] = '\0';
		to = class_find(m->server, who);
	}
	if (to == NULL) {
		class_say(m, "Server: There is no user '%.*s' here.\n",
		    n < sizeof(who) ? (int)n : CHAT_NAME_MAX,
		    (const char *)data);
		return;
	}
	snprintf(intro, sizeof(intro), "%s (private): ", m->name);
	class_note(m->server, m, "private", "%s to %s", m->name, to->name);
	pass_on(m, to, intro, colon + 1, len - n - 1);
}

static int
add_score(struct class_server *s, const char *name, int score,
    struct errbuf *err)
{
	struct bytes row = { NULL, 0, 0 };
	int result = -1;

	if (class_quiz_row(&row, name, score) != 0)
		errbuf_set(err, "out of memory");
	else
		result = world_file_add(s->world, CLASS_SCORES, s->scores,
		    row.data, row.len, err);
	bytes_reset(&row);
	return result;
}

/* How many answers of the member to this quiz were taken. */
static unsigned
answers_so_far(struct class_member *m)
{
	const struct class_quiz *quiz = &m->server->quiz;

	if (m->quiz != quiz->number) {
		m->quiz = quiz->number;
		m->answers = 0;
	}
	return m->answers;
}

/* The answer is there and may be taken. */
static void
take_score(struct class_member *m, int score)
{
	struct class_server *s = m->server;
	struct errbuf err;

	if (add_score(s, m->name, score, &err) != 0) {
		class_note(s, m, "failed", "a score is lost: %s", err.text);
		class_say(m, "Server: Your score could not be stored.\n");
		return;
	}
	m->answers++;
	class_note(s, m, "score", "%s: %d of %u", m->name, score,
	    s->quiz.count);
	class_say(m, "Quiz is over. Thank you for participating!\n");
}

static void
take_answer(struct class_member *m, const struct header_frame *frame)
{
	struct class_server *s = m->server;
	int score;

	if (s->quiz.count == 0) {
		class_say(m, "Server: There is no quiz.\n");
		return;
	}
	score = class_quiz_score(&s->quiz, frame->payload.data,
	    frame->payload.len);
	if (score < 0 && s->quiz.count == 1)
		class_say(m, "Server: The quiz asks for 1 answer.\n");
	else if (score < 0)
		class_say(m, "Server: The quiz asks for %u answers, with "
		    "blanks between them.\n", s->quiz.count);
	else if (answers_so_far(m) >= CLASS_ANSWERS_MAX)
		class_say(m, "Server: You have answered this quiz %d times, "
		    "more is not taken.\n", CLASS_ANSWERS_MAX);
	else
		take_score(m, score);
}

static void
take_file(struct class_member *m, const struct header_frame *frame)
{
	if (class_upload_begin(m, frame) == 0)
		return;
	class_note(m->server, m, "failed", "out of memory");
	class_depart(m);
	world_close(m->server->world, m->peer, true);
}

/* Between our own ends only; an original has no such header. */
static void
take_sized_file(struct class_member *m, const struct header_frame *frame)
{
	if (m->out.sized)
		take_file(m, frame);
	else
		class_misuse(m);
}

static void
take_cmd(struct class_member *m, const struct header_frame *frame)
{
	if (!wire_span_is(&frame->payload, "disconnect")) {
		class_misuse(m);
		return;
	}
	class_depart(m);
	world_close(m->server->world, m->peer, false);
}

static void
take_info(struct class_member *m, const struct header_frame *frame)
{
	if (!wire_span_is(&frame->payload, CLASS_EXTENSION)) {
		class_note(m->server, m, "unused", NULL);
		return;
	}
	class_note(m->server, m, "extension", NULL);
	m->out.sized = true;
	class_say(m, CLASS_EXTENSION);
}

static void
take_nothing(struct class_member *m, const struct header_frame *frame)
{
	(void)frame;
	class_note(m->server, m, "unused", NULL);
}

void
class_frame(struct class_member *m, const struct header_frame *frame)
{
	static const struct {
		const char *header;
		void (*take)(struct class_member *,
		    const struct header_frame *);
	} frames[] = {
		{ "msg", take_msg },
		{ "to", take_to },
		{ "file_transfer", take_file },
		{ "file", take_sized_file },
		{ "quiz_answer", take_answer },
		{ "cmd", take_cmd },
		{ "info", take_info },
		{ "quiz_question", take_nothing },
	};

	if (m->place < PLACE_HERE) {
		class_login_frame(m, frame);
		return;
	}
	for (size_t i = 0; i < sizeof(frames) / sizeof(frames[0]); i++) {
		if (!header_frame_is(frame, frames[i].header))
			continue;
		frames[i].take(m, frame);
		return;
	}
	class_misuse(m);
}
