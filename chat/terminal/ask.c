#include "chat/terminal/ask.h"

struct question {
	struct user *user;
	struct event_base *base;
	struct secret *answer;
	struct errbuf *err;
	bool is_answered;
};

static void
leave_loop(struct question *q)
{
	user_hold(q->user, true);
	event_base_loopbreak(q->base);
}

static void
on_line(void *context, const char *text, size_t len)
{
	struct question *q = context;

	if (secret_set(q->answer, text, len) == 0)
		q->is_answered = true;
	else
		errbuf_set(q->err, "out of memory");
	leave_loop(q);
}

static void
on_ended(void *context)
{
	struct question *q = context;

	errbuf_set(q->err, "the input ended");
	leave_loop(q);
}

static void
on_failed(void *context, const char *why)
{
	struct question *q = context;

	errbuf_set(q->err, "%s", why);
	leave_loop(q);
}

int
ask(struct user *user, struct user_calls *calls, struct event_base *base,
    const char *question, bool secret, struct secret *answer,
    struct errbuf *err)
{
	struct question q = { .user = user, .base = base, .answer = answer,
	    .err = err };
	const struct user_calls before = *calls;

	*calls = (struct user_calls){ .line = on_line, .ended = on_ended,
	    .failed = on_failed, .context = &q };
	errbuf_set(err, "the event loop failed");
	user_prompt(user, question, secret);
	user_hold(user, false);
	event_base_dispatch(base);
	user_hold(user, true);
	user_prompt(user, "", false);
	*calls = before;
	return q.is_answered ? 0 : -1;
}
