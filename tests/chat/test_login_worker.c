#include "chat/net/login_worker.h"

#include <check.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "tests/unit/temporary_folder.h"

/* Cheap, so that tests are quick; and so slow that many wait. */
static const struct scrypt_cost cheap = { .ln = 4, .r = 1, .p = 1 };
static const struct scrypt_cost slow = { .ln = 14, .r = 8, .p = 1 };

enum { ASKERS = LOGIN_WAITING_MAX + LOGIN_WORKERS + 20 };

#define PATH "users.db"

static struct event_base *base;
static struct login_worker *worker;
static struct errbuf err;

struct asker {
	int answers;
	enum login_answer answer;
};
static int answers, complaints;
static char complaint[1000];

static void
on_answer(void *context, void *asker, enum login_answer answer)
{
	struct asker *a = asker;

	ck_assert_ptr_eq(context, &base);
	a->answers++;
	a->answer = answer;
	answers++;
}

static void
on_complaint(void *context, const char *line)
{
	(void)context;
	snprintf(complaint, sizeof(complaint), "%s", line);
	complaints++;
}

static void
open_worker(const struct scrypt_cost *cost)
{
	const struct login_setup setup = {
		.path = PATH, .cost = cost, .answered = on_answer,
		.complain = on_complaint, .context = &base,
	};

	worker = login_worker_open(base, &setup, &err);
	ck_assert_msg(worker != NULL, "%s", err.text);
}

static void
set_up(void)
{
	temporary_folder_enter();
	base = event_base_new();
	answers = complaints = 0;
	worker = NULL;
}

static void
tear_down(void)
{
	login_worker_close(worker);
	event_base_free(base);
	temporary_folder_leave();
}

static struct login_ticket *
ask(bool make, const char *name, const char *password, struct asker *asker)
{
	const struct login login = {
		.make = make, .name = name, .password = password,
		.password_len = strlen(password),
	};
	struct login_ticket *ticket = login_worker_ask(worker, &login, asker);

	ck_assert_ptr_nonnull(ticket);
	return ticket;
}

/* Until there are so many answers in all, or 20 s have gone by. */
static void
wait_for(int n)
{
	time_t end = time(NULL) + 20;

	while (answers < n && time(NULL) < end) {
		event_base_loop(base, EVLOOP_NONBLOCK);
		usleep(500);
	}
	ck_assert_int_eq(answers, n);
}

static enum login_answer
answer_to(bool make, const char *name, const char *password)
{
	struct asker asker = { 0 };

	ask(make, name, password, &asker);
	/* Never from within the question. */
	ck_assert_int_eq(asker.answers, 0);
	wait_for(answers + 1);
	ck_assert_int_eq(asker.answers, 1);
	return asker.answer;
}

static enum login_answer
known(const char *name)
{
	struct asker asker = { 0 };

	ck_assert_ptr_nonnull(login_worker_ask_name(worker, name, &asker));
	wait_for(answers + 1);
	return asker.answer;
}

START_TEST(each_answer_finds_its_way)
{
	open_worker(&cheap);
	ck_assert_int_eq(known("alice"), LOGIN_UNKNOWN);
	ck_assert_int_eq(answer_to(true, "alice", "secret"), LOGIN_WELCOME);
	ck_assert_int_eq(known("alice"), LOGIN_TAKEN);
	ck_assert_int_eq(answer_to(true, "alice", "other"), LOGIN_TAKEN);
	ck_assert_int_eq(answer_to(false, "alice", "secret"), LOGIN_WELCOME);
	ck_assert_int_eq(answer_to(false, "alice", "other"), LOGIN_WRONG);
	ck_assert_int_eq(answer_to(false, "bob", "secret"), LOGIN_WRONG);
	ck_assert_int_eq(answer_to(true, "carol", ""), LOGIN_WRONG);
	ck_assert_int_eq(complaints, 0);
}
END_TEST

START_TEST(one_name_goes_to_one_of_many_at_a_time)
{
	struct asker askers[8] = { 0 };
	int welcome = 0, taken = 0;

	open_worker(&cheap);
	for (size_t i = 0; i < 8; i++)
		ask(true, "alice", "secret", &askers[i]);
	wait_for(8);
	for (size_t i = 0; i < 8; i++) {
		welcome += askers[i].answer == LOGIN_WELCOME;
		taken += askers[i].answer == LOGIN_TAKEN;
	}
	ck_assert_int_eq(welcome, 1);
	ck_assert_int_eq(taken, 7);
}
END_TEST

START_TEST(too_many_are_told_at_once_that_it_is_busy)
{
	static struct asker askers[ASKERS];
	int busy = 0;

	open_worker(&slow);
	for (int i = 0; i < ASKERS; i++)
		ask(false, "alice", "secret", &askers[i]);
	for (int i = 0; i < 100 && answers < 20; i++) {
		event_base_loop(base, EVLOOP_NONBLOCK);
		usleep(100);
	}
	for (int i = 0; i < ASKERS; i++)
		busy += askers[i].answers == 1 &&
		    askers[i].answer == LOGIN_BUSY;
	ck_assert_int_ge(busy, 20);
	ck_assert_int_le(busy, ASKERS - LOGIN_WAITING_MAX);
	ck_assert_int_eq(askers[0].answers == 1 &&
	    askers[0].answer == LOGIN_BUSY, 0);
	/* Those that are still waiting are forgotten by the end. */
}
END_TEST

START_TEST(who_has_left_gets_no_answer_and_leaves_its_place)
{
	static struct asker askers[ASKERS], last;
	struct login_ticket *tickets[LOGIN_WAITING_MAX];

	open_worker(&slow);
	for (int i = 0; i < LOGIN_WAITING_MAX; i++)
		tickets[i] = ask(false, "alice", "secret", &askers[i]);
	/* One of them is being hashed or done by now, others wait. */
	usleep(5000);
	for (int i = LOGIN_WAITING_MAX - 1; i >= 0; i--)
		login_worker_forget(worker, tickets[i]);
	ask(true, "alice", "secret", &last);
	wait_for(1);
	ck_assert_int_eq(last.answer, LOGIN_WELCOME);
	for (int i = 0; i < LOGIN_WAITING_MAX; i++)
		ck_assert_int_eq(askers[i].answers, 0);
}
END_TEST

/* The loop turns while two threads hash. */
START_TEST(the_loop_does_not_wait)
{
	struct asker askers[4] = { 0 };
	struct timespec from, to;
	int64_t longest = 0;

	open_worker(&slow);
	for (size_t i = 0; i < 4; i++) {
		clock_gettime(CLOCK_THREAD_CPUTIME_ID, &from);
		ask(false, "alice", "secret", &askers[i]);
		event_base_loop(base, EVLOOP_NONBLOCK);
		clock_gettime(CLOCK_THREAD_CPUTIME_ID, &to);
		longest = (to.tv_sec - from.tv_sec) * 1000000000LL +
		    to.tv_nsec - from.tv_nsec > longest ?
		    (to.tv_sec - from.tv_sec) * 1000000000LL + to.tv_nsec -
		    from.tv_nsec : longest;
	}
	ck_assert_int_lt(longest, 5000000);
	wait_for(4);
}
END_TEST

START_TEST(a_store_that_breaks_is_complained_of)
{
	open_worker(&cheap);
	ck_assert_int_eq(answer_to(true, "alice", "secret"), LOGIN_WELCOME);
	login_worker_close(worker);
	worker = NULL;
	/* Another program destroys the table meanwhile. */
	open_worker(&cheap);
	ck_assert_int_eq(truncate(PATH, 100), 0);
	ck_assert_int_eq(answer_to(false, "alice", "secret"), LOGIN_FAILED);
	ck_assert_int_eq(complaints, 1);
	ck_assert_ptr_nonnull(strstr(complaint, PATH));
}
END_TEST

START_TEST(a_store_that_cannot_be_opened_is_an_error)
{
	const struct login_setup setup = {
		.path = "/nonexistent/users.db", .answered = on_answer,
	};

	ck_assert_ptr_null(login_worker_open(base, &setup, &err));
	ck_assert_ptr_nonnull(strstr(err.text, "/nonexistent/users.db"));
	login_worker_close(NULL);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("login_worker");
	TCase *tc = tcase_create("login_worker");

	tcase_set_timeout(tc, 60);
	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_add_test(tc, each_answer_finds_its_way);
	tcase_add_test(tc, one_name_goes_to_one_of_many_at_a_time);
	tcase_add_test(tc, too_many_are_told_at_once_that_it_is_busy);
	tcase_add_test(tc, who_has_left_gets_no_answer_and_leaves_its_place);
	tcase_add_test(tc, the_loop_does_not_wait);
	tcase_add_test(tc, a_store_that_breaks_is_complained_of);
	tcase_add_test(tc, a_store_that_cannot_be_opened_is_an_error);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	SRunner *r = srunner_create(suite());
	int failed;

	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed != 0;
}
