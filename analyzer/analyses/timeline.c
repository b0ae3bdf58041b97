#include "analyzer/analyses/timeline.h"

#include <stddef.h>
#include <stdlib.h>

#include "analyzer/analyses/analysis.h"
#include "analyzer/analyses/time_width.h"
#include "analyzer/tracker/tracker.h"
#include "base/memory.h"

#define COUNT(field, unit, meaning) \
	{ #field, COLUMN_U64, offsetof(struct timeline_row, field), unit, meaning, NULL }

static const struct column columns[] = {
	{ "file", COLUMN_TEXT, offsetof(struct timeline_row, file), "", "the capture: its path as given or, for a walked folder, the path below it", NULL },
	{ "bucket_start_ns", COLUMN_I64, offsetof(struct timeline_row, bucket_start_ns), "ns", "where the bucket begins, since 1970-01-01 UTC; empty: packets without a time", NULL },
	COUNT(packets_in, "packets", "packets whose outermost IP source is not in a local network"),
	COUNT(packets_out, "packets", "packets whose outermost IP source is in a local network"),
	COUNT(packets_other, "packets", "packets without IP, or of an IP version without a local network"),
	COUNT(frame_bytes_in, "bytes", "original frame lengths of the packets in"),
	COUNT(frame_bytes_out, "bytes", "original frame lengths of the packets out"),
	COUNT(frame_bytes_other, "bytes", "original frame lengths of the other packets"),
	COUNT(packets_total, "packets", "all of them: in + out + other + skipped"),
	COUNT(packets_skipped, "packets", "packets of a link type without decoder, or cut before the IP source address"),
	COUNT(frame_bytes_total, "bytes", "original frame lengths of all of them"),
	COUNT(frame_bytes_skipped, "bytes", "original frame lengths of the packets skipped"),
	COUNT(cap_bytes_total, "bytes", "stored frame lengths of all of them"),
	COUNT(ip_bytes_in, "bytes", "IP bytes of the packets in: IPv4 total length, or 40 + IPv6 payload length"),
	COUNT(ip_bytes_out, "bytes", "IP bytes of the packets out"),
	COUNT(ip_bytes_other, "bytes", "IP bytes of the other packets"),
	COUNT(packets_tcp, "packets", "packets whose outermost IP carries TCP, fragments included"),
	COUNT(packets_udp, "packets", "packets whose outermost IP carries UDP, fragments included"),
	COUNT(packets_icmp, "packets", "packets whose outermost IP carries ICMP, or ICMPv6 over IPv6"),
	COUNT(bucket_width_ns, "ns", "how wide the bucket is"),
};

static const struct table timeline_table = {
	"timeline", "a bucket of time", columns,
	sizeof(columns) / sizeof(columns[0]),
	"bucket_start_ns,packets_in,packets_out,packets_other,frame_bytes_in,"
	"frame_bytes_out,frame_bytes_other",
	.row_bytes = sizeof(struct timeline_row),
};

enum { ICMP = 1, TCP = 6, UDP = 17, ICMPV6 = 58 };

/* What the outermost IP carries, as far as the table tells it apart. */
enum carried { CARRIED_OTHER, CARRIED_TCP, CARRIED_UDP, CARRIED_ICMP,
    CARRIED_KINDS };

/* By half the IP version (0: no IP) and the protocol. */
static const uint8_t carried_by[4][256] = {
	[4 / 2] = { [TCP] = CARRIED_TCP, [UDP] = CARRIED_UDP,
	    [ICMP] = CARRIED_ICMP },
	[6 / 2] = { [TCP] = CARRIED_TCP, [UDP] = CARRIED_UDP,
	    [ICMPV6] = CARRIED_ICMP },
};

struct volume {
	uint64_t packets[DIRECTIONS];
	uint64_t frame_bytes[DIRECTIONS];
	uint64_t ip_bytes[DIRECTIONS];
	uint64_t carried[CARRIED_KINDS];
	uint64_t cap_bytes;
};

struct bucket {
	int64_t start_ns;
	struct volume volume;
};

enum {
	SECOND_NS = 1000000000,
	FIRST_ROOM = 64,
	/* Twice, for buckets that are noted twice; and qsort() sorts large
	 * things by pointers, of which it makes two each. */
	BUCKET_COST = 2 * (int)(sizeof(struct bucket) + 2 * sizeof(void *)),
};

struct state {
	const char *name;	/* of the capture; NULL before a packet */
	uint64_t width_ns;
	int64_t earliest_ns;	/* start of the first bucket that int64 holds */
	/* The width is what the capture asks for: a time in the first of its
	 * buckets, and one in the last. */
	bool auto_width;
	int64_t first_ns, last_ns;
	/* The two that were used last; NULL: none.  Two, since packets that
	 * overtake each other do so at the end of a bucket too. */
	struct bucket *at, *before;
	struct bucket *buckets;
	size_t count, room, max;	/* max: different ones */
	bool sorted;		/* ascending, each once */
	struct volume untimed;
};

static void
state_free(void *state)
{
	struct state *s = state;

	if (s == NULL)
		return;
	free(s->buckets);
	free(s);
}

static void
set_width(struct state *s, int64_t width_ns)
{
	s->width_ns = (uint64_t)width_ns;
	s->earliest_ns = -(INT64_MAX / width_ns) * width_ns;
}

static void *
state_new(const struct settings *settings,
    const struct table_selection *const *wanted, struct errbuf *err)
{
	struct state *s = memory_array(1, sizeof(*s));
	uint64_t memory = settings->max_memory != 0 ? settings->max_memory :
	    TRACKER_MEMORY;

	(void)wanted;
	if (s == NULL) {
		errbuf_set(err, "out of memory");
		return NULL;
	}
	s->auto_width = settings->interval_auto;
	s->first_ns = INT64_MAX;
	s->last_ns = INT64_MIN;
	set_width(s, s->auto_width ? TIME_WIDTH_FINEST_NS :
	    settings->interval_ns != 0 ? settings->interval_ns : SECOND_NS);
	s->max = (size_t)(memory / BUCKET_COST);
	s->sorted = true;
	return s;
}

static void
add_volume(struct volume *left, const struct volume *right)
{
	for (int i = 0; i < DIRECTIONS; i++) {
		left->packets[i] += right->packets[i];
		left->frame_bytes[i] += right->frame_bytes[i];
		left->ip_bytes[i] += right->ip_bytes[i];
	}
	for (int i = 0; i < CARRIED_KINDS; i++)
		left->carried[i] += right->carried[i];
	left->cap_bytes += right->cap_bytes;
}

static int
compare_buckets(const void *a, const void *b)
{
	const struct bucket *x = a, *y = b;

	return (x->start_ns > y->start_ns) - (x->start_ns < y->start_ns);
}

/* Ascending, each once; -1 where they are too many. */
static int
settle(struct state *s, struct errbuf *err)
{
	size_t kept = 0;

	if (!s->sorted) {
		qsort(s->buckets, s->count, sizeof(s->buckets[0]),
		    compare_buckets);
		for (size_t i = 1; i < s->count; i++) {
			struct bucket *last = &s->buckets[kept];

			if (s->buckets[i].start_ns == last->start_ns)
				add_volume(&last->volume,
				    &s->buckets[i].volume);
			else
				s->buckets[++kept] = s->buckets[i];
		}
		s->count = kept + 1;
		s->sorted = true;
	}
	s->at = s->before = NULL;
	if (s->count <= s->max)
		return 0;
	errbuf_set(err, "%s: more than %zu buckets with packets: the timeline "
	    "needs a longer --interval or a larger --max-memory", s->name,
	    s->max);
	return -1;
}

/* Half of the room is free afterwards, so that settling pays. */
static int
make_room(struct state *s, struct errbuf *err)
{
	size_t room = s->room == 0 ? FIRST_ROOM : 2 * s->room;
	size_t most = 2 * s->max;
	struct bucket *grown;

	if (settle(s, err) == -1)
		return -1;
	if (s->room != 0 && s->count <= s->room / 2)
		return 0;
	room = room < most ? room : most;
	grown = memory_resize(s->buckets, room, sizeof(*grown));
	if (grown == NULL) {
		errbuf_set(err, "%s: out of memory for %zu buckets", s->name,
		    room);
		return -1;
	}
	s->buckets = grown;
	s->room = room;
	return 0;
}

/* A new bucket, which is the one in use then; NULL with the reason. */
static struct bucket *
note(struct state *s, int64_t start_ns, struct errbuf *err)
{
	if (s->count == s->room && make_room(s, err) == -1)
		return NULL;
	s->sorted &= s->count == 0 ||
	    s->buckets[s->count - 1].start_ns < start_ns;
	s->before = s->at;
	s->at = &s->buckets[s->count++];
	*s->at = (struct bucket){ .start_ns = start_ns };
	return s->at;
}

static inline bool
is_in(const struct state *s, const struct bucket *b, int64_t ts_ns)
{
	/* The last bucket of all time does not go on with the first. */
	return b != NULL && ts_ns >= b->start_ns &&
	    (uint64_t)ts_ns - (uint64_t)b->start_ns < s->width_ns;
}

/* Puts the buckets into wider ones. */
static int
widen(struct state *s, int64_t width_ns, struct errbuf *err)
{
	size_t kept = 0;

	set_width(s, width_ns);
	for (size_t i = 0; i < s->count; i++) {
		struct bucket *b = &s->buckets[i];

		if (b->start_ns < s->earliest_ns) {
			add_volume(&s->untimed, &b->volume);
			continue;
		}
		s->buckets[kept] = *b;
		s->buckets[kept++].start_ns = width_ns *
		    time_width_bucket(width_ns, b->start_ns);
	}
	s->count = kept;
	s->sorted = kept == 0;
	return settle(s, err);
}

/* The span reaches to there as well: is the width still what it asks for?  What
 * lies between its ends changes nothing, so this is for new buckets only. */
static int
reach(struct state *s, int64_t first_ns, int64_t last_ns, struct errbuf *err)
{
	int64_t width;

	s->first_ns = first_ns < s->first_ns ? first_ns : s->first_ns;
	s->last_ns = last_ns > s->last_ns ? last_ns : s->last_ns;
	if (!s->auto_width || s->first_ns > s->last_ns)
		return 0;
	width = time_width_choose((int64_t)s->width_ns, s->first_ns,
	    s->last_ns);
	return width == (int64_t)s->width_ns ? 0 : widen(s, width, err);
}

/* The volume of the bucket that a time falls in, which is noted; NULL with the
 * reason.  One that begins before 1677 cannot be said. */
static struct volume *
volume_at(struct state *s, int64_t ts_ns, struct errbuf *err)
{
	int64_t width = (int64_t)s->width_ns;
	struct bucket *b;

	if (ts_ns < s->earliest_ns)
		return &s->untimed;
	b = note(s, width * time_width_bucket(width, ts_ns), err);
	return b == NULL ? NULL : &b->volume;
}

/* The volume of another bucket than the last; NULL with the reason. */
static struct volume *
change(struct state *s, int64_t ts_ns, struct errbuf *err)
{
	struct bucket *b = s->before;

	if (!is_in(s, b, ts_ns))
		return reach(s, ts_ns, ts_ns, err) == -1 ? NULL :
		    volume_at(s, ts_ns, err);
	s->before = s->at;
	s->at = b;
	return &b->volume;
}

static int
add(void *state, const char *name, const struct packet *packets, size_t n,
    struct table_writer *const *writers, struct errbuf *err)
{
	struct state *s = state;

	(void)writers;
	s->name = name;
	for (size_t i = 0; i < n; i++) {
		const struct packet *p = &packets[i];
		const struct frame *f = p->frame;
		struct volume *v;

		if (f->flags & FRAME_UNTIMED)
			v = &s->untimed;
		else if (is_in(s, s->at, f->ts_ns))
			v = &s->at->volume;
		else
			v = change(s, f->ts_ns, err);
		if (v == NULL)
			return -1;
		v->packets[p->direction]++;
		v->frame_bytes[p->direction] += f->wire_len;
		v->ip_bytes[p->direction] += p->ip_bytes;
		v->carried[carried_by[p->ip_version / 2][p->ip_protocol]]++;
		v->cap_bytes += f->cap_len;
	}
	return 0;
}

static int
merge(void *left, void *right, struct table_writer *const *writers,
    struct errbuf *err)
{
	struct state *l = left, *r = right;

	(void)writers;
	if (l->name == NULL)
		l->name = r->name;
	add_volume(&l->untimed, &r->untimed);
	if (reach(l, r->first_ns, r->last_ns, err) == -1)
		return -1;
	for (size_t i = 0; i < r->count; i++) {
		const struct bucket *b = &r->buckets[i];
		struct volume *v = volume_at(l, b->start_ns, err);

		if (v == NULL)
			return -1;
		add_volume(v, &b->volume);
	}
	r->count = 0;
	return 0;
}

static int
write_row(const struct state *s, const char *name, int64_t start_ns,
    const struct volume *v, struct table_writer *writer, struct errbuf *err)
{
	struct timeline_row row = {
		.file = name,
		.bucket_start_ns = start_ns,
		.bucket_width_ns = start_ns == TABLE_NO_I64 ? TABLE_NO_U64 :
		    s->width_ns,
		.packets_in = v->packets[DIRECTION_IN],
		.packets_out = v->packets[DIRECTION_OUT],
		.packets_other = v->packets[DIRECTION_OTHER],
		.packets_skipped = v->packets[DIRECTION_SKIPPED],
		.frame_bytes_in = v->frame_bytes[DIRECTION_IN],
		.frame_bytes_out = v->frame_bytes[DIRECTION_OUT],
		.frame_bytes_other = v->frame_bytes[DIRECTION_OTHER],
		.frame_bytes_skipped = v->frame_bytes[DIRECTION_SKIPPED],
		.cap_bytes_total = v->cap_bytes,
		.ip_bytes_in = v->ip_bytes[DIRECTION_IN],
		.ip_bytes_out = v->ip_bytes[DIRECTION_OUT],
		.ip_bytes_other = v->ip_bytes[DIRECTION_OTHER],
		.packets_tcp = v->carried[CARRIED_TCP],
		.packets_udp = v->carried[CARRIED_UDP],
		.packets_icmp = v->carried[CARRIED_ICMP],
	};

	for (int i = 0; i < DIRECTIONS; i++) {
		row.packets_total += v->packets[i];
		row.frame_bytes_total += v->frame_bytes[i];
	}
	return writer->row(writer, &row, err);
}

/* The empty ones between two buckets, as far as they are written; *left is how
 * many may still be. */
static int
write_empty(const struct state *s, const struct bucket *from,
    const struct bucket *to, const char *name, size_t *left,
    struct table_writer *writer, struct errbuf *err)
{
	static const struct volume nothing;
	uint64_t n = ((uint64_t)to->start_ns - (uint64_t)from->start_ns) /
	    s->width_ns - 1;
	int64_t start_ns = from->start_ns;

	n = n < TIMELINE_EMPTY_RUN ? n : TIMELINE_EMPTY_RUN;
	n = n < *left ? n : *left;
	*left -= (size_t)n;
	for (; n > 0; n--) {
		start_ns += (int64_t)s->width_ns;
		if (write_row(s, name, start_ns, &nothing, writer, err) == -1)
			return -1;
	}
	return 0;
}

static bool
is_empty(const struct volume *v)
{
	for (int i = 0; i < DIRECTIONS; i++)
		if (v->packets[i] != 0)
			return false;
	return true;
}

static int
finish(void *state, const struct analysis_input *input,
    struct table_writer *const *writers, struct errbuf *err)
{
	struct state *s = state;
	size_t left = TIMELINE_EMPTY_MAX;

	if (settle(s, err) == -1)
		return -1;
	for (size_t i = 0; i < s->count; i++) {
		const struct bucket *b = &s->buckets[i];

		if ((i > 0 && write_empty(s, b - 1, b, input->name, &left,
		    writers[0], err) == -1) || write_row(s, input->name,
		    b->start_ns, &b->volume, writers[0], err) == -1)
			return -1;
	}
	return is_empty(&s->untimed) ? 0 : write_row(s, input->name,
	    TABLE_NO_I64, &s->untimed, writers[0], err);
}

static const struct table *const tables[] = { &timeline_table };

const struct analysis analysis_timeline = {
	.tables = tables,
	.table_count = 1,
	.state_new = state_new,
	.state_free = state_free,
	.add = add,
	.merge = merge,
	.finish = finish,
};
