#include "traffic/hosts/shaping.h"

#include <inttypes.h>

#define PLAIN_BPS UINT64_C(1000000000)
#define PLAIN_LATENCY_NS INT64_C(50000)

enum { HZ_LEAST = 100, FRAME_HEADER_BYTES = 18, UNDER_WAY_MOST = 1000000 };

static bool
latency_is_plain(const struct amount *latency)
{
	return latency->kind == AMOUNT_CONSTANT &&
	    latency->a <= PLAIN_LATENCY_NS;
}

static bool
has_rate(const struct scenario_link *link)
{
	return link->bandwidth_bps != 0 && link->bandwidth_bps < PLAIN_BPS;
}

enum shaping
shaping_of(const struct scenario_link *link)
{
	if (!latency_is_plain(&link->latency_ns) || link->jitter_ns > 0 ||
	    link->loss_ppm > 0 || link->duplicate_ppm > 0 ||
	    link->reorder_ppm > 0)
		return SHAPING_NETEM;
	return has_rate(link) ? SHAPING_TBF : SHAPING_NONE;
}

/*
 * The bucket holds what the rate gives in a tick of the slowest kernels (tbf
 * cannot reach its rate with less), and two frames at least.
 */
static void
add_bucket(struct command_text *commands, const char *device,
    const struct scenario_link *link, uint16_t mtu)
{
	uint64_t frame = mtu + FRAME_HEADER_BYTES;
	uint64_t burst = link->bandwidth_bps / 8 / HZ_LEAST;

	command_add(commands, "qdisc replace dev %s root tbf rate %" PRIu64
	    "bit burst %" PRIu64 "b limit %" PRIu64 "b\n", device,
	    link->bandwidth_bps, burst < 2 * frame ? 2 * frame : burst,
	    link->queue_packets * frame);
}

/* In the middle, and how far to either side of it. */
static void
delay_of(const struct scenario_link *link, int64_t *middle, int64_t *spread)
{
	const struct amount *latency = &link->latency_ns;
	int64_t low = latency->a;
	int64_t high = (latency->kind == AMOUNT_UNIFORM ? latency->b :
	    latency->a) + link->jitter_ns;

	*middle = low + (high - low) / 2;
	*spread = (high - low) / 2;
	if (link->reorder_ppm > 0 && latency_is_plain(latency))
		*middle += link->reorder_ns;
}

/* netem counts what is under way, too: the queue is what may wait besides. */
static uint32_t
limit_of(const struct scenario_link *link, int64_t delay_ns, uint16_t mtu)
{
	uint64_t delay_us = (uint64_t)delay_ns / 1000, under_way;

	if (!has_rate(link))
		return UNDER_WAY_MOST;
	under_way = link->bandwidth_bps / 8 / mtu * delay_us / 1000000 + 1;
	if (under_way > UNDER_WAY_MOST)
		under_way = UNDER_WAY_MOST;
	return link->queue_packets + (uint32_t)under_way;
}

/* ppm as percent: 10000 is 1 %. */
static void
add_share(struct command_text *commands, const char *word, uint32_t ppm)
{
	if (ppm > 0)
		command_add(commands, " %s %" PRIu32 ".%04" PRIu32 "%%", word,
		    ppm / 10000, ppm % 10000);
}

static void
add_netem(struct command_text *commands, const char *device,
    const struct scenario_link *link, uint16_t mtu)
{
	int64_t middle, spread;
	uint32_t limit;

	delay_of(link, &middle, &spread);
	limit = limit_of(link, middle + spread, mtu);
	command_add(commands, "qdisc replace dev %s root handle 1: netem "
	    "limit %" PRIu32 " delay %" PRId64 "ns", device, limit, middle);
	if (spread > 0)
		command_add(commands, " %" PRId64 "ns", spread);
	add_share(commands, "loss", link->loss_ppm);
	add_share(commands, "duplicate", link->duplicate_ppm);
	add_share(commands, "reorder", link->reorder_ppm);
	if (has_rate(link))
		command_add(commands, " rate %" PRIu64 "bit",
		    link->bandwidth_bps);
	command_add(commands, "\n");
	/* A queue of its own keeps the order, as tc-netem(8) says. */
	if (spread > 0 && link->reorder_ppm == 0)
		command_add(commands, "qdisc add dev %s parent 1:1 handle 2: "
		    "pfifo limit %" PRIu32 "\n", device, limit);
}

void
shaping_commands(struct command_text *commands, const char *device,
    const struct scenario_link *link, uint16_t mtu)
{
	switch (shaping_of(link)) {
	case SHAPING_NONE:
		break;
	case SHAPING_TBF:
		add_bucket(commands, device, link, mtu);
		break;
	case SHAPING_NETEM:
		add_netem(commands, device, link, mtu);
		break;
	}
}
