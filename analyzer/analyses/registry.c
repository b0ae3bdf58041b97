#include <string.h>

#include "analyzer/analyses/analysis.h"
#include "analyzer/analyses/conversations.h"

const struct analysis *const analyses[] = {
	&analysis_summary,
	&analysis_packets,
	&analysis_udp,
	&analysis_timeline,
	&analysis_gaps,
	&analysis_sizes,
	&analysis_conversations,
	NULL,
};

int
question_find(const char *table_name, struct question *out)
{
	for (size_t i = 0; analyses[i] != NULL; i++)
		for (unsigned k = 0; k < analyses[i]->table_count; k++)
			if (strcmp(analyses[i]->tables[k]->name,
			    table_name) == 0) {
				*out = (struct question){ analyses[i], k };
				return 0;
			}
	return -1;
}
