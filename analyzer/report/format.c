#include "analyzer/report/format.h"

#include <string.h>

#include "analyzer/report/csv.h"
#include "analyzer/report/json.h"
#include "analyzer/report/text.h"

/* NULL: the format has no such thing. */
static const struct row_format {
	const char *name;	/* of --format */
	const char *ending;
	size_t separator_bytes;
	int (*begin)(const struct table *table,
	    const struct table_selection *columns, struct sink *sink,
	    struct errbuf *err);
	int (*end)(struct sink *sink, struct errbuf *err);
	struct table_writer *(*writer)(const struct table *table,
	    const struct table_selection *columns, struct sink *sink,
	    struct errbuf *err);
} formats[] = {
	[FORMAT_CSV] = { "csv", ".csv", 0, csv_begin, NULL, csv_writer },
	[FORMAT_JSON] = { "json", ".json", JSON_SEPARATOR_BYTES, json_begin,
	    json_end, json_writer },
	[FORMAT_NDJSON] = { "ndjson", ".ndjson", 0, NULL, NULL,
	    ndjson_writer },
	[FORMAT_TEXT] = { "text", ".txt", 0, text_begin, NULL, text_writer },
	[FORMAT_SQLITE] = { NULL, ".db", 0, NULL, NULL, NULL },
};

enum { FORMAT_COUNT = sizeof(formats) / sizeof(formats[0]) };

int
format_by_name(const char *name, enum format *out)
{
	for (int i = 0; i < FORMAT_COUNT; i++) {
		if (formats[i].name != NULL &&
		    strcmp(formats[i].name, name) == 0) {
			*out = (enum format)i;
			return 0;
		}
	}
	return -1;
}

int
format_by_path(const char *path, enum format *out)
{
	size_t path_len = strlen(path);

	for (int i = 0; i < FORMAT_COUNT; i++) {
		size_t len = strlen(formats[i].ending);

		if (path_len > len &&
		    strcmp(path + path_len - len, formats[i].ending) == 0) {
			*out = (enum format)i;
			return 0;
		}
	}
	return -1;
}

int
format_begin(enum format format, const struct table *table,
    const struct table_selection *columns, struct sink *sink,
    struct errbuf *err)
{
	if (formats[format].begin == NULL)
		return 0;
	return formats[format].begin(table, columns, sink, err);
}

int
format_end(enum format format, struct sink *sink, struct errbuf *err)
{
	if (formats[format].end == NULL)
		return 0;
	return formats[format].end(sink, err);
}

size_t
format_separator_bytes(enum format format)
{
	return formats[format].separator_bytes;
}

struct table_writer *
format_writer(enum format format, const struct table *table,
    const struct table_selection *columns, struct sink *sink,
    struct errbuf *err)
{
	if (formats[format].writer == NULL) {
		errbuf_set(err, "this format has no stream of rows");
		return NULL;
	}
	return formats[format].writer(table, columns, sink, err);
}
