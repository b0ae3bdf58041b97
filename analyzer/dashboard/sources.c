#include "analyzer/dashboard/sources.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "analyzer/capture/reader.h"
#include "analyzer/dashboard/worker.h"
#include "analyzer/report/display.h"
#include "base/bytes.h"
#include "base/memory.h"

/* Until a file is taken for a capture without having been looked into. */
enum { ANSWER_MS = 2000 };

/* Folders that cannot be read are told by whoever reads what is in them. */
static void
ignore_line(void *context, const char *line)
{
	(void)context;
	(void)line;
}

static uint64_t
mix(uint64_t sum, uint64_t value)
{
	/* SplitMix64's step: every bit of both matters. */
	uint64_t z = sum + value + UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

static uint64_t
state_of(const struct stat *st)
{
	uint64_t sum = mix(0, (uint64_t)st->st_size);

	sum = mix(sum, (uint64_t)st->st_ino);
	sum = mix(sum, (uint64_t)st->st_mtim.tv_sec);
	return mix(sum, (uint64_t)st->st_mtim.tv_nsec);
}

static void
free_list(struct capture *list, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		free(list[i].path);
		free(list[i].label);
	}
	free(list);
}

/* Two folders may hold files of one name. */
static int
describe(const struct sources *s, struct capture *c,
    const struct input *input)
{
	const char *name = s->name_count == 1 ? input->name : input->path;
	struct bytes label = { 0 };
	struct stat st;

	*c = (struct capture){ .path = strdup(input->path),
	    .walked = input->walked };
	if (c->path == NULL || display_clean(&label, name) == -1 ||
	    bytes_append(&label, "", 1) == -1) {
		bytes_reset(&label);
		free(c->path);
		return -1;
	}
	c->label = (char *)label.data;
	if (stat(c->path, &st) == 0) {
		c->size_bytes = (uint64_t)st.st_size;
		c->changed = state_of(&st);
	}
	return 0;
}

/* A list of what is there now. */
static int
list_captures(const struct sources *s, struct sources *out,
    struct errbuf *err)
{
	struct inputs inputs;
	int status = 0;

	inputs_init(&inputs);
	*out = (struct sources){ s->names, s->name_count, s->join };
	for (size_t i = 0; status == 0 && i < s->name_count; i++)
		status = inputs_add(&inputs, s->names[i], ignore_line, NULL,
		    err);
	out->list = memory_array(inputs.count + 1, sizeof(*out->list));
	for (size_t i = 0; status == 0 && i < inputs.count; i++) {
		status = out->list == NULL ? -1 :
		    describe(out, &out->list[i], &inputs.list[i]);
		out->count += status == 0;
	}
	inputs_reset(&inputs);
	if (status == 0)
		return 0;
	errbuf_set(err, "out of memory");
	sources_reset(out);
	return -1;
}

/* Known from before, and the same file still? */
static bool
take_over(const struct sources *old, struct capture *c)
{
	for (size_t i = 0; i < old->count; i++)
		if (old->list[i].changed == c->changed &&
		    strcmp(old->list[i].path, c->path) == 0) {
			c->foreign = old->list[i].foreign;
			return true;
		}
	return false;
}

/* In the process that opens them: a byte each. */
static void
probe(const struct sources *s, const bool *known, int fd)
{
	for (size_t i = 0; i < s->count; i++) {
		bool foreign = false;
		struct reader *reader;
		struct errbuf err;
		uint8_t answer;

		if (known[i])
			continue;
		reader = reader_open(s->list[i].path, &foreign, &err);
		answer = reader == NULL && foreign;
		reader_close(reader);
		if (write(fd, &answer, 1) != 1)
			break;
	}
	_exit(0);
}

/* The next byte; false at the end, or where it does not come: to open a file
 * may take as long as whoever holds it likes, and nobody is answered then. */
static bool
next_answer(int fd, uint8_t *answer)
{
	struct pollfd readable = { .fd = fd, .events = POLLIN };
	int ready;
	ssize_t n;

	do {
		ready = poll(&readable, 1, ANSWER_MS);
		n = ready == 1 ? read(fd, answer, 1) : 0;
	} while ((ready == -1 || n == -1) && errno == EINTR);
	return n == 1;
}

/* What the process has not told stays a capture, as far as we know. */
static void
take_answers(struct sources *s, const bool *known, int fd)
{
	for (size_t i = 0; i < s->count; i++) {
		uint8_t answer;

		if (known[i])
			continue;
		if (!next_answer(fd, &answer))
			return;
		s->list[i].foreign = answer != 0;
	}
}

/* Only what a walk has found may be no capture. */
static void
find_foreign(struct sources *s, const struct sources *old)
{
	bool *known = memory_array(s->count + 1, sizeof(*known));
	pid_t child, parent = getpid();
	size_t unknown = 0;
	int fds[2];

	for (size_t i = 0; known != NULL && i < s->count; i++) {
		known[i] = !s->list[i].walked || take_over(old, &s->list[i]);
		unknown += !known[i];
	}
	if (unknown > 0 && pipe(fds) == 0) {
		child = fork();
		if (child == 0) {
			worker_settle(fds[1], parent);
			probe(s, known, WORKER_KEPT);
		}
		close(fds[1]);
		if (child > 0) {
			take_answers(s, known, fds[0]);
			kill(child, SIGKILL);
			while (waitpid(child, NULL, 0) == -1 &&
			    errno == EINTR)
				;
		}
		close(fds[0]);
	}
	free(known);
}

static uint64_t
sum_of(const struct sources *s)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < s->count; i++) {
		if (s->list[i].foreign)
			continue;
		for (const char *p = s->list[i].path; *p != '\0'; p++)
			sum = mix(sum, (uint8_t)*p);
		sum = mix(sum, s->list[i].changed);
	}
	return sum;
}

int
sources_init(struct sources *s, const char *const *names, size_t name_count,
    bool join, struct errbuf *err)
{
	*s = (struct sources){ names, name_count, join };
	return sources_look(s, err) == -1 ? -1 : 0;
}

void
sources_reset(struct sources *s)
{
	free_list(s->list, s->count);
	s->list = NULL;
	s->count = 0;
}

int
sources_look(struct sources *s, struct errbuf *err)
{
	struct sources new;
	bool changed;

	if (list_captures(s, &new, err) == -1)
		return -1;
	find_foreign(&new, s);
	new.changed = sum_of(&new);
	changed = new.changed != s->changed;
	free_list(s->list, s->count);
	*s = new;
	return changed;
}

const struct capture *
sources_find(const struct sources *s, const char *label)
{
	for (size_t i = 0; i < s->count; i++)
		if (!s->list[i].foreign && (label[0] == '\0' ||
		    strcmp(s->list[i].label, label) == 0))
			return &s->list[i];
	return NULL;
}

size_t
sources_shown(const struct sources *s)
{
	size_t n = 0;

	for (size_t i = 0; i < s->count; i++)
		n += !s->list[i].foreign;
	return n;
}
