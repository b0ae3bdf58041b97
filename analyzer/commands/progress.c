#include "analyzer/commands/progress.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { REDRAW_NS = 100 * 1000 * 1000, LIVE_REDRAW_NS = 500 * 1000 * 1000 };

static int64_t
now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static bool
is_wanted(const struct options *options)
{
	const char *term = getenv("TERM");

	if (options->quiet || options->progress == PROGRESS_NEVER)
		return false;
	if (options->progress == PROGRESS_ALWAYS)
		return true;
	return isatty(STDERR_FILENO) && term != NULL &&
	    strcmp(term, "dumb") != 0;
}

void
progress_init(struct progress *p, const struct options *options,
    uint64_t size_bytes)
{
	*p = (struct progress){ .on = is_wanted(options),
	    .size_bytes = size_bytes, .start_ns = now_ns() };
	p->drawn_ns = p->start_ns;	/* nothing for runs that end at once */
	pthread_mutex_init(&p->mutex, NULL);
}

static void
draw(struct progress *p, int64_t now)
{
	double seconds = (double)(now - p->start_ns) / 1e9;
	double rate = seconds > 0 ? (double)p->bytes / seconds : 0;

	fputs("\r\033[K", stderr);
	if (p->live)
		fprintf(stderr, "%.0f s, %" PRIu64 " packets, %.0f packets/s, ",
		    seconds, p->packets, (double)p->packets / seconds);
	fprintf(stderr, "%.1f MB", (double)p->bytes / 1e6);
	if (p->size_bytes > 0 && p->bytes <= p->size_bytes) {
		fprintf(stderr, " of %.1f MB, %.0f %%, ",
		    (double)p->size_bytes / 1e6,
		    100.0 * (double)p->bytes / (double)p->size_bytes);
		fprintf(stderr, "%.1f MB/s, %.0f s left", rate / 1e6,
		    (double)(p->size_bytes - p->bytes) / rate);
	} else {
		fprintf(stderr, ", %.1f MB/s", rate / 1e6);
	}
	fflush(stderr);
	p->drawn_ns = now;
	p->visible = true;
}

void
progress_add(struct progress *p, uint64_t bytes)
{
	int64_t now;

	if (!p->on || p->live)
		return;
	pthread_mutex_lock(&p->mutex);
	p->bytes += bytes;
	now = now_ns();
	if (now - p->drawn_ns >= REDRAW_NS && p->bytes > 0)
		draw(p, now);
	pthread_mutex_unlock(&p->mutex);
}

void
progress_frames(struct progress *p, const struct frame *frames, size_t n)
{
	int64_t now;

	if (!p->on)
		return;
	pthread_mutex_lock(&p->mutex);
	p->live = true;
	p->packets += n;
	for (size_t i = 0; i < n; i++)
		p->bytes += frames[i].cap_len;
	now = now_ns();
	if (now - p->drawn_ns >= LIVE_REDRAW_NS)
		draw(p, now);
	pthread_mutex_unlock(&p->mutex);
}

void
progress_pause(struct progress *p)
{
	pthread_mutex_lock(&p->mutex);
	if (p->visible)
		fputs("\r\033[K", stderr);
	p->visible = false;
}

void
progress_resume(struct progress *p)
{
	pthread_mutex_unlock(&p->mutex);
}

void
progress_end(struct progress *p)
{
	progress_pause(p);
	p->on = false;
	progress_resume(p);
}
