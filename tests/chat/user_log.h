/*
 * What a client's user did, for the tests of chat/terminal.
 */
#ifndef TESTS_CHAT_USER_LOG_H
#define TESTS_CHAT_USER_LOG_H

#include <check.h>
#include <event2/event.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "chat/net/user.h"

enum { USER_LOG_LINES = 64 };

struct user_log {
	struct event_base *base;
	struct user *user;	/* told what `reply` says; may be NULL */
	char *lines[USER_LOG_LINES];
	size_t count, ended, failed;
	size_t hold_after;	/* the user is held at this line; 0: never */
	const char *reply;	/* shown at each line; may be NULL */
	char why[512];		/* of the last failure */
};

static inline void
user_log_line(void *context, const char *text, size_t len)
{
	struct user_log *log = context;

	ck_assert_uint_lt(log->count, USER_LOG_LINES);
	ck_assert_uint_eq(strlen(text), len);
	log->lines[log->count++] = strdup(text);
	if (log->reply != NULL)
		user_show(log->user, SHOW_MESSAGE, log->reply,
		    strlen(log->reply));
	if (log->count == log->hold_after)
		user_hold(log->user, true);
}

static inline void
user_log_ended(void *context)
{
	struct user_log *log = context;

	log->ended++;
	event_base_loopbreak(log->base);
}

static inline void
user_log_failed(void *context, const char *why)
{
	struct user_log *log = context;

	log->failed++;
	strncpy(log->why, why, sizeof(log->why) - 1);
	event_base_loopbreak(log->base);
}

static inline void
user_log_init(struct user_log *log, struct user_calls *calls)
{
	*log = (struct user_log){ .base = event_base_new() };
	ck_assert_ptr_nonnull(log->base);
	*calls = (struct user_calls){ .line = user_log_line,
	    .ended = user_log_ended, .failed = user_log_failed,
	    .context = log };
}

/* Until the user ended or failed, or so many ms went by. */
static inline void
user_log_run(struct user_log *log, long ms)
{
	const struct timeval within = { ms / 1000, ms % 1000 * 1000 };

	event_base_loopexit(log->base, &within);
	event_base_dispatch(log->base);
}

static inline void
user_log_reset(struct user_log *log)
{
	user_close(log->user);
	for (size_t i = 0; i < log->count; i++)
		free(log->lines[i]);
	event_base_free(log->base);
}

/* fd 1 or 2 goes to a file that is gone already: user_log_read() has it. */
static inline int
user_log_catch(int fd)
{
	char name[] = "/tmp/labchat-test-XXXXXX";
	int file = mkstemp(name);

	ck_assert_int_ne(file, -1);
	unlink(name);
	ck_assert_int_eq(dup2(file, fd), fd);
	return file;
}

static inline const char *
user_log_read(int file, char *text, size_t room)
{
	ssize_t n = pread(file, text, room - 1, 0);

	ck_assert_int_ge(n, 0);
	text[n] = '\0';
	return text;
}

#endif
