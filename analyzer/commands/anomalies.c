#include "analyzer/commands/run.h"
#include "analyzer/stats/forest.h"

static bool
is_too_large(const struct anomaly_settings *s)
{
	uint64_t trees = s->trees != 0 ? s->trees : FOREST_TREES;
	uint64_t sample = s->sample != 0 ? s->sample : FOREST_SAMPLE;

	return trees * sample > FOREST_GROWN_MAX;
}

/* What makes no sense together; NULL: nothing. */
static const char *
fault_of(const struct options *o)
{
	const struct anomaly_settings *s = &o->settings.anomalies;

	if (s->threshold != 0 && s->contamination != 0)
		return "--threshold and --contamination are two rules";
	if (is_too_large(s))
		return "--trees times --sample is more than 8388608: the "
		    "forest would be too large";
	if (o->totals && (s->flagged_only || o->top != 0))
		return "--totals is a table of its own, without --anomalous "
		    "and --top";
	return NULL;
}

static const char *
table_name(const struct options *o)
{
	if (o->by_flow)
		return o->totals ? "anomalies-flows-model" : "anomalies-flows";
	return o->totals ? "anomalies-packets-model" : "anomalies-packets";
}

static int
run(const struct command *command, int argc, char **argv,
    const volatile sig_atomic_t *stop)
{
	struct options options;
	int status = run_options(&options, command, argc, argv);

	if (status == -1 && fault_of(&options) != NULL)
		status = run_usage(command, fault_of(&options));
	if (status == -1)
		status = run_table(command, &options, table_name(&options),
		    stop, NULL, NULL);
	options_reset(&options);
	return status;
}

const struct command command_anomalies = {
	.name = "anomalies",
	.synopsis = "anomalies [OPTION]... INPUT...",
	.purpose = "which packets or flows are few and different, and why",
	.text = "Writes a row a packet, or a flow, with a score of an isolation "
	    "forest: which are\nfew and different from the others, and by "
	    "which features.  See pcapstat-anomalies(1).",
	.groups = OPTIONS_INPUT | OPTIONS_SELECT | OPTIONS_JOIN |
	    OPTIONS_OUTPUT | OPTIONS_COLUMNS | OPTIONS_RUN | OPTIONS_FLOW |
	    OPTIONS_ANOMALIES,
	.run = run,
};
