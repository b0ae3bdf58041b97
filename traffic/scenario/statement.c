#include "traffic/scenario/statement.h"

#include <stdlib.h>
#include <string.h>

#include "base/parse.h"
#include "base/utf8.h"
#include "traffic/scenario/address.h"
#include "traffic/scenario/values.h"
#include "traffic/scenario/verb.h"

static int
read_title(struct parser *p)
{
	char *title = NULL;
	const char *at;

	if (p->scenario->title[0] != '\0')
		return parser_fault(p, p->line.begin, "a second `title`");
	if (parser_string(p, "a text in quotes", &title, &at) == -1)
		return -1;
	free(p->scenario->title);
	p->scenario->title = title;
	for (size_t i = 0, len = strlen(title), n; i < len; i += n) {
		n = utf8_printable((uint8_t *)title + i, len - i);
		if (n == 0)
			return parser_fault(p, at,
			    "a title is one line of UTF-8");
	}
	if (!script_line_at_end(&p->line))
		return parser_fault(p, at,
		    "a title of several words stands in quotes");
	return 0;
}

static int
read_start(struct parser *p)
{
	struct errbuf why;
	struct word word;

	if (parser_word(p, "a time", &word) == -1)
		return -1;
	if (parse_time(word.text, &p->scenario->start_ns, &why) == -1)
		return parser_fault(p, word.at, "%s", why.text);
	p->start = parser_place(p, word.at);
	return parser_line_end(p);
}

static int
read_seed(struct parser *p)
{
	if (value_read(p, UNIT_NUMBER, 0, UINT64_MAX, &p->scenario->seed) ==
	    -1)
		return -1;
	return parser_line_end(p);
}

static int
read_limit(struct parser *p)
{
	uint64_t ns;

	if (value_read(p, UNIT_TIME, MS_NS, SCENARIO_LIMIT_MAX_NS, &ns) == -1)
		return -1;
	p->scenario->limit_ns = (int64_t)ns;
	return parser_line_end(p);
}

#define ACTION(name, verb) \
	{ name, action_begin, &(verb).table, action_target, &(verb) }

const struct statement statements[] = {
	{ "title", read_title },
	{ "start", read_start },
	{ "seed", read_seed },
	{ "limit", read_limit },
	{ "network", network_begin, &network_properties, network_target },
	{ "host", host_begin, &host_properties, host_target },
	ACTION("talk", verb_talk),
	ACTION("browse", verb_browse),
	ACTION("transfer", verb_transfer),
	ACTION("datagrams", verb_datagrams),
	ACTION("ping", verb_ping),
	ACTION("lookup", verb_lookup),
	ACTION("scan", verb_scan),
	ACTION("flood", verb_flood),
	ACTION("tunnel", verb_tunnel),
	{ NULL },
};
