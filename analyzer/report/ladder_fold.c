/*
 * Events become items: runs of ordinary packets of one conversation are folded
 * while they arrive, so that memory follows what is drawn; then pauses are put
 * in and hosts get their columns.
 *
 * A run ends at a packet that is not ordinary or of another conversation, and
 * at a pause: a gap of more than 200 ms that is also more than ten times the
 * run's mean gap.  A run of RUN_MIN packets or more keeps its first and last
 * ones.
 */
#include <stdlib.h>
#include <string.h>

#include "analyzer/report/ladder.h"
#include "analyzer/tracker/tcp_flow.h"
#include "base/memory.h"

enum {
	RUN_HEAD = 4, RUN_TAIL = 2, FOLD_MIN = 6,
	RUN_MIN = RUN_HEAD + FOLD_MIN + RUN_TAIL,
	PAUSE_FACTOR = 10,
};

#define PAUSE_MIN_NS	INT64_C(200000000)

void
ladder_init(struct ladder *ladder, bool all, bool relative)
{
	*ladder = (struct ladder){ .start_ns = TABLE_NO_I64,
	    .end_ns = TABLE_NO_I64, .all = all, .relative = relative };
}

static void
item_reset(struct ladder_item *item)
{
	ladder_packet_reset(&item->event.packet);
}

void
ladder_reset(struct ladder *ladder)
{
	for (size_t i = 0; i < ladder->count; i++)
		item_reset(&ladder->items[i]);
	for (size_t i = 0; i < ladder->host_count; i++)
		free(ladder->hosts[i].name);
	free(ladder->items);
	*ladder = (struct ladder){ 0 };
}

/* Nothing that a reader would miss: data and acknowledgements as they should
 * be. */
static bool
is_ordinary(const struct ladder_event *e)
{
	const struct ladder_packet *p = &e->packet;

	return (p->flags & ~(TCP_ACK | TCP_PSH)) == 0 && p->verdicts == 0 &&
	    e->fate == LADDER_SEEN && !e->reordered;
}

static bool
is_pause(int64_t gap_ns, int128 sum_ns, uint64_t gaps)
{
	return gap_ns > PAUSE_MIN_NS &&
	    (int128)gap_ns * (int128)gaps > PAUSE_FACTOR * sum_ns && gaps > 0;
}

static bool
continues_run(const struct ladder *ladder, const struct ladder_event *e)
{
	const struct ladder_item *last;

	if (ladder->run.shown == 0 || !is_ordinary(e))
		return false;
	last = &ladder->items[ladder->count - 1];
	if (last->kind == LADDER_NOTE ?
	    e->packet.src.version != 0 :
	    !ladder_same_conversation(&last->event.packet, &e->packet))
		return false;
	return !is_pause(ladder_span(ladder->run.last_ns, e->time_ns),
	    ladder->run.gap_sum_ns, ladder->run.gaps);
}

static void
count_event(struct ladder_item *fold, const struct ladder_item *item)
{
	const struct ladder_packet *p = &item->event.packet;

	fold->count.packets++;
	fold->count.frame_bytes += p->frame_len;
	fold->count.payload_bytes += p->payload_len;
	if (fold->first_ns == TABLE_NO_I64)
		fold->first_ns = item->first_ns;
	if (fold->last_ns == TABLE_NO_I64 || item->last_ns > fold->last_ns)
		fold->last_ns = item->last_ns;
}

/* Takes items [from, to) together into one fold, which keeps the first one's
 * event for its ends. */
static void
fold_items(struct ladder *ladder, size_t from, size_t to)
{
	struct ladder_item *items = ladder->items;
	struct ladder_item *fold = &items[from];

	if (fold->kind != LADDER_FOLD) {
		struct ladder_item first = *fold;

		fold->kind = LADDER_FOLD;
		fold->count = (struct ladder_count){ 0 };
		count_event(fold, &first);
	}
	for (size_t i = from + 1; i < to; i++) {
		count_event(fold, &items[i]);
		ladder->bytes -= ladder_packet_bytes(&items[i].event.packet);
		item_reset(&items[i]);
	}
	memmove(&items[from + 1], &items[to],
	    (ladder->count - to) * sizeof(*items));
	ladder->count -= to - from - 1;
}

static int
make_room(struct ladder *ladder, size_t count, struct errbuf *err)
{
	struct ladder_item *items;
	size_t room = ladder->room == 0 ? 64 : ladder->room * 2;

	if (count <= ladder->room)
		return 0;
	if (room < count)
		room = count;
	items = memory_resize(ladder->items, room, sizeof(*items));
	if (items == NULL) {
		errbuf_set(err, "out of memory for the diagram");
		return -1;
	}
	ladder->bytes += (room - ladder->room) * sizeof(*items);
	ladder->items = items;
	ladder->room = room;
	return 0;
}

/* The item is there: it lengthens the run, ends it, or begins one. */
static void
note_run(struct ladder *ladder, bool continues, const struct ladder_event *e)
{
	size_t fold_at;

	if (!continues) {
		ladder->run.begin = ladder->count - 1;
		ladder->run.shown = is_ordinary(e);
		ladder->run.gap_sum_ns = 0;
		ladder->run.gaps = 0;
		ladder->run.folded = false;
		ladder->run.last_ns = e->time_ns;
		return;
	}
	ladder->run.shown++;
	ladder->run.gap_sum_ns += ladder_span(ladder->run.last_ns,
	    e->time_ns);
	ladder->run.gaps++;
	ladder->run.last_ns = e->time_ns;
	fold_at = ladder->run.begin + RUN_HEAD;
	if (ladder->all || (!ladder->run.folded &&
	    ladder->run.shown < RUN_MIN))
		return;
	ladder->run.folded = true;
	fold_items(ladder, fold_at, ladder->count - RUN_TAIL);
}

static int64_t
time_of(const struct ladder *ladder, const struct ladder_event *e)
{
	if (e->time_ns != TABLE_NO_I64 || ladder->count == 0)
		return e->time_ns;
	return ladder->items[ladder->count - 1].last_ns;
}

static void
note_totals(struct ladder *ladder, const struct ladder_event *e)
{
	const struct ladder_packet *p = &e->packet;

	ladder->packets++;
	ladder->lost += e->fate == LADDER_LOST;
	ladder->retransmissions +=
	    (p->verdicts & TCP_IS_RETRANSMISSION) != 0;
	ladder->has_ip |= p->src.version != 0;
	if (e->time_ns == TABLE_NO_I64)
		return;
	if (ladder->start_ns == TABLE_NO_I64 || e->time_ns < ladder->start_ns)
		ladder->start_ns = e->time_ns;
	if (ladder->end_ns == TABLE_NO_I64 || e->time_ns > ladder->end_ns)
		ladder->end_ns = e->time_ns;
	if (p->digits > ladder->digits)
		ladder->digits = p->digits;
}

/* Past the bound everything is in the last item. */
static bool
is_full(const struct ladder *ladder)
{
	return !ladder->all && ladder->count > LADDER_SHOWN_MAX;
}

int
ladder_add(struct ladder *ladder, const struct ladder_event *e,
    struct errbuf *err)
{
	bool continues, full = is_full(ladder);
	struct ladder_item *item;
	int64_t time_ns = time_of(ladder, e);

	if (make_room(ladder, ladder->count + 1, err) == -1)
		return -1;
	continues = !full && continues_run(ladder, e);
	item = &ladder->items[ladder->count++];
	*item = (struct ladder_item){
		.kind = e->packet.src.version == 0 ? LADDER_NOTE :
		    LADDER_ARROW,
		.src = LADDER_NO_HOST, .dst = LADDER_NO_HOST,
		.first_ns = time_ns, .last_ns = time_ns, .event = *e,
	};
	note_totals(ladder, e);
	ladder->bytes += ladder_packet_bytes(&e->packet);
	if (!full) {
		note_run(ladder, continues, e);
		return 0;
	}
	fold_items(ladder, LADDER_SHOWN_MAX, ladder->count);
	ladder->items[LADDER_SHOWN_MAX].count.rest = true;
	return 0;
}

int
ladder_add_packet(struct ladder *ladder, const struct ladder_packet *packet,
    struct errbuf *err)
{
	struct ladder_event event = { .packet = *packet,
	    .time_ns = packet->ts_ns, .delay_ns = TABLE_NO_I64, .seen = 1 };

	return ladder_add(ladder, &event, err);
}

/* --- after the last event --- */

static int
by_value(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

static int64_t
gap_before(const struct ladder *ladder, size_t i)
{
	return ladder_span(ladder->items[i - 1].last_ns,
	    ladder->items[i].first_ns);
}

/* The least gap that is a pause: ten times the median one, 200 ms at least. */
static int
pause_threshold(const struct ladder *ladder, int64_t *out, struct errbuf *err)
{
	size_t n = ladder->count - 1;
	int64_t *gaps = memory_array(n, sizeof(*gaps));

	if (gaps == NULL) {
		errbuf_set(err, "out of memory for the diagram");
		return -1;
	}
	for (size_t i = 0; i < n; i++)
		gaps[i] = gap_before(ladder, i + 1);
	qsort(gaps, n, sizeof(*gaps), by_value);
	/* Times may go back: a negative gap is no scale. */
	if (gaps[n / 2] > INT64_MAX / PAUSE_FACTOR)
		*out = INT64_MAX;
	else if (gaps[n / 2] > PAUSE_MIN_NS / PAUSE_FACTOR)
		*out = gaps[n / 2] * PAUSE_FACTOR;
	else
		*out = PAUSE_MIN_NS;
	free(gaps);
	return 0;
}

/* From the back, so that each item moves once. */
static int
insert_pauses(struct ladder *ladder, struct errbuf *err)
{
	size_t pauses = 0, n = ladder->count;
	int64_t threshold;

	if (n < 2)
		return 0;
	if (pause_threshold(ladder, &threshold, err) == -1)
		return -1;
	for (size_t i = 1; i < n; i++)
		pauses += gap_before(ladder, i) > threshold;
	if (make_room(ladder, n + pauses, err) == -1)
		return -1;
	ladder->count = n + pauses;
	for (size_t i = n - 1; pauses > 0; i--) {
		struct ladder_item *to = &ladder->items[i + pauses];

		*to = ladder->items[i];
		if (gap_before(ladder, i) <= threshold)
			continue;
		pauses--;
		to[-1] = (struct ladder_item){ .kind = LADDER_PAUSE,
		    .src = LADDER_NO_HOST, .dst = LADDER_NO_HOST,
		    .first_ns = ladder->items[i - 1].last_ns,
		    .last_ns = to->first_ns };
	}
	return 0;
}

static bool
is_host(const struct ladder_host *host, const struct table_ip *ip,
    bool has_port, uint16_t port)
{
	return !host->others && host->ip.version == ip->version &&
	    memcmp(&host->ip.bytes, ip->bytes, sizeof(ip->bytes)) == 0 &&
	    host->has_port == has_port && (!has_port || host->port == port);
}

static uint32_t
find_host(struct ladder *ladder, const struct table_ip *ip, bool has_port,
    uint16_t port)
{
	for (size_t i = 0; i < ladder->host_count; i++)
		if (is_host(&ladder->hosts[i], ip, has_port, port))
			return (uint32_t)i;
	if (ladder->host_count >= LADDER_HOSTS_MAX) {
		ladder->hosts[LADDER_HOSTS_MAX].others = true;
		ladder->host_count = LADDER_HOSTS_MAX + 1;
		return LADDER_HOSTS_MAX;
	}
	ladder->hosts[ladder->host_count] = (struct ladder_host){ .ip = *ip,
	    .has_port = has_port, .port = port };
	return (uint32_t)ladder->host_count++;
}

/* One address at both ends (a loopback capture): its ports are the hosts. */
static void
set_columns(struct ladder *ladder, struct ladder_item *item)
{
	const struct ladder_packet *p = &item->event.packet;
	bool by_port = p->has_ports && memcmp(&p->src, &p->dst,
	    sizeof(p->src)) == 0 && p->src_port != p->dst_port;

	if (item->kind == LADDER_PAUSE || item->count.rest ||
	    p->src.version == 0)
		return;
	item->src = find_host(ladder, &p->src, by_port, p->src_port);
	item->dst = find_host(ladder, &p->dst, by_port, p->dst_port);
}

static bool
has_packets(const struct ladder *ladder, const struct table_ip *ip)
{
	for (size_t i = 0; i < ladder->count; i++) {
		const struct ladder_packet *p = &ladder->items[i].event.packet;

		if (memcmp(&p->src, ip, sizeof(*ip)) == 0 ||
		    memcmp(&p->dst, ip, sizeof(*ip)) == 0)
			return memcmp(&p->src, &p->dst, sizeof(*ip)) != 0;
	}
	return false;
}

static int
name_hosts(struct ladder *ladder, const struct ladder_names *names,
    struct errbuf *err)
{
	for (size_t i = 0; names->find != NULL && i < ladder->host_count;
	    i++) {
		struct ladder_host *host = &ladder->hosts[i];
		const char *name = host->others ? NULL :
		    names->find(names->context, &host->ip);

		if (name == NULL)
			continue;
		host->name = strdup(name);
		if (host->name == NULL) {
			errbuf_set(err, "out of memory for the diagram");
			return -1;
		}
	}
	return 0;
}

int
ladder_finish(struct ladder *ladder, const struct ladder_names *names,
    struct errbuf *err)
{
	if (insert_pauses(ladder, err) == -1)
		return -1;
	for (size_t i = 0; i < names->first_count; i++)
		if (has_packets(ladder, &names->first[i]))
			find_host(ladder, &names->first[i], false, 0);
	for (size_t i = 0; i < ladder->count; i++)
		set_columns(ladder, &ladder->items[i]);
	return name_hosts(ladder, names, err);
}
