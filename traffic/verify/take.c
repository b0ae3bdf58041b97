#include "traffic/verify/take.h"

#include <stdio.h>
#include <string.h>

#include "traffic/verify/deviation.h"

uint64_t
take_number(const struct take *t, const char *column)
{
	int index = table_find(t->table, column);
	struct cell cell = cell_none();

	if (index >= 0)
		cell_of_row(&cell, &t->table->columns[index], t->row);
	return cell.kind == CELL_NUMBER && cell.number >= 0 ?
	    (uint64_t)cell.number : 0;
}

/* A column and a member that should be the same, and are not both there. */
static void
tell_lonely(struct take *t, const char *name)
{
	struct errbuf text;

	errbuf_set(&text, "%.64s: no column of %s", name, t->table->name);
	check_tell(t->check, t->where, text.text);
}

static void
compare(struct take *t, int index, const struct cell *truth)
{
	const struct column *column = &t->table->columns[index];
	struct cell ours;

	t->compared[index] = true;
	cell_of_row(&ours, column, t->row);
	check_cell(t->check, t->where, column->name, column, truth, &ours,
	    t->why[0] == '\0' ? NULL : t->why);
}

void
take_cell(struct take *t, const char *name, struct cell truth)
{
	int index = table_find(t->table, name);

	if (index < 0)
		tell_lonely(t, name);
	else
		compare(t, index, &truth);
}

/* Gaps and round trips: of `count` > 0. */

static struct cell
least(json_t *object, uint64_t count)
{
	int64_t ns;

	(void)count;
	return check_i64(object, "min_ns", &ns) ?
	    cell_number((int128)ns * 1000) : cell_none();
}

static struct cell
largest(json_t *object, uint64_t count)
{
	int64_t ns;

	(void)count;
	return check_i64(object, "max_ns", &ns) ?
	    cell_number((int128)ns * 1000) : cell_none();
}

static struct cell
mean(json_t *object, uint64_t count)
{
	int64_t sum_ns;

	return check_i64(object, "sum_ns", &sum_ns) ?
	    cell_number(cell_mean_ps(sum_ns, count)) : cell_none();
}

/* Type 7 of Hyndman and Fan: h = (count - 1) percent / 100 lies between two
 * gaps; a hundredth of a nanosecond is 10 ps, so nothing is rounded. */
static struct cell
quantile(json_t *two, uint64_t count, unsigned percent)
{
	json_t *low = json_array_get(two, 0), *high = json_array_get(two, 1);
	int128 part = (int128)((uint128)(count - 1) * percent % 100), from, to;

	if (!json_is_integer(low) || !json_is_integer(high))
		return cell_none();
	from = json_integer_value(low);
	to = json_integer_value(high);
	return cell_number(from * 1000 + (to - from) * part * 10);
}

static struct cell
median(json_t *object, uint64_t count)
{
	return quantile(json_object_get(object, "median_ns"), count, 50);
}

static struct cell
p90(json_t *object, uint64_t count)
{
	return quantile(json_object_get(object, "p90_ns"), count, 90);
}

static struct cell
p99(json_t *object, uint64_t count)
{
	return quantile(json_object_get(object, "p99_ns"), count, 99);
}

static bool
read_digits(const char *text, uint128 *out)
{
	uint128 last = ~(uint128)0;

	if (text == NULL || *text == '\0')
		return false;
	for (*out = 0; *text != '\0'; text++) {
		unsigned digit = (unsigned)(*text - '0');

		if (digit > 9 || *out > (last - digit) / 10)
			return false;
		*out = *out * 10 + digit;
	}
	return true;
}

static struct cell
deviation(json_t *object, uint64_t count, uint64_t divisor)
{
	uint128 squares;
	int64_t sum_ns;
	int128 ps;

	return check_i64(object, "sum_ns", &sum_ns) &&
	    read_digits(check_string(object, "squares_ns2"), &squares) &&
	    deviation_ps(count, sum_ns, squares, divisor, &ps) ?
	    cell_number(ps) : cell_none();
}

static struct cell
std_pop(json_t *object, uint64_t count)
{
	return deviation(object, count, count);
}

static struct cell
std_sample(json_t *object, uint64_t count)
{
	return deviation(object, count, count - 1);
}

static const struct {
	const char *name;
	struct cell (*of)(json_t *object, uint64_t count);
} parts[] = {
	{ "min", least }, { "max", largest }, { "mean", mean },
	{ "median", median }, { "p90", p90 }, { "p99", p99 },
	{ "std", std_pop }, { "std_pop", std_pop },
	{ "std_sample", std_sample },
};

/* "BASE_PART" or "BASE_PART_s": columns of summary have no unit. */
static int
find_part(const struct table *table, const char *base, const char *part)
{
	char name[64];
	int index;

	snprintf(name, sizeof(name), "%s_%s", base, part);
	index = table_find(table, name);
	if (index >= 0)
		return index;
	snprintf(name, sizeof(name), "%s_%s_s", base, part);
	return table_find(table, name);
}

void
take_sums(struct take *t, const char *base, json_t *object)
{
	const char *key = json_object_get(object, "gaps") != NULL ? "gaps" :
	    "samples";
	int index = find_part(t->table, base, "samples");
	struct cell truth;
	uint64_t count = 0;
	bool found = index >= 0;

	if (!check_u64(object, key, &count))
		check_tell(t->check, t->where, "gaps or samples are missing");
	truth = cell_number(count);
	if (found)
		compare(t, index, &truth);
	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++) {
		index = find_part(t->table, base, parts[i].name);
		if (index < 0)
			continue;
		found = true;
		truth = count == 0 ? cell_none() : parts[i].of(object, count);
		compare(t, index, &truth);
	}
	if (!found)
		tell_lonely(t, base);
}

/* Members. */

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

static void
take_value(struct take *t, const char *key, json_t *value)
{
	int index = find_column(t->table, key);
	struct cell truth;

	if (index < 0)
		tell_lonely(t, key);
	else if (cell_of_json(&truth, &t->table->columns[index], value))
		compare(t, index, &truth);
	else
		check_tell(t->check, t->where,
		    "a member of the truth makes no sense");
}

void
take_object(struct take *t, json_t *object, const char *others)
{
	const char *key;
	json_t *value;

	json_object_foreach(object, key, value) {
		if (check_has_word(others, key))
			continue;
		if (json_is_object(value))
			take_sums(t, key, value);
		else
			take_value(t, key, value);
	}
}

void
take_rest(struct take *t, const char *others)
{
	const struct cell none = cell_none();

	for (size_t i = 0; i < t->table->column_count; i++) {
		const struct column *column = &t->table->columns[i];

		if (!t->compared[i] && column->group == NULL &&
		    !check_has_word(others, column->name))
			compare(t, (int)i, &none);
	}
}
