#include "traffic/synth/host/inbox.h"

#include <stdlib.h>

struct inbox_item {
	struct inbox_item *next;
	struct sim_packet *packet;
	int64_t at_ns;
};

void
inbox_init(struct inbox *inbox, struct clock *clock, inbox_call *call,
    void *owner)
{
	*inbox = (struct inbox){ .clock = clock, .call = call, .owner = owner };
}

static struct sim_packet *
take_first(struct inbox *inbox)
{
	struct inbox_item *item = inbox->first;
	struct sim_packet *packet = item->packet;

	inbox->first = item->next;
	if (inbox->first == NULL)
		inbox->last = NULL;
	free(item);
	return packet;
}

/* The call comes last: its owner may be gone afterwards. */
static void
on_due(void *owner, uint64_t token)
{
	struct inbox *inbox = owner;
	struct sim_packet *packet = take_first(inbox);

	(void)token;
	inbox->event = 0;
	if (inbox->first != NULL)
		inbox->event = clock_at(inbox->clock, inbox->first->at_ns,
		    on_due, inbox, 0);
	inbox->call(inbox->owner, packet);
	sim_packet_release(packet);
}

void
inbox_add(struct inbox *inbox, struct sim_packet *packet, int64_t at_ns)
{
	struct inbox_item *item = malloc(sizeof(*item));
	struct errbuf err;

	if (item == NULL) {
		errbuf_set(&err, "out of memory");
		clock_fail(inbox->clock, &err);
		return;
	}
	*item = (struct inbox_item){ NULL, sim_packet_hold(packet), at_ns };
	if (inbox->last == NULL) {
		inbox->first = item;
		inbox->event = clock_at(inbox->clock, at_ns, on_due, inbox, 0);
	} else {
		inbox->last->next = item;
	}
	inbox->last = item;
}

void
inbox_reset(struct inbox *inbox)
{
	clock_cancel(inbox->clock, inbox->event);
	inbox->event = 0;
	while (inbox->first != NULL)
		sim_packet_release(take_first(inbox));
}
