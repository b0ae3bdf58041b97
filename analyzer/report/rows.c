#include "analyzer/report/rows.h"

#include <stdlib.h>
#include <string.h>

enum { BUFFER_BYTES = 256 * 1024 };

int
row_buffer_init(struct row_buffer *b, struct sink *sink, struct errbuf *err)
{
	*b = (struct row_buffer){ sink, malloc(BUFFER_BYTES), 0, BUFFER_BYTES };
	if (b->data != NULL)
		return 0;
	errbuf_set(err, "out of memory for rows");
	return -1;
}

int
row_buffer_flush(struct row_buffer *b, struct errbuf *err)
{
	if (b->used != 0 &&
	    b->sink->write(b->sink, b->data, b->used, err) != 0)
		return -1;
	b->used = 0;
	return 0;
}

void
row_buffer_reset(struct row_buffer *b)
{
	free(b->data);
	*b = (struct row_buffer){ NULL, NULL, 0, 0 };
}

char *
row_buffer_make_room(struct row_buffer *b, size_t n, struct errbuf *err)
{
	char *data;

	if (row_buffer_flush(b, err) != 0)
		return NULL;
	if (n <= b->room)
		return b->data;
	data = realloc(b->data, n);
	if (data == NULL) {
		errbuf_set(err, "out of memory for a row of %zu bytes", n);
		return NULL;
	}
	b->data = data;
	b->room = n;
	return data;
}

size_t
cell_room(enum column_type type)
{
	static const uint8_t room[] = {
		[COLUMN_U64] = TEXT_U64_BYTES,
		[COLUMN_I64] = TEXT_I64_BYTES,
		[COLUMN_SECONDS] = TEXT_SECONDS_BYTES,
		[COLUMN_TIME] = TEXT_TIME_BYTES,
		[COLUMN_TEXT] = 0,
		[COLUMN_STRING] = 0,
		[COLUMN_DECIMAL] = TEXT_SECONDS_BYTES,
		[COLUMN_IP] = TEXT_IP_BYTES,
	};

	return room[type];
}

/* RFC 3629, section 4: what the second byte may be after each first one. */
static const struct utf8_lead {
	uint8_t first, last;	/* bytes of a row */
	uint8_t len;
	uint8_t low, high;	/* of the second byte */
} utf8_leads[] = {
	{ 0xc2, 0xdf, 2, 0x80, 0xbf },
	{ 0xe0, 0xe0, 3, 0xa0, 0xbf },
	{ 0xe1, 0xec, 3, 0x80, 0xbf },
	{ 0xed, 0xed, 3, 0x80, 0x9f },
	{ 0xee, 0xef, 3, 0x80, 0xbf },
	{ 0xf0, 0xf0, 4, 0x90, 0xbf },
	{ 0xf1, 0xf3, 4, 0x80, 0xbf },
	{ 0xf4, 0xf4, 4, 0x80, 0x8f },
};

static const struct utf8_lead *
find_lead(uint8_t byte)
{
	for (size_t i = 0; i < sizeof(utf8_leads) / sizeof(*utf8_leads); i++)
		if (byte >= utf8_leads[i].first && byte <= utf8_leads[i].last)
			return &utf8_leads[i];
	return NULL;
}

size_t
utf8_len(const char *at)
{
	const uint8_t *p = (const uint8_t *)at;
	const struct utf8_lead *lead;

	if (p[0] < 0x80)
		return 1;
	lead = find_lead(p[0]);
	/* The terminator is no second byte, so nothing behind it is read. */
	if (lead == NULL || p[1] < lead->low || p[1] > lead->high)
		return 0;
	for (size_t i = 2; i < lead->len; i++)
		if ((p[i] & 0xc0) != 0x80)
			return 0;
	return lead->len;
}

int
sink_puts(struct sink *sink, const char *text, struct errbuf *err)
{
	return sink->write(sink, text, strlen(text), err);
}
