#include "traffic/synth/net/captures.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "analyzer/capture/writer.h"
#include "base/memory.h"
#include "base/outfile.h"

enum {
	LINK_TYPE_ETHERNET = 1,
	MICRO = 1000,
	COMMENT_BYTES = 512,
	/* A block without its lengths, of the two that begin a pcapng. */
	BLOCK_BYTES = 1024,
	/* Options of pcapng. */
	OPTION_COMMENT = 1,
	SECTION_HARDWARE = 2, SECTION_APPLICATION = 4,
	INTERFACE_NAME = 2, INTERFACE_DESCRIPTION = 3,
	INTERFACE_RESOLUTION = 9,
};

#define MAGIC_ORDER 0x1a2b3c4dU

/* One file. */
struct point {
	const struct scenario_capture *how;
	size_t number;		/* of the truth */
	char *path;
	struct outfile *file;	/* NULL once it has its name */
	struct writer *writer;
	int64_t offset_ns;	/* of its clock to virtual time */
	uint64_t frames;
	bool is_named;
};

struct captures {
	struct captures_setup setup;
	struct point *points;	/* hosts, then networks; how == NULL: none */
	size_t point_count;
};

/*
 * Numbers and options in the byte order of the file.
 */

static uint8_t *
put(uint8_t *at, uint32_t value, unsigned bytes, bool big_endian)
{
	for (unsigned i = 0; i < bytes; i++)
		at[big_endian ? bytes - 1 - i : i] = (uint8_t)(value >> 8 * i);
	return at + bytes;
}

static uint8_t *
put_option(uint8_t *at, uint16_t code, const void *value, size_t len,
    bool big_endian)
{
	at = put(at, code, 2, big_endian);
	at = put(at, (uint32_t)len, 2, big_endian);
	memcpy(at, value, len);
	at += len;
	for (; len % 4 != 0; len++)
		*at++ = 0;
	return at;
}

static uint8_t *
put_text(uint8_t *at, uint16_t code, const char *text, bool big_endian)
{
	return put_option(at, code, text, strlen(text), big_endian);
}

static int
write_block(struct point *p, uint32_t type, const uint8_t *body,
    const uint8_t *end, struct errbuf *err)
{
	const struct reader_block block = {
		.type = type,
		.big_endian = p->how->big_endian,
		.body = body,
		.len = (uint32_t)(end - body),
	};

	return writer_block(p->writer, &block, err);
}

static int
begin_section(struct point *p, struct errbuf *err)
{
	uint8_t body[BLOCK_BYTES], *at = body;
	bool big = p->how->big_endian;

	at = put(at, MAGIC_ORDER, 4, big);
	at = put(at, 1, 2, big);
	at = put(at, 0, 2, big);
	memset(at, 0xff, 8);		/* of unknown length */
	at = put_text(at + 8, SECTION_HARDWARE, "a network in virtual time",
	    big);
	at = put_text(at, SECTION_APPLICATION, "labgen", big);
	at = put(at, 0, 4, big);
	return write_block(p, READER_SECTION, body, at, err);
}

static int
begin_interface(struct point *p, const char *interface, const char *name,
    uint32_t snaplen, struct errbuf *err)
{
	const uint8_t digits = p->how->microseconds ? 6 : 9;
	uint8_t body[BLOCK_BYTES], *at = body;
	bool big = p->how->big_endian;

	at = put(at, LINK_TYPE_ETHERNET, 2, big);
	at = put(at, 0, 2, big);
	at = put(at, snaplen, 4, big);
	at = put_text(at, INTERFACE_NAME, interface, big);
	at = put_text(at, INTERFACE_DESCRIPTION, name, big);
	at = put_option(at, INTERFACE_RESOLUTION, &digits, 1, big);
	at = put(at, 0, 4, big);
	return write_block(p, READER_INTERFACE, body, at, err);
}

/*
 * Files.
 */

static uint32_t
snaplen_of(const struct captures *c, const struct scenario_capture *how)
{
	uint32_t asked = c->setup.snaplen;

	return asked != 0 && asked < how->snaplen ? asked : how->snaplen;
}

static int
begin_file(struct captures *c, struct point *p, const char *interface,
    const char *name, struct errbuf *err)
{
	uint32_t snaplen = snaplen_of(c, p->how);
	const struct reader_classic header = {
		.snaplen = snaplen,
		.link_field = LINK_TYPE_ETHERNET,
		.ts_digits = p->how->microseconds ? 6 : 9,
		.big_endian = p->how->big_endian,
	};
	bool is_pcapng = p->how->format == CAPTURE_PCAPNG;

	p->writer = writer_new(is_pcapng ? WRITER_PCAPNG : WRITER_PCAP,
	    p->path, snaplen, outfile_sink(p->file), err);
	if (p->writer == NULL)
		return -1;
	if (!is_pcapng)
		return writer_classic(p->writer, &header, err);
	if (begin_section(p, err) == -1)
		return -1;
	return begin_interface(p, interface, name, snaplen, err);
}

/* A file is never replaced unless that was asked for; nor may two captures have
 * one name. */
static int
check_path(const struct captures *c, const struct point *p,
    struct errbuf *err)
{
	struct stat st;

	for (const struct point *q = c->points; q < p; q++)
		if (q->path != NULL && strcmp(q->path, p->path) == 0) {
			errbuf_set(err, "%s: two captures have this name",
			    p->path);
			return -1;
		}
	if (c->setup.force || lstat(p->path, &st) == -1)
		return 0;
	errbuf_set(err, "%s: the file is there already (-f replaces it)",
	    p->path);
	return -1;
}

static int
open_file(struct captures *c, struct point *p, const char *name,
    struct errbuf *err)
{
	if (asprintf(&p->path, "%s/%s.%s", c->setup.folder, name,
	    p->how->format == CAPTURE_PCAPNG ? "pcapng" : "pcap") == -1) {
		p->path = NULL;
		errbuf_set(err, "out of memory");
		return -1;
	}
	if (check_path(c, p, err) == -1)
		return -1;
	p->file = outfile_open(p->path, err);
	return p->file == NULL ? -1 : 0;
}

static int
open_point(struct captures *c, size_t point, size_t *number,
    struct errbuf *err)
{
	const struct scenario *s = c->setup.scenario;
	bool is_host = point < s->host_count;
	size_t network = point - s->host_count;
	const struct scenario_capture *how = is_host ?
	    &s->hosts[point].capture : &s->networks[network].capture;
	const char *name = is_host ? s->hosts[point].name :
	    s->networks[network].name;
	struct point *p = &c->points[point];

	if (!how->wanted)
		return 0;
	p->how = how;
	p->number = (*number)++;
	p->offset_ns = c->setup.start_ns +
	    (is_host ? s->hosts[point].clock_offset_ns : 0);
	if (open_file(c, p, name, err) == -1 ||
	    begin_file(c, p, is_host ? "eth0" : "switch", name, err) == -1)
		return -1;
	truth_capture(c->setup.truth, strrchr(p->path, '/') + 1,
	    is_host ? point : SCENARIO_NONE,
	    is_host ? SCENARIO_NONE : network, how);
	return 0;
}

struct captures *
captures_new(const struct captures_setup *setup, struct errbuf *err)
{
	const struct scenario *s = setup->scenario;
	struct captures *c = memory_array(1, sizeof(*c));
	size_t number = 0;

	if (c != NULL)
		c->points = memory_array(s->host_count + s->network_count + 1,
		    sizeof(*c->points));
	if (c == NULL || c->points == NULL) {
		errbuf_set(err, "out of memory");
		goto fail;
	}
	c->setup = *setup;
	c->point_count = s->host_count + s->network_count;
	for (size_t i = 0; setup->folder != NULL && i < c->point_count; i++)
		if (open_point(c, i, &number, err) == -1)
			goto fail;
	return c;

fail:
	captures_free(c);
	return NULL;
}

/*
 * Frames.
 */

static const char *const causes[] = {
	[SIM_CAUSE_TIMEOUT] = "sent again: no acknowledgment came in time",
	[SIM_CAUSE_FAST] = "sent again: duplicate acknowledgments",
	[SIM_CAUSE_RECOVERY] = "sent again: another hole of the same loss",
	[SIM_CAUSE_WINDOW_PROBE] = "probe of a closed window",
	[SIM_CAUSE_KEEPALIVE] = "keep-alive",
};

static const struct {
	unsigned note;
	const char *text;
} note_texts[] = {
	{ CAPTURE_LOST, "lost on the way to the switch" },
	{ CAPTURE_DUPLICATED, "the network makes a copy of it" },
	{ CAPTURE_COPY, "a copy that the network made" },
	{ CAPTURE_OVERTAKEN, "overtaken on the way" },
};

/* What there is to say, joined by "; "; too much is cut. */
static void
say(char comment[COMMENT_BYTES], const char *before, const char *text)
{
	size_t used = strlen(comment);

	snprintf(comment + used, COMMENT_BYTES - used, "%s%s%s",
	    used > 0 ? "; " : "", before, text);
}

static void
write_comment(char comment[COMMENT_BYTES], const struct sim_packet *packet,
    unsigned notes)
{
	comment[0] = '\0';
	if (packet->cause < sizeof(causes) / sizeof(causes[0]) &&
	    causes[packet->cause] != NULL)
		say(comment, "", causes[packet->cause]);
	for (size_t i = 0; i < sizeof(note_texts) / sizeof(note_texts[0]); i++)
		if (notes & note_texts[i].note)
			say(comment, "", note_texts[i].text);
	if (packet->label != NULL)
		say(comment, "label: ", packet->label);
}

static int
write_pcapng(struct point *p, const struct frame *frame,
    const struct sim_packet *packet, unsigned notes, struct errbuf *err)
{
	char comment[COMMENT_BYTES];
	uint8_t options[COMMENT_BYTES + 16], *at = options;
	struct reader_packet besides = {
		.ticks = (uint64_t)frame->ts_ns /
		    (p->how->microseconds ? MICRO : 1),
		.options = options,
	};

	write_comment(comment, packet, notes);
	if (comment[0] != '\0') {
		at = put_text(at, OPTION_COMMENT, comment,
		    p->how->big_endian);
		at = put(at, 0, 4, p->how->big_endian);
	}
	besides.options_len = (uint32_t)(at - options);
	return writer_frame(p->writer, frame, &besides, err);
}

static int
write_frame(struct captures *c, struct point *p,
    const struct sim_packet *packet, unsigned notes, int64_t ts_ns,
    struct errbuf *err)
{
	size_t len;
	struct frame frame = {
		.data = frame_bytes(c->setup.maker, packet, &len, err),
		.ts_ns = ts_ns,
		.number = ++p->frames,
		.link_type = LINK_TYPE_ETHERNET,
		.ts_digits = p->how->microseconds ? 6 : 9,
		.flags = p->how->big_endian ? FRAME_BIG_ENDIAN : 0,
	};

	if (frame.data == NULL)
		return -1;
	frame.cap_len = frame.wire_len = (uint32_t)len;
	if (p->how->format == CAPTURE_PCAPNG)
		return write_pcapng(p, &frame, packet, notes, err);
	return writer_frame(p->writer, &frame, NULL, err);
}

int
captures_frame(struct captures *c, size_t point,
    const struct sim_packet *packet, unsigned notes, int64_t now_ns,
    struct errbuf *err)
{
	struct point *p = &c->points[point];
	int64_t ts_ns;

	if (p->how == NULL)
		return 0;
	if (__builtin_add_overflow(p->offset_ns, now_ns, &ts_ns) ||
	    ts_ns < 0) {
		errbuf_set(err, "%s: a time before 1970 or after 2262",
		    p->path);
		return -1;
	}
	if (p->how->microseconds)
		ts_ns -= ts_ns % MICRO;
	if (write_frame(c, p, packet, notes, ts_ns, err) == -1)
		return -1;
	truth_seen(c->setup.truth, p->number, p->frames, packet, ts_ns);
	return 0;
}

/*
 * The end.
 */

int
captures_finish(struct captures *c, struct errbuf *err)
{
	for (size_t i = 0; i < c->point_count; i++)
		if (c->points[i].writer != NULL &&
		    writer_finish(c->points[i].writer, err) == -1)
			return -1;
	return 0;
}

static void
remove_named(struct captures *c)
{
	for (size_t i = 0; i < c->point_count; i++)
		if (c->points[i].is_named) {
			unlink(c->points[i].path);
			c->points[i].is_named = false;
		}
}

int
captures_keep(struct captures *c, struct errbuf *err)
{
	for (size_t i = 0; i < c->point_count; i++) {
		struct point *p = &c->points[i];
		struct outfile *file = p->file;

		p->file = NULL;		/* outfile_close() frees it */
		if (outfile_close(file, true, err) == -1) {
			remove_named(c);
			return -1;
		}
		p->is_named = file != NULL;
	}
	return 0;
}

void
captures_free(struct captures *c)
{
	struct errbuf err;

	if (c == NULL)
		return;
	for (size_t i = 0; i < c->point_count; i++) {
		writer_free(c->points[i].writer);
		outfile_close(c->points[i].file, false, &err);
		free(c->points[i].path);
	}
	free(c->points);
	free(c);
}
