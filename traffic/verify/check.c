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

bool
check_has_word(const char *list, const char *word)
{
	size_t len = strlen(word);

	for (const char *at = list; at != NULL; at = strchr(at, ',')) {
		at += strspn(at, ", ");
		if (strncmp(at, word, len) == 0 &&
		    (at[len] == ',' || at[len] == '\0'))
			return true;
		if (*at == '\0')
			break;
	}
	return false;
}
