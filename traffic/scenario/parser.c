#include "traffic/scenario/parser.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

int
parser_fault_at(const struct parser *p, struct place place,
    const char *format, ...)
{
	struct errbuf what;
	va_list list;

	va_start(list, format);
	vsnprintf(what.text, sizeof(what.text), format, list);
	va_end(list);
	errbuf_set(p->line.err, "%s:%zu:%zu: %s", p->line.name, place.line,
	    place.column, what.text);
	return -1;
}

/* Without memory the user goes without it. */
void
parser_hint(struct parser *p, struct place place, const char *what)
{
	if (p->scenario->hint == NULL && asprintf(&p->scenario->hint,
	    "%s:%zu:%zu: %s", p->line.name, place.line, place.column, what) ==
	    -1)
		p->scenario->hint = NULL;
}

int
parser_no_memory(const struct parser *p)
{
	return parser_fault(p, p->line.at, "out of memory");
}

struct place
parser_place(const struct parser *p, const char *at)
{
	return (struct place){ p->line.line,
	    (size_t)(at - p->line.begin) + 1 };
}

int
parser_word(struct parser *p, const char *what, struct word *word)
{
	word->at = script_line_word(&p->line, word->text, sizeof(word->text));
	if (word->text[0] == '\0')
		return parser_fault(p, word->at, p->line.at < p->line.end &&
		    *p->line.at == '"' ? "%s stands without quotes" :
		    "%s is missing", what);
	/* It may have been cut. */
	if (strlen(word->text) == WORD_BYTES - 1)
		return parser_fault(p, word->at,
		    "no word has more than %d bytes", WORD_BYTES - 2);
	return 0;
}

int
parser_expect(struct parser *p, const char *word)
{
	struct word found;

	found.at = script_line_word(&p->line, found.text, sizeof(found.text));
	if (strcmp(found.text, word) != 0)
		return parser_fault(p, found.at, "`%s` is missing", word);
	return 0;
}

bool
parser_accept(struct parser *p, const char *word)
{
	const char *before = p->line.at;
	struct word found;

	script_line_word(&p->line, found.text, sizeof(found.text));
	if (strcmp(found.text, word) == 0)
		return true;
	p->line.at = before;
	return false;
}

int
parser_line_end(struct parser *p)
{
	if (script_line_at_end(&p->line))
		return 0;
	return parser_fault(p, p->line.at, "nothing more is expected here");
}

static bool
is_name(const char *word)
{
	size_t len = strlen(word);

	if (len > SCENARIO_NAME_MAX || word[0] == '.' || word[0] == '-')
		return false;
	for (size_t i = 0; i < len; i++)
		if (!isalnum((unsigned char)word[i]) &&
		    strchr("-_.", word[i]) == NULL)
			return false;
	return true;
}

int
parser_name(struct parser *p, const char *what, char **out,
    struct place *place)
{
	struct word word;

	if (parser_word(p, what, &word) == -1)
		return -1;
	if (!is_name(word.text))
		return parser_fault(p, word.at, "`%s` is not a name: up to %d "
		    "of a-z, A-Z, 0-9, -, _ and ., and neither . nor - first",
		    word.text, SCENARIO_NAME_MAX);
	*place = parser_place(p, word.at);
	*out = strdup(word.text);
	return *out == NULL ? parser_no_memory(p) : 0;
}

int
parser_reference(struct parser *p, const char *what, struct reference *out)
{
	return parser_name(p, what, &out->name, &out->place);
}

static int
read_quoted(struct parser *p, char **out)
{
	const char *begin = p->line.at;
	struct bytes text;
	int result;

	bytes_init(&text);
	result = script_line_quoted(&p->line, &text);
	if (result == 0 && text.len > 0 &&
	    memchr(text.data, '\0', text.len) != NULL)
		result = parser_fault(p, begin, "\\x00 cannot be in this text");
	if (result == 0) {
		*out = strndup(text.len == 0 ? "" : (char *)text.data,
		    text.len);
		if (*out == NULL)
			result = parser_no_memory(p);
	}
	bytes_reset(&text);
	return result;
}

int
parser_string(struct parser *p, const char *what, char **out,
    const char **at)
{
	struct word word;

	script_line_skip_blanks(&p->line);
	*at = p->line.at;
	if (p->line.at < p->line.end && *p->line.at == '"')
		return read_quoted(p, out);
	if (parser_word(p, what, &word) == -1)
		return -1;
	*out = strdup(word.text);
	return *out == NULL ? parser_no_memory(p) : 0;
}

/* RFC 1035 2.3.4, and names of hosts and services: letters, digits, - and _;
 * no label begins or ends with a -. */
static bool
is_domain(const char *text)
{
	size_t label = 0;

	for (size_t i = 0;; i++) {
		bool ends = text[i] == '.' || text[i] == '\0';

		if (ends && (label == 0 || text[i - 1] == '-'))
			return false;
		if (text[i] == '\0')
			return true;
		if (!ends && !isalnum((unsigned char)text[i]) &&
		    text[i] != '_' && (text[i] != '-' || label == 0))
			return false;
		label = ends ? 0 : label + 1;
		if (label > 63)
			return false;
	}
}

int
parser_domain(struct parser *p, char **out, struct place *place, size_t most)
{
	struct word word;

	if (parser_word(p, "a domain name", &word) == -1)
		return -1;
	if (!is_domain(word.text))
		return parser_fault(p, word.at, "`%s` is not a domain name",
		    word.text);
	if (strlen(word.text) > most)
		return parser_fault(p, word.at, "longer than %zu bytes", most);
	*place = parser_place(p, word.at);
	*out = strdup(word.text);
	return *out == NULL ? parser_no_memory(p) : 0;
}

/* At 1, 2, 4 ... the room is doubled, so adding is O(1) amortized. */
void *
parser_add_item(void *array, size_t *count, size_t size)
{
	char *items;

	/* Whatever type of pointer it is. */
	memcpy(&items, array, sizeof(items));
	if ((*count & (*count - 1)) == 0) {
		items = memory_resize(items, *count == 0 ? 1 : *count * 2,
		    size);
		if (items == NULL)
			return NULL;
		memcpy(array, &items, sizeof(items));
	}
	memset(items + *count * size, 0, size);
	return items + (*count)++ * size;
}

int
parser_append(char **text, size_t *len, const char *more, size_t n)
{
	size_t need = *len + n + 1, room = 64;
	char *moved = *text;

	/* The room is the power of two that its length needs. */
	while (room < *len + 1)
		room *= 2;
	if (moved == NULL || need > room) {
		while (room < need)
			room *= 2;
		moved = realloc(*text, room);
		if (moved == NULL)
			return -1;
		*text = moved;
	}
	memcpy(moved + *len, more, n);
	*len += n;
	moved[*len] = '\0';
	return 0;
}

struct scenario_network *
parser_network(struct parser *p)
{
	return &p->scenario->networks[p->scenario->network_count - 1];
}

struct scenario_host *
parser_host(struct parser *p)
{
	return &p->scenario->hosts[p->scenario->host_count - 1];
}

struct host_draft *
parser_host_draft(struct parser *p)
{
	return &p->hosts[p->scenario->host_count - 1];
}

struct scenario_action *
parser_action(struct parser *p)
{
	return &p->scenario->actions[p->scenario->action_count - 1];
}

struct action_draft *
parser_action_draft(struct parser *p)
{
	return &p->actions[p->scenario->action_count - 1];
}
