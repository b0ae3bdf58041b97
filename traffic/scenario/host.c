#include <stddef.h>

#include "traffic/scenario/address.h"
#include "traffic/scenario/statement.h"
#include "traffic/scenario/values.h"

enum { MTU_LEAST = 576, MTU_MOST = 9000, REACTION_LEAST_US = 20,
    REACTION_MOST_US = 80 };

#define AT(field) offsetof(struct scenario_host, field)

static int
read_addresses(struct parser *p, struct scenario_host *h,
    struct host_draft *draft)
{
	while (!script_line_at_end(&p->line))
		if (address_read(p, h->address, draft->address) == -1)
			return -1;
	return 0;
}

static void
set_defaults(struct scenario_host *h)
{
	h->resolver = h->network = SCENARIO_NONE;
	h->ttl = 64;
	h->mtu = 1500;
	h->reaction_ns = (struct amount){ AMOUNT_UNIFORM,
	    REACTION_LEAST_US * US_NS, REACTION_MOST_US * US_NS, 0,
	    REACTION_MOST_US * US_NS };
	h->up = h->down = link_default();
	h->tcp = tcp_settings_default();
}

int
host_begin(struct parser *p)
{
	size_t drafts = p->scenario->host_count;
	struct host_draft *draft;
	struct scenario_host *h;

	if (drafts == SCENARIO_HOSTS_MAX)
		return parser_fault(p, p->line.begin, "more than %d hosts",
		    SCENARIO_HOSTS_MAX);
	draft = parser_add(&p->hosts, &drafts);
	h = draft == NULL ? NULL : parser_add(&p->scenario->hosts,
	    &p->scenario->host_count);
	if (h == NULL)
		return parser_no_memory(p);
	set_defaults(h);
	h->line = p->line.line;
	if (parser_name(p, "the host's name", &h->name, &draft->name) == -1)
		return -1;
	return read_addresses(p, h, draft);
}

static int
read_mac(struct parser *p, const struct property *row, void *target)
{
	struct scenario_host *h = target;

	(void)row;
	return mac_read(p, h->mac, &parser_host_draft(p)->mac);
}

static int
read_mtu(struct parser *p, const struct property *row, void *target)
{
	script_line_skip_blanks(&p->line);
	parser_host_draft(p)->mtu = parser_place(p, p->line.at);
	return read_u16(p, row, target);
}

/* +250ms, -3s, 0. */
static int
read_clock(struct parser *p, const struct property *row, void *target)
{
	struct scenario_host *h = target;
	bool behind = false;
	uint64_t ns;

	script_line_skip_blanks(&p->line);
	if (p->line.at < p->line.end && (*p->line.at == '+' ||
	    *p->line.at == '-'))
		behind = *p->line.at++ == '-';
	if (value_read(p, UNIT_TIME, row->least, row->most, &ns) == -1)
		return -1;
	h->clock_offset_ns = behind ? -(int64_t)ns : (int64_t)ns;
	return 0;
}

static int
read_dns_name(struct parser *p, const struct property *row, void *target)
{
	struct scenario_host *h = target;

	return parser_domain(p, &h->dns_name, &parser_host_draft(p)->dns_name,
	    row->most);
}

static int
read_resolver(struct parser *p, const struct property *row, void *target)
{
	(void)row;
	(void)target;
	return parser_reference(p, "a host's name",
	    &parser_host_draft(p)->resolver);
}

static int
read_neighbours(struct parser *p, const struct property *row, void *target)
{
	struct scenario_host *h = target;

	(void)row;
	h->neighbours_known = true;
	return parser_expect(p, "known");
}

static const struct property rows[] = {
	{ "capture", capture_read, AT(capture) },
	{ "mac", read_mac },
	{ "ttl", read_u8, AT(ttl), 1, 255 },
	{ "mtu", read_mtu, AT(mtu), MTU_LEAST, MTU_MOST },
	{ "clock", read_clock, 0, 0, 3650 * DAY_NS },
	{ "name", read_dns_name, 0, 0, 253 },
	{ "resolver", read_resolver },
	{ "neighbours", read_neighbours },
	{ "reaction", read_amount_time, AT(reaction_ns), 0, 60 * SECOND_NS },
	{ "link", link_read, .repeats = true },
	{ "tcp", tcp_settings_read },
	{ "serve", serve_read, .repeats = true },
	{ "login", login_read, .repeats = true },
	{ "text", text_read, .repeats = true },
	{ "console", console_read, .repeats = true },
};

const struct property_table host_properties = PROPERTY_TABLE("host", rows);

void
host_target(struct parser *p, struct property_reader *reader)
{
	reader->target = parser_host(p);
}
