#include "analyzer/report/csv_read.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct csv_reader {
	FILE *file;
	char *path;
	uint64_t line, next_line;
	size_t cells, used;
	bool too_long;
	size_t starts[CSV_CELLS_MAX];
	char text[CSV_RECORD_MAX];
};

struct csv_reader *
csv_reader_open(const char *path, struct errbuf *err)
{
	struct csv_reader *r = malloc(sizeof(*r));

	if (r == NULL) {
		errbuf_set(err, "%s: out of memory", path);
		return NULL;
	}
	r->next_line = 1;
	r->cells = 0;
	r->path = strdup(path);
	r->file = r->path == NULL ? NULL : fopen(path, "re");
	if (r->file == NULL) {
		errbuf_set(err, "%s: %s", path, strerror(errno));
		free(r->path);
		free(r);
		return NULL;
	}
	return r;
}

void
csv_reader_close(struct csv_reader *r)
{
	if (r == NULL)
		return;
	fclose(r->file);
	free(r->path);
	free(r);
}

static void
put(struct csv_reader *r, int c)
{
	if (r->used == sizeof(r->text))
		r->too_long = true;
	else
		r->text[r->used++] = (char)c;
}

static void
begin_cell(struct csv_reader *r)
{
	if (r->cells == CSV_CELLS_MAX || r->too_long)
		r->too_long = true;
	else
		r->starts[r->cells++] = r->used;
}

/* The byte behind a quoted cell, whose first quote is read; EOF where it has no
 * end, or the file none. */
static int
read_quoted(struct csv_reader *r)
{
	int c;

	while ((c = getc_unlocked(r->file)) != EOF) {
		if (c == '"' && (c = getc_unlocked(r->file)) != '"')
			return c == EOF ? '\n' : c;
		if (c == '\n')
			r->next_line++;
		put(r, c);
	}
	return EOF;
}

/* The byte that ends a cell: a comma, '\n', or EOF where a quote has no end. */
static int
read_cell(struct csv_reader *r, int c)
{
	if (c == '"' && (c = read_quoted(r)) == EOF)
		return EOF;
	for (; c != ',' && c != '\n' && c != EOF && !r->too_long;
	    c = getc_unlocked(r->file)) {
		int after;

		if (c != '\r') {
			put(r, c);
			continue;
		}
		after = getc_unlocked(r->file);
		if (after == '\n' || after == EOF)
			return '\n';
		put(r, c);
		ungetc(after, r->file);
	}
	put(r, '\0');
	return c == EOF ? '\n' : c;
}

/* The first byte of a record, behind empty lines and a byte order mark. */
static int
first_byte(struct csv_reader *r)
{
	int c = getc_unlocked(r->file);

	if (r->next_line == 1 && c == 0xef) {
		getc_unlocked(r->file);
		getc_unlocked(r->file);
		c = getc_unlocked(r->file);
	}
	while (c == '\n' || c == '\r') {
		r->next_line += c == '\n';
		c = getc_unlocked(r->file);
	}
	return c;
}

static int
fail(const struct csv_reader *r, const char *what, struct errbuf *err)
{
	errbuf_set(err, "%s: line %llu: %s", r->path,
	    (unsigned long long)r->line, what);
	return -1;
}

int
csv_reader_next(struct csv_reader *r, struct errbuf *err)
{
	int c = first_byte(r);

	r->cells = r->used = 0;
	r->too_long = false;
	r->line = r->next_line;
	for (bool more = c != EOF; more; ) {
		begin_cell(r);
		c = read_cell(r, c);
		if (c == EOF)
			return fail(r, "a quote has no end", err);
		if (r->too_long)
			return fail(r, "the row is too long", err);
		more = c == ',';
		if (more)
			c = getc_unlocked(r->file);
	}
	if (ferror(r->file)) {
		errbuf_set(err, "%s: %s", r->path, strerror(errno));
		return -1;
	}
	r->next_line++;
	return r->cells > 0;
}

size_t
csv_reader_cells(const struct csv_reader *r)
{
	return r->cells;
}

const char *
csv_reader_cell(const struct csv_reader *r, size_t cell)
{
	return cell < r->cells ? r->text + r->starts[cell] : "";
}

uint64_t
csv_reader_line(const struct csv_reader *r)
{
	return r->line;
}
