#include <stddef.h>

#include "analyzer/commands/command.h"

const struct command *const commands[] = {
	&command_summary,
	&command_packets,
	&command_tcp,
	&command_flows,
	&command_udp,
	&command_protocols,
	&command_timeline,
	&command_gaps,
	&command_sizes,
	&command_anomalies,
	&command_batch,
	&command_plot,
#ifdef HAVE_DASHBOARD
	&command_dashboard,
#endif
	&command_report,
	&command_ladder,
	&command_answers,
	&command_grade,
	&command_extract,
	&command_schema,
	&command_explain,
	NULL,
};
