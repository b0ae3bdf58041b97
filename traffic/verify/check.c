#include "traffic/verify/check.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A line of any length; short memory cuts it. */
static void
tell(struct check *c, const char *where, const char *text)
{
	struct errbuf line;

	c->result->differences++;
	if (c->told++ >= CHECK_TOLD_MAX)
		return;
	errbuf_set(&line, "%s: %s: %s", c->file, where, text);
	c->calls->say(c->calls->context, line.text);
}

void
check_tell(struct check *c, const char *where, const char *text)
{
	c->result->numbers++;
	tell(c, where, text);
}

void
check_cell(struct check *c, const char *where, const char *what,
    const struct column *column, const struct cell *truth,
    const struct cell *ours, const char *why)
{
	char shown[2][CELL_SHOWN_BYTES];
	struct errbuf text;

	c->result->numbers++;
	if (cell_equal(truth, ours))
		return;
	cell_show(truth, column, shown[0]);
	cell_show(ours, column, shown[1]);
	errbuf_set(&text, "%s: truth %s, pcapstat %s%s%s%s", what, shown[0],
	    shown[1], why == NULL ? "" : " (", why == NULL ? "" : why,
	    why == NULL ? "" : ")");
	tell(c, where, text.text);
}

void
check_row(struct check *c, const char *where, const struct table *table,
    const void *row, const char *name, const struct cell *truth,
    const char *why)
{
	int index = table_find(table, name);
	struct cell ours;

	if (index < 0)
		return;
	cell_of_row(&ours, &table->columns[index], row);
	check_cell(c, where, name, &table->columns[index], truth, &ours, why);
}

bool
check_i64(json_t *object, const char *key, int64_t *out)
{
	json_t *value = json_object_get(object, key);

	if (!json_is_integer(value))
		return false;
	*out = json_integer_value(value);
	return true;
}

bool
check_u64(json_t *object, const char *key, uint64_t *out)
{
	int64_t value;

	if (!check_i64(object, key, &value) || value < 0)
		return false;
	*out = (uint64_t)value;
	return true;
}

const char *
check_string(json_t *object, const char *key)
{
	return json_string_value(json_object_get(object, key));
}

/* What gaps or round trips add up to. */

/* "BASE_PART" or "BASE_PART_s": columns of summary have no unit. */
static void
check_part(struct check *c, const char *where, const struct table *table,
    const void *row, const char *base, const char *part,
    const struct cell *truth)
{
	char name[64];

	snprintf(name, sizeof(name), "%s_%s", base, part);
	if (table_find(table, name) < 0)
		snprintf(name, sizeof(name), "%s_%s_s", base, part);
	check_row(c, where, table, row, name, truth, NULL);
}

static struct cell
scaled(json_t *object, const char *key)
{
	int64_t ns;

	return check_i64(object, key, &ns) ? cell_number((int128)ns * 1000) :
	    cell_none();
}

static struct cell
mean(json_t *object, uint64_t count)
{
	int64_t sum_ns;

	return count > 0 && check_i64(object, "sum_ns", &sum_ns) ?
	    cell_number(cell_mean_ps(sum_ns, count)) : cell_none();
}

static struct cell
median(json_t *object)
{
	json_t *two = json_object_get(object, "median_ns");
	json_t *low = json_array_get(two, 0);
	json_t *high = json_array_get(two, 1);

	if (!json_is_integer(low) || !json_is_integer(high))
		return cell_none();
	return cell_number(((int128)json_integer_value(low) +
	    json_integer_value(high)) * 500);
}

static void
check_sums(struct check *c, const char *where, const struct table *table,
    const void *row, const char *base, json_t *object)
{
	bool is_gaps = json_object_get(object, "gaps") != NULL;
	uint64_t count = 0;
	struct cell cell;

	if (!check_u64(object, is_gaps ? "gaps" : "samples", &count))
		return;
	cell = scaled(object, "min_ns");
	check_part(c, where, table, row, base, "min", &cell);
	cell = scaled(object, "max_ns");
	check_part(c, where, table, row, base, "max", &cell);
	cell = mean(object, count);
	check_part(c, where, table, row, base, "mean", &cell);
	if (is_gaps)
		cell = median(object);
	else
		cell = cell_number(count);
	check_part(c, where, table, row, base, is_gaps ? "median" :
	    "samples", &cell);
}

/* The column that tells the member of that name; -1: none. */
static int
find_column(const struct table *table, const char *key)
{
	char name[64];
	size_t len = strlen(key);
	int index = table_find(table, key);

	if (index >= 0 || len < 4 || len >= sizeof(name) ||
	    strcmp(key + len - 3, "_ns") != 0)
		return index;
	memcpy(name, key, len - 2);
	strcpy(name + len - 2, "s");
	return table_find(table, name);
}

void
check_object(struct check *c, const char *where, const struct table *table,
    const void *row, json_t *object)
{
	const char *key;
	json_t *value;

	json_object_foreach(object, key, value) {
		int index = find_column(table, key);
		struct cell truth, ours;

		if (json_is_object(value)) {
			check_sums(c, where, table, row, key, value);
			continue;
		}
		if (index < 0 || !cell_of_json(&truth,
		    &table->columns[index], value))
			continue;
		cell_of_row(&ours, &table->columns[index], row);
		check_cell(c, where, table->columns[index].name,
		    &table->columns[index], &truth, &ours, NULL);
	}
}
