#include "analyzer/commands/plot_data.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/analyses/analysis.h"
#include "analyzer/report/csv_read.h"
#include "analyzer/report/display.h"
#include "base/memory.h"
#include "base/parse.h"

enum { COLUMNS_MAX = 32,
    CONNECTIONS_MAX = 1 << 24 };	/* counted: 128 MiB */

/* A reading of the table. */
struct reading {
	struct plot_data *data;
	struct csv_reader *csv;
	size_t count, columns[COLUMNS_MAX];	/* of the data, in the table */
	int file, connection, payload_len;	/* -1: not there */
	struct bytes out, clean;	/* a row, a cell */
};

/* --- the header --- */

static int
find_column(const struct csv_reader *csv, const char *name, size_t len)
{
	for (size_t i = 0; i < csv_reader_cells(csv); i++) {
		const char *cell = csv_reader_cell(csv, i);

		if (strlen(cell) == len && memcmp(cell, name, len) == 0)
			return (int)i;
	}
	return -1;
}

static int
no_memory(struct errbuf *err)
{
	errbuf_set(err, "out of memory for the data of the plot");
	return -1;
}

static int
add_text(struct bytes *out, const char *text, size_t len, struct errbuf *err)
{
	return len == 0 || bytes_append(out, text, len) == 0 ? 0 :
	    no_memory(err);
}

/* Notes where the columns of the list are; those that are not are added to
 * `missing`. */
static int
find_columns(struct reading *r, const char *names, struct bytes *missing,
    struct errbuf *err)
{
	while (names != NULL && *names != '\0') {
		size_t len = strcspn(names, ",");
		int at = find_column(r->csv, names, len);

		if (at >= 0 && r->count < COLUMNS_MAX)
			r->columns[r->count++] = (size_t)at;
		else if (add_text(missing, " ", 1, err) == -1 ||
		    add_text(missing, names, len, err) == -1)
			return -1;
		names += len + (names[len] == ',');
	}
	return 0;
}

static bool
has_column(const struct table *table, struct csv_reader *csv)
{
	for (size_t i = 0; i < table->column_count; i++)
		if (find_column(csv, table->columns[i].name,
		    strlen(table->columns[i].name)) >= 0)
			return true;
	return false;
}

/* Is there a column of any table at all? */
static bool
is_of_tables(struct csv_reader *csv)
{
	for (size_t i = 0; analyses[i] != NULL; i++)
		for (size_t k = 0; k < analyses[i]->table_count; k++)
			if (has_column(analyses[i]->tables[k], csv))
				return true;
	return false;
}

static int
find_all_columns(struct reading *r, struct errbuf *err)
{
	const struct plot_kind *kind = r->data->kind;
	struct bytes missing = { 0 }, ignored = { 0 };
	int status = find_columns(r, kind->needs, &missing, err);

	if (status == 0)
		status = find_columns(r, kind->also, &ignored, err);
	if (status == 0 && missing.len > 0 && !is_of_tables(r->csv)) {
		r->data->foreign = true;
		errbuf_set(err, "%s: neither a capture nor a table of "
		    "pcapstat", r->data->shown);
		status = -1;
	} else if (status == 0 && missing.len > 0) {
		errbuf_set(err, "%s: missing columns:%.*s; pcapstat %s "
		    "writes them", r->data->shown, (int)missing.len,
		    (const char *)missing.data, kind->command);
		status = -1;
	}
	bytes_reset(&missing);
	bytes_reset(&ignored);
	return status;
}

/* Opens the table and reads its header. */
static int
reading_open(struct reading *r, struct plot_data *data, struct errbuf *err)
{
	int status;

	*r = (struct reading){ .data = data };
	r->csv = csv_reader_open(data->path, err);
	if (r->csv == NULL)
		return -1;
	status = csv_reader_next(r->csv, err);
	if (status == 0)
		errbuf_set(err, "%s: no header line (is it a CSV file of "
		    "pcapstat?)", data->shown);
	if (status != 1)
		return -1;
	r->file = find_column(r->csv, "file", strlen("file"));
	r->connection = find_column(r->csv, "connection",
	    strlen("connection"));
	r->payload_len = find_column(r->csv, "payload_len",
	    strlen("payload_len"));
	return find_all_columns(r, err);
}

static void
reading_close(struct reading *r)
{
	csv_reader_close(r->csv);
	bytes_reset(&r->out);
	bytes_reset(&r->clean);
}

/* --- rows --- */

static uint64_t
number_at(const struct reading *r, int column)
{
	struct errbuf ignored;
	uint64_t n;

	return column >= 0 && parse_u64(csv_reader_cell(r->csv,
	    (size_t)column), 0, UINT64_MAX, &n, &ignored) == 0 ? n : 0;
}

/* One capture is drawn: do all rows come from it? */
static int
check_file(struct reading *r, struct errbuf *err)
{
	struct plot_data *d = r->data;
	const char *file;

	if (r->file < 0 || d->kind->captures)
		return 0;
	file = csv_reader_cell(r->csv, (size_t)r->file);
	if (d->file.len == 0)
		return add_text(&d->file, file, strlen(file) + 1, err);
	if (strcmp((const char *)d->file.data, file) == 0)
		return 0;
	errbuf_set(err, "%s draws one capture, not both %s and %s "
	    "(--join makes one of several, KIND captures compares them)",
	    d->kind->name, (const char *)d->file.data, file);
	return -1;
}

static bool
is_wanted(const struct reading *r)
{
	return r->data->connection == 0 ||
	    number_at(r, r->connection) == r->data->connection;
}

/* Quotes are needed where a reader might take the text apart. */
static bool
needs_quotes(const char *text, size_t len)
{
	return len > 0 && (text[0] == ' ' || text[len - 1] == ' ' ||
	    memchr(text, ',', len) != NULL || memchr(text, '"', len) != NULL);
}

static int
put_quoted(struct bytes *out, const char *text, size_t len,
    struct errbuf *err)
{
	uint8_t *at = bytes_reserve(out, 2 * len + 2);

	if (at == NULL)
		return no_memory(err);
	*at++ = '"';
	for (size_t i = 0; i < len; i++) {
		if (text[i] == '"')
			*at++ = '"';
		*at++ = (uint8_t)text[i];
	}
	*at++ = '"';
	out->len = (size_t)(at - out->data);
	return 0;
}

static int
put_cell(struct reading *r, const char *cell, struct errbuf *err)
{
	const char *text;

	r->clean.len = 0;
	if (display_clean(&r->clean, cell) == -1)
		return no_memory(err);
	text = (const char *)r->clean.data;
	if (needs_quotes(text, r->clean.len))
		return put_quoted(&r->out, text, r->clean.len, err);
	return add_text(&r->out, text, r->clean.len, err);
}

static int
put_row(struct reading *r, struct sink *sink, struct errbuf *err)
{
	r->out.len = 0;
	for (size_t i = 0; i < r->count; i++)
		if (put_cell(r, csv_reader_cell(r->csv, r->columns[i]),
		    err) == -1 || add_text(&r->out, i + 1 < r->count ? "," :
		    "\n", 1, err) == -1)
			return -1;
	r->data->bytes += r->out.len;
	return sink->write(sink, r->out.data, r->out.len, err);
}

static int
write_rows(struct reading *r, struct sink *sink, struct errbuf *err)
{
	int status = put_row(r, sink, err);	/* the header */

	while (status == 0) {
		status = csv_reader_next(r->csv, err);
		if (status != 1)
			return status;
		status = check_file(r, err);
		if (status == 0 && is_wanted(r)) {
			status = put_row(r, sink, err);
			r->data->rows++;
		}
	}
	return status;
}

/* --- the connection --- */

/* Payload bytes and segments of each connection, by its number. */
struct volumes {
	uint64_t *bytes;
	size_t count, room;
};

static int
add_volume(struct volumes *v, uint64_t connection, uint64_t bytes,
    struct errbuf *err)
{
	uint64_t *more;

	if (connection == 0 || connection > CONNECTIONS_MAX)
		return 0;
	if (connection > v->count) {
		more = memory_grow(v->bytes, &v->room, connection,
		    sizeof(*more));
		if (more == NULL) {
			errbuf_set(err, "out of memory for %" PRIu64
			    " connections", connection);
			return -1;
		}
		memset(more + v->count, 0,
		    (connection - v->count) * sizeof(*more));
		v->bytes = more;
		v->count = connection;
	}
	/* A segment without payload counts as well, so that a connection that
	 * is there has a volume. */
	v->bytes[connection - 1] += bytes + 1;
	return 0;
}

/* The largest, of equal ones the first. */
static void
choose(struct plot_data *data, const struct volumes *v)
{
	uint64_t most = 0;

	for (size_t i = 0; i < v->count; i++) {
		data->connections += v->bytes[i] > 0;
		if (v->bytes[i] > most) {
			most = v->bytes[i];
			data->connection = i + 1;
		}
	}
}

/* Reads the table for the connection that carries most. */
static int
choose_connection(struct plot_data *data, struct errbuf *err)
{
	struct volumes volumes = { 0 };
	struct reading r;
	int status = reading_open(&r, data, err);

	while (status == 0) {
		status = csv_reader_next(r.csv, err);
		if (status != 1)
			break;
		status = add_volume(&volumes, number_at(&r, r.connection),
		    number_at(&r, r.payload_len), err);
	}
	if (status == 0)
		choose(data, &volumes);
	free(volumes.bytes);
	reading_close(&r);
	return status;
}

int
plot_data_write(struct plot_data *data, struct sink *sink, struct errbuf *err)
{
	bool asked = data->connection != 0;
	struct reading r;
	int status;

	data->rows = data->bytes = data->connections = 0;
	data->file = (struct bytes){ 0 };
	if (data->kind->connection && !asked &&
	    choose_connection(data, err) == -1)
		return -1;
	status = reading_open(&r, data, err);
	if (status == 0)
		status = write_rows(&r, sink, err);
	reading_close(&r);
	if (status == 0 && asked && data->rows == 0) {
		errbuf_set(err, "--connection %" PRIu64 ": none of this number "
		    "in %s", data->connection, data->shown);
		status = -1;
	}
	return status;
}

void
plot_data_reset(struct plot_data *data)
{
	bytes_reset(&data->file);
}
