#include "analyzer/commands/table_output.h"

#include <stdlib.h>

#include "analyzer/analyses/top.h"
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

/* Which columns are written.  -1 with the reason. */
static int
settle_columns(struct table_output *o, struct errbuf *err)
{
	const struct options *options = o->options;
	const char *names = options->columns;

	if (names == NULL && options->format == FORMAT_TEXT)
		names = o->table->text_columns;
	if (names == NULL)
		table_select_default(o->table, options->groups,
		    options->group_count, &o->columns);
	else if (table_select(o->table, names, &o->columns, err) == -1)
		return -1;
	/* A terminal's choice knows nothing of options. */
	if (options->columns == NULL)
		table_select_groups(o->table, options->groups,
		    options->group_count, &o->columns);
	if (options->output == NULL)
		o->columns.text_width = terminal_width();
	return 0;
}

/* What is written comes from the largest rows: the column that says so is wanted
 * too.  -1 with the reason. */
static int
settle_top(struct table_output *o, struct errbuf *err)
{
	const struct options *options = o->options;
	struct table_selection *wanted = &o->wanted;
	const char *by = options->top_by != NULL ? options->top_by :
	    o->table->top_by;
	int index;

	*wanted = o->columns;
	if (options->top == 0 && options->top_by == NULL)
		return 0;
	if (options->top == 0) {
		errbuf_set(err, "--by goes with --top N");
		return -1;
	}
	if (by == NULL) {
		errbuf_set(err, "--top: table %s wants --by COLUMN too",
		    o->table->name);
		return -1;
	}
	index = top_column(o->table, by, err);
	if (index == -1) {
		errbuf_prefix(err, "--by");
		return -1;
	}
	o->top_by = by;
	for (size_t i = 0; i < wanted->count; i++)
		if (wanted->index[i] == index)
			return 0;
	if (wanted->count < TABLE_COLUMNS_MAX)
		wanted->index[wanted->count++] = (uint16_t)index;
	return 0;
}

int
table_output_open(struct table_output *o, const struct options *options,
    const struct table *table, void (*before)(const void *row), bool *usage,
    struct errbuf *err)
{
	*o = (struct table_output){ .options = options, .table = table,
	    .before = before };
	*usage = settle_columns(o, err) == -1 || settle_top(o, err) == -1;
	if (*usage)
		return -1;
	if (options->format == FORMAT_SQLITE) {
		o->db = sqlite_open(options->output, table, &o->columns, err);
		return o->db == NULL ? -1 : 0;
	}
	o->file = outfile_open(options->output == NULL ? "-" :
	    options->output, err);
	if (o->file == NULL)
		return -1;
	if (options->output_shown != NULL &&
	    outfile_call(o->file, options->output_shown, err) == -1) {
		outfile_close(o->file, false, &(struct errbuf){ "" });
		o->file = NULL;
		return -1;
	}
	if (before != NULL || begin(o, err) == 0)
		return 0;
	outfile_close(o->file, false, err);
	return -1;
}

static int
prompt_write(struct sink *sink, const void *data, size_t n,
    struct errbuf *err)
{
	struct table_output *o =
	    ((struct prompt_sink *)(void *)sink)->output;
	struct sink *file = outfile_sink(o->file);

	if (o->before_rows != NULL)
		o->before_rows(o->context);
	return file->write(file, data, n, err) == -1 ? -1 :
	    outfile_flush(o->file, err);
}

struct sink *
table_output_sink(struct table_output *o)
{
	if (o->file == NULL)
		return NULL;
	/* A file appears whole at the end. */
	if (o->options->interface == NULL || outfile_is_new(o->file))
		return outfile_sink(o->file);
	o->prompt = (struct prompt_sink){ { prompt_write }, o };
	return &o->prompt.sink;
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

static int
telling_flush(struct table_writer *writer, struct errbuf *err)
{
	struct telling_writer *w = (struct telling_writer *)(void *)writer;

	return w->next->flush == NULL ? 0 : w->next->flush(w->next, err);
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

/* Bytes or rows in the output's form. */
static struct table_writer *
new_writer(struct table_output *o, struct sink *ordered, struct errbuf *err)
{
	return o->db != NULL ? new_db_writer(o, ordered, err) :
	    format_writer(o->options->format, o->table, &o->columns, ordered,
	    err);
}

static struct table_writer *
new_telling_writer(struct table_output *o, struct sink *ordered,
    struct table_writer *next, struct errbuf *err)
{
	struct telling_writer *w = memory_array(1, sizeof(*w));
	struct errbuf ignored;

	if (w == NULL) {
		errbuf_set(err, "out of memory");
		next->close(next, false, &ignored);
		return NULL;
	}
	*w = (struct telling_writer){ { telling_row, telling_close,
	    telling_flush }, o, next, ordered };
	return &w->writer;
}

struct table_writer *
table_output_writer(void *context, const struct input *input,
    struct sink *ordered, struct errbuf *err)
{
	struct table_output *o = context;
	struct table_writer *w = new_writer(o, ordered, err);

	(void)input;
	if (w != NULL && o->before != NULL)
		w = new_telling_writer(o, ordered, w, err);
	if (w != NULL && o->top_by != NULL)
		w = top_writer(o->table, o->top_by, o->options->top, w, err);
	return w;
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
