#include <stdio.h>

#include "analyzer/report/json.h"
#include "analyzer/report/rows.h"
#include "analyzer/report/sheet_write.h"

/* Each row begins with a comma and a new line. */
enum { NEW_LINE_BYTES = 1 };

static int
write_rows(const struct sheet *sheet, enum sheet_part part, struct sink *sink,
    struct errbuf *err)
{
	const struct table *table = sheet_sections[part].table;
	struct table_selection all;
	struct table_writer *writer;
	struct errbuf ignored;
	const void *row;

	table_select_default(table, NULL, 0, &all);
	writer = json_writer(table, &all, sink, err);
	if (writer == NULL)
		return -1;
	for (size_t i = 0; (row = sheet_row(sheet, part, i)) != NULL; i++)
		if (writer->row(writer, row, err) == -1) {
			writer->close(writer, false, &ignored);
			return -1;
		}
	return writer->close(writer, true, err);
}

static int
write_list(const struct sheet *sheet, enum sheet_part part, struct sink *sink,
    struct errbuf *err)
{
	struct cut_sink rows;

	if (sink_puts(sink, "[", err) == -1 || write_rows(sheet, part,
	    cut_sink_init(&rows, sink, JSON_SEPARATOR_BYTES), err) == -1)
		return -1;
	return sink_puts(sink, sheet->parts[part].count == 0 ? "]" : "\n]",
	    err);
}

static int
write_part(const struct sheet *sheet, enum sheet_part part, struct sink *sink,
    struct errbuf *err)
{
	const struct sheet_section *section = &sheet_sections[part];
	struct cut_sink row;
	char key[64];

	snprintf(key, sizeof(key), ",\n\"%s\":", section->table->name);
	if (sink_puts(sink, key, err) == -1)
		return -1;
	if (section->list)
		return write_list(sheet, part, sink, err);
	if (sheet->parts[part].count == 0)
		return sink_puts(sink, "null", err);
	return write_rows(sheet, part, cut_sink_init(&row, sink,
	    JSON_SEPARATOR_BYTES + NEW_LINE_BYTES), err);
}

int
sheet_write_json(const struct sheet *sheet, struct sink *sink,
    struct errbuf *err)
{
	char line[64];

	snprintf(line, sizeof(line), "{\"schema_version\":%d",
	    SHEET_SCHEMA_VERSION);
	if (sink_puts(sink, line, err) == -1)
		return -1;
	for (unsigned i = 0; i < SHEET_PARTS; i++)
		if (!sheet_is_hidden(sheet, (enum sheet_part)i) &&
		    write_part(sheet, (enum sheet_part)i, sink, err) == -1)
			return -1;
	return sink_puts(sink, "\n}\n", err);
}
