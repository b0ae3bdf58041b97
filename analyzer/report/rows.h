/*
 * What the writers of rows share: a buffer in front of the sink, the text of
 * a cell, and UTF-8.
 */
#ifndef ANALYZER_REPORT_ROWS_H
#define ANALYZER_REPORT_ROWS_H

#include <stddef.h>
#include <stdint.h>

#include "base/errbuf.h"
#include "base/sink.h"
#include "base/table.h"
#include "base/text.h"

/*
 * Rows are written without asking for room byte by byte: a writer knows the
 * most that its row can need, asks once, and writes.
 */
struct row_buffer {
	struct sink *sink;	/* borrowed */
	char *data;
	size_t used, room;
};

/* Caller's memory; -1 with the reason in *err when memory is short.  Release
 * with row_buffer_reset(). */
int row_buffer_init(struct row_buffer *b, struct sink *sink,
    struct errbuf *err);

/* Hands what is buffered to the sink; -1 with its reason in *err, and what was
 * buffered stays. */
int row_buffer_flush(struct row_buffer *b, struct errbuf *err);

/* Frees the buffer; what is in it is dropped. */
void row_buffer_reset(struct row_buffer *b);

/* Flushes, and grows where one row is larger than the buffer. */
char *row_buffer_make_room(struct row_buffer *b, size_t n,
    struct errbuf *err);

/* Where n bytes may be written; NULL with the reason in *err.  What was written
 * counts after row_buffer_end(). */
static inline char *
row_buffer_begin(struct row_buffer *b, size_t n, struct errbuf *err)
{
	if (n <= b->room - b->used)
		return b->data + b->used;
	return row_buffer_make_room(b, n, err);
}

static inline void
row_buffer_end(struct row_buffer *b, const char *end)
{
	b->used = (size_t)(end - b->data);
}

/* Of the text of any cell of the type; 0 for texts, which have no
 * bound. */
size_t cell_room(enum column_type type);

/* Writes a cell of any type but texts, as text_*() do; nothing where it
 * is undefined. */
static inline char *
cell_put(char *at, enum column_type type, const void *cell,
    struct text_clock *clock)
{
	const struct table_time *time = cell;
	const struct table_ip *ip = cell;
	const uint64_t *u64 = cell;
	const int64_t *i64 = cell;
	const int128 *ps = cell;

	switch (type) {
	case COLUMN_U64:
		return *u64 == TABLE_NO_U64 ? at : text_u64(at, *u64);
	case COLUMN_I64:
		return *i64 == TABLE_NO_I64 ? at : text_i64(at, *i64);
	case COLUMN_SECONDS:
		return *ps == TABLE_NO_PS ? at : text_seconds(at, *ps);
	case COLUMN_TIME:
		return time->ns == TABLE_NO_I64 ? at :
		    text_clock_time(at, *time, clock);
	case COLUMN_IP:
		return ip->version == 0 ? at : text_ip(at, ip);
	case COLUMN_DECIMAL:
		return *ps == TABLE_NO_PS ? at : text_decimal(at, *ps);
	case COLUMN_TEXT:
	case COLUMN_STRING:
		break;
	}
	return at;
}

/* Of a text; NULL is undefined. */
static inline const char *
cell_string(const void *cell)
{
	return *(const char *const *)cell;
}

static inline const void *
cell_at(const void *row, size_t offset)
{
	return (const uint8_t *)row + offset;
}

/* Bytes of the character that starts here, 1 to 4, or 0 where it is not UTF-8
 * (RFC 3629: shortest form, no surrogates, up to U+10FFFF). */
size_t utf8_len(const char *at);

/* Writes all of a terminated text. */
int sink_puts(struct sink *sink, const char *text, struct errbuf *err);

#endif
