#include "base/table.h"

#include <string.h>

#include "base/distance.h"

enum { NAME_BYTES = 64 };	/* of a wrong name, as far as it is told */

int
table_find(const struct table *table, const char *name)
{
	for (size_t i = 0; i < table->column_count; i++)
		if (strcmp(table->columns[i].name, name) == 0)
			return (int)i;
	return -1;
}

bool
table_shows(const struct table *table, const struct column *column)
{
	const char *at = table->text_columns;
	size_t len = strlen(column->name);

	if (at == NULL)
		return column->group == NULL;
	while ((at = strstr(at, column->name)) != NULL) {
		bool begins = at == table->text_columns || at[-1] == ',';

		if (begins && (at[len] == ',' || at[len] == '\0'))
			return true;
		at++;
	}
	return false;
}

const char *
table_nearest(const struct table *table, const char *name)
{
	const char *nearest = table->columns[0].name;
	unsigned least = edit_distance(nearest, name);

	for (size_t i = 1; i < table->column_count; i++) {
		unsigned d = edit_distance(table->columns[i].name, name);

		if (d < least) {
			least = d;
			nearest = table->columns[i].name;
		}
	}
	return nearest;
}

static bool
is_wanted(const struct column *column, const char *const *groups, size_t n)
{
	for (size_t i = 0; column->group != NULL && i < n; i++)
		if (strcmp(column->group, groups[i]) == 0)
			return true;
	return column->group == NULL;
}

void
table_select_default(const struct table *table, const char *const *groups,
    size_t n, struct table_selection *out)
{
	out->count = out->text_width = 0;
	for (size_t i = 0; i < table->column_count &&
	    out->count < TABLE_COLUMNS_MAX; i++)
		if (is_wanted(&table->columns[i], groups, n))
			out->index[out->count++] = (uint16_t)i;
}

static bool
is_selected(const struct table_selection *selection, int index)
{
	for (size_t i = 0; i < selection->count; i++)
		if (selection->index[i] == index)
			return true;
	return false;
}

void
table_select_groups(const struct table *table, const char *const *groups,
    size_t n, struct table_selection *out)
{
	for (size_t i = 0; i < table->column_count &&
	    out->count < TABLE_COLUMNS_MAX; i++)
		if (table->columns[i].group != NULL &&
		    is_wanted(&table->columns[i], groups, n) &&
		    !is_selected(out, (int)i))
			out->index[out->count++] = (uint16_t)i;
}

static int
select_one(const struct table *table, const char *name,
    struct table_selection *out, struct errbuf *err)
{
	int index = table_find(table, name);

	if (index < 0) {
		errbuf_set(err, "no column \"%s\" in table %s; the nearest is "
		    "\"%s\"", name, table->name, table_nearest(table, name));
		return -1;
	}
	if (is_selected(out, index)) {
		errbuf_set(err, "column \"%s\" is named twice", name);
		return -1;
	}
	if (out->count == TABLE_COLUMNS_MAX) {
		errbuf_set(err, "more than %d columns", TABLE_COLUMNS_MAX);
		return -1;
	}
	out->index[out->count++] = (uint16_t)index;
	return 0;
}

int
table_select(const struct table *table, const char *names,
    struct table_selection *out, struct errbuf *err)
{
	out->count = out->text_width = 0;
	for (;;) {
		char name[NAME_BYTES];
		size_t len = strcspn(names, ",");
		/* What is cut here is longer than any column's name. */
		size_t kept = len < sizeof(name) ? len : sizeof(name) - 1;

		if (len == 0) {
			errbuf_set(err, "a column name is empty");
			return -1;
		}
		memcpy(name, names, kept);
		name[kept] = '\0';
		if (select_one(table, name, out, err) != 0)
			return -1;
		names += len;
		if (*names == '\0')
			return 0;
		names++;
	}
}
