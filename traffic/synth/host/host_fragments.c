/*
 * Fragments that arrive are put together (RFC 791, 8200), for 30 s at most;
 * then, where the first one is there, its sender is told (RFC 792, 4443).
 *
 * Which fragments belong together is known by the packet that they are of: an
 * id that comes round again mixes nothing up.
 */
#include "traffic/synth/host/host_internal.h"

#include <stdlib.h>

#define WAIT_NS INT64_C(30000000000)

enum { UNITS = IP_PAYLOAD_MAX / 8 + 1, REASSEMBLIES_MAX = 256 };

struct reassembly {
	struct reassembly *next;
	struct host *host;
	struct sim_packet *whole;
	struct sim_packet *first;	/* fragment; NULL: not there */
	size_t missing;			/* units of 8 bytes */
	uint64_t timer;
	uint8_t have[UNITS / 8 + 1];	/* a bit each */
};

static void
forget(struct reassembly *r)
{
	struct reassembly **at = &r->host->reassemblies;

	while (*at != r)
		at = &(*at)->next;
	*at = r->next;
	r->host->reassembly_count--;
	clock_cancel(r->host->clock, r->timer);
	sim_packet_release(r->first);
	sim_packet_release(r->whole);
	free(r);
}

static void
give_up(void *owner, uint64_t token)
{
	struct reassembly *r = owner;

	(void)token;
	if (r->first != NULL)
		host_icmp_error(r->host, ICMP_REASSEMBLY_TIME, r->first);
	forget(r);
}

/* New ones stand in front: the last of the list is the oldest. */
static void
forget_oldest(struct host *host)
{
	struct reassembly *r = host->reassemblies;

	while (r->next != NULL)
		r = r->next;
	forget(r);
}

static struct reassembly *
begin(struct host *host, struct sim_packet *whole)
{
	struct reassembly *r = calloc(1, sizeof(*r));

	if (r == NULL) {
		host_no_memory(host);
		return NULL;
	}
	if (host->reassembly_count == REASSEMBLIES_MAX)
		forget_oldest(host);
	r->host = host;
	r->whole = sim_packet_hold(whole);
	r->missing = (sim_packet_payload_bytes(whole) + 7) / 8;
	r->timer = clock_after(host->clock, WAIT_NS, give_up, r, 0);
	r->next = host->reassemblies;
	host->reassemblies = r;
	host->reassembly_count++;
	return r;
}

static struct reassembly *
find(const struct host *host, const struct sim_packet *whole)
{
	struct reassembly *r = host->reassemblies;

	while (r != NULL && r->whole != whole)
		r = r->next;
	return r;
}

/* Whatever comes twice counts once. */
static void
fill(struct reassembly *r, const struct sim_packet *f)
{
	for (size_t unit = f->offset / 8;
	    unit < (f->offset + f->length + 7) / 8 && unit < UNITS; unit++) {
		uint8_t bit = (uint8_t)(1 << unit % 8);

		if ((r->have[unit / 8] & bit) == 0) {
			r->have[unit / 8] |= bit;
			r->missing--;
		}
	}
}

void
host_fragment(struct host *host, struct sim_packet *packet)
{
	struct reassembly *r = find(host, packet->whole);
	struct sim_packet *whole;

	if (r == NULL)
		r = begin(host, packet->whole);
	if (r == NULL)
		return;
	if (packet->offset == 0 && r->first == NULL)
		r->first = sim_packet_hold(packet);
	fill(r, packet);
	if (r->missing > 0)
		return;
	whole = sim_packet_hold(r->whole);
	forget(r);
	host_packet_in(host, whole);
	sim_packet_release(whole);
}

void
host_fragments_free(struct host *host)
{
	while (host->reassemblies != NULL)
		forget(host->reassemblies);
}
