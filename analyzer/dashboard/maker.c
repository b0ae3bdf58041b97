#include "analyzer/dashboard/maker.h"

#include <stdlib.h>
#include <string.h>

#include "analyzer/analyses/top.h"
#include "analyzer/report/format.h"
#include "analyzer/report/grid.h"
#include "analyzer/report/panels.h"
#include "base/bytes.h"
#include "base/memory.h"

enum { GRID_ROWS_MAX = 10000 };

/* Bytes in memory, bounded. */
struct memory_sink {
	struct sink sink;	/* first */
	struct bytes bytes;
};

/* A panel's rows, in all forms. */
struct panel_writer {
	struct table_writer writer;	/* first */
	const struct panel *panel;
	const struct maker_way *way;
	struct table_selection columns;
	struct memory_sink csv, json, svg;
	struct cut_sink rows;	/* JSON's, without the first comma */
	struct grid *grid;
	struct table_writer *writers[3];
	size_t writer_count;
	bool failed;		/* for the reason in `fault`: no row is taken */
	struct errbuf fault;
};

/* The same rows to several panels. */
struct fan_writer {
	struct table_writer writer;	/* first */
	size_t count;
	struct table_writer *writers[];
};

/* A table, and the panels that show it. */
struct shown {
	const struct table *table;
	const struct panel *panels[ENGINE_OUTPUTS_MAX];
	size_t count;
	const struct maker_way *way;
};

struct maker {
	struct shown tables[ENGINE_OUTPUTS_MAX];
	struct table_selection columns[ENGINE_OUTPUTS_MAX];
	struct engine_output outputs[ENGINE_OUTPUTS_MAX];
	size_t count;
	struct maker_way way;
};

static int
memory_write(struct sink *sink, const void *data, size_t n,
    struct errbuf *err)
{
	struct memory_sink *m = (struct memory_sink *)(void *)sink;

	if (n > MESSAGE_FORM_MAX - m->bytes.len) {
		errbuf_set(err, "more than %d MiB",
		    MESSAGE_FORM_MAX / (1024 * 1024));
		return -1;
	}
	if (bytes_append(&m->bytes, data, n) == 0)
		return 0;
	errbuf_set(err, "out of memory");
	return -1;
}

static struct message_part
part_of(const struct memory_sink *m)
{
	return (struct message_part){ m->bytes.data, m->bytes.len };
}

/* The panel cannot be shown, which ends neither the others nor the run. */
static int
send_fault(struct panel_writer *w, struct errbuf *err)
{
	struct message message = { .kind = MESSAGE_FAULT,
	    .panel = (unsigned)(w->panel - panels) };

	errbuf_prefix(&w->fault, w->panel->name);
	message.parts[0] = (struct message_part){
	    (const uint8_t *)w->fault.text, strlen(w->fault.text) };
	return w->way->send(w->way->context, &message, err);
}

static int
send_panel(struct panel_writer *w, struct errbuf *err)
{
	struct message message = { .kind = MESSAGE_PANEL,
	    .panel = (unsigned)(w->panel - panels) };
	char finding[1024] = "";

	if (format_end(FORMAT_CSV, &w->csv.sink, &w->fault) == -1 ||
	    format_end(FORMAT_JSON, &w->json.sink, &w->fault) == -1 ||
	    (w->panel->draw != NULL &&
	    w->panel->draw(w->grid, &w->svg.sink, &w->fault) == -1))
		return send_fault(w, err);
	panel_finding(w->panel, w->grid, finding, sizeof(finding));
	message.parts[FORM_CSV] = part_of(&w->csv);
	message.parts[FORM_JSON] = part_of(&w->json);
	message.parts[FORM_SVG] = part_of(&w->svg);
	message.parts[FORM_FINDING] = (struct message_part){
	    (const uint8_t *)finding, strlen(finding) };
	return w->way->send(w->way->context, &message, err);
}

static void
panel_free(struct panel_writer *w)
{
	grid_free(w->grid);
	bytes_reset(&w->csv.bytes);
	bytes_reset(&w->json.bytes);
	bytes_reset(&w->svg.bytes);
	free(w);
}

static int
panel_row(struct table_writer *writer, const void *row, struct errbuf *err)
{
	struct panel_writer *w = (struct panel_writer *)(void *)writer;

	(void)err;
	for (size_t i = 0; !w->failed && i < w->writer_count; i++)
		w->failed = w->writers[i]->row(w->writers[i], row,
		    &w->fault) == -1;
	return 0;
}

static int
panel_close(struct table_writer *writer, bool ok, struct errbuf *err)
{
	struct panel_writer *w = (struct panel_writer *)(void *)writer;
	struct errbuf fault;
	int status = 0;

	for (size_t i = 0; i < w->writer_count; i++)
		if (w->writers[i]->close(w->writers[i], ok && !w->failed,
		    &fault) == -1 && !w->failed) {
			w->failed = true;
			w->fault = fault;
		}
	if (ok)
		status = w->failed ? send_fault(w, err) : send_panel(w, err);
	panel_free(w);
	return status;
}

static int
add_writer(struct panel_writer *w, struct table_writer *writer)
{
	if (writer == NULL)
		return -1;
	w->writers[w->writer_count++] = writer;
	return 0;
}

/* The three of them; those that are there are closed where one is not. */
static int
open_writers(struct panel_writer *w, const struct table *table,
    struct errbuf *err)
{
	struct errbuf ignored;

	w->grid = grid_new(table, &w->columns, GRID_ROWS_MAX, err);
	if (w->grid == NULL ||
	    format_begin(FORMAT_CSV, table, &w->columns, &w->csv.sink,
	    err) == -1 ||
	    format_begin(FORMAT_JSON, table, &w->columns, &w->json.sink,
	    err) == -1)
		return -1;
	if (add_writer(w, format_writer(FORMAT_CSV, table, &w->columns,
	    &w->csv.sink, err)) == 0 &&
	    add_writer(w, format_writer(FORMAT_JSON, table, &w->columns,
	    cut_sink_init(&w->rows, &w->json.sink,
	    format_separator_bytes(FORMAT_JSON)), err)) == 0 &&
	    add_writer(w, grid_writer(w->grid, err)) == 0)
		return 0;
	for (size_t i = 0; i < w->writer_count; i++)
		w->writers[i]->close(w->writers[i], false, &ignored);
	return -1;
}

static struct table_writer *
new_panel_writer(const struct panel *panel, const struct table *table,
    const struct maker_way *way, struct errbuf *err)
{
	struct panel_writer *w = memory_array(1, sizeof(*w));

	if (w == NULL) {
		errbuf_set(err, "out of memory");
		return NULL;
	}
	*w = (struct panel_writer){ .writer = { panel_row, panel_close },
	    .panel = panel, .way = way };
	w->csv.sink.write = memory_write;
	w->json.sink.write = memory_write;
	w->svg.sink.write = memory_write;
	table_select_default(table, NULL, 0, &w->columns);
	if (open_writers(w, table, err) == -1) {
		panel_free(w);
		return NULL;
	}
	return &w->writer;
}

static int
fan_row(struct table_writer *writer, const void *row, struct errbuf *err)
{
	struct fan_writer *w = (struct fan_writer *)(void *)writer;

	for (size_t i = 0; i < w->count; i++)
		if (w->writers[i]->row(w->writers[i], row, err) == -1)
			return -1;
	return 0;
}

static int
fan_close(struct table_writer *writer, bool ok, struct errbuf *err)
{
	struct fan_writer *w = (struct fan_writer *)(void *)writer;
	int status = 0;

	for (size_t i = 0; i < w->count; i++)
		if (w->writers[i]->close(w->writers[i], ok, err) == -1)
			status = -1;
	free(w);
	return status;
}

/* A panel's writer, behind what picks the largest rows where it is to. */
static struct table_writer *
new_writer(const struct panel *panel, const struct table *table,
    const struct maker_way *way, struct errbuf *err)
{
	struct table_writer *next = new_panel_writer(panel, table, way, err);

	if (next == NULL || panel->top == 0)
		return next;
	return top_writer(table, panel->top_by, panel->top, next, err);
}

/* What the engine asks for the rows of a table. */
static struct table_writer *
open_table(void *context, const struct input *input, struct sink *ordered,
    struct errbuf *err)
{
	const struct shown *shown = context;
	struct fan_writer *w = memory_array(1, sizeof(*w) +
	    shown->count * sizeof(w->writers[0]));
	struct errbuf ignored;

	(void)input;
	(void)ordered;
	if (w == NULL) {
		errbuf_set(err, "out of memory");
		return NULL;
	}
	w->writer = (struct table_writer){ fan_row, fan_close };
	for (; w->count < shown->count; w->count++) {
		w->writers[w->count] = new_writer(shown->panels[w->count],
		    shown->table, shown->way, err);
		if (w->writers[w->count] == NULL) {
			fan_close(&w->writer, false, &ignored);
			return NULL;
		}
	}
	return &w->writer;
}

static int
add_table(struct maker *m, const struct panel *panel, struct errbuf *err)
{
	struct shown *shown = &m->tables[m->count];
	struct question question;

	if (m->count == ENGINE_OUTPUTS_MAX ||
	    question_find(panel->table, &question) == -1) {
		errbuf_set(err, "%s: there is no table %s", panel->name,
		    panel->table);
		return -1;
	}
	shown->table = question_table(question);
	shown->way = &m->way;
	table_select_default(shown->table, NULL, 0, &m->columns[m->count]);
	m->outputs[m->count] = (struct engine_output){ .question = question,
	    .open = open_table, .context = shown,
	    .columns = &m->columns[m->count], .snapshot = !panel->costly };
	m->count++;
	return 0;
}

static struct shown *
find_table(struct maker *m, const char *name)
{
	for (size_t i = 0; i < m->count; i++)
		if (strcmp(m->tables[i].table->name, name) == 0)
			return &m->tables[i];
	return NULL;
}

static bool
has_part_in(const struct panel *panel, enum maker_share share)
{
	return !panel->report_only && (share == MAKER_ALL ||
	    panel->costly == (share == MAKER_COSTLY));
}

struct maker *
maker_new(enum maker_share share, const struct maker_way *way,
    struct errbuf *err)
{
	struct maker *m = memory_array(1, sizeof(*m));

	if (m == NULL) {
		errbuf_set(err, "out of memory");
		return NULL;
	}
	m->way = *way;
	for (const struct panel *p = panels; p->name != NULL; p++) {
		struct shown *shown;

		if (!has_part_in(p, share))
			continue;
		if (find_table(m, p->table) == NULL &&
		    add_table(m, p, err) == -1) {
			maker_free(m);
			return NULL;
		}
		shown = find_table(m, p->table);
		if (shown->count < ENGINE_OUTPUTS_MAX)
			shown->panels[shown->count++] = p;
	}
	return m;
}

void
maker_free(struct maker *m)
{
	free(m);
}

const struct engine_output *
maker_outputs(const struct maker *m, size_t *count)
{
	*count = m->count;
	return m->outputs;
}
