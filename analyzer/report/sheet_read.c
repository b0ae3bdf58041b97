#include "analyzer/report/sheet_read.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

void
given_reset(struct given *given)
{
	for (size_t i = 0; i < SHEET_PARTS; i++)
		free(given->parts[i].rows);
	sheet_reset(&given->texts);
	*given = (struct given){ 0 };
}

#ifndef HAVE_JANSSON

bool
sheet_can_read(void)
{
	return false;
}

int
sheet_parse(struct given *given, const char *name, const char *data, size_t n,
    struct errbuf *err)
{
	(void)data;
	(void)n;
	*given = (struct given){ 0 };
	errbuf_set(err, "%s: this pcapstat was built without a reader of JSON "
	    "(jansson)", name);
	return -1;
}

#else

#include <jansson.h>

#include "analyzer/report/sheet_write.h"

bool
sheet_can_read(void)
{
	return true;
}

/* What is read, and for whom. */
struct reading {
	struct given *given;
	const char *name;
	struct errbuf *err;
};

static int
no_memory(const struct reading *r)
{
	errbuf_set(r->err, "%s: out of memory", r->name);
	return -1;
}

static void
note_stranger(struct given *given, const char *section, const char *key)
{
	if (given->stranger_count == SHEET_STRANGERS_MAX)
		return;
	given->strangers[given->stranger_count++] = section == NULL ?
	    sheet_text(&given->texts, key) :
	    sheet_printf(&given->texts, "%s.%s", section, key);
}

/* Without the spaces around it; NULL where nothing is left. */
static const char *
keep_trimmed(struct sheet *texts, const char *text)
{
	static const char spaces[] = " \t\r\n";
	size_t n;

	text += strspn(text, spaces);
	for (n = strlen(text); n > 0 && strchr(spaces, text[n - 1]) != NULL;)
		n--;
	return n == 0 ? NULL : sheet_printf(texts, "%.*s", (int)n, text);
}

/* -1: the value is neither number, text nor yes/no. */
static int
read_value(struct sheet *texts, const json_t *value, const char **out)
{
	switch (json_typeof(value)) {
	case JSON_NULL:
		*out = NULL;
		return 0;
	case JSON_TRUE:
		*out = "yes";
		return 0;
	case JSON_FALSE:
		*out = "no";
		return 0;
	case JSON_STRING:
		*out = keep_trimmed(texts, json_string_value(value));
		return 0;
	case JSON_INTEGER:
		*out = sheet_printf(texts, "%lld",
		    (long long)json_integer_value(value));
		return 0;
	case JSON_REAL:
		*out = sheet_printf(texts, "%.17g", json_real_value(value));
		return 0;
	case JSON_OBJECT:
	case JSON_ARRAY:
		break;
	}
	return -1;
}

static int
read_row(const struct reading *r, const struct table *table, json_t *object,
    struct given_row *row)
{
	const char *key;
	json_t *value;

	*row = (struct given_row){ .cells = { NULL } };
	json_object_foreach(object, key, value) {
		int column = table_find(table, key);

		if (column == -1) {
			note_stranger(r->given, table->name, key);
		} else if (read_value(&r->given->texts, value,
		    &row->cells[column]) == -1) {
			errbuf_set(r->err, "%s: %s.%s: neither a number nor a "
			    "text", r->name, table->name, key);
			return -1;
		}
	}
	return 0;
}

static int
read_list(const struct reading *r, enum sheet_part part, json_t *list)
{
	const struct table *table = sheet_sections[part].table;
	struct given_rows *rows = &r->given->parts[part];
	size_t n = json_array_size(list);

	if (n > SHEET_ENTRIES_MAX) {
		errbuf_set(r->err, "%s: %s: more than %d entries", r->name,
		    table->name, SHEET_ENTRIES_MAX);
		return -1;
	}
	rows->rows = memory_array(n + 1, sizeof(*rows->rows));
	if (rows->rows == NULL)
		return no_memory(r);
	for (; rows->count < n; rows->count++) {
		json_t *entry = json_array_get(list, rows->count);

		if (!json_is_object(entry)) {
			errbuf_set(r->err, "%s: %s[%zu]: not an object",
			    r->name, table->name, rows->count);
			return -1;
		}
		if (read_row(r, table, entry, &rows->rows[rows->count]) == -1)
			return -1;
	}
	return 0;
}

static int
read_single(const struct reading *r, enum sheet_part part, json_t *object)
{
	struct given_rows *rows = &r->given->parts[part];

	rows->rows = memory_array(1, sizeof(*rows->rows));
	if (rows->rows == NULL)
		return no_memory(r);
	rows->count = 1;
	return read_row(r, sheet_sections[part].table, object, rows->rows);
}

static int
read_part(const struct reading *r, enum sheet_part part, json_t *value)
{
	const struct sheet_section *section = &sheet_sections[part];

	if (json_is_null(value))
		return 0;
	if (section->list && json_is_array(value))
		return read_list(r, part, value);
	if (!section->list && json_is_object(value))
		return read_single(r, part, value);
	errbuf_set(r->err, "%s: %s: not %s", r->name, section->table->name,
	    section->list ? "a list of objects" : "an object");
	return -1;
}

static int
check_version(const struct reading *r, const json_t *value)
{
	if (json_is_integer(value) &&
	    json_integer_value(value) == SHEET_SCHEMA_VERSION)
		return 0;
	errbuf_set(r->err, "%s: schema_version is not %d", r->name,
	    SHEET_SCHEMA_VERSION);
	return -1;
}

static int
read_member(const struct reading *r, const char *key, json_t *value)
{
	if (strcmp(key, "schema_version") == 0)
		return check_version(r, value);
	for (unsigned i = 0; i < SHEET_PARTS; i++)
		if (strcmp(key, sheet_sections[i].table->name) == 0)
			return read_part(r, (enum sheet_part)i, value);
	note_stranger(r->given, NULL, key);
	return 0;
}

static int
read_sheet(const struct reading *r, json_t *root)
{
	const char *key;
	json_t *value;

	if (!json_is_object(root)) {
		errbuf_set(r->err, "%s: no sheet: not a JSON object", r->name);
		return -1;
	}
	json_object_foreach(root, key, value)
		if (read_member(r, key, value) == -1)
			return -1;
	return r->given->texts.no_memory ? no_memory(r) : 0;
}

/* The parser itself ends at a depth of 2048. */
int
sheet_parse(struct given *given, const char *name, const char *data, size_t n,
    struct errbuf *err)
{
	const struct reading r = { given, name, err };
	json_error_t error;
	json_t *root;
	int status;

	*given = (struct given){ 0 };
	root = json_loadb(data, n, JSON_REJECT_DUPLICATES, &error);
	if (root == NULL) {
		errbuf_set(err, "%s: line %d: %s", name, error.line,
		    error.text);
		return -1;
	}
	status = read_sheet(&r, root);
	json_decref(root);
	return status;
}

#endif

/* All of the file; -1: it cannot be read, or is too long for a sheet. */
static int
load(const char *path, char *data, size_t *n, struct errbuf *err)
{
	bool is_stdin = strcmp(path, "-") == 0;
	FILE *file = is_stdin ? stdin : fopen(path, "rb");
	int status = 0;

	if (file == NULL) {
		errbuf_set(err, "%s: %s", path, strerror(errno));
		return -1;
	}
	*n = fread(data, 1, SHEET_BYTES_MAX + 1, file);
	if (ferror(file)) {
		errbuf_set(err, "%s: %s", path, strerror(errno));
		status = -1;
	} else if (*n > SHEET_BYTES_MAX) {
		errbuf_set(err, "%s: no sheet: longer than %d bytes", path,
		    SHEET_BYTES_MAX);
		status = -1;
	}
	if (!is_stdin)
		fclose(file);
	return status;
}

/* Who gives the captures first gives the first of them for the sheet. */
static bool
is_capture(const char *data, size_t n)
{
	static const unsigned char magics[][4] = {
		{ 0xa1, 0xb2, 0xc3, 0xd4 }, { 0xd4, 0xc3, 0xb2, 0xa1 },
		{ 0xa1, 0xb2, 0x3c, 0x4d }, { 0x4d, 0x3c, 0xb2, 0xa1 },
		{ 0x0a, 0x0d, 0x0d, 0x0a },
	};

	for (size_t i = 0; i < sizeof(magics) / sizeof(magics[0]); i++)
		if (n >= sizeof(magics[i]) &&
		    memcmp(data, magics[i], sizeof(magics[i])) == 0)
			return true;
	return false;
}

static int
parse_sheet(struct given *given, const char *path, const char *data, size_t n,
    struct errbuf *err)
{
	if (!is_capture(data, n))
		return sheet_parse(given, path, data, n, err);
	errbuf_set(err, "%s: is a capture: SHEET.json comes first, then the "
	    "captures", path);
	return -1;
}

int
sheet_read(struct given *given, const char *path, struct errbuf *err)
{
	char *data = memory_array(SHEET_BYTES_MAX + 1, 1);
	size_t n;
	int status = -1;

	*given = (struct given){ 0 };
	if (data == NULL)
		errbuf_set(err, "%s: out of memory", path);
	else if (load(path, data, &n, err) == 0)
		status = parse_sheet(given, path, data, n, err);
	free(data);
	return status;
}
