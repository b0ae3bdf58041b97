#include "analyzer/capture/reader.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/capture/foreign.h"
#include "analyzer/capture/reader_internal.h"
#include "base/memory.h"

enum {
	/*
	 * One read(2).  128 to 256 KiB stay in the second level cache between
	 * the kernel's copy and our look at them; 16 KiB pay for system calls,
	 * 4 MiB for cache misses.
	 */
#ifndef WITH_FUZZING
	CHUNK_BYTES = 256 * 1024,
	HEADROOM_BYTES = READER_RECORD_MAX + 64 * 1024,
	ALIGNMENT = 4096,
#else
	CHUNK_BYTES = 512,
	HEADROOM_BYTES = 128,
	ALIGNMENT = 64,
#endif
	/* enough for the file header of either format, and to tell others */
	HEAD_BYTES = 512,
};

void
reader_fault(struct reader *r, enum reader_status status,
    const uint8_t *where, const char *format, ...)
{
	char what[ERRBUF_BYTES / 2];
	va_list ap;

	va_start(ap, format);
	vsnprintf(what, sizeof(what), format, ap);
	va_end(ap);
	errbuf_set(&r->fault, "%s: offset %llu: %s", source_name(r->source),
	    (unsigned long long)reader_offset_of(r, where), what);
	r->status = status;
}

int
reader_met_link_type(struct reader *r, uint16_t link_type)
{
	/* A bit for each: a capture may describe a million interfaces. */
	if (r->met[link_type / 8] & 1 << link_type % 8)
		return 0;
	if (r->link_type_count == r->link_type_room) {
		size_t room = r->link_type_room == 0 ? 8 :
		    2 * r->link_type_room;
		uint16_t *grown = memory_resize(r->link_types, room,
		    sizeof(*grown));

		if (grown == NULL)
			return -1;
		r->link_types = grown;
		r->link_type_room = room;
	}
	r->link_types[r->link_type_count++] = link_type;
	r->met[link_type / 8] |= (uint8_t)(1 << link_type % 8);
	return 0;
}

uint32_t
reader_record_max(uint16_t link_type)
{
	/* As max_snaplen_for_dlt() in libpcap. */
	switch (link_type) {
	case 189: case 220: case 249: case 266:	/* USB */
	case 231:				/* D-Bus */
	case 279:				/* EBHSCR */
		return READER_RECORD_MAX_BULK;
	default:
		return READER_RECORD_MAX;
	}
}

/* A buffer with that much room in front of the chunk, and for it; what is
 * unread moves along. */
static int
make_room(struct reader *r, size_t headroom, size_t room)
{
	size_t left = (size_t)(r->end - r->at);
	uint8_t *grown;

	headroom = (headroom + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
	room = (room + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
	grown = aligned_alloc(ALIGNMENT, headroom + room);
	if (grown == NULL) {
		r->source_status = SOURCE_FAILED;
		errbuf_set(&r->source_err, "%s: out of memory for a record",
		    source_name(r->source));
		return -1;
	}
	if (left > 0)
		memcpy(grown + headroom - left, r->at, left);
	free(r->buffer);
	r->buffer = grown;
	r->headroom = headroom;
	r->room = room;
	r->at = grown + headroom - left;
	r->end = grown + headroom;
	return 0;
}

/* The input is over: in good order, or inside a record? */
static void
end_of_input(struct reader *r)
{
	if (r->at == r->end && r->skip == 0) {
		r->status = READER_END;
		return;
	}
	if (r->skip > 0)
		reader_fault(r, READER_CUT, r->end, "the capture ends inside a "
		    "block, %llu bytes before the block's end",
		    (unsigned long long)r->skip);
	else
		reader_fault(r, READER_CUT, r->at, "the capture ends inside "
		    "record %llu (%zu of at least %zu bytes are there)",
		    (unsigned long long)r->number + 1,
		    (size_t)(r->end - r->at), r->need);
}

/* No more bytes: the source's last word becomes the reader's. */
static void
end_of_source(struct reader *r)
{
	static const enum reader_status mapped[] = {
		[SOURCE_CUT] = READER_CUT,
		[SOURCE_DAMAGED] = READER_DAMAGED,
		[SOURCE_FAILED] = READER_FAILED,
	};

	if (r->source_status == SOURCE_END) {
		end_of_input(r);
		return;
	}
	r->status = mapped[r->source_status];
	r->fault = r->source_err;
}

/*
 * One more chunk behind the unread bytes, or as many as the walker needs.
 * False where the source has no more, or none for now; r->source_status says
 * why.
 */
static bool
fill(struct reader *r)
{
	size_t left = (size_t)(r->end - r->at), got = 0, n;
	size_t want = r->skip == 0 && r->need > left ? r->need - left : 1;
	uint8_t *chunk;

	if (r->source_status != SOURCE_OK)
		return false;
	if ((left > r->headroom || want > r->room) &&
	    make_room(r, left > r->headroom ? left : r->headroom,
	    want > r->room ? want : r->room) == -1)
		return false;
	chunk = r->buffer + r->headroom;
	memmove(chunk - left, r->at, left);
	r->at = chunk - left;
	while (got < want && r->source_status == SOURCE_OK) {
		r->source_status = source_read(r->source, chunk + got,
		    r->room - got, &n, &r->source_err);
		if (r->source_status == SOURCE_OK)
			got += n;
	}
	r->end = chunk + got;
	r->end_offset += got;
	/* Of a record that is here in part the rest is waited for. */
	if (r->source_status == SOURCE_IDLE && got > 0)
		r->source_status = SOURCE_OK;
	return got > 0;
}

/* Passes over bytes that no walker wants. */
static void
skip(struct reader *r)
{
	size_t left = (size_t)(r->end - r->at);
	size_t n = r->skip < left ? (size_t)r->skip : left;

	r->at += n;
	r->skip -= n;
}

enum reader_status
reader_next(struct reader *r, struct frame *frames, size_t max, size_t *n,
    struct errbuf *err)
{
	*n = 0;
	if (r->live != NULL)
		return live_reader_next(r->live, frames, max, n, err);
	while (r->status == READER_OK) {
		if (r->skip > 0)
			skip(r);
		if (r->skip == 0 &&
		    (*n = r->walker->walk(r, frames, max)) > 0)
			return READER_OK;
		/* The walk met what nobody wants: first what is here of it. */
		if (r->skip > 0 && r->at < r->end)
			continue;
		if (r->status != READER_OK || fill(r))
			continue;
		if (r->source_status == SOURCE_IDLE) {
			r->source_status = SOURCE_OK;
			return READER_IDLE;
		}
		end_of_source(r);
	}
	*err = r->fault;
	return r->status;
}

const char *
reader_note(const struct reader *r)
{
	return r->note.text[0] == '\0' ? NULL : r->note.text;
}

const char *
reader_format(const struct reader *r)
{
	return r->format;
}

const uint16_t *
reader_link_types(const struct reader *r, size_t *n)
{
	*n = r->link_type_count;
	return r->link_types;
}

uint64_t
reader_offset(const struct reader *r)
{
	return r->live != NULL ? live_reader_offset(r->live) :
	    source_offset(r->source);
}

uint64_t
reader_size(const struct reader *r)
{
	return r->live != NULL ? 0 : source_size(r->source);
}

bool
reader_classic(const struct reader *r, struct reader_classic *out)
{
	if (r->live == NULL && r->walker->packet != NULL)
		return false;
	*out = r->classic;
	return true;
}

void
reader_set_idle(struct reader *r)
{
	if (r->source != NULL)
		source_set_idle(r->source);
}

void
reader_observe(struct reader *r, reader_observer *observer, void *context)
{
	r->observer = observer;
	r->observer_context = context;
}

bool
reader_packet(const struct reader *r, const struct frame *frame,
    struct reader_packet *out)
{
	if (r->live != NULL || r->walker->packet == NULL)
		return false;
	r->walker->packet(frame, out);
	return true;
}

void
reader_close(struct reader *r)
{
	if (r == NULL)
		return;
	if (r->walker != NULL)
		r->walker->free(r->state);
	source_close(r->source);
	live_reader_free(r->live);
	free(r->link_types);
	free(r->buffer);
	free(r);
}

/* Has HEAD_BYTES in the window, or all there are. */
static int
read_head(struct reader *r, struct errbuf *err)
{
	r->need = HEAD_BYTES;
	fill(r);
	if (r->at == r->end && r->source_status != SOURCE_END) {
		*err = r->source_err;
		return -1;
	}
	return 0;
}

/* The walker for what the first bytes are; NULL with the reason. */
static const struct walker *
find_walker(struct reader *r, bool *foreign, struct errbuf *err)
{
	size_t n = (size_t)(r->end - r->at);

	if (pcap_recognize(r->at, n))
		return pcap_open_walker(r, err);
	if (pcapng_recognize(r->at, n))
		return pcapng_open_walker(r, err);
	*foreign = true;
	errbuf_set(err, "%s: offset 0: not a capture: %s",
	    source_name(r->source), foreign_name(r->at, n));
	return NULL;
}

struct reader *
reader_open(const char *path, bool *foreign, struct errbuf *err)
{
	return reader_open_stoppable(path, NULL, foreign, err);
}

struct reader *
reader_open_stoppable(const char *path, const volatile sig_atomic_t *stop,
    bool *foreign, struct errbuf *err)
{
	struct reader *r = memory_array(1, sizeof(*r));
	const char *compression;
	bool not_ours = false;

	if (foreign == NULL)
		foreign = &not_ours;
	*foreign = false;
	if (r == NULL) {
		errbuf_set(err, "%s: out of memory", path);
		return NULL;
	}
	r->source = source_open_stoppable(path, stop, err);
	if (r->source == NULL)
		goto fail;
	if (make_room(r, HEADROOM_BYTES, CHUNK_BYTES) == -1) {
		*err = r->source_err;
		goto fail;
	}
	if (read_head(r, err) == -1)
		goto fail;
	r->walker = find_walker(r, foreign, err);
	if (r->walker == NULL)
		goto fail;
	compression = source_compression(r->source);
	if (compression[0] != '\0')
		snprintf(r->format + strlen(r->format),
		    sizeof(r->format) - strlen(r->format), "+%s", compression);
	return r;

fail:
	reader_close(r);
	return NULL;
}
