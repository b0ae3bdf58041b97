/* What all frames of a capture add up to. */
#include "traffic/synth/truth/truth_parts.h"

#include <stdlib.h>
#include <string.h>

#include "base/int128.h"
#include "base/memory.h"

int
known_gaps_add(struct known_gaps *g, int64_t ts_ns)
{
	void *grown;

	if (!g->begun) {
		g->begun = true;
		g->last_ns = ts_ns;
		return 0;
	}
	grown = memory_grow(g->list, &g->room, g->count + 1,
	    sizeof(*g->list));
	if (grown == NULL)
		return -1;
	g->list = grown;
	g->list[g->count++] = ts_ns - g->last_ns;
	g->last_ns = ts_ns;
	return 0;
}

static int
compare(const void *a, const void *b)
{
	const int64_t *left = a, *right = b;

	return (*left > *right) - (*left < *right);
}

/* The two between which so many in a hundred lie: [low, high]. */
static void
put_quantile(const struct known_gaps *g, unsigned percent,
    struct json_out *out, const char *key)
{
	size_t hundredths = (g->count - 1) * percent;

	json_out_key(out, key);
	json_out_open(out, '[');
	json_out_i64(out, g->list[hundredths / 100]);
	json_out_i64(out, g->list[(hundredths + 99) / 100]);
	json_out_close(out, ']');
}

/* The sum of squares, in digits: it is beyond what JSON's readers take. */
static void
put_squares(const struct known_gaps *g, struct json_out *out)
{
	char text[40], *at = text + sizeof(text);
	uint128 sum = 0;

	for (size_t i = 0; i < g->count; i++)
		sum += (uint128)((int128)g->list[i] * g->list[i]);
	do {
		*--at = (char)('0' + (int)(sum % 10));
		sum /= 10;
	} while (sum > 0);
	json_out_key(out, "squares_ns2");
	json_out_string(out, at, (size_t)(text + sizeof(text) - at));
}

static void
put_gaps(struct known_gaps *g, struct json_out *out)
{
	int64_t sum = 0;

	for (size_t i = 0; i < g->count; i++)
		sum += g->list[i];
	qsort(g->list, g->count, sizeof(*g->list), compare);
	json_out_key_i64(out, "sum_ns", sum);
	put_squares(g, out);
	json_out_key_i64(out, "min_ns", g->list[0]);
	json_out_key_i64(out, "max_ns", g->list[g->count - 1]);
	put_quantile(g, 50, out, "median_ns");
	put_quantile(g, 90, out, "p90_ns");
	put_quantile(g, 99, out, "p99_ns");
}

void
known_gaps_put(struct known_gaps *g, struct json_out *out, const char *key)
{
	json_out_key(out, key);
	json_out_open(out, '{');
	json_out_key_u64(out, "gaps", g->count);
	if (g->count > 0)
		put_gaps(g, out);
	json_out_close(out, '}');
}

uint64_t
known_gaps_backward(const struct known_gaps *g)
{
	uint64_t n = 0;

	for (size_t i = 0; i < g->count; i++)
		n += g->list[i] < 0;
	return n;
}

void
known_gaps_reset(struct known_gaps *g)
{
	free(g->list);
	*g = (struct known_gaps){ 0 };
}

enum { IPV6_BYTES = 40, FRAGMENT_BYTES = 8 };

struct totals {
	uint64_t packets[4], frame_bytes[4], ip_bytes[4];
	uint64_t local, transit, version[2], kind[SIM_FRAGMENT];
	uint64_t truncated, cap_bytes, backward_steps;
	struct known_gaps in, out, all;
	int64_t earliest_ns, latest_ns;
};

/* Does what was kept say what IP carries?  IPv4 does ahead of the source, which
 * is there. */
static bool
tells_kind(const struct known_frame *f)
{
	size_t headers = IPV6_BYTES + (f->p->is_fragment ? FRAGMENT_BYTES : 0);

	return !known_has_ip(f) || f->p->source.version == 4 ||
	    f->cap_bytes >= KNOWN_ETHERNET_BYTES + headers;
}

static void
count_kind(struct totals *n, const struct known_frame *f)
{
	n->truncated += known_is_cut(f);
	if (f->direction == KNOWN_SKIPPED)
		return;
	n->kind[f->p->kind] += tells_kind(f);
	if (!known_has_ip(f))
		return;
	n->version[f->p->source.version == 6]++;
	n->local += f->direction == KNOWN_OUT && f->is_same_side;
	n->transit += f->direction == KNOWN_IN && f->is_same_side;
}

static int
count_time(struct totals *n, const struct known_frame *f)
{
	if (n->all.begun && f->ts_ns < n->all.last_ns)
		n->backward_steps++;
	if (!n->all.begun || f->ts_ns < n->earliest_ns)
		n->earliest_ns = f->ts_ns;
	if (!n->all.begun || f->ts_ns > n->latest_ns)
		n->latest_ns = f->ts_ns;
	if (f->direction == KNOWN_IN &&
	    known_gaps_add(&n->in, f->ts_ns) == -1)
		return -1;
	if (f->direction == KNOWN_OUT &&
	    known_gaps_add(&n->out, f->ts_ns) == -1)
		return -1;
	return known_gaps_add(&n->all, f->ts_ns);
}

static int
count(struct totals *n, const struct known_frame *f)
{
	n->packets[f->direction]++;
	n->frame_bytes[f->direction] += f->p->frame_bytes;
	n->ip_bytes[f->direction] += known_has_ip(f) ? f->p->ip_bytes : 0;
	n->cap_bytes += f->cap_bytes;
	count_kind(n, f);
	return count_time(n, f);
}

static void
put_packets(const struct totals *n, size_t frames, struct json_out *out)
{
	json_out_key_u64(out, "packets_total", frames);
	json_out_key_u64(out, "packets_in", n->packets[KNOWN_IN]);
	json_out_key_u64(out, "packets_out", n->packets[KNOWN_OUT]);
	json_out_key_u64(out, "packets_other", n->packets[KNOWN_OTHER]);
	json_out_key_u64(out, "packets_skipped", n->packets[KNOWN_SKIPPED]);
	json_out_key_u64(out, "packets_local", n->local);
	json_out_key_u64(out, "packets_transit", n->transit);
	json_out_key_u64(out, "packets_ipv4", n->version[0]);
	json_out_key_u64(out, "packets_ipv6", n->version[1]);
	json_out_key_u64(out, "packets_arp", n->kind[SIM_ARP]);
	json_out_key_u64(out, "packets_tcp", n->kind[SIM_TCP]);
	json_out_key_u64(out, "packets_udp", n->kind[SIM_UDP]);
	json_out_key_u64(out, "packets_icmp", n->kind[SIM_ICMP]);
	json_out_key_u64(out, "packets_truncated", n->truncated);
	json_out_key_u64(out, "packets_malformed", 0);
	json_out_key_u64(out, "packets_unsupported", 0);
}

static void
put_bytes(const struct totals *n, struct json_out *out)
{
	uint64_t total = 0;

	for (int i = 0; i < 4; i++)
		total += n->frame_bytes[i];
	json_out_key_u64(out, "bytes_in", n->ip_bytes[KNOWN_IN]);
	json_out_key_u64(out, "bytes_out", n->ip_bytes[KNOWN_OUT]);
	json_out_key_u64(out, "frame_bytes_total", total);
	json_out_key_u64(out, "frame_bytes_in", n->frame_bytes[KNOWN_IN]);
	json_out_key_u64(out, "frame_bytes_out", n->frame_bytes[KNOWN_OUT]);
	json_out_key_u64(out, "cap_bytes_total", n->cap_bytes);
}

static void
put_times(struct totals *n, const struct known_frame *frames, size_t count,
    struct json_out *out)
{
	known_gaps_put(&n->in, out, "time_in");
	known_gaps_put(&n->out, out, "time_out");
	known_gaps_put(&n->all, out, "time_all");
	json_out_key_u64(out, "backward_steps", n->backward_steps);
	if (count == 0)
		return;
	json_out_key_i64(out, "first_time_ns", frames[0].ts_ns);
	json_out_key_i64(out, "last_time_ns", frames[count - 1].ts_ns);
	json_out_key_i64(out, "duration_ns", n->latest_ns - n->earliest_ns);
}

int
known_totals_put(const struct known_frame *frames, size_t frame_count,
    struct json_out *out)
{
	struct totals n = { .local = 0 };
	int status = 0;

	for (size_t i = 0; i < frame_count && status == 0; i++)
		status = count(&n, &frames[i]);
	json_out_key(out, "totals");
	json_out_open(out, '{');
	put_packets(&n, frame_count, out);
	put_bytes(&n, out);
	put_times(&n, frames, frame_count, out);
	json_out_close(out, '}');
	known_gaps_reset(&n.in);
	known_gaps_reset(&n.out);
	known_gaps_reset(&n.all);
	return status;
}
