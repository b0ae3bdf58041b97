/*
 * Threads take the captures in order; each reads one, writes its page, and
 * leaves a row for the index.  What is told of them is told in order.
 */
#include "analyzer/commands/report_site.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "analyzer/commands/guard.h"
#include "analyzer/commands/report_capture.h"
#include "analyzer/commands/report_index.h"
#include "analyzer/commands/report_page.h"
#include "analyzer/commands/run.h"
#include "base/memory.h"
#include "base/outfile.h"

/* What is left of a capture. */
struct slot {
	char *path;		/* of its page; owned */
	bool clashes;
	bool finished;		/* `result` and the rest are there */
	struct engine_result result;
	struct errbuf *failure;	/* why there is no page; owned; NULL: there
				   is one, or nothing to make one of */
	struct report_entry entry;
};

struct site {
	const struct options *options;
	const struct inputs *inputs;
	const char *folder;
	struct guard *guard;
	struct slot *slots;	/* one an input */
	struct totals *totals;
	const volatile sig_atomic_t *stop;
	pthread_mutex_t mutex;	/* for the rest */
	size_t next, told;
};

/* --- where pages go --- */

static const char *
page_name(const struct input *input)
{
	const char *slash = strrchr(input->name, '/');

	return input->walked || slash == NULL ? input->name : slash + 1;
}

static char *
make_path(const char *folder, const char *name, struct errbuf *err)
{
	size_t room = strlen(folder) + strlen(name) + sizeof("/.html");
	char *path = memory_array(room, 1);

	if (path == NULL)
		errbuf_set(err, "out of memory");
	else
		snprintf(path, room, "%s/%s.html", folder, name);
	return path;
}

struct place {
	const char *path;
	size_t input;		/* SIZE_MAX: the index */
};

static int
compare_places(const void *a, const void *b)
{
	const struct place *x = a, *y = b;

	return strcmp(x->path, y->path);
}

/* Pages that would be written to the same place, or to the index's, are not
 * written. */
static int
mark_clashes(struct site *s, const char *index, struct errbuf *err)
{
	size_t n = s->inputs->count;
	struct place *places = memory_array(n + 1, sizeof(*places));

	if (places == NULL) {
		errbuf_set(err, "out of memory for %zu inputs", n);
		return -1;
	}
	for (size_t i = 0; i < n; i++)
		places[i] = (struct place){ s->slots[i].path, i };
	places[n] = (struct place){ index, SIZE_MAX };
	qsort(places, n + 1, sizeof(*places), compare_places);
	for (size_t i = 1; i <= n; i++) {
		if (compare_places(&places[i - 1], &places[i]) != 0)
			continue;
		for (size_t k = i - 1; k <= i; k++)
			if (places[k].input != SIZE_MAX)
				s->slots[places[k].input].clashes = true;
	}
	free(places);
	return 0;
}

static int
make_paths(struct site *s, const char *index, struct errbuf *err)
{
	s->slots = memory_array(s->inputs->count, sizeof(*s->slots));
	if (s->slots == NULL) {
		errbuf_set(err, "out of memory for %zu inputs",
		    s->inputs->count);
		return -1;
	}
	for (size_t i = 0; i < s->inputs->count; i++) {
		s->slots[i].path = make_path(s->folder,
		    page_name(&s->inputs->list[i]), err);
		if (s->slots[i].path == NULL)
			return -1;
	}
	return mark_clashes(s, index, err);
}

/* --- a capture --- */

static int
make_folder(const char *path, struct errbuf *err)
{
	char *folder = strdup(path);
	int status = -1;

	if (folder == NULL) {
		errbuf_set(err, "%s: out of memory", path);
	} else {
		*strrchr(folder, '/') = '\0';
		status = outfile_mkdirs(folder, err);
	}
	free(folder);
	return status;
}

/* The folders of a page that is not there, where they are empty. */
static void
drop_folders(const struct site *s, const char *path)
{
	char *folder = strdup(path);
	char *slash;

	while (folder != NULL && (slash = strrchr(folder, '/')) != NULL &&
	    slash > folder + strlen(s->folder)) {
		*slash = '\0';
		if (rmdir(folder) == -1)
			break;
	}
	free(folder);
}

static int
count_slashes(const char *text)
{
	int n = 0;

	for (; *text != '\0'; text++)
		n += *text == '/';
	return n;
}

static int
write_page(const struct site *s, struct slot *slot,
    struct report_capture *capture, struct errbuf *err)
{
	const char *below = slot->path + strlen(s->folder) + 1;
	struct errbuf ignored;
	struct outfile *file;

	if (slot->clashes) {
		errbuf_set(err, "%s: another page would be written there too",
		    slot->path);
		return -1;
	}
	if (guard_check(s->guard, slot->path, err) == -1 ||
	    make_folder(slot->path, err) == -1)
		return -1;
	file = outfile_open(slot->path, err);
	if (file == NULL)
		return -1;
	if (report_page_write(capture, count_slashes(below),
	    outfile_sink(file), err) == -1) {
		outfile_close(file, false, &ignored);
		return -1;
	}
	return outfile_close(file, true, err);
}

static void
keep_failure(struct slot *slot, const struct errbuf *err)
{
	slot->failure = memory_array(1, sizeof(*slot->failure));
	if (slot->failure != NULL)
		*slot->failure = *err;
	slot->result.output_failed = true;
	slot->entry.why = "no page";
}

/* The row of the index, and what is to be told, taken over. */
static void
keep_result(struct slot *slot, struct report_capture *c)
{
	size_t figures = (size_t)(panel_find("figures") - panels);

	slot->result = c->results[0];
	c->results[0].lines = (struct bytes){ 0 };
	slot->entry.shown = slot->result.status != INPUT_FOREIGN &&
	    slot->result.status != INPUT_INTERRUPTED;
	slot->entry.summary = c->grids[figures];
	c->grids[figures] = NULL;
}

static void
run_capture(struct site *s, size_t i)
{
	struct slot *slot = &s->slots[i];
	struct report_capture c;
	struct errbuf err;
	int status = report_capture_init(&c, s->options, &s->inputs->list[i],
	    1, &err);

	c.progress = s->totals->progress;
	slot->result.input = &s->inputs->list[i];
	if (status == 0)
		status = report_capture_read(&c, s->stop, &err);
	if (status == 0 && report_capture_is_fit(&c)) {
		status = write_page(s, slot, &c, &err);
		if (status == 0)
			slot->entry.address = slot->path +
			    strlen(s->folder) + 1;
	}
	if (c.told == 1)
		keep_result(slot, &c);
	if (status == -1)
		keep_failure(slot, &err);
	report_capture_reset(&c);
}

/* --- all of them --- */

/* Those that are finished and whose turn it is. */
static void
tell_finished(struct site *s)
{
	while (s->told < s->inputs->count && s->slots[s->told].finished) {
		struct slot *slot = &s->slots[s->told++];

		totals_add(s->totals, &slot->result);
		if (slot->failure != NULL) {
			progress_pause(s->totals->progress);
			run_complain(slot->failure->text);
			progress_resume(s->totals->progress);
		}
		bytes_reset(&slot->result.lines);
		free(slot->failure);
		slot->failure = NULL;
	}
}

static void *
work(void *context)
{
	struct site *s = context;

	pthread_mutex_lock(&s->mutex);
	while (s->next < s->inputs->count && !*s->stop) {
		size_t i = s->next++;

		pthread_mutex_unlock(&s->mutex);
		run_capture(s, i);
		pthread_mutex_lock(&s->mutex);
		s->slots[i].finished = true;
		tell_finished(s);
	}
	pthread_mutex_unlock(&s->mutex);
	return NULL;
}

/* This thread works too; where no other can be had it works alone. */
static void
run_threads(struct site *s)
{
	size_t want = s->options->jobs < s->inputs->count ?
	    s->options->jobs : s->inputs->count;
	pthread_t *threads = want <= 1 ? NULL :
	    memory_array(want - 1, sizeof(*threads));
	size_t n = 0;

	while (threads != NULL && n < want - 1 &&
	    pthread_create(&threads[n], NULL, work, s) == 0)
		n++;
	work(s);
	for (size_t i = 0; i < n; i++)
		pthread_join(threads[i], NULL);
	free(threads);
}

static int
write_index(const struct site *s, const char *path, struct errbuf *err)
{
	struct report_entry *entries = memory_array(s->inputs->count,
	    sizeof(*entries));
	struct outfile *file;
	struct errbuf ignored;
	int status = -1;

	if (entries == NULL) {
		errbuf_set(err, "out of memory");
		return -1;
	}
	for (size_t i = 0; i < s->inputs->count; i++)
		entries[i] = s->slots[i].entry;
	file = outfile_open(path, err);
	if (file != NULL) {
		status = report_index_write(s->options, s->inputs, entries,
		    outfile_sink(file), err);
		if (status == 0)
			status = outfile_close(file, true, err);
		else
			outfile_close(file, false, &ignored);
	}
	free(entries);
	return status;
}

static int
run_site(struct site *s, const char *index, struct errbuf *err)
{
	s->guard = guard_new(s->inputs, err);
	if (s->guard == NULL || guard_check(s->guard, index, err) == -1 ||
	    outfile_mkdirs(s->folder, err) == -1 ||
	    make_paths(s, index, err) == -1)
		return -1;
	run_threads(s);
	for (size_t i = 0; i < s->inputs->count; i++)
		if (s->slots[i].entry.address == NULL)
			drop_folders(s, s->slots[i].path);
	if (*s->stop || s->totals->read == 0)
		return 0;
	return write_index(s, index, err);
}

static void
release(struct site *s)
{
	for (size_t i = 0; s->slots != NULL && i < s->inputs->count; i++) {
		grid_free(s->slots[i].entry.summary);
		bytes_reset(&s->slots[i].result.lines);
		free(s->slots[i].failure);
		free(s->slots[i].path);
	}
	free(s->slots);
	guard_free(s->guard);
	pthread_mutex_destroy(&s->mutex);
}

void
report_site(const struct options *options, const struct inputs *inputs,
    const char *folder, struct totals *totals,
    const volatile sig_atomic_t *stop)
{
	struct site s = { .options = options, .inputs = inputs,
	    .folder = folder, .totals = totals, .stop = stop };
	struct errbuf err;
	char *index = make_path(folder, "index", &err);

	pthread_mutex_init(&s.mutex, NULL);
	if (index == NULL || run_site(&s, index, &err) == -1) {
		progress_end(totals->progress);
		run_complain(err.text);
		totals->output_failed = true;
	}
	release(&s);
	free(index);
}
