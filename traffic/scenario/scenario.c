#include "traffic/scenario/scenario.h"

#include <stdlib.h>
#include <string.h>

#include "base/infile.h"
#include "base/utf8.h"
#include "traffic/scenario/address.h"
#include "traffic/scenario/check.h"
#include "traffic/scenario/statement.h"
#include "traffic/scenario/values.h"

/* 2026-01-01. */
#define START_NS	(INT64_C(1767225600) * SECOND_NS)
#define LIMIT_NS	(3600 * SECOND_NS)

static void
free_service(struct scenario_service *s)
{
	for (size_t i = 0; i < s->login_count; i++) {
		free(s->logins[i].name);
		free(s->logins[i].password);
	}
	free(s->logins);
	for (size_t i = 0; i < s->text_count; i++) {
		free(s->texts[i].name);
		free(s->texts[i].text);
	}
	free(s->texts);
	script_steps_reset(&s->console);
	free(s->console_text);
}

static void
free_host(struct scenario_host *h)
{
	for (size_t i = 0; i < h->service_count; i++)
		free_service(&h->services[i]);
	free(h->services);
	free(h->up.drops);
	free(h->down.drops);
	free(h->dns_name);
	free(h->name);
}

static void
free_talk(struct scenario_talk *t)
{
	for (size_t i = 0; i < t->file_count; i++)
		free(t->files[i].name);
	free(t->files);
	script_steps_reset(&t->steps);
	free(t->script);
	free(t->user);
	secret_reset(&t->settings.password);
	secret_reset(&t->settings.confidentiality_key);
	secret_reset(&t->settings.authenticity_key);
}

static void
free_action(struct scenario_action *a)
{
	free(a->label);
	if (a->verb == VERB_TALK)
		free_talk(&a->talk);
	if (a->verb == VERB_LOOKUP)
		free(a->lookup.name);
	if (a->verb == VERB_TUNNEL)
		free(a->tunnel.domain);
}

void
scenario_free(struct scenario *s)
{
	if (s == NULL)
		return;
	for (size_t i = 0; i < s->network_count; i++)
		free(s->networks[i].name);
	for (size_t i = 0; i < s->host_count; i++)
		free_host(&s->hosts[i]);
	for (size_t i = 0; i < s->action_count; i++)
		free_action(&s->actions[i]);
	free(s->networks);
	free(s->hosts);
	free(s->actions);
	free(s->name);
	free(s->given);
	free(s->hint);
	free(s->title);
	free(s);
}

/* Of the file, without folder and ending. */
static char *
name_of(const char *path)
{
	const char *slash = strrchr(path, '/');
	const char *name = slash == NULL ? path : slash + 1;
	const char *dot = strrchr(name, '.');

	return strndup(name, dot == NULL || dot == name ? strlen(name) :
	    (size_t)(dot - name));
}

static struct scenario *
new_scenario(const char *path)
{
	struct scenario *s = calloc(1, sizeof(*s));

	if (s == NULL)
		return NULL;
	s->name = name_of(path);
	s->given = strdup(path);
	s->title = strdup("");
	if (s->name == NULL || s->given == NULL || s->title == NULL) {
		scenario_free(s);
		return NULL;
	}
	s->start_ns = START_NS;
	s->seed = 1;
	s->limit_ns = LIMIT_NS;
	return s;
}

static void
free_drafts(struct parser *p)
{
	for (size_t i = 0; i < p->scenario->host_count; i++)
		free(p->hosts[i].resolver.name);
	for (size_t i = 0; i < p->scenario->action_count; i++) {
		free(p->actions[i].from.name);
		free(p->actions[i].to.name);
	}
	free(p->networks);
	free(p->hosts);
	free(p->actions);
}

/* The text is for people: whoever reads it sees all of it. */
static int
check_text(struct parser *p)
{
	const char *at = p->line.begin;
	size_t n;

	while (at < p->line.end) {
		n = *at == '\t' ? 1 : utf8_printable((const uint8_t *)at,
		    (size_t)(p->line.end - at));
		if (n == 0)
			return parser_fault(p, at, "not UTF-8 that can be "
			    "shown; in quotes \\xHH stands for any byte");
		at += n;
	}
	return 0;
}

static const char *
name_of_statement(const void *of, size_t i)
{
	(void)of;
	return statements[i].name;
}

static int
begin_statement(struct parser *p)
{
	const struct statement *s = statements;
	const char *near;
	struct word word;

	if (parser_word(p, "a statement", &word) == -1)
		return -1;
	while (s->name != NULL && strcmp(s->name, word.text) != 0)
		s++;
	if (s->name != NULL) {
		p->statement = s;
		p->seen = 0;
		return s->begin(p);
	}
	if (p->statement != NULL && p->statement->table != NULL &&
	    property_is_there(p->statement->table, word.text))
		return parser_fault(p, word.at, "not a statement: `%s`; as a "
		    "property of `%s` it has a blank before it", word.text,
		    p->statement->name);
	near = near_name(word.text, name_of_statement, NULL,
	    (size_t)(s - statements));
	if (near == NULL)
		return parser_fault(p, word.at, "not a statement: `%s`",
		    word.text);
	return parser_fault(p, word.at, "not a statement: `%s`; `%s` is",
	    word.text, near);
}

static int
read_property(struct parser *p)
{
	struct property_reader reader = { .target = NULL };

	if (p->statement == NULL)
		return parser_fault(p, p->line.at,
		    "a statement begins in the first column");
	if (p->statement->table == NULL)
		return parser_fault(p, p->line.at,
		    "a `%s` has no properties; a statement begins in the "
		    "first column", p->statement->name);
	reader.table = p->statement->table;
	p->statement->target(p, &reader);
	if (property_read_one(p, &reader, &p->seen) == -1)
		return -1;
	return parser_line_end(p);
}

static int
read_line(struct parser *p)
{
	if (check_text(p) == -1)
		return -1;
	if (script_line_at_end(&p->line))
		return 0;
	return p->line.at == p->line.begin ? begin_statement(p) :
	    read_property(p);
}

static int
read_lines(struct parser *p, const char *text, size_t len)
{
	const char *at = text, *end = text + len, *next;

	while (at < end) {
		next = memchr(at, '\n', (size_t)(end - at));
		p->line.line++;
		p->line.begin = p->line.at = at;
		p->line.end = next == NULL ? end : next;
		at = next == NULL ? end : next + 1;
		if (p->line.end > p->line.begin && p->line.end[-1] == '\r')
			p->line.end--;
		if (read_line(p) == -1)
			return -1;
	}
	return 0;
}

struct scenario *
scenario_parse(const char *name, const char *text, size_t len,
    struct errbuf *err)
{
	struct parser p = { .line = { .name = name, .err = err } };
	int result;

	/* A byte order mark, which some editors put there. */
	if (len >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0) {
		text += 3;
		len -= 3;
	}
	p.line.line = len == 0;
	p.line.begin = p.line.at = p.line.end = text;
	p.scenario = new_scenario(name);
	if (p.scenario == NULL) {
		errbuf_set(err, "%s: out of memory", name);
		return NULL;
	}
	result = read_lines(&p, text, len);
	if (result == 0)
		result = check_scenario(&p);
	free_drafts(&p);
	if (result == 0)
		return p.scenario;
	scenario_free(p.scenario);
	return NULL;
}

struct scenario *
scenario_read(const char *path, struct errbuf *err)
{
	struct scenario *s = NULL;
	struct bytes text;

	bytes_init(&text);
	if (infile_read(path, SCENARIO_BYTES_MAX, &text, err) == 0)
		s = scenario_parse(path, (const char *)text.data, text.len,
		    err);
	bytes_reset(&text);
	return s;
}
