#include "analyzer/tracker/flow_record.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { ALIGNMENT = 16 };

static size_t
aligned(size_t bytes)
{
	return (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
}

static size_t
splt_bytes(const struct flow *flow)
{
	return flow->splt_count * sizeof(*flow->splt);
}

size_t
flow_record_bytes(const struct flow *flow)
{
	size_t bytes = aligned(sizeof(*flow));

	if (flow->tcp != NULL)
		bytes += aligned(sizeof(*flow->tcp));
	if (flow->application != NULL)
		bytes += aligned(sizeof(*flow->application));
	if (flow->features != NULL)
		bytes += aligned(sizeof(*flow->features));
	if (flow->splt != NULL)
		bytes += aligned(splt_bytes(flow));
	return bytes;
}

void
flow_record_settle(struct flow *record)
{
	uint8_t *at = (uint8_t *)record + aligned(sizeof(*record));

	if (record->tcp != NULL) {
		record->tcp = (struct tcp_flow *)at;
		at += aligned(sizeof(*record->tcp));
	}
	if (record->application != NULL) {
		record->application = (struct flow_application *)at;
		at += aligned(sizeof(*record->application));
	}
	if (record->features != NULL) {
		record->features = (struct flow_features *)at;
		at += aligned(sizeof(*record->features));
	}
	if (record->splt != NULL)
		record->splt = (struct flow_packet *)at;
}

struct flow *
flow_record_new(const struct flow *flow)
{
	size_t bytes = flow_record_bytes(flow);
	struct flow *record = aligned_alloc(ALIGNMENT, bytes);

	if (record == NULL)
		return NULL;
	memset(record, 0, bytes);
	*record = *flow;
	flow_record_settle(record);
	if (flow->tcp != NULL) {
		*record->tcp = *flow->tcp;
		record->tcp->live = NULL;
		record->tcp->roomy = false;
	}
	if (flow->application != NULL) {
		*record->application = *flow->application;
		record->application->live = NULL;
	}
	if (flow->features != NULL)
		*record->features = *flow->features;
	if (flow->splt != NULL)
		memcpy(record->splt, flow->splt, splt_bytes(flow));
	return record;
}
