#include "traffic/hosts/network_build.h"

#include <stdio.h>

#include "traffic/hosts/kernel_settings.h"
#include "traffic/hosts/shaping.h"
#include "traffic/hosts/spaces.h"
#include "traffic/hosts/tool.h"
#include "traffic/hosts/wiring.h"

struct build {
	const struct scenario *scenario;
	const struct network_tools *tools;
	int *spaces;
	bool has_netem;
	struct command_text commands;
};

int
network_tools_find(struct network_tools *tools, struct errbuf *err)
{
	if (tool_find("ip", tools->ip) == -1) {
		errbuf_set(err, "ip is missing, which builds networks "
		    "(Debian: iproute2)");
		return -1;
	}
	if (tool_find("tc", tools->tc) == -1)
		tools->tc[0] = '\0';
	return 0;
}

/* Runs the commands that were added, in the middle. */
static int
run_in_middle(struct build *b, const char *path, int kept,
    struct errbuf *err)
{
	const struct tool_batch batch = {
		.path = path, .commands = &b->commands, .space = -1,
		.kept = kept,
	};
	int status = b->commands.text.len == 0 && !b->commands.failed ? 0 :
	    tool_run(&batch, err);

	command_text_reset(&b->commands);
	return status;
}

static int
build_bridges(struct build *b, struct errbuf *err)
{
	const struct scenario *s = b->scenario;
	char name[WIRING_NAME_BYTES];

	command_add(&b->commands, "link set lo up\n");
	wiring_bridges(&b->commands, s);
	if (run_in_middle(b, b->tools->ip, -1, err) == -1)
		return -1;
	for (size_t i = 0; i < s->network_count; i++) {
		wiring_bridge_name(name, i);
		if (kernel_set_bridge(name, &s->networks[i], err) == -1)
			return -1;
	}
	wiring_router(&b->commands, s);
	return run_in_middle(b, b->tools->ip, -1, err);
}

/* In the host, before its addresses. */
static int
set_host(void *context, struct errbuf *err)
{
	return kernel_set_host(context, err);
}

static int
build_cable(struct build *b, size_t host, struct errbuf *err)
{
	const struct scenario_host *h = &b->scenario->hosts[host];
	bool up_is_shaped = wiring_is_shaped(&h->up, b->has_netem);
	char space[64], port[WIRING_NAME_BYTES];

	snprintf(space, sizeof(space), "/proc/self/fd/%d", b->spaces[host]);
	wiring_cable(&b->commands, b->scenario, host, space, up_is_shaped);
	if (run_in_middle(b, b->tools->ip, b->spaces[host], err) == -1)
		return -1;
	snprintf(port, sizeof(port), "p%u", (unsigned)host);
	if (kernel_stop_offloads(port, err) == -1)
		return -1;
	snprintf(port, sizeof(port), "t%u", (unsigned)host);
	if (up_is_shaped && kernel_stop_offloads(port, err) == -1)
		return -1;
	wiring_shapers(&b->commands, b->scenario, host, b->has_netem);
	return run_in_middle(b, b->tools->tc, -1, err);
}

static int
build_host(struct build *b, size_t host, struct errbuf *err)
{
	const struct tool_batch batch = {
		.path = b->tools->ip, .commands = &b->commands,
		.space = b->spaces[host], .kept = -1,
		.before = set_host, .context = &b->scenario->hosts[host],
	};
	int status;

	if (build_cable(b, host, err) == -1)
		return -1;
	wiring_host(&b->commands, b->scenario, host);
	status = tool_run(&batch, err);
	command_text_reset(&b->commands);
	return status;
}

/* Does this kernel delay and lose packets?  Tried where it does no harm. */
static bool
find_netem(struct build *b)
{
	struct errbuf ignored;

	if (b->tools->tc[0] == '\0')
		return false;
	command_add(&b->commands, "qdisc add dev lo root netem delay 1ms\n"
	    "qdisc del dev lo root\n");
	return run_in_middle(b, b->tools->tc, -1, &ignored) == 0;
}

static bool
link_is_left(const struct build *b, const struct scenario_link *link)
{
	enum shaping shaping = shaping_of(link);

	return (shaping == SHAPING_NETEM && !b->has_netem) ||
	    (shaping == SHAPING_TBF && b->tools->tc[0] == '\0');
}

/* Is there a link that cannot be as the scenario wants it? */
static bool
some_are_left(const struct build *b)
{
	const struct scenario *s = b->scenario;

	for (size_t i = 0; i < s->host_count; i++)
		if (link_is_left(b, &s->hosts[i].up) ||
		    link_is_left(b, &s->hosts[i].down))
			return true;
	return false;
}

static bool
some_want_netem(const struct scenario *s)
{
	for (size_t i = 0; i < s->host_count; i++)
		if (shaping_of(&s->hosts[i].up) == SHAPING_NETEM ||
		    shaping_of(&s->hosts[i].down) == SHAPING_NETEM)
			return true;
	return false;
}

int
network_build(const struct scenario *scenario,
    const struct network_tools *tools, int *spaces, bool *unshaped,
    struct errbuf *err)
{
	struct build b = { .scenario = scenario, .tools = tools,
	    .spaces = spaces };

	b.has_netem = some_want_netem(scenario) && find_netem(&b);
	*unshaped = some_are_left(&b);
	if (kernel_set_middle(err) == -1 || build_bridges(&b, err) == -1)
		return -1;
	for (size_t i = 0; i < scenario->host_count; i++) {
		spaces[i] = spaces_new_network(err);
		if (spaces[i] == -1)
			return -1;
		if (build_host(&b, i, err) == -1) {
			errbuf_prefix(err, scenario->hosts[i].name);
			return -1;
		}
	}
	return 0;
}
