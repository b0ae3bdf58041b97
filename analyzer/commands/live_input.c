#include "analyzer/commands/live_input.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "analyzer/capture/live.h"
#include "analyzer/capture/reader.h"
#include "analyzer/capture/ring.h"
#include "analyzer/commands/progress.h"
#include "analyzer/commands/run.h"
#include "base/privileges.h"

enum { AT_ONCE = 128 };

static int
begin_ring(const struct options *o, struct inputs *inputs, struct errbuf *err)
{
	const struct ring_options ring = {
		.prefix = o->ring_prefix != NULL ? o->ring_prefix :
		    o->interface,
		.file_bytes = o->ring_bytes,
		.files = o->ring_files,
		.link_type = live_link_type(inputs->live),
		.ts_digits = live_ts_digits(inputs->live),
		.snaplen = live_snaplen(inputs->live),
	};

	if (o->ring_bytes == 0)
		return 0;
	inputs->ring = ring_open(&ring, err);
	return inputs->ring == NULL ? -1 : 0;
}

int
live_input_open(const struct options *o, struct inputs *inputs,
    struct errbuf *err)
{
	const struct live_options live = {
		.interface = o->interface,
		.buffer_bytes = o->buffer,
		.duration_ns = o->duration_ns,
		/* Of those that extract writes it counts itself. */
		.count = o->counts_results ? 0 : o->count,
	};

	inputs->live = live_open(&live, err);
	if (inputs->live == NULL)
		return -1;
	if (privileges_drop(err) == -1)
		return -1;
	if (begin_ring(o, inputs, err) == -1)
		return -1;
	return inputs_add_live(inputs, inputs->live, err);
}

/*
 * Recording.
 */

/* A ring of one file that grows as long as it has to, and its name is gone. */
static struct ring *
open_recording(struct inputs *inputs, struct errbuf *err)
{
	const char *dir = getenv("TMPDIR");
	struct ring_options ring = { .file_bytes = UINT64_MAX, .files = 1,
	    .link_type = live_link_type(inputs->live),
	    .ts_digits = live_ts_digits(inputs->live),
	    .snaplen = live_snaplen(inputs->live) };
	struct ring *made = NULL;
	char folder[4096], prefix[sizeof(folder) + 8];

	if (snprintf(folder, sizeof(folder), "%s/pcapstat-XXXXXX",
	    dir == NULL || *dir == '\0' ? "/tmp" : dir) >=
	    (int)sizeof(folder) || mkdtemp(folder) == NULL) {
		errbuf_set(err, "%s: %s", folder, strerror(errno));
		return NULL;
	}
	snprintf(prefix, sizeof(prefix), "%s/live", folder);
	ring.prefix = prefix;
	made = ring_open(&ring, err);
	if (made != NULL) {
		inputs->recording = open(ring_path(made),
		    O_RDONLY | O_CLOEXEC);
		inputs->recorded = inputs->recording != -1;
		ring_remove(made);
	}
	rmdir(folder);
	if (made == NULL || inputs->recorded)
		return made;
	errbuf_set(err, "%s: %s", prefix, strerror(errno));
	ring_close(made);
	return NULL;
}

/* Has one of the signals come, which nobody handles now? */
static bool
has_come(const sigset_t *signals)
{
	const struct timespec at_once = { 0, 0 };

	return sigtimedwait(signals, NULL, &at_once) > 0;
}

static void
miss(struct inputs *inputs, struct progress *progress, const char *what,
    struct errbuf *why)
{
	progress_pause(progress);
	if (what != NULL)
		errbuf_prefix(why, what);
	run_complain(why->text);
	progress_resume(progress);
	inputs->missing++;
}

/* Both rings get what is read; without room for the recording it ends. */
static void
copy(struct inputs *inputs, struct reader *reader, struct ring *recording,
    const sigset_t *signals, struct progress *progress,
    volatile sig_atomic_t *stop)
{
	enum reader_status status;
	struct frame frames[AT_ONCE];
	struct errbuf why;
	size_t n;

	while ((status = reader_next(reader, frames, AT_ONCE, &n, &why)) ==
	    READER_OK || status == READER_IDLE) {
		n = status == READER_IDLE ? 0 : n;
		progress_frames(progress, frames, n);
		if (inputs->ring != NULL &&
		    ring_add(inputs->ring, frames, n, &why) == -1)
			miss(inputs, progress, "--ring ended", &why);
		if (ring_add(recording, frames, n, &why) == -1) {
			miss(inputs, progress, "the capture ended", &why);
			return;
		}
		if (has_come(signals))
			*stop = 1;
	}
	if (status != READER_END)
		miss(inputs, progress, NULL, &why);
}

/* The one input is the recording from now on. */
static int
take_recording(struct inputs *inputs, struct errbuf *err)
{
	struct input *input = &inputs->list[0];
	char *path;

	if (asprintf(&path, "/proc/self/fd/%d", inputs->recording) < 0) {
		errbuf_set(err, "%s: out of memory", input->name);
		return -1;
	}
	free(input->path);
	input->path = path;
	input->name = live_name(inputs->live);
	input->live = NULL;
	return 0;
}

/* With the signals held back, so that what handles them otherwise does not end
 * more than the capturing. */
static int
record(const struct options *o, struct inputs *inputs, struct ring *recording,
    struct errbuf *err)
{
	struct progress progress;
	volatile sig_atomic_t stop = 0;
	struct reader *reader = reader_open_live(inputs->live, &stop, err);
	sigset_t signals, before;

	if (reader == NULL)
		return -1;
	sigemptyset(&signals);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGHUP);
	sigprocmask(SIG_BLOCK, &signals, &before);
	progress_init(&progress, o, 0);
	copy(inputs, reader, recording, &signals, &progress, &stop);
	progress_end(&progress);
	sigprocmask(SIG_SETMASK, &before, NULL);
	reader_close(reader);
	return 0;
}

int
live_input_record(const struct options *o, struct inputs *inputs,
    struct errbuf *err)
{
	struct ring *recording = open_recording(inputs, err);
	int status;

	if (recording == NULL)
		return -1;
	status = record(o, inputs, recording, err);
	ring_close(recording);
	if (status == 0)
		status = take_recording(inputs, err);
	if (status == 0 && !o->quiet)
		live_input_print_drops(inputs->live);
	return status;
}

void
live_input_print_drops(struct live *live)
{
	struct live_drops d;

	if (live_drops(live, &d))
		fprintf(stderr, "%s: %" PRIu64 " received, %" PRIu64
		    " dropped by the kernel, %" PRIu64 " by the interface\n",
		    live_name(live), d.received, d.kernel, d.interface);
}
