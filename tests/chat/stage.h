/*
 * For the tests of protocols: what was said, and running a suite.
 */
#ifndef TESTS_CHAT_STAGE_H
#define TESTS_CHAT_STAGE_H

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/chat/replay.h"

/* Message i is this text; there is one. */
static inline void
expect_text(const struct fake_messages *messages, size_t i, const char *text)
{
	ck_assert_msg(i < messages->count, "only %zu messages, no \"%s\"",
	    messages->count, text);
	ck_assert_str_eq((const char *)messages->list[i].data, text);
}

/* The only thing that was shown so far is this; forgets it. */
static inline void
expect_shown(struct fake_world *world, enum show kind, const char *text)
{
	const struct fake_messages *shown = fake_shown(world);

	expect_text(shown, 0, text);
	ck_assert_uint_eq(shown->count, 1);
	ck_assert_int_eq(shown->list[0].kind, kind);
	fake_forget(world);
}

/* All that was sent to the peer is these bytes. */
static inline void
expect_stream(struct fake_world *world, const struct peer *peer,
    const void *data, size_t len)
{
	size_t n;
	const uint8_t *stream = fake_stream(world, peer, &n);

	ck_assert_uint_eq(n, len);
	if (len > 0)
		ck_assert_mem_eq(stream, data, len);
}

/* How many events of that name there were. */
static inline size_t
count_events(struct fake_world *world, const char *name)
{
	const struct fake_messages *events = fake_events(world);
	size_t n = 0;

	for (size_t i = 0; i < events->count; i++)
		n += strcmp(events->list[i].name, name) == 0;
	return n;
}

/* Every connection has what the recording has, as a stream. */
static inline void
expect_recorded(struct replay *replay)
{
	for (unsigned i = 0; i < replay_connections(replay); i++) {
		const char *difference = replay_difference(replay, i, false);

		ck_assert_msg(difference == NULL, "%s", difference);
	}
}

/* Test cases that play recordings are for where there are any. */
static inline void
add_recordings(Suite *suite, TCase *tcase)
{
	Suite *unused;

	if (getenv("PCAPSTAT_CAPTURES") != NULL) {
		suite_add_tcase(suite, tcase);
		return;
	}
	printf("# recordings: skipped, PCAPSTAT_CAPTURES is not set\n");
	/* A test case is freed with its suite only. */
	unused = suite_create("recordings");
	suite_add_tcase(unused, tcase);
	srunner_free(srunner_create(unused));
}

static inline int
run_suite(Suite *suite)
{
	SRunner *r = srunner_create(suite);
	int failed;

	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed != 0;
}

#endif
