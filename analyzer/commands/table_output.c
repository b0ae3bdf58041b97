#include "analyzer/commands/table_output.h"

#include <stdlib.h>

#include "analyzer/commands/terminal.h"
#include "base/memory.h"

/* Rows of one job into the one database. */
struct db_writer {
	struct table_writer writer;	/* first */
	struct sqlite_output *db;
	struct sink *ordered;	/* NULL: the only job */
};

/* Tells of a row, begins the table, and passes the row on. */
struct telling_writer {
	struct table_writer writer;	/* first */
	struct table_output *output;
	struct table_writer *next;
	struct sink *ordered;
};

static int
begin(struct table_output *o, struct errbuf *err)
{
	o->begun = true;
	if (o->file == NULL)
		return 0;
	return format_begin(o->options->format, o->table, &o->columns,
	    outfile_sink(o->file), err);
}

int
table_output_open(struct table_output *o, const struct options *options,
    const struct table *table, void (*before)(const void *row), bool *usage,
    struct errbuf *err)
{
	const char *names = options->columns;

	*o = (struct table_output){ .options = options, .table = table,
	    .before = before };
	*usage = false;
	if (names == NULL && options->format == FORMAT_TEXT)
		names = table->text_columns;
	if (names == NULL) {
		table_select_default(table, options->groups,
		    options->group_count, &o->columns);
	} else if (table_select(table, names, &o->columns, err) == -1) {
		*usage = true;
		return -1;
	}
	/* A terminal's choice knows nothing of options. */
	if (options->columns == NULL)
		table_select_groups(table, options->groups,
		    options->group_count, &o->columns);
	if (options->output == NULL)
		o->columns.text_width = terminal_width();
	if (options->format == FORMAT_SQLITE) {
		o->db = sqlite_open(options->output, table, &o->columns, err);
		return o->db == NULL ? -1 : 0;
	}
	o->file = outfile_open(options->output == NULL ? "-" :
	    options->output, err);
	if (o->file == NULL)
		return -1;
	if (before != NULL || begin(o, err) == 0)
		return 0;
	outfile_close(o->file, false, err);
	return -1;
}

struct sink *
table_output_sink(struct table_output *o)
{
	return o->file == NULL ? NULL : outfile_sink(o->file);
}

static int
db_row(struct table_writer *writer, const void *row, struct errbuf *err)
{
	struct db_writer *w = (struct db_writer *)(void *)writer;

	/* Rows of earlier jobs come first. */
	if (w->ordered != NULL &&
	    w->ordered->write(w->ordered, NULL, 0, err) == -1)
		return -1;
	return sqlite_row(w->db, row, err);
}

static int
db_close(struct table_writer *writer, bool ok, struct errbuf *err)
{
	(void)ok;
	(void)err;
	free(writer);
	return 0;
}

static int
telling_row(struct table_writer *writer, const void *row, struct errbuf *err)
{
	struct telling_writer *w = (struct telling_writer *)(void *)writer;

	if (w->ordered->write(w->ordered, NULL, 0, err) == -1)
		return -1;
	w->output->before(row);
	if (!w->output->begun && begin(w->output, err) == -1)
		return -1;
	return w->next->row(w->next, row, err);
}

static int
telling_close(struct table_writer *writer, bool ok, struct errbuf *err)
{
	struct telling_writer *w = (struct telling_writer *)(void *)writer;
	int status = w->next->close(w->next, ok, err);

	free(w);
	return status;
}

static struct table_writer *
new_db_writer(struct table_output *o, struct sink *ordered,
    struct errbuf *err)
{
	struct db_writer *w = memory_array(1, sizeof(*w));

	if (w == NULL) {
		errbuf_set(err, "out of memory");
		return NULL;
	}
	*w = (struct db_writer){ { db_row, db_close }, o->db, ordered };
	return &w->writer;
}

struct table_writer *
table_output_writer(void *context, const struct input *input,
    struct sink *ordered, struct errbuf *err)
{
	struct table_output *o = context;
	struct telling_writer *telling;
	struct table_writer *w = o->db != NULL ?
	    new_db_writer(o, ordered, err) :
	    format_writer(o->options->format, o->table, &o->columns, ordered,
	    err);

	(void)input;
	if (w == NULL || o->before == NULL)
		return w;
	telling = memory_array(1, sizeof(*telling));
	if (telling == NULL) {
		errbuf_set(err, "out of memory");
		w->close(w, false, err);
		return NULL;
	}
	*telling = (struct telling_writer){ { telling_row, telling_close }, o,
	    w, ordered };
	return &telling->writer;
}

struct table_writer *
table_output_rows(struct table_output *o, struct errbuf *err)
{
	if (o->db != NULL)
		return new_db_writer(o, NULL, err);
	return format_writer(o->options->format, o->table, &o->columns,
	    cut_sink_init(&o->rows, outfile_sink(o->file),
	    format_separator_bytes(o->options->format)), err);
}

static int
finish(struct table_output *o, struct errbuf *err)
{
	if (!o->begun && begin(o, err) == -1)
		return -1;
	return format_end(o->options->format, outfile_sink(o->file), err);
}

int
table_output_close(struct table_output *o, bool keep, struct errbuf *err)
{
	struct errbuf ignored;

	if (o->db != NULL)
		return sqlite_close(o->db, keep, err);
	if (o->file == NULL)
		return 0;
	if (!keep || finish(o, err) == 0)
		return outfile_close(o->file, keep, err);
	outfile_close(o->file, false, &ignored);
	return -1;
}
