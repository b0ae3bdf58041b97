#include "analyzer/dashboard/worker.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "analyzer/capture/frame.h"
#include "analyzer/dashboard/message.h"
#include "analyzer/engine/engine.h"

#define MS INT64_C(1000000)
#define FIRST_SNAPSHOT_NS (400 * MS)
#define LIVE_SNAPSHOT_NS (1000 * MS)
#define LONGEST_PAUSE_NS (8000 * MS)

/* Added to the niceness of what looks at live traffic. */
enum { GIVE_WAY = 10 };

/* In the worker. */
struct work {
	const struct worker_task *task;
	int fd;
	struct live *live;
	pid_t self;
	pid_t snapshot;		/* the child that makes one; 0: none */
	bool is_snapshot;	/* this process is that child */
	int64_t due_ns, pause_ns;
	int64_t since_ns;
	struct message_status status;
	struct bytes lines;	/* to tell, each with its end */
	size_t read, line_count;
};

static int64_t
now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/* The end of the parent is to be ours, by that signal. */
static void
follow(pid_t parent, int number)
{
	prctl(PR_SET_PDEATHSIG, (unsigned long)number);
	if (getppid() != parent)
		_exit(1);
}

static void
usual_signals(void)
{
	static const int numbers[] = { SIGINT, SIGTERM, SIGHUP, SIGCHLD };
	struct sigaction usual = { .sa_handler = SIG_DFL };
	sigset_t none;

	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		sigaction(numbers[i], &usual, NULL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

/* Descriptors as of a program that is started; `keep` becomes
 * WORKER_KEPT. */
static void
settle_files(int keep)
{
	int null = open("/dev/null", O_RDWR);

	if (null != -1) {
		dup2(null, STDIN_FILENO);
		dup2(null, STDOUT_FILENO);
	}
	if (keep != WORKER_KEPT)
		dup2(keep, WORKER_KEPT);
	close_range(WORKER_KEPT + 1, ~0U, 0);
}

void
worker_settle(int keep, pid_t parent)
{
	usual_signals();
	follow(parent, SIGKILL);
	settle_files(keep);
}

/* A line for the server, at the next status. */
static void
keep_line(struct work *w, const char *line, size_t len)
{
	size_t room = MESSAGE_LINE_MAX - 1;

	if (len == 0 || w->line_count == MESSAGE_LINES_MAX)
		return;
	/* What memory is too short for is not told. */
	if (bytes_append(&w->lines, line, len < room ? len : room) == 0 &&
	    bytes_append(&w->lines, "\n", 1) == 0)
		w->line_count++;
}

/* The one way to the server.  The last snapshot writes to the same pipe, and
 * what it says comes before. */
static int
tell(void *context, const struct message *message, struct errbuf *err)
{
	struct work *w = context;

	while (w->snapshot != 0 && !w->is_snapshot)
		if (waitpid(w->snapshot, NULL, 0) != -1 || errno != EINTR)
			w->snapshot = 0;
	return message_write(w->fd, message, err);
}

/* The line at *at, which moves behind it; false behind the last. */
static bool
next_line(const struct bytes *lines, size_t *at, const char **line,
    size_t *len)
{
	size_t left = lines->len - *at;
	const char *end;

	if (left == 0)
		return false;
	*line = (const char *)lines->data + *at;
	end = memchr(*line, '\n', left);
	*len = end == NULL ? left : (size_t)(end - *line);
	*at += *len + (end != NULL);
	return true;
}

static void
keep_lines(struct work *w, const struct bytes *lines)
{
	const char *line;
	size_t at = 0, len;

	while (next_line(lines, &at, &line, &len))
		keep_line(w, line, len);
}

static void
tell_evicted(struct work *w, const struct analysis_account *flows)
{
	struct errbuf line;

	if (flows->evicted == 0)
		return;
	errbuf_set(&line, "%llu flows were ended for want of memory; what "
	    "follows of them is another flow",
	    (unsigned long long)flows->evicted);
	keep_line(w, line.text, strlen(line.text));
}

static void
on_done(void *context, const struct engine_result *r)
{
	struct work *w = context;
	struct account *sum = &w->status.account;
	const struct account *a = &r->account;

	if (r->status != INPUT_FOREIGN) {
		w->read += r->status != INPUT_UNREADABLE;
		keep_lines(w, &r->lines);
		tell_evicted(w, &r->flows);
	}
	sum->directions.in += a->directions.in;
	sum->directions.out += a->directions.out;
	sum->directions.other += a->directions.other;
	sum->directions.skipped += a->directions.skipped;
	sum->filtered += a->filtered;
	sum->truncated += a->truncated;
	sum->malformed += a->malformed;
	sum->unsupported += a->unsupported;
}

static void
on_lack(void *context, const char *line)
{
	keep_line(context, line, strlen(line));
}

static int
on_frames(void *context, const struct reader *reader,
    const struct frame *frames, size_t n, struct errbuf *err)
{
	struct work *w = context;

	for (size_t i = 0; i < n && w->since_ns == INT64_MIN; i++)
		if (!(frames[i].flags & FRAME_UNTIMED))
			w->since_ns = frames[i].ts_ns;
	return w->task->tap == NULL ? 0 :
	    w->task->tap(w->task->context, reader, frames, n, err);
}

/* Whoever looks on must not cost what is live a packet. */
static void
give_way(bool live)
{
	if (live && nice(GIVE_WAY) == -1)
		return;		/* then as everybody else */
}

/* Has the last one ended? */
static bool
snapshot_is_done(struct work *w)
{
	if (w->snapshot != 0 && waitpid(w->snapshot, NULL, WNOHANG) == 0)
		return false;
	w->snapshot = 0;
	return true;
}

/* Here, not in the child: who asks the kernel sets its counters to 0, and adds
 * them up in memory of its own. */
static void
take_drops(struct work *w)
{
	w->status.has_drops = w->live != NULL &&
	    live_drops(w->live, &w->status.drops);
}

static bool
on_snapshot(void *context)
{
	struct work *w = context;
	int64_t now = now_ns();
	pid_t child;

	if (now < w->due_ns || !snapshot_is_done(w))
		return false;
	take_drops(w);
	child = fork();
	if (child == 0) {
		/* Files stay: the state may lie in some. */
		usual_signals();
		follow(w->self, SIGKILL);
		give_way(w->task->live);
		w->is_snapshot = true;
		return true;
	}
	if (child > 0)
		w->snapshot = child;
	if (!w->task->live && w->pause_ns < LONGEST_PAUSE_NS)
		w->pause_ns *= 2;
	w->due_ns = now + w->pause_ns;
	return false;
}

/* All lines so far: those of a status are instead of the last one's. */
static int
send_lines(struct work *w, struct errbuf *err)
{
	struct message message = { .kind = MESSAGE_LINE };
	const char *line;
	size_t at = 0, len;

	while (next_line(&w->lines, &at, &line, &len)) {
		message.parts[0] = (struct message_part){
		    (const uint8_t *)line, len };
		if (tell(w, &message, err) == -1)
			return -1;
	}
	return 0;
}

/* What the panels before it make together. */
static int
send_status(struct work *w)
{
	struct message message = { .kind = MESSAGE_STATUS };
	struct errbuf err;

	if (send_lines(w, &err) == -1)
		return -1;
	w->status.final = !w->is_snapshot;
	w->status.failed = w->status.final && w->read == 0;
	w->status.since_ns = w->since_ns;
	if (!w->is_snapshot)
		take_drops(w);
	message.parts[0] = (struct message_part){
	    (const uint8_t *)&w->status, sizeof(w->status) };
	return tell(w, &message, &err);
}

static int
run_engine_here(struct work *w, const struct maker *maker,
    struct errbuf *err)
{
	const struct worker_task *t = w->task;
	struct analysis_account flows = { 0 };
	struct engine engine = {
		.inputs = t->inputs, .input_count = t->input_count,
		.settings = t->settings, .local = t->local,
		.filter = t->filter, .from_ns = t->from_ns,
		.to_ns = t->to_ns, .join = t->join, .jobs = 1,
		.stop = t->stop, .done = on_done, .lacks = on_lack,
		.flows = &flows, .ring = t->ring, .tap = on_frames,
		.snapshot = on_snapshot, .context = w,
	};
	int status;

	engine.outputs = maker_outputs(maker, &engine.output_count);
	status = engine_run(&engine, err);
	tell_evicted(w, &flows);
	return status;
}

static int
work(struct work *w)
{
	struct errbuf err = { "" };
	const struct maker_way way = { tell, w };
	struct maker *maker = maker_new(w->task->share, &way, &err);
	int status = maker == NULL ? -1 : run_engine_here(w, maker, &err);

	maker_free(maker);
	if (status == -1 && err.text[0] != '\0')
		keep_line(w, err.text, strlen(err.text));
	if (w->is_snapshot)
		return send_status(w);
	if (w->task->tap_end != NULL)
		w->task->tap_end(w->task->context);
	return send_status(w) == -1 || status == -1 ? -1 : 0;
}

static void
child_main(const struct worker_task *task, int fd, pid_t parent)
{
	struct work w = { .task = task, .fd = fd, .self = getpid(),
	    .since_ns = INT64_MIN };

	w.pause_ns = task->live ? LIVE_SNAPSHOT_NS : FIRST_SNAPSHOT_NS;
	w.due_ns = now_ns() + FIRST_SNAPSHOT_NS;
	if (task->live) {
		/* Forked before the server had anything to close. */
		follow(parent, SIGTERM);
		w.live = task->input_count == 1 ? task->inputs[0].live : NULL;
	} else {
		worker_settle(fd, parent);
		w.fd = WORKER_KEPT;
	}
	_exit(work(&w) == -1);
}

int
worker_start(const struct worker_task *task, struct worker *worker,
    struct errbuf *err)
{
	pid_t parent = getpid();
	int fds[2];

	if (pipe2(fds, O_CLOEXEC) == -1) {
		errbuf_set(err, "a worker: %s", strerror(errno));
		return -1;
	}
	worker->pid = fork();
	if (worker->pid == 0) {
		close(fds[0]);
		child_main(task, fds[1], parent);
	}
	close(fds[1]);
	if (worker->pid == -1) {
		errbuf_set(err, "a worker: %s", strerror(errno));
		worker->pid = 0;
		close(fds[0]);
		return -1;
	}
	fcntl(fds[0], F_SETFL, O_NONBLOCK);
	worker->fd = fds[0];
	return 0;
}

void
worker_stop(const struct worker *worker)
{
	if (worker->pid != 0)
		kill(worker->pid, SIGTERM);
}

/* -1: it has not ended. */
static int
reap(const struct worker *worker, int options, int *status)
{
	pid_t pid;

	do {
		pid = waitpid(worker->pid, status, options);
	} while (pid == -1 && errno == EINTR);
	return pid == 0 ? -1 : 0;
}

void
worker_end(struct worker *worker, int patience_ms, int *status)
{
	struct timespec ms = { 0, MS };
	int ended;

	*status = 0;
	if (worker->pid == 0)
		return;
	ended = reap(worker, WNOHANG, status);
	for (int i = 0; ended == -1 && i < patience_ms; i++) {
		nanosleep(&ms, NULL);
		ended = reap(worker, WNOHANG, status);
	}
	if (ended == -1) {
		kill(worker->pid, SIGKILL);
		reap(worker, 0, status);
	}
	close(worker->fd);
	worker->pid = 0;
}
