#include <string.h>

#include "analyzer/analyses/cic.h"
#include "analyzer/analyses/flows.h"
#include "analyzer/analyses/labels.h"
#include "analyzer/commands/run.h"

/* What the options ask for, beside what every table has. */
struct wanted {
	const struct table *table;
	struct labels *labels;		/* owned; NULL: none */
};

static int
settle_table(struct wanted *wanted, const struct options *o,
    struct errbuf *err)
{
	wanted->table = &flows_table;
	if (o->features == NULL)
		return 0;
	wanted->table = &cic_table;
	if (strcmp(o->features, "cic") != 0) {
		errbuf_set(err, "--features: %s: not cic", o->features);
		return -1;
	}
	if (o->splt == 0)
		return 0;
	errbuf_set(err, "--splt: --features cic has no such columns");
	return -1;
}

static int
settle_labels(struct wanted *wanted, struct options *o, struct errbuf *err)
{
	if (o->labels == NULL)
		return 0;
	if (run_would_replace(o, o->labels)) {
		errbuf_set(err, "%s: is the schedule of labels, and would be "
		    "replaced", o->labels);
		return -1;
	}
	wanted->labels = labels_read(o->labels, err);
	o->settings.labels = wanted->labels;
	if (wanted->labels != NULL)
		return 0;
	errbuf_prefix(err, "--labels");
	return -1;
}

static int
run(const struct command *command, int argc, char **argv,
    const volatile sig_atomic_t *stop)
{
	struct options options;
	struct wanted wanted = { 0 };
	struct errbuf err;
	int status = run_options(&options, command, argc, argv);

	if (status == -1 && (settle_table(&wanted, &options, &err) == -1 ||
	    settle_labels(&wanted, &options, &err) == -1))
		status = run_usage(command, err.text);
	if (status == -1)
		status = run_table(command, &options, wanted.table->name,
		    stop, NULL, NULL);
	labels_free(wanted.labels);
	options_reset(&options);
	return status;
}

const struct command command_flows = {
	.name = "flows",
	.synopsis = "flows [OPTION]... INPUT...",
	.purpose = "a row a conversation: packets, bytes, gaps of either side",
	.text = "Writes a row a conversation, both directions in it: packets, "
	    "bytes, gaps between\npackets, what ended it, what it carried.  See "
	    "pcapstat-flows(1).",
	.groups = OPTIONS_INPUT | OPTIONS_SELECT | OPTIONS_JOIN |
	    OPTIONS_OUTPUT | OPTIONS_COLUMNS | OPTIONS_RUN | OPTIONS_FLOW |
	    OPTIONS_FLOWS | OPTIONS_TOP,
	.run = run,
};
