#include "analyzer/tracker/flow.h"

#include <stddef.h>

const char *
flow_end_name(enum flow_end end)
{
	static const char *const names[FLOW_ENDS] = {
		[FLOW_END_CAPTURE] = "capture",
		[FLOW_END_FIN] = "fin",
		[FLOW_END_RST] = "rst",
		[FLOW_END_IDLE] = "idle",
		[FLOW_END_ACTIVE] = "active",
		[FLOW_END_REUSED] = "reused",
		[FLOW_END_EVICTED] = "evicted",
	};

	return names[end];
}
