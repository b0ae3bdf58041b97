#include "traffic/verify/cell.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"

struct cell
cell_number(int128 number)
{
	return (struct cell){ .kind = CELL_NUMBER, .number = number };
}

struct cell
cell_text(const char *text)
{
	struct cell cell = { .kind = text == NULL ? CELL_NONE : CELL_TEXT };

	if (text != NULL)
		snprintf(cell.text, sizeof(cell.text), "%s", text);
	return cell;
}

struct cell
cell_none(void)
{
	return (struct cell){ .kind = CELL_NONE };
}

static struct cell
cell_ip(const struct table_ip *ip)
{
	struct cell cell = { .kind = CELL_NONE };

	if (ip->version == 0)
		return cell;
	cell.kind = CELL_TEXT;
	*text_ip(cell.text, ip) = '\0';
	return cell;
}

void
cell_of_row(struct cell *cell, const struct column *column, const void *row)
{
	const void *at = (const uint8_t *)row + column->offset;
	const uint64_t *u64 = at;
	const int64_t *i64 = at;
	const int128 *ps = at;
	const struct table_time *time = at;

	*cell = cell_none();
	switch (column->type) {
	case COLUMN_U64:
		if (*u64 != TABLE_NO_U64)
			*cell = cell_number(*u64);
		break;
	case COLUMN_I64:
		if (*i64 != TABLE_NO_I64)
			*cell = cell_number(*i64);
		break;
	case COLUMN_SECONDS:
	case COLUMN_DECIMAL:
		if (*ps != TABLE_NO_PS)
			*cell = cell_number(*ps);
		break;
	case COLUMN_TIME:
		if (time->ns != TABLE_NO_I64)
			*cell = cell_number(time->ns);
		break;
	case COLUMN_TEXT:
	case COLUMN_STRING:
		*cell = cell_text(*(const char *const *)at);
		break;
	case COLUMN_IP:
		*cell = cell_ip(at);
		break;
	}
}

static int128
scale_of(const struct column *column)
{
	return column->type == COLUMN_SECONDS ? 1000 :
	    column->type == COLUMN_DECIMAL ? 1000000000000 : 1;
}

bool
cell_of_json(struct cell *cell, const struct column *column,
    const json_t *value)
{
	switch (json_typeof(value)) {
	case JSON_INTEGER:
		*cell = cell_number((int128)json_integer_value(value) *
		    scale_of(column));
		return true;
	case JSON_STRING:
		*cell = cell_text(json_string_value(value));
		return true;
	case JSON_TRUE:
	case JSON_FALSE:
		*cell = cell_text(json_is_true(value) ? "yes" : "no");
		return true;
	case JSON_NULL:
		*cell = cell_none();
		return true;
	default:
		return false;
	}
}

int128
cell_mean_ps(int128 sum_ns, uint64_t n)
{
	int128 ps = sum_ns * 1000, whole = ps / (int128)n;
	int128 rest = ps - whole * (int128)n;

	/* Round down first, whatever the sign. */
	if (rest < 0) {
		rest += (int128)n;
		whole--;
	}
	if (2 * rest > (int128)n || (2 * rest == (int128)n && whole % 2 != 0))
		whole++;
	return whole;
}

bool
cell_equal(const struct cell *a, const struct cell *b)
{
	if (a->kind != b->kind)
		return false;
	switch (a->kind) {
	case CELL_NUMBER:
		return a->number == b->number;
	case CELL_TEXT:
		return strcmp(a->text, b->text) == 0;
	case CELL_NONE:
		break;
	}
	return true;
}

static char *
show_number(char *at, const struct column *column, int128 number)
{
	if (column->type == COLUMN_SECONDS)
		return text_seconds(at, number);
	if (column->type == COLUMN_DECIMAL)
		return text_decimal(at, number);
	if (number >= 0)
		return text_u64(at, (uint64_t)number);
	return text_i64(at, (int64_t)number);
}

void
cell_show(const struct cell *cell, const struct column *column,
    char out[CELL_SHOWN_BYTES])
{
	switch (cell->kind) {
	case CELL_NUMBER:
		*show_number(out, column, cell->number) = '\0';
		return;
	case CELL_TEXT:
		snprintf(out, CELL_SHOWN_BYTES, "'%.*s'",
		    CELL_TEXT_BYTES - 1, cell->text);
		return;
	case CELL_NONE:
		strcpy(out, "nothing");
	}
}
