#include "traffic/options.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "base/option_table.h"
#include "base/parse.h"

#define AT(field) offsetof(struct labgen_options, field)

enum { SNAPLEN_LEAST = 14, SNAPLEN_MOST = 262144, FLOWS_MOST = 16777216 };
#define RATE_MOST UINT64_C(1000000000)

static int
set_seed(void *values, char *text, struct errbuf *err)
{
	struct labgen_options *o = values;

	o->seed_set = true;
	return parse_u64(text, 0, UINT64_MAX, &o->seed, err);
}

static int
set_start(void *values, char *text, struct errbuf *err)
{
	struct labgen_options *o = values;

	o->start_set = true;
	return parse_time(text, &o->start_ns, err);
}

/* Its place among the three names; -1: none of them. */
static int
one_of(const char *const names[3], const char *text, struct errbuf *err)
{
	for (int i = 0; i < 3; i++)
		if (strcmp(text, names[i]) == 0)
			return i;
	errbuf_set(err, "%s: not %s, %s or %s", text, names[0], names[1],
	    names[2]);
	return -1;
}

static int
set_size(void *values, char *text, struct errbuf *err)
{
	static const char *const names[] = {
		[LOAD_SMALL] = "small", [LOAD_MIXED] = "mixed",
		[LOAD_MTU] = "mtu",
	};
	struct labgen_options *o = values;
	int i = one_of(names, text, err);

	if (i == -1)
		return -1;
	o->size = (enum load_size)i;
	return 0;
}

static int
set_ip(void *values, char *text, struct errbuf *err)
{
	static const char *const names[] = {
		[LOAD_IP_MIXED] = "mixed", [LOAD_IP_4] = "4",
		[LOAD_IP_6] = "6",
	};
	struct labgen_options *o = values;
	int i = one_of(names, text, err);

	if (i == -1)
		return -1;
	o->ip = (enum load_ip)i;
	return 0;
}

static const struct option_row rows[] = {
	{ 'o', { "output" }, "DIR", LABGEN_OUTPUT, OPTION_WORD, AT(out),
	    "folder of the captures, made where it is missing" },
	{ 'o', { "output" }, "FILE", LABGEN_LOAD, OPTION_WORD, AT(out),
	    "the capture; - is standard output" },
	{ 'f', { "force" }, NULL, LABGEN_OUTPUT | LABGEN_LOAD, OPTION_FLAG,
	    AT(force), "replace files that are there" },
	{ 0, { "seed" }, "N", LABGEN_SYNTH | LABGEN_LOAD, OPTION_OTHER, 0,
	    "of all that is random (the scenario's, or 1)", .set = set_seed },
	{ 0, { "start-time" }, "TIME", LABGEN_SYNTH | LABGEN_LOAD,
	    OPTION_OTHER, 0,
	    "of the first moment (the scenario's, or 2026-01-01)",
	    .set = set_start },
	{ 0, { "snaplen" }, "N", LABGEN_SYNTH | LABGEN_LOAD | LABGEN_RUN,
	    OPTION_NUMBER, AT(snaplen),
	    "bytes kept of a packet (the scenario's, or all)",
	    SNAPLEN_LEAST, SNAPLEN_MOST },
	{ 0, { "packets" }, "N", LABGEN_LOAD, OPTION_NUMBER, AT(packets),
	    "so many, then the end (endless)", 1, UINT64_MAX },
	{ 0, { "rate" }, "R", LABGEN_LOAD, OPTION_NUMBER, AT(rate),
	    "packets a second, by the capture's times (1000000)",
	    1, RATE_MOST },
	{ 0, { "size" }, "SIZE", LABGEN_LOAD, OPTION_OTHER, 0,
	    "small, mixed or mtu (mixed)", .set = set_size },
	{ 0, { "flows" }, "N", LABGEN_LOAD, OPTION_NUMBER, AT(flows),
	    "so many at a time (1000)", 1, FLOWS_MOST },
	{ 0, { "life" }, "N", LABGEN_LOAD, OPTION_NUMBER, AT(life),
	    "packets with data of each (drawn: 1 to 1024)", 1, UINT32_MAX },
	{ 0, { "ip" }, "VERSION", LABGEN_LOAD, OPTION_OTHER, 0,
	    "4, 6 or mixed (mixed)", .set = set_ip },
	{ 0, { "microseconds" }, NULL, LABGEN_LOAD, OPTION_FLAG,
	    AT(microseconds), "times in these, not in nanoseconds" },
	{ 'h', { "help" }, NULL, LABGEN_EVERY, OPTION_FLAG, AT(help),
	    "say this" },
	{ 'V', { "version" }, NULL, LABGEN_EVERY, OPTION_FLAG, AT(version),
	    "say which version this is" },
};

static const struct option_table table = {
	"labgen", rows, sizeof(rows) / sizeof(*rows),
};

static unsigned
groups_of(const struct labgen_command *command)
{
	return LABGEN_EVERY | (command == NULL ? 0 : command->groups);
}

static void
take_operand(void *values, const char *text)
{
	struct labgen_options *o = values;

	if (o->operand == NULL)
		o->operand = text;
	else if (o->stray == NULL)
		o->stray = text;
}

static int
check(const struct labgen_options *o, const struct labgen_command *command,
    struct errbuf *err)
{
	const char *stray = command == NULL || command->operand == NULL ?
	    o->operand : o->stray;

	if (o->help || o->version)
		return 0;
	if (stray != NULL) {
		errbuf_set(err, "%s: one operand too many", stray);
		return -1;
	}
	if (command != NULL && command->operand != NULL &&
	    o->operand == NULL) {
		errbuf_set(err, "%s is missing", command->operand);
		return -1;
	}
	if (command != NULL && o->out == NULL &&
	    (command->groups & (LABGEN_OUTPUT | LABGEN_LOAD)) != 0) {
		errbuf_set(err, "-o is missing: where to write");
		return -1;
	}
	if (command != NULL && (command->groups & LABGEN_OUTPUT) != 0 &&
	    strcmp(o->out, "-") == 0) {
		errbuf_set(err, "-o: a folder is wanted, and - is none");
		return -1;
	}
	return 0;
}

int
labgen_options_parse(struct labgen_options *o,
    const struct labgen_command *command, int argc, char **argv,
    struct errbuf *err)
{
	*o = (struct labgen_options){ .seed = 1, .rate = 1000000,
	    .flows = 1000, .size = LOAD_MIXED };
	if (option_table_read(&table, groups_of(command), o, take_operand,
	    argc, argv, err) == -1)
		return -1;
	return check(o, command, err);
}

void
labgen_options_help(const struct labgen_command *command)
{
	if (command == NULL) {
		printf("usage: labgen COMMAND [OPERAND] [OPTION]...\n\n"
		    "Makes captures of which everything is known.\n\n"
		    "commands:\n");
		for (size_t i = 0; labgen_commands[i] != NULL; i++)
			printf("  %-8s%s\n", labgen_commands[i]->name,
			    labgen_commands[i]->purpose);
	} else {
		printf("usage: labgen %s\n\n%s\n", command->synopsis,
		    command->text);
	}
	printf("\noptions:\n");
	option_table_help(&table, groups_of(command));
}
