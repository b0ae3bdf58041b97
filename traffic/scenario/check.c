#include "traffic/scenario/check.h"

#include <string.h>

#include "traffic/scenario/address.h"
#include "traffic/scenario/property.h"
#include "traffic/scenario/values.h"

/* What a time stamp of a savefile can say. */
#define STAMP_MOST_NS	(UINT32_MAX * SECOND_NS)

static const char *
name_of_host(const void *of, size_t i)
{
	const struct scenario *s = of;

	return s->hosts[i].name;
}

int
check_reference(const struct parser *p, const struct reference *r,
    size_t *out)
{
	const struct scenario *s = p->scenario;
	const char *near;

	for (size_t i = 0; i < s->host_count; i++) {
		if (strcmp(s->hosts[i].name, r->name) != 0)
			continue;
		*out = i;
		return 0;
	}
	near = near_name(r->name, name_of_host, s, s->host_count);
	if (near == NULL)
		return parser_fault_at(p, r->place, "no host `%s`", r->name);
	return parser_fault_at(p, r->place, "no host `%s`; there is `%s`",
	    r->name, near);
}

/* The network of the first word that has the name is fine; captures are files
 * of these names, so networks and hosts share them. */
static int
check_name(const struct parser *p, const char *name, struct place place,
    size_t networks, size_t hosts)
{
	const struct scenario *s = p->scenario;

	for (size_t i = 0; i < networks; i++)
		if (strcmp(s->networks[i].name, name) == 0)
			return s->networks[i].line == 0 ?
			    parser_fault_at(p, place, "`%s` is the name of a "
			    "network that is there because none is named",
			    name) : parser_fault_at(p, place,
			    "`%s` is the network's name of line %zu", name,
			    s->networks[i].line);
	for (size_t i = 0; i < hosts; i++)
		if (strcmp(s->hosts[i].name, name) == 0)
			return parser_fault_at(p, place,
			    "`%s` is the host's name of line %zu", name,
			    s->hosts[i].line);
	return 0;
}

static int
check_names(const struct parser *p)
{
	const struct scenario *s = p->scenario;

	for (size_t i = 0; i < s->network_count; i++)
		if (check_name(p, s->networks[i].name, p->networks[i].name,
		    i, 0) == -1)
			return -1;
	for (size_t i = 0; i < s->host_count; i++)
		if (check_name(p, s->hosts[i].name, p->hosts[i].name,
		    s->network_count, i) == -1)
			return -1;
	return 0;
}

int
check_times(struct parser *p)
{
	const struct scenario *s = p->scenario;

	for (size_t i = 0; i < s->host_count; i++) {
		int64_t begin = s->hosts[i].clock_offset_ns;

		/* The limit is a week and an offset ten years at most, so
		 * only the start has to be asked before it is added to. */
		if (s->start_ns < 0 || s->start_ns > STAMP_MOST_NS ||
		    s->start_ns + begin < 0 ||
		    s->start_ns + begin + s->limit_ns > STAMP_MOST_NS)
			return parser_fault_at(p, p->start, "the clock of "
			    "`%s` leaves the years 1970 to 2105 of savefiles",
			    s->hosts[i].name);
	}
	return 0;
}

/* Where the text names none: one inside, one outside, by what programs that
 * look at captures take for local. */
static int
add_network(struct parser *p, const char *name, const char *prefix)
{
	size_t drafts = p->scenario->network_count;
	struct scenario_network *n = NULL;
	struct errbuf why;
	struct networks list;

	if (parser_add(&p->networks, &drafts) != NULL)
		n = parser_add(&p->scenario->networks,
		    &p->scenario->network_count);
	if (n != NULL)
		n->name = strdup(name);
	if (n == NULL || n->name == NULL)
		return parser_no_memory(p);
	if (networks_parse(prefix, &list, &why) == -1)
		return parser_fault(p, p->line.at, "%s", why.text);
	n->prefix[0] = list.list[0];
	n->has_prefix[0] = true;
	return 0;
}

int
check_scenario(struct parser *p)
{
	if (p->scenario->host_count == 0)
		return parser_fault(p, p->line.at, "there is no host");
	if (p->scenario->network_count == 0 &&
	    (add_network(p, "lan", "192.168.1.0/24") == -1 ||
	    add_network(p, "outside", "203.0.113.0/24") == -1))
		return -1;
	if (check_names(p) == -1 || check_networks(p) == -1 ||
	    check_hosts(p) == -1 || check_times(p) == -1 ||
	    check_actions(p) == -1)
		return -1;
	return check_ports(p);
}
