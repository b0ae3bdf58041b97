#include "analyzer/dashboard/store.h"

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/unit/check_main.h"

enum { VIEWS = 4 };

static struct event_base *base;
static struct store *store;
static struct errbuf why;
static uint64_t source;		/* what it is now */
static unsigned tasks, told;

/* No process is needed to see what the store does about one. */
static int
refuse_task(void *context, const struct view *view, const struct run *run,
    struct worker_task *out, uint64_t *changed, struct errbuf *err)
{
	(void)context;
	(void)view;
	(void)run;
	(void)out;
	*changed = source;
	tasks++;
	errbuf_set(err, "it is gone");
	return -1;
}

static uint64_t
source_now(void *context, const struct view *view)
{
	(void)context;
	(void)view;
	return source;
}

static void
count_told(void *context, struct stored_view *view)
{
	(void)context;
	(void)view;
	told++;
}

static void
open_store(void)
{
	const struct store_calls calls = { refuse_task, source_now,
	    count_told, NULL };

	base = event_base_new();
	ck_assert_ptr_nonnull(base);
	store = store_new(base, VIEWS, &calls, &why);
	ck_assert_ptr_nonnull(store);
}

static void
close_store(void)
{
	store_free(store);
	event_base_free(base);
}

static struct stored_view *
look_at(unsigned n)
{
	static struct view view;

	memset(&view, 0, sizeof(view));
	snprintf(view.filter, sizeof(view.filter), "port %u", n);
	return store_view(store, &view);
}

START_TEST(a_view_is_kept)
{
	struct stored_view *v = look_at(1);

	ck_assert_ptr_nonnull(v);
	ck_assert_ptr_eq(look_at(1), v);
	ck_assert_ptr_ne(look_at(2), v);
	ck_assert_ptr_eq(look_at(1), v);
	ck_assert_int_eq(store_status(v), RUN_WAITING);
	ck_assert_uint_eq(tasks, 0);	/* there is nothing to be read */
}
END_TEST

START_TEST(views_have_a_bound)
{
	struct stored_view *watched[VIEWS];

	for (unsigned i = 0; i < VIEWS; i++) {
		watched[i] = look_at(i);
		ck_assert_ptr_nonnull(watched[i]);
		store_watch(watched[i]);
	}
	ck_assert_ptr_null(look_at(VIEWS));
	ck_assert_ptr_eq(look_at(0), watched[0]);
	/* Watched twice, it stays when one of them goes. */
	store_watch(watched[2]);
	store_unwatch(watched[2]);
	ck_assert_ptr_null(look_at(VIEWS));
	store_unwatch(watched[2]);
	ck_assert_ptr_nonnull(look_at(VIEWS));
	for (unsigned i = 0; i < VIEWS; i++)
		if (i != 2)
			ck_assert_ptr_eq(look_at(i), watched[i]);
	for (unsigned i = 100; i < 200; i++)
		ck_assert_ptr_nonnull(look_at(i));
}
END_TEST

START_TEST(what_was_not_wanted_for_longest_goes)
{
	for (unsigned i = 0; i < VIEWS; i++)
		look_at(i)->generation = 100 + i;
	look_at(0);
	look_at(VIEWS);
	ck_assert_uint_eq(look_at(0)->generation, 100);
	ck_assert_uint_eq(look_at(2)->generation, 102);
	ck_assert_uint_eq(look_at(3)->generation, 103);
	ck_assert_uint_eq(look_at(1)->generation, 0);	/* another */
}
END_TEST

START_TEST(a_worker_that_does_not_start_is_told_of)
{
	struct stored_view *v;

	source = 1;
	v = look_at(1);
	ck_assert_int_eq(store_status(v), RUN_FAILED);
	ck_assert_str_eq(draft_text(&v->runs[0].lines), "\"it is gone\"");
	ck_assert_uint_eq(tasks, 1);
	ck_assert_uint_ge(told, 1);
	store_tick(store);	/* again, but not at once */
	ck_assert_uint_eq(tasks, 1);
	usleep(600000);
	store_tick(store);
	ck_assert_uint_eq(tasks, 2);
	ck_assert_str_eq(draft_text(&v->runs[0].lines), "\"it is gone\"");
}
END_TEST

/* A process that writes these bytes and ends so; as the live worker. */
static struct stored_view *
follow(const void *data, size_t n, int end)
{
	static struct view whole = { .from_ns = INT64_MIN,
	    .to_ns = INT64_MAX };
	struct worker worker;
	int fds[2];

	ck_assert_int_eq(pipe(fds), 0);
	worker.pid = fork();
	if (worker.pid == 0) {
		ssize_t got = write(fds[1], data, n);

		if (end < 0)
			raise(-end);
		_exit(got != (ssize_t)n);
	}
	close(fds[1]);
	fcntl(fds[0], F_SETFL, O_NONBLOCK);
	worker.fd = fds[0];
	ck_assert_int_eq(store_set_live(store, &whole, &worker, &why), 0);
	ck_assert_int_eq(store_live(store)->pid, worker.pid);
	while (store_live(store) != NULL)
		ck_assert_int_eq(event_base_loop(base, EVLOOP_ONCE), 0);
	/* Its process is reaped, its pipe closed. */
	ck_assert(waitpid(-1, NULL, WNOHANG) == -1 && errno == ECHILD);
	ck_assert(fcntl(fds[0], F_GETFD) == -1 && errno == EBADF);
	return store_view(store, &whole);
}

/* Messages of a worker, as bytes; *n is how many. */
static const uint8_t *
bytes_of(const struct message *list, size_t count, size_t *n)
{
	static uint8_t text[4096];
	struct errbuf err;
	int fds[2];

	ck_assert_int_eq(pipe(fds), 0);
	for (size_t i = 0; i < count; i++)
		ck_assert_int_eq(message_write(fds[1], &list[i], &err), 0);
	*n = (size_t)read(fds[0], text, sizeof(text));
	close(fds[0]);
	close(fds[1]);
	return text;
}

static struct message
message(enum message_kind kind, unsigned at, const void *data, size_t len)
{
	struct message m = { kind, at, { { data, len } } };

	return m;
}

START_TEST(what_a_worker_tells_is_kept)
{
	static const struct message_status last = { .final = true,
	    .account = { .filtered = 9 }, .since_ns = 5 };
	const struct message list[] = {
		message(MESSAGE_PANEL, 3, "a,b\n", 4),
		message(MESSAGE_PANEL, STORE_PANELS_MAX, "x", 1),
		message(MESSAGE_PANEL, UINT32_MAX, "x", 1),
		message(MESSAGE_FAULT, 4, "too long", 8),
		message(MESSAGE_LINE, 0, "cut \"short\"", 11),
		message(MESSAGE_STATUS, 0, &last, sizeof(last)),
	};
	size_t n;
	const uint8_t *text = bytes_of(list, 6, &n);
	struct stored_view *v = follow(text, n, 0);

	ck_assert_int_eq(store_status(v), RUN_COMPLETE);
	ck_assert_uint_eq(v->panels[3].forms[FORM_CSV]->len, 4);
	ck_assert_uint_eq(v->panels[4].fault->len, 8);
	ck_assert_ptr_null(v->panels[4].forms[FORM_CSV]);
	ck_assert_uint_eq(v->panels[3].generation, 1);
	ck_assert_uint_eq(v->runs[0].told.account.filtered, 9);
	ck_assert_str_eq(draft_text(&v->runs[0].lines),
	    "\"cut \\\"short\\\"\"");
}
END_TEST

static void
expect_failure(const void *data, size_t n, int end, const char *line)
{
	struct stored_view *v = follow(data, n, end);

	ck_assert_int_eq(store_status(v), RUN_FAILED);
	ck_assert_msg(strstr(draft_text(&v->runs[0].lines), line) != NULL,
	    "%s", draft_text(&v->runs[0].lines));
}

START_TEST(garbage_makes_it_a_failed_one)
{
	expect_failure("HTTP/1.1 200 OK\r\nServer: none\r\n\r\n", 33, 0,
	    "its message is none");
}
END_TEST

START_TEST(an_early_end_makes_it_a_failed_one)
{
	const struct message m = message(MESSAGE_PANEL, 3, "a,b\n", 4);
	size_t n;
	const uint8_t *text = bytes_of(&m, 1, &n);

	expect_failure(text, n - 1, 0, "ended early");
}
END_TEST

START_TEST(a_signal_makes_it_a_failed_one)
{
	expect_failure("", 0, -SIGKILL, "signal 9");
}
END_TEST

int
main(void)
{
	TCase *t = tcase_create("store");

	tcase_add_checked_fixture(t, open_store, close_store);
	tcase_add_test(t, a_view_is_kept);
	tcase_add_test(t, views_have_a_bound);
	tcase_add_test(t, what_was_not_wanted_for_longest_goes);
	tcase_add_test(t, a_worker_that_does_not_start_is_told_of);
	tcase_add_test(t, what_a_worker_tells_is_kept);
	tcase_add_test(t, garbage_makes_it_a_failed_one);
	tcase_add_test(t, an_early_end_makes_it_a_failed_one);
	tcase_add_test(t, a_signal_makes_it_a_failed_one);
	return check_main("dashboard: store", t);
}
