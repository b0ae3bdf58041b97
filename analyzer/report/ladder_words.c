/* Amounts, times and places, as the diagrams tell of them. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "analyzer/report/ladder_label.h"
#include "base/text.h"

/* value / unit, of which three digits count; rounded once, halves up. */
static void
three_digits(char *out, size_t room, uint64_t value, uint64_t unit,
    const char *name)
{
	uint64_t scale = 100, scaled;
	int decimals = 2;

	do {
		scaled = (uint64_t)(((uint128)value * scale + unit / 2) /
		    unit);
		if (scaled < 1000 || decimals == 0)
			break;
		scale /= 10;
	} while (decimals-- > 0);
	if (decimals == 0)
		snprintf(out, room, "%" PRIu64 " %s", scaled, name);
	else
		snprintf(out, room, "%" PRIu64 ".%0*" PRIu64 " %s",
		    scaled / scale, decimals, scaled % scale, name);
}

void
ladder_duration(char *out, size_t room, int64_t ns)
{
	static const struct {
		uint64_t below, unit;
		const char *name;
	} units[] = {
		{ 999500, 1000, "\u00b5s" },
		{ 999500000, 1000000, "ms" },
		{ UINT64_C(99950000000), 1000000000, "s" },
		{ UINT64_C(5997000000000), UINT64_C(60000000000), "min" },
		{ UINT64_C(359820000000000), UINT64_C(3600000000000), "h" },
		{ UINT64_MAX, UINT64_C(86400000000000), "d" },
	};
	uint64_t value = ns < 0 ? -(uint64_t)ns : (uint64_t)ns;
	size_t i = 0, sign = ns < 0 && room > 1;

	if (sign)
		out[0] = '-';
	if (value < 1000) {
		snprintf(out + sign, room - sign, "%" PRIu64 " ns", value);
		return;
	}
	while (value >= units[i].below && units[i].below != UINT64_MAX)
		i++;
	three_digits(out + sign, room - sign, value, units[i].unit,
	    units[i].name);
}

static void
amount(char *out, size_t room, uint64_t bytes)
{
	static const char *const names[] = { "kB", "MB", "GB", "TB", "PB" };
	uint64_t unit = 1000;
	size_t i = 0;

	if (bytes < 1000) {
		snprintf(out, room, "%" PRIu64 " B", bytes);
		return;
	}
	for (; i < 4 && bytes / unit >= 1000; i++)
		unit *= 1000;
	three_digits(out, room, bytes, unit, names[i]);
}

void
ladder_fold_text(char *out, size_t room, const struct ladder_item *fold)
{
	static const char *const names[] = {
		[LADDER_TCP] = "segments",
		[LADDER_UDP] = "datagrams",
		[LADDER_OTHER] = "packets",
	};
	const struct ladder_count *c = &fold->count;
	char bytes[32], duration[32];

	ladder_duration(duration, sizeof(duration),
	    ladder_span(fold->first_ns, fold->last_ns));
	if (c->rest) {
		amount(bytes, sizeof(bytes), c->frame_bytes);
		snprintf(out, room, "%" PRIu64 " more packets, %s, %s: see "
		    "--all, --flow, --filter", c->packets, bytes, duration);
		return;
	}
	amount(bytes, sizeof(bytes), c->payload_bytes);
	snprintf(out, room, "%" PRIu64 " %s, %s of payload, %s", c->packets,
	    names[fold->event.packet.line], bytes, duration);
}

/* Nanoseconds as seconds with so many digits. */
static void
seconds(char *out, size_t room, int128 ns, unsigned digits)
{
	bool negative = ns < 0;
	uint128 value = negative ? -(uint128)ns : (uint128)ns;
	uint64_t whole = (uint64_t)(value / 1000000000);
	uint64_t part = (uint64_t)(value % 1000000000);

	for (unsigned i = digits; i < 9; i++)
		part /= 10;
	if (digits == 0)
		snprintf(out, room, "%s%" PRIu64, negative ? "-" : "", whole);
	else
		snprintf(out, room, "%s%" PRIu64 ".%0*" PRIu64,
		    negative ? "-" : "", whole, (int)digits, part);
}

void
ladder_time(char *out, size_t room, const struct ladder *ladder, int64_t ns)
{
	if (ns == TABLE_NO_I64 || ladder->start_ns == TABLE_NO_I64)
		out[0] = '\0';
	else
		seconds(out, room, (int128)ns - ladder->start_ns,
		    ladder->digits);
}

void
ladder_host_text(char *out, size_t room, const struct ladder_host *host)
{
	char address[TEXT_IP_BYTES + 1];

	if (host->others) {
		snprintf(out, room, "other hosts");
		return;
	}
	*text_ip(address, &host->ip) = '\0';
	if (!host->has_port)
		snprintf(out, room, "%s", address);
	else
		snprintf(out, room, host->ip.version == 6 ? "[%s]:%u" :
		    "%s:%u", address, host->port);
}

void
ladder_summary(char *out, size_t room, const struct ladder *ladder)
{
	const struct table_time at = { ladder->start_ns, ladder->digits };
	char start[TEXT_UTC_BYTES + 1], duration[32];
	char lost[48] = "", again[48] = "";

	if (ladder->lost > 0)
		snprintf(lost, sizeof(lost), ", %" PRIu64 " lost",
		    ladder->lost);
	if (ladder->retransmissions > 0)
		snprintf(again, sizeof(again), ", %" PRIu64
		    " retransmission%s", ladder->retransmissions,
		    ladder->retransmissions == 1 ? "" : "s");
	if (ladder->start_ns == TABLE_NO_I64) {
		snprintf(out, room, "%" PRIu64 " packet%s", ladder->packets,
		    ladder->packets == 1 ? "" : "s");
		return;
	}
	*text_utc(start, at) = '\0';
	ladder_duration(duration, sizeof(duration),
	    ladder_span(ladder->start_ns, ladder->end_ns));
	snprintf(out, room, "%" PRIu64 " packet%s in %s from %s%s%s",
	    ladder->packets, ladder->packets == 1 ? "" : "s", duration, start,
	    again, lost);
}

static const struct ladder_host *
host_with(const struct ladder *ladder, const struct table_ip *ip)
{
	for (size_t i = 0; i < ladder->host_count; i++)
		if (memcmp(&ladder->hosts[i].ip, ip, sizeof(*ip)) == 0)
			return &ladder->hosts[i];
	return NULL;
}

static void
clock_text(char *out, size_t room, const struct ladder_place *place)
{
	char by[32];

	out[0] = '\0';
	if (place->clock == LADDER_CLOCK_UNKNOWN)
		snprintf(out, room, ", clock not aligned: it shares no packet "
		    "with the others");
	if (place->clock != LADDER_CLOCK_BOTH &&
	    place->clock != LADDER_CLOCK_ONE_WAY)
		return;
	ladder_duration(by, sizeof(by), place->ahead_ns < 0 ?
	    -place->ahead_ns : place->ahead_ns);
	snprintf(out, room, ", clock %s%s by %" PRIu64 " packets%s",
	    place->ahead_ns == 0 ? "the same" : by,
	    place->ahead_ns == 0 ? "" : place->ahead_ns > 0 ? " ahead" :
	    " behind", place->matched,
	    place->clock == LADDER_CLOCK_ONE_WAY ?
	    ", the least delay taken for 0" : "");
}

void
ladder_place_text(char *out, size_t room, const struct ladder *ladder,
    const struct ladder_place *place)
{
	char where[160] = "not told where", address[TEXT_IP_BYTES + 1];
	char clock[128];

	if (place->has_host) {
		const struct ladder_host *host = host_with(ladder,
		    &place->host);

		*text_ip(address, &place->host) = '\0';
		snprintf(where, sizeof(where), "at %s", host != NULL &&
		    host->name != NULL ? host->name : address);
	}
	if (place->on_the_way)
		snprintf(where, sizeof(where), "on the way");
	clock_text(clock, sizeof(clock), place);
	snprintf(out, room, "%s, %" PRIu64 " packet%s%s", where,
	    place->packets, place->packets == 1 ? "" : "s", clock);
}
