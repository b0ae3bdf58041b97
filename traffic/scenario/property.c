#include "traffic/scenario/property.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "base/distance.h"

/* So many slips in a name of that length still mean it. */
static unsigned
slips_of(const char *name)
{
	size_t len = strlen(name);

	return len > 8 ? 3 : (unsigned)(len + 1) / 3;
}

const char *
near_name(const char *word, const char *(*name)(const void *of, size_t i),
    const void *of, size_t count)
{
	unsigned least = UINT_MAX, distance;
	const char *nearest = NULL;

	for (size_t i = 0; i < count; i++) {
		const char *one = name(of, i);

		if (one == NULL)
			continue;
		distance = edit_distance(one, word);
		if (distance < least && distance <= slips_of(one)) {
			least = distance;
			nearest = one;
		}
	}
	return nearest;
}

static bool
is_for(const struct property *row, const struct property_reader *reader)
{
	return row->only == 0 || (row->only & reader->bits) != 0;
}

static const char *
name_of_row(const void *of, size_t i)
{
	const struct property_reader *reader = of;
	const struct property *row = &reader->table->rows[i];

	return is_for(row, reader) ? row->name : NULL;
}

bool
property_is_there(const struct property_table *table, const char *name)
{
	for (size_t i = 0; i < table->count; i++)
		if (strcmp(name, table->rows[i].name) == 0)
			return true;
	return false;
}

/* What a number may be followed by. */
static bool
is_unit(const char *word)
{
	static const char *const units[] = { "ns", "us", "ms", "s", "m", "h",
	    "d", "K", "M", "G", "T", "bit", "kbit", "Mbit", "Gbit", "%" };

	for (size_t i = 0; i < sizeof(units) / sizeof(*units); i++)
		if (strcmp(word, units[i]) == 0)
			return true;
	return false;
}

/* All that there are, for a word that is near to none. */
static int
say_all(struct parser *p, const struct property_reader *reader,
    const struct word *word)
{
	struct errbuf all = { "" };
	size_t len = 0;

	for (size_t i = 0; i < reader->table->count; i++) {
		const char *name = name_of_row(reader, i);
		size_t room = sizeof(all.text) - len;

		if (name != NULL && strlen(name) + 3 < room)
			len += (size_t)snprintf(all.text + len, room, "%s%s",
			    len == 0 ? "" : ", ", name);
	}
	return parser_fault(p, word->at, "not a property of %s: `%s`; there "
	    "are %s", reader->table->of, word->text, all.text);
}

static int
say_unknown(struct parser *p, const struct property_reader *reader,
    const struct word *word)
{
	const char *near = near_name(word->text, name_of_row, reader,
	    reader->table->count);

	if (reader->elsewhere != NULL &&
	    property_is_there(reader->elsewhere, word->text))
		return parser_fault(p, word->at, "`%s` stands %s", word->text,
		    reader->where);
	if (is_unit(word->text))
		return parser_fault(p, word->at, "no blank stands before a "
		    "unit: `%s`", word->text);
	if (near == NULL)
		return say_all(p, reader, word);
	return parser_fault(p, word->at,
	    "not a property of %s: `%s`; `%s` is", reader->table->of,
	    word->text, near);
}

int
property_read_one(struct parser *p, const struct property_reader *reader,
    uint64_t *seen)
{
	const struct property_table *table = reader->table;
	const struct property *row = table->rows;
	struct word word;
	size_t i = 0;

	if (parser_word(p, "a property", &word) == -1)
		return -1;
	while (i < table->count && strcmp(word.text, row[i].name) != 0)
		i++;
	if (i == table->count)
		return say_unknown(p, reader, &word);
	if (!is_for(&row[i], reader))
		return parser_fault(p, word.at, "`%s` means nothing to %s",
		    word.text, reader->kind);
	if (!row[i].repeats && (*seen >> i & 1) != 0)
		return parser_fault(p, word.at, "`%s` was there already",
		    word.text);
	*seen |= UINT64_C(1) << i;
	return row[i].read(p, &row[i], reader->target);
}

int
property_read_words(struct parser *p, const struct property_reader *reader,
    uint64_t *seen)
{
	while (!script_line_at_end(&p->line))
		if (property_read_one(p, reader, seen) == -1)
			return -1;
	return 0;
}
