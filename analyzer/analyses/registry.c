#include "analyzer/analyses/analysis.h"

const struct analysis *const analyses[] = {
	&analysis_summary,
	&analysis_packets,
	NULL,
};
