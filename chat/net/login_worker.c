#include "chat/net/login_worker.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/memory.h"
#include "chat/crypto/secret.h"
#include "chat/users/users.h"

enum question { ASK_REGISTER, ASK_LOGIN, ASK_NAME };

struct login_ticket {
	struct login_ticket *next;
	void *asker;		/* NULL: forgotten; the loop's alone */
	enum question question;
	char *name;
	struct secret password;
	enum login_answer answer;
	char *complaint;	/* NULL: none */
};

struct tickets {
	struct login_ticket *first, **end;
	size_t count;
};

struct hand {
	struct login_worker *worker;
	struct users *users;
	pthread_t thread;
	bool runs;
};

struct login_worker {
	struct login_setup setup;
	pthread_mutex_t lock;	/* of these: */
	pthread_cond_t work;
	struct tickets waiting, done;
	bool ends;

	int wake;		/* an eventfd: some are done */
	struct event *event;
	struct hand hands[LOGIN_WORKERS];
};

static void
tickets_init(struct tickets *t)
{
	t->first = NULL;
	t->end = &t->first;
	t->count = 0;
}

static void
tickets_put(struct tickets *t, struct login_ticket *ticket)
{
	ticket->next = NULL;
	*t->end = ticket;
	t->end = &ticket->next;
	t->count++;
}

static struct login_ticket *
tickets_take(struct tickets *t)
{
	struct login_ticket *ticket = t->first;

	if (ticket == NULL)
		return NULL;
	t->first = ticket->next;
	if (t->first == NULL)
		t->end = &t->first;
	t->count--;
	return ticket;
}

/* Was it there? */
static bool
tickets_remove(struct tickets *t, const struct login_ticket *ticket)
{
	struct login_ticket **at = &t->first;

	while (*at != NULL && *at != ticket)
		at = &(*at)->next;
	if (*at == NULL)
		return false;
	*at = ticket->next;
	if (*at == NULL)
		t->end = at;
	t->count--;
	return true;
}

static void
ticket_free(struct login_ticket *ticket)
{
	if (ticket == NULL)
		return;
	secret_reset(&ticket->password);
	free(ticket->name);
	free(ticket->complaint);
	free(ticket);
}


/* In the threads. */

static enum login_answer
translate(enum users_answer answer)
{
	static const enum login_answer answers[] = {
		[USERS_WELCOME] = LOGIN_WELCOME,
		[USERS_TAKEN] = LOGIN_TAKEN,
		[USERS_WRONG] = LOGIN_WRONG,
		[USERS_UNKNOWN] = LOGIN_UNKNOWN,
		[USERS_FAILED] = LOGIN_FAILED,
		[USERS_REFUSED] = LOGIN_WRONG,
	};

	return answers[answer];
}

static enum users_answer
ask(struct users *users, const struct login_ticket *t, struct errbuf *err)
{
	switch (t->question) {
	case ASK_REGISTER:
		return users_register(users, t->name, t->password.data,
		    t->password.len, err);
	case ASK_LOGIN:
		return users_login(users, t->name, t->password.data,
		    t->password.len, err);
	case ASK_NAME:
	default:
		return users_known(users, t->name, err);
	}
}

static void
answer(struct users *users, struct login_ticket *t)
{
	struct errbuf err = { .text = "" };
	enum users_answer said = ask(users, t, &err);

	t->answer = translate(said);
	/* A record that could not be made anew comes with a welcome. */
	if ((said == USERS_FAILED || said == USERS_WELCOME) &&
	    err.text[0] != '\0')
		t->complaint = strdup(err.text);
	secret_reset(&t->password);
}

/* The counter of an eventfd takes 2^64 - 2 of these before it blocks. */
static void
wake_loop(const struct login_worker *w)
{
	const uint64_t one = 1;

	while (write(w->wake, &one, sizeof(one)) < 0 && errno == EINTR)
		;
}

static void *
work(void *context)
{
	struct hand *hand = context;
	struct login_worker *w = hand->worker;

	pthread_mutex_lock(&w->lock);
	while (!w->ends) {
		struct login_ticket *t = tickets_take(&w->waiting);

		if (t == NULL) {
			pthread_cond_wait(&w->work, &w->lock);
			continue;
		}
		pthread_mutex_unlock(&w->lock);
		answer(hand->users, t);
		pthread_mutex_lock(&w->lock);
		tickets_put(&w->done, t);
		wake_loop(w);
	}
	pthread_mutex_unlock(&w->lock);
	return NULL;
}


/* In the loop. */

static void
on_done(evutil_socket_t fd, short what, void *context)
{
	struct login_worker *w = context;
	struct login_ticket *t;
	uint64_t times;

	(void)what;
	if (read(fd, &times, sizeof(times)) < 0 && errno != EAGAIN)
		return;
	for (;;) {
		pthread_mutex_lock(&w->lock);
		t = tickets_take(&w->done);
		pthread_mutex_unlock(&w->lock);
		if (t == NULL)
			return;
		if (t->complaint != NULL && w->setup.complain != NULL)
			w->setup.complain(w->setup.context, t->complaint);
		if (t->asker != NULL)
			w->setup.answered(w->setup.context, t->asker,
			    t->answer);
		ticket_free(t);
	}
}

static struct login_ticket *
submit(struct login_worker *w, struct login_ticket *t)
{
	pthread_mutex_lock(&w->lock);
	if (w->waiting.count < LOGIN_WAITING_MAX) {
		tickets_put(&w->waiting, t);
		pthread_cond_signal(&w->work);
	} else {
		t->answer = LOGIN_BUSY;
		tickets_put(&w->done, t);
		wake_loop(w);
	}
	pthread_mutex_unlock(&w->lock);
	return t;
}

static struct login_ticket *
ticket_new(enum question question, const char *name, void *asker)
{
	struct login_ticket *t = memory_array(1, sizeof(*t));

	if (t == NULL)
		return NULL;
	t->question = question;
	t->asker = asker;
	t->name = strdup(name);
	if (t->name == NULL) {
		ticket_free(t);
		return NULL;
	}
	return t;
}

struct login_ticket *
login_worker_ask(struct login_worker *w, const struct login *login,
    void *asker)
{
	struct login_ticket *t = ticket_new(login->make ? ASK_REGISTER :
	    ASK_LOGIN, login->name, asker);

	if (t == NULL || secret_set(&t->password, login->password,
	    login->password_len) != 0) {
		ticket_free(t);
		return NULL;
	}
	return submit(w, t);
}

struct login_ticket *
login_worker_ask_name(struct login_worker *w, const char *name, void *asker)
{
	struct login_ticket *t = ticket_new(ASK_NAME, name, asker);

	return t == NULL ? NULL : submit(w, t);
}

void
login_worker_forget(struct login_worker *w, struct login_ticket *ticket)
{
	bool waited;

	pthread_mutex_lock(&w->lock);
	waited = tickets_remove(&w->waiting, ticket);
	pthread_mutex_unlock(&w->lock);
	if (waited)
		ticket_free(ticket);
	else
		ticket->asker = NULL;
}


/* Threads and stores. */

static int
open_stores(struct login_worker *w, struct errbuf *err)
{
	for (size_t i = 0; i < LOGIN_WORKERS; i++) {
		struct hand *hand = &w->hands[i];

		hand->worker = w;
		hand->users = w->setup.cost == NULL ?
		    users_open(w->setup.path, err) :
		    users_open_at(w->setup.path, w->setup.cost, err);
		if (hand->users == NULL)
			return -1;
	}
	return 0;
}

/* Signals are the loop's. */
static int
start_threads(struct login_worker *w, struct errbuf *err)
{
	sigset_t all, before;
	int status = 0;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	for (size_t i = 0; i < LOGIN_WORKERS && status == 0; i++) {
		struct hand *hand = &w->hands[i];

		status = pthread_create(&hand->thread, NULL, work, hand);
		hand->runs = status == 0;
	}
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (status != 0)
		errbuf_set(err, "thread: %s", strerror(status));
	return status == 0 ? 0 : -1;
}

static int
open_wake(struct login_worker *w, struct event_base *base, struct errbuf *err)
{
	w->wake = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	if (w->wake < 0) {
		errbuf_set(err, "eventfd: %s", strerror(errno));
		return -1;
	}
	w->event = event_new(base, w->wake, EV_READ | EV_PERSIST, on_done, w);
	if (w->event == NULL || event_add(w->event, NULL) != 0) {
		errbuf_set(err, "out of memory");
		return -1;
	}
	return 0;
}

struct login_worker *
login_worker_open(struct event_base *base, const struct login_setup *setup,
    struct errbuf *err)
{
	struct login_worker *w = memory_array(1, sizeof(*w));

	if (w == NULL) {
		errbuf_set(err, "out of memory");
		return NULL;
	}
	w->setup = *setup;
	w->wake = -1;
	tickets_init(&w->waiting);
	tickets_init(&w->done);
	pthread_mutex_init(&w->lock, NULL);
	pthread_cond_init(&w->work, NULL);
	if (open_stores(w, err) != 0 || open_wake(w, base, err) != 0 ||
	    start_threads(w, err) != 0) {
		login_worker_close(w);
		return NULL;
	}
	return w;
}

static void
end_threads(struct login_worker *w)
{
	pthread_mutex_lock(&w->lock);
	w->ends = true;
	pthread_cond_broadcast(&w->work);
	pthread_mutex_unlock(&w->lock);
	for (size_t i = 0; i < LOGIN_WORKERS; i++)
		if (w->hands[i].runs)
			pthread_join(w->hands[i].thread, NULL);
}

void
login_worker_close(struct login_worker *w)
{
	struct login_ticket *t;

	if (w == NULL)
		return;
	end_threads(w);
	while ((t = tickets_take(&w->waiting)) != NULL)
		ticket_free(t);
	while ((t = tickets_take(&w->done)) != NULL)
		ticket_free(t);
	for (size_t i = 0; i < LOGIN_WORKERS; i++)
		users_close(w->hands[i].users);
	if (w->event != NULL)
		event_free(w->event);
	if (w->wake >= 0)
		close(w->wake);
	pthread_cond_destroy(&w->work);
	pthread_mutex_destroy(&w->lock);
	free(w);
}
