#include "chat/net/events.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/json_text.h"
#include "base/memory.h"
#include "base/text.h"
#include "base/utf8.h"
#include "chat/net/line_output.h"

struct events {
	struct events_setup setup;
	struct line_output log;
	char *path;
	int fd;			/* of the file; -1: none */
	bool torn;		/* the file's last line is not whole */
	bool complained, log_complained;
	uint64_t lost;
	struct bytes line;	/* used again for each */
};

static const char replacement[] = "\xef\xbf\xbd";	/* U+FFFD */

struct events *
events_open(const struct events_setup *setup, struct errbuf *err)
{
	struct events *e = memory_array(1, sizeof(*e));

	if (e == NULL)
		goto no_memory;
	e->setup = *setup;
	e->fd = -1;
	line_output_init(&e->log, setup->log_fd);
	if (setup->path == NULL)
		return e;
	e->path = strdup(setup->path);
	if (e->path == NULL)
		goto no_memory;
	/* A pipe that nobody reads is an error then, and no trap. */
	e->fd = open(e->path, O_WRONLY | O_CREAT | O_APPEND | O_NONBLOCK |
	    O_NOCTTY | O_CLOEXEC, 0666);
	if (e->fd >= 0)
		return e;
	errbuf_set(err, "%s: %s", setup->path, strerror(errno));
	events_close(e);
	return NULL;

no_memory:
	errbuf_set(err, "out of memory");
	events_close(e);
	return NULL;
}

void
events_close(struct events *e)
{
	if (e == NULL)
		return;
	if (e->fd >= 0)
		close(e->fd);
	line_output_reset(&e->log);
	free(e->path);
	bytes_reset(&e->line);
	free(e);
}

uint64_t
events_lost(const struct events *e)
{
	return e->lost;
}

struct event_field
events_text(const char *key, const char *text)
{
	return (struct event_field){
		.key = key, .text = text, .len = strlen(text),
	};
}

struct event_field
events_number(const char *key, uint64_t number)
{
	return (struct event_field){
		.key = key,
		.number = number > INT64_MAX ? INT64_MAX : (int64_t)number,
	};
}


/* JSON. */

static int
put_text(struct bytes *b, const char *text)
{
	return bytes_append(b, text, strlen(text));
}

/* One character of a string; the bytes it took. */
static size_t
escape(char out[JSON_UNIT_BYTES], const uint8_t *p, size_t n, size_t *len)
{
	uint32_t character;
	size_t step = utf8_character(p, n, &character);

	if (*p == '"' || *p == '\\') {
		out[0] = '\\';
		out[1] = (char)*p;
		*len = 2;
	} else if (utf8_printable(p, n) > 0) {
		memcpy(out, p, step);
		*len = step;
	} else if (step > 0 && character <= 0xffff) {
		/* Such as a terminal must not see, if the file is shown. */
		*len = (size_t)(json_unit(out, (uint16_t)character) - out);
	} else {
		memcpy(out, replacement, sizeof(replacement) - 1);
		*len = sizeof(replacement) - 1;
	}
	return step == 0 ? 1 : step;
}

static int
put_string(struct bytes *b, const char *text, size_t n)
{
	const uint8_t *p = (const uint8_t *)text, *end = p + n;

	if (bytes_append(b, "\"", 1) != 0)
		return -1;
	while (p < end) {
		char *out = (char *)bytes_reserve(b, JSON_UNIT_BYTES);
		size_t len;

		if (out == NULL)
			return -1;
		p += escape(out, p, (size_t)(end - p), &len);
		b->len += len;
	}
	return bytes_append(b, "\"", 1);
}

static int
put_key(struct bytes *b, const char *key)
{
	return bytes_append(b, ",", 1) != 0 ||
	    put_string(b, key, strlen(key)) != 0 ||
	    bytes_append(b, ":", 1) != 0 ? -1 : 0;
}

static int
put_field(struct bytes *b, const struct event_field *field)
{
	char number[TEXT_I64_BYTES];

	if (put_key(b, field->key) != 0)
		return -1;
	if (field->text != NULL)
		return put_string(b, field->text, field->len);
	return bytes_append(b, number,
	    (size_t)(text_i64(number, field->number) - number));
}

static int
put_time(struct bytes *b)
{
	struct table_time time = { .digits = 9 };
	char text[TEXT_UTC_BYTES];
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	time.ns = (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
	return put_text(b, "{\"time\":\"") != 0 ||
	    bytes_append(b, text, (size_t)(text_utc(text, time) - text)) != 0 ||
	    bytes_append(b, "\"", 1) != 0 ? -1 : 0;
}

static int
put_event(struct bytes *b, const struct peer *peer, const char *name,
    const struct event_field *fields, size_t n)
{
	if (put_time(b) != 0 || put_key(b, "event") != 0 ||
	    put_string(b, name, strlen(name)) != 0)
		return -1;
	if (peer != NULL && (put_key(b, "peer") != 0 ||
	    put_string(b, peer->label, strlen(peer->label)) != 0))
		return -1;
	for (size_t i = 0; i < n; i++)
		if (put_field(b, &fields[i]) != 0)
			return -1;
	return put_text(b, "}\n");
}

static void
complain(struct events *e, const char *why)
{
	struct errbuf line;

	e->lost++;
	if (e->complained || e->setup.complain == NULL)
		return;
	e->complained = true;
	errbuf_set(&line, "%s: %s; events are lost", e->path, why);
	e->setup.complain(e->setup.context, line.text);
}

/* Takes the beginning of a line off the file again, n bytes, unless it is a
 * pipe, or somebody else has written behind it. */
static bool
take_back(const struct events *e, size_t n)
{
	struct stat st;
	off_t end = lseek(e->fd, 0, SEEK_CUR);

	return n == 0 || (fstat(e->fd, &st) == 0 && S_ISREG(st.st_mode) &&
	    st.st_size == end && end >= (off_t)n &&
	    ftruncate(e->fd, end - (off_t)n) == 0);
}

/* Whole or not at all; where that cannot be, the next line is begun anew, so
 * that the torn one stands alone. */
static void
write_event(struct events *e)
{
	const struct bytes *b = &e->line;
	/* events_write() has put a newline in front. */
	const uint8_t *data = b->data + (e->torn ? 0 : 1);
	size_t left = b->len - (e->torn ? 0 : 1), written = 0;

	while (left > 0) {
		ssize_t n = write(e->fd, data, left);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0) {
			complain(e, n == 0 ? "cannot be written" :
			    strerror(errno));
			e->torn = !take_back(e, written) || e->torn;
			return;
		}
		written += (size_t)n;
		data += n;
		left -= (size_t)n;
	}
	e->torn = false;
	e->complained = false;
}


/* The log. */

void
events_log(struct events *e, const char *text)
{
	struct errbuf line;

	if (line_output_write(&e->log, text)) {
		e->log_complained = false;
		return;
	}
	e->lost++;
	/* A reader who is slow is his own fault. */
	if (e->log.error == 0 || e->log_complained ||
	    e->setup.complain == NULL)
		return;
	e->log_complained = true;
	errbuf_set(&line, "standard output: %s; the log is lost",
	    strerror(e->log.error));
	e->setup.complain(e->setup.context, line.text);
}

bool
events_log_is_lost(const struct events *e)
{
	return e->log.error != 0;
}

void
events_write(struct events *e, const struct peer *peer, const char *name,
    const struct event_field *fields, size_t n, const char *text)
{
	if (text != NULL)
		events_log(e, text);
	if (e->fd < 0)
		return;
	e->line.len = 0;
	if (put_text(&e->line, "\n") != 0 ||
	    put_event(&e->line, peer, name, fields, n) != 0)
		complain(e, "out of memory");
	else
		write_event(e);
}
