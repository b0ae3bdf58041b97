#include <inttypes.h>
#include <stddef.h>
#include <string.h>

#include "traffic/scenario/chat.h"
#include "traffic/scenario/values.h"
#include "traffic/scenario/verb.h"

enum { COUNTS_MAX = 5 };	/* times SCENARIO_COUNT_MAX, of all actions */

static const struct verb *const verbs[VERBS] = {
	[VERB_TALK] = &verb_talk,
	[VERB_BROWSE] = &verb_browse,
	[VERB_TRANSFER] = &verb_transfer,
	[VERB_DATAGRAMS] = &verb_datagrams,
	[VERB_PING] = &verb_ping,
	[VERB_LOOKUP] = &verb_lookup,
	[VERB_SCAN] = &verb_scan,
	[VERB_FLOOD] = &verb_flood,
	[VERB_TUNNEL] = &verb_tunnel,
};

const struct verb *
verb_of(enum scenario_verb verb)
{
	return verbs[verb];
}

static int
read_from(struct parser *p, const struct property *row, void *target)
{
	(void)row;
	(void)target;
	return parser_reference(p, "a host's name",
	    &parser_action_draft(p)->from);
}

static int
read_to(struct parser *p, const struct property *row, void *target)
{
	(void)row;
	(void)target;
	return parser_reference(p, "a host's name",
	    &parser_action_draft(p)->to);
}

static struct place
next_place(struct parser *p)
{
	script_line_skip_blanks(&p->line);
	return parser_place(p, p->line.at);
}

static int
read_port(struct parser *p, const struct property *row, void *target)
{
	parser_action_draft(p)->port = next_place(p);
	return read_u16(p, row, target);
}

static int
read_at(struct parser *p, const struct property *row, void *target)
{
	parser_action_draft(p)->at = next_place(p);
	return read_time(p, row, target);
}

static int
read_ipv6(struct parser *p, const struct property *row, void *target)
{
	struct scenario_action *a = target;

	(void)row;
	parser_action_draft(p)->ipv6 = parser_place(p,
	    p->line.at - strlen("ipv6"));
	a->version = 6;
	return 0;
}

static int
read_by(struct parser *p, const struct property *row, void *target)
{
	struct scenario_action *a = target;

	(void)row;
	parser_action_draft(p)->by_name = parser_place(p,
	    p->line.at - strlen("by"));
	a->by_name = true;
	return parser_expect(p, "name");
}

static int
read_label(struct parser *p, const struct property *row, void *target)
{
	struct scenario_action *a = target;
	struct place ignored;

	(void)row;
	return parser_name(p, "a label", &a->label, &ignored);
}

static int
read_as(struct parser *p, const struct property *row, void *target)
{
	struct scenario_action *a = target;

	(void)row;
	return chat_name_read(p, &a->talk.user);
}

static int
read_type(struct parser *p, const struct property *row, void *target)
{
	static const struct choice types[] = {
		{ "A", 1 }, { "NS", 2 }, { "MX", 15 }, { "TXT", 16 },
		{ "AAAA", 28 }, { NULL },
	};
	struct scenario_action *a = target;
	struct property choice = *row;
	int value = 0;

	choice.choices = types;
	if (read_choice(p, &choice, &value) == -1)
		return -1;
	a->lookup.type = (uint16_t)value;
	return 0;
}

static bool
read_one_port(const char **text, uint16_t *out)
{
	uint32_t port = 0;

	while (**text >= '0' && **text <= '9' && port <= UINT16_MAX)
		port = port * 10 + (uint32_t)(*(*text)++ - '0');
	*out = (uint16_t)port;
	return port >= 1 && port <= UINT16_MAX;
}

/* 80, 1-1024. */
static int
read_ports(struct parser *p, const struct property *row, void *target)
{
	struct scenario_scan *scan = &((struct scenario_action *)target)->scan;
	struct word word;
	const char *at = word.text;
	bool good;

	(void)row;
	if (parser_word(p, "a range of ports", &word) == -1)
		return -1;
	good = read_one_port(&at, &scan->first_port);
	scan->last_port = scan->first_port;
	if (good && *at == '-') {
		at++;
		good = read_one_port(&at, &scan->last_port);
	}
	if (!good || *at != '\0' || scan->last_port < scan->first_port)
		return parser_fault(p, word.at,
		    "`%s` is not a range of ports like 1-1024", word.text);
	return 0;
}

static const struct property head_rows[] = {
	{ "from", read_from },
	{ "to", read_to, .only = HEAD_TO },
	{ "port", read_port, IN_ACTION(port), 1, UINT16_MAX,
	    .only = HEAD_PORT },
	{ "at", read_at, IN_ACTION(at_ns), 0, SCENARIO_LIMIT_MAX_NS },
	{ "ipv6", read_ipv6 },
	{ "by", read_by, .only = HEAD_BY },
	{ "label", read_label },
	{ "as", read_as, .only = HEAD_AS },
	{ "type", read_type, .only = HEAD_TYPE },
	{ "ports", read_ports, .only = HEAD_PORTS },
};

static int
check_needed(struct parser *p, unsigned needs, uint64_t seen)
{
	script_line_at_end(&p->line);
	for (size_t i = 0; i < sizeof(head_rows) / sizeof(*head_rows); i++) {
		unsigned only = head_rows[i].only;
		bool needed = i == 0 || (only & needs) != 0;

		if (needed && (seen >> i & 1) == 0)
			return parser_fault(p, p->line.at, "`%s` is missing",
			    head_rows[i].name);
	}
	return 0;
}

int
action_begin(struct parser *p)
{
	const struct verb *verb = p->statement->verb;
	const char *name = p->statement->name;
	const struct property_table table = PROPERTY_TABLE(name, head_rows);
	struct property_reader reader = { &table, verb->has, name, NULL,
	    p->statement->table, "on a line of its own, below this one" };
	size_t drafts = p->scenario->action_count;
	struct scenario_action *a;
	uint64_t seen = 0;

	if (drafts == SCENARIO_ACTIONS_MAX)
		return parser_fault(p, p->line.begin, "more than %d actions",
		    SCENARIO_ACTIONS_MAX);
	a = parser_add(&p->actions, &drafts) == NULL ? NULL : parser_add(
	    &p->scenario->actions, &p->scenario->action_count);
	if (a == NULL)
		return parser_no_memory(p);
	a->verb = verb->verb;
	a->line = p->line.line;
	a->from = a->to = SCENARIO_NONE;
	verb->set_defaults(a);
	if (verb->first != NULL && verb->first(p, a) == -1)
		return -1;
	reader.target = a;
	if (property_read_words(p, &reader, &seen) == -1)
		return -1;
	return check_needed(p, verb->needs, seen);
}

void
action_target(struct parser *p, struct property_reader *reader)
{
	static const struct property_table head =
	    PROPERTY_TABLE("an action", head_rows);
	struct scenario_action *a = parser_action(p);

	reader->target = a;
	reader->elsewhere = &head;
	reader->where = "on the line of its action";
	if (a->verb != VERB_TALK)
		return;
	reader->bits = chat_bits(a->talk.protocol);
	reader->kind = a->talk.protocol->name;
}

struct place
action_place(const struct scenario_action *a)
{
	return (struct place){ a->line, 1 };
}

int
action_add_count(struct parser *p, const struct scenario_action *a,
    uint64_t count)
{
	p->count += count;
	if (p->count <= COUNTS_MAX * UINT64_C(1) * SCENARIO_COUNT_MAX)
		return 0;
	return parser_fault_at(p, action_place(a), "with this all actions "
	    "have %" PRIu64 " packets, lookups or objects; at most %" PRIu64
	    " are allowed", p->count,
	    COUNTS_MAX * UINT64_C(1) * SCENARIO_COUNT_MAX);
}

int
action_add_bytes(struct parser *p, const struct scenario_action *a,
    uint64_t bytes)
{
	p->bytes += bytes;
	if (p->bytes <= SCENARIO_TRANSFERS_MAX)
		return 0;
	return parser_fault_at(p, action_place(a), "with this all actions "
	    "transfer %" PRIu64 " bytes; at most %" PRIu64 " are allowed",
	    p->bytes, SCENARIO_TRANSFERS_MAX);
}
