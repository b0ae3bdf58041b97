#include "analyzer/dashboard/flow.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "analyzer/dashboard/worker.h"
#include "base/memory.h"

enum { READ_BYTES = 64 * 1024, LINE_BYTES = 4096, LAST_STEPS_MS = 2000 };

enum { OUTPUT, DIAGNOSTICS, PIPES };

struct flow_run {
	struct flow_run *next;
	struct flow_runs *runs;
	struct worker worker;		/* its output */
	int errors;			/* its standard error */
	struct event *readable[PIPES];
	struct event *deadline;
	struct bytes text[PIPES];
	bool too_late, too_much;
	void (*ended)(void *context, const struct bytes *output,
	    const char *line);
	void *context;
};

struct flow_runs {
	struct event_base *base;
	struct flow_run *list;
	size_t count, most;
};

void
flow_word(struct flow_command *c, const char *word)
{
	char *copy = c->count == FLOW_ARGUMENTS_MAX ? NULL : strdup(word);

	if (copy == NULL)
		c->failed = true;
	else
		c->words[c->count++] = copy;
}

void
flow_command_reset(struct flow_command *c)
{
	for (size_t i = 0; i < c->count; i++)
		free(c->words[i]);
	*c = (struct flow_command){ { NULL } };
}

void
flow_command_text(const struct flow_command *c, struct draft *out)
{
	draft_put(out, "pcapstat");
	for (size_t i = 0; i < c->count; i++) {
		draft_put(out, " ");
		draft_shell(out, c->words[i]);
	}
}

struct flow_runs *
flow_runs_new(struct event_base *base, size_t most)
{
	struct flow_runs *runs = memory_array(1, sizeof(*runs));

	if (runs != NULL)
		*runs = (struct flow_runs){ .base = base, .most = most };
	return runs;
}

/* The first line of what it complained of, without the program's name. */
static const char *
first_line(struct flow_run *run, char line[LINE_BYTES])
{
	static const char program[] = "pcapstat: ";
	const struct bytes *b = &run->text[DIAGNOSTICS];
	const char *at = (const char *)b->data;
	size_t len = b->len, skip = sizeof(program) - 1;
	const char *end;

	if (run->too_late)
		return "it took too long";
	if (run->too_much)
		return "it is too long";
	if (len > skip && memcmp(at, program, skip) == 0) {
		at += skip;
		len -= skip;
	}
	end = len == 0 ? NULL : memchr(at, '\n', len);
	if (end != NULL)
		len = (size_t)(end - at);
	if (len == 0)
		return "it ended without a word";
	if (len >= LINE_BYTES)
		len = LINE_BYTES - 1;
	memcpy(line, at, len);
	line[len] = '\0';
	return line;
}

static void
unlink_run(struct flow_run *run)
{
	struct flow_run **at = &run->runs->list;

	while (*at != run)
		at = &(*at)->next;
	*at = run->next;
	run->runs->count--;
}

/* Before the pipes are closed: the next run may get their numbers, and libevent
 * would take them for those that it watches already. */
static void
free_events(struct flow_run *run)
{
	for (int i = 0; i < PIPES; i++) {
		if (run->readable[i] != NULL)
			event_free(run->readable[i]);
		run->readable[i] = NULL;
	}
	if (run->deadline != NULL)
		event_free(run->deadline);
	run->deadline = NULL;
}

static void
free_run(struct flow_run *run)
{
	int status;

	free_events(run);
	for (int i = 0; i < PIPES; i++)
		bytes_reset(&run->text[i]);
	worker_end(&run->worker, 0, &status);
	if (run->errors != -1)
		close(run->errors);
	free(run);
}

/* It has ended, or is to. */
static void
end_run(struct flow_run *run, int patience_ms)
{
	char line[LINE_BYTES];
	bool good;
	int status;

	free_events(run);
	worker_end(&run->worker, patience_ms, &status);
	/* A damaged capture makes status 1, and a ladder all the same. */
	good = WIFEXITED(status) && WEXITSTATUS(status) <= 1 &&
	    !run->too_much && run->text[OUTPUT].len > 0;
	unlink_run(run);
	run->ended(run->context, good ? &run->text[OUTPUT] : NULL,
	    good ? "" : first_line(run, line));
	free_run(run);
}

void
flow_runs_free(struct flow_runs *runs)
{
	if (runs == NULL)
		return;
	while (runs->list != NULL) {
		runs->list->too_late = true;
		end_run(runs->list, 0);
	}
	free(runs);
}

static void
on_deadline(evutil_socket_t fd, short what, void *context)
{
	struct flow_run *run = context;

	(void)fd;
	(void)what;
	run->too_late = true;
	end_run(run, 0);
}

/* What there is to be read, once; false at the end. */
static bool
take(struct bytes *text, int fd, size_t most, bool *too_much)
{
	uint8_t *at = bytes_reserve(text, READ_BYTES);
	ssize_t n = at == NULL ? 0 : read(fd, at, READ_BYTES);

	if (n == -1)
		return errno == EAGAIN || errno == EINTR;
	if (text->len + (size_t)n > most)
		*too_much = true;
	else
		text->len += (size_t)n;
	return n > 0;
}

static void
on_output(evutil_socket_t fd, short what, void *context)
{
	struct flow_run *run = context;

	(void)what;
	if (take(&run->text[OUTPUT], fd, FLOW_BYTES_MAX, &run->too_much) &&
	    !run->too_much)
		return;
	end_run(run, run->too_much ? 0 : LAST_STEPS_MS);
}

static void
on_diagnostics(evutil_socket_t fd, short what, void *context)
{
	struct flow_run *run = context;
	bool ignored;

	(void)what;
	/* More than that is read and dropped. */
	if (!take(&run->text[DIAGNOSTICS], fd, 2 * LINE_BYTES, &ignored))
		event_del(run->readable[DIAGNOSTICS]);
}

/* In the new process: nothing but standard files. */
static void
become(const struct flow_command *c, int output, int errors, pid_t parent)
{
	char *argv[FLOW_ARGUMENTS_MAX + 2] = { (char *)(uintptr_t)"pcapstat" };

	memcpy(argv + 1, c->words, (c->count + 1) * sizeof(argv[0]));
	dup2(errors, STDERR_FILENO);
	worker_settle(output, parent);
	dup2(WORKER_KEPT, STDOUT_FILENO);
	close(WORKER_KEPT);
	execv("/proc/self/exe", argv);
	_exit(127);
}

static int
start(struct flow_run *run, const struct flow_command *c, struct errbuf *err)
{
	int output[2], errors[2];
	pid_t parent = getpid();

	if (pipe2(output, O_CLOEXEC) == -1)
		goto fail;
	if (pipe2(errors, O_CLOEXEC) == -1)
		goto fail_output;
	run->worker.pid = fork();
	if (run->worker.pid == 0)
		become(c, output[1], errors[1], parent);
	close(output[1]);
	close(errors[1]);
	if (run->worker.pid == -1) {
		run->worker.pid = 0;
		close(errors[0]);
		close(output[0]);
		goto fail;
	}
	run->worker.fd = output[0];
	run->errors = errors[0];
	fcntl(run->worker.fd, F_SETFL, O_NONBLOCK);
	fcntl(run->errors, F_SETFL, O_NONBLOCK);
	return 0;

fail_output:
	close(output[0]);
	close(output[1]);
fail:
	errbuf_set(err, "no process: %s", strerror(errno));
	return -1;
}

static int
watch(struct flow_run *run, struct errbuf *err)
{
	struct event_base *base = run->runs->base;
	struct timeval most = { FLOW_SECONDS, 0 };

	run->readable[OUTPUT] = event_new(base, run->worker.fd,
	    EV_READ | EV_PERSIST, on_output, run);
	run->readable[DIAGNOSTICS] = event_new(base, run->errors,
	    EV_READ | EV_PERSIST, on_diagnostics, run);
	run->deadline = evtimer_new(base, on_deadline, run);
	if (run->readable[OUTPUT] != NULL &&
	    run->readable[DIAGNOSTICS] != NULL && run->deadline != NULL &&
	    event_add(run->readable[OUTPUT], NULL) == 0 &&
	    event_add(run->readable[DIAGNOSTICS], NULL) == 0 &&
	    event_add(run->deadline, &most) == 0)
		return 0;
	errbuf_set(err, "out of memory");
	return -1;
}

int
flow_run(struct flow_runs *runs, const struct flow_command *command,
    void (*ended)(void *context, const struct bytes *output,
    const char *line), void *context, struct errbuf *err)
{
	struct flow_run *run = runs->count >= runs->most ||
	    command->failed ? NULL : memory_array(1, sizeof(*run));

	if (run == NULL) {
		errbuf_set(err, "too many at once: try again");
		return -1;
	}
	*run = (struct flow_run){ .runs = runs, .errors = -1, .ended = ended,
	    .context = context };
	if (start(run, command, err) == -1 || watch(run, err) == -1) {
		free_run(run);
		return -1;
	}
	run->next = runs->list;
	runs->list = run;
	runs->count++;
	return 0;
}
