#include "chat/wire/python_repr.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"

static int
append_word(struct bytes *out, const char *word)
{
	return bytes_append(out, word, strlen(word));
}

static int
append_escape(struct bytes *out, uint32_t character)
{
	char escape[16];

	if (character == '\n' || character == '\r' || character == '\t')
		snprintf(escape, sizeof(escape), "\\%c",
		    character == '\n' ? 'n' : character == '\r' ? 'r' : 't');
	else if (character <= 0xff)
		snprintf(escape, sizeof(escape), "\\x%02" PRIx32, character);
	else if (character <= 0xffff)
		snprintf(escape, sizeof(escape), "\\u%04" PRIx32, character);
	else
		snprintf(escape, sizeof(escape), "\\U%08" PRIx32, character);
	return append_word(out, escape);
}

static int
append_character(struct bytes *out, const uint8_t *p, size_t left,
    char quote, size_t *used)
{
	size_t len = utf8_printable(p, left);
	uint32_t character;

	if (len > 0) {
		*used = len;
		if ((p[0] == (uint8_t)quote || p[0] == '\\') &&
		    append_word(out, "\\") != 0)
			return -1;
		return bytes_append(out, p, len);
	}
	*used = utf8_character(p, left, &character);
	if (*used == 0) {
		*used = 1;
		character = p[0];
	}
	return append_escape(out, character);
}

int
python_repr(struct bytes *out, const char *text)
{
	const uint8_t *at = (const uint8_t *)text;
	size_t left = strlen(text), used;
	char quote = strchr(text, '\'') != NULL &&
	    strchr(text, '"') == NULL ? '"' : '\'';

	if (bytes_append(out, &quote, 1) != 0)
		return -1;
	for (; left > 0; at += used, left -= used)
		if (append_character(out, at, left, quote, &used) != 0)
			return -1;
	return bytes_append(out, &quote, 1);
}

int
python_repr_users(struct bytes *out, const struct user_list *list)
{
	int failed = append_word(out, "{");

	for (size_t i = 0; i < list->count && failed == 0; i++)
		if ((i > 0 && append_word(out, ", ") != 0) ||
		    python_repr(out, list->entries[i].name) != 0 ||
		    append_word(out, ": ") != 0 ||
		    python_repr(out, list->entries[i].address) != 0)
			failed = -1;
	return failed != 0 ? failed : append_word(out, "}");
}
