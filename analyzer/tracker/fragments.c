#include "analyzer/tracker/fragments.h"

#include <stdlib.h>
#include <string.h>

#include "base/int128.h"
#include "base/memory.h"

enum { NONE = UINT32_MAX };

/* What tells datagrams apart, as long as a flow key so that it is hashed
 * alike. */
struct datagram {
	uint8_t src[16], dst[16];
	uint32_t id;
	uint8_t ip_version, ip_protocol;
	uint8_t zeros[10];
};

_Static_assert(sizeof(struct datagram) == FLOW_KEY_BYTES, "see flow_hash_of()");

struct first {
	struct datagram datagram;
	struct flow_key key;
	int64_t ts_ns;
	uint32_t hash;
	uint32_t next;		/* in its bucket's list */
	uint8_t from;
	bool timed;
};

struct fragments {
	const struct flow_hash *hash;
	struct first *ring;	/* NULL until needed */
	uint32_t *buckets;	/* as many */
	size_t room;		/* a power of two */
	size_t count, next;	/* slots in use; the one to be used next */
};

struct fragments *
fragments_new(uint64_t share, const struct flow_hash *hash, struct errbuf *err)
{
	struct fragments *f = calloc(1, sizeof(*f));

	if (f == NULL) {
		errbuf_set(err, "out of memory for fragments");
		return NULL;
	}
	f->hash = hash;
	f->room = FRAGMENTS_MIN;
	while (f->room < FRAGMENTS_MAX &&
	    share / 2 / f->room >= sizeof(struct first))
		f->room *= 2;
	return f;
}

void
fragments_free(struct fragments *f)
{
	if (f == NULL)
		return;
	free(f->ring);
	free(f->buckets);
	free(f);
}

uint64_t
fragments_memory(const struct fragments *f)
{
	return f->ring == NULL ? 0 :
	    f->room * (sizeof(*f->ring) + sizeof(*f->buckets));
}

static uint32_t
datagram_read(const struct fragments *f, struct datagram *d,
    const struct packet *p)
{
	size_t len = p->ip_version == 4 ? 4 : 16;

	memset(d, 0, sizeof(*d));
	memcpy(d->src, packet_src(p), len);
	memcpy(d->dst, packet_dst(p), len);
	d->id = p->fragment_id;
	d->ip_version = p->ip_version;
	d->ip_protocol = p->ip_protocol;
	return flow_hash_of(f->hash, d);
}

static uint32_t *
bucket_of(const struct fragments *f, uint32_t hash)
{
	return &f->buckets[hash & (f->room - 1)];
}

static int
take_memory(struct fragments *f, struct errbuf *err)
{
	if (f->ring != NULL)
		return 0;
	f->ring = memory_array(f->room, sizeof(*f->ring));
	f->buckets = memory_array(f->room, sizeof(*f->buckets));
	if (f->ring == NULL || f->buckets == NULL) {
		errbuf_set(err, "out of memory for fragments");
		free(f->ring);
		free(f->buckets);
		f->ring = NULL;
		f->buckets = NULL;
		return -1;
	}
	memset(f->buckets, 0xff, f->room * sizeof(*f->buckets));
	return 0;
}

static void
forget(struct fragments *f, uint32_t slot)
{
	uint32_t *link = bucket_of(f, f->ring[slot].hash);

	while (*link != slot)
		link = &f->ring[*link].next;
	*link = f->ring[slot].next;
}

static uint32_t
find(const struct fragments *f, const struct datagram *d, uint32_t hash)
{
	uint32_t slot = *bucket_of(f, hash);

	while (slot != NONE && memcmp(&f->ring[slot].datagram, d,
	    sizeof(*d)) != 0)
		slot = f->ring[slot].next;
	return slot;
}

/* A datagram that is known keeps its slot, and so its place in the queue. */
static uint32_t
slot_for(struct fragments *f, const struct datagram *d, uint32_t hash)
{
	uint32_t slot = find(f, d, hash), *bucket = bucket_of(f, hash);

	if (slot != NONE)
		return slot;
	slot = (uint32_t)f->next;
	if (f->count == f->room)
		forget(f, slot);
	else
		f->count++;
	f->next = (f->next + 1) & (f->room - 1);
	f->ring[slot].datagram = *d;
	f->ring[slot].hash = hash;
	f->ring[slot].next = *bucket;
	*bucket = slot;
	return slot;
}

int
fragments_add(struct fragments *f, const struct packet *p,
    const struct flow_key *key, unsigned from, struct errbuf *err)
{
	struct datagram d;
	struct first *first;
	uint32_t hash;

	if (take_memory(f, err) != 0)
		return -1;
	hash = datagram_read(f, &d, p);
	first = &f->ring[slot_for(f, &d, hash)];
	first->key = *key;
	first->from = (uint8_t)from;
	first->timed = (p->frame->flags & FRAME_UNTIMED) == 0;
	first->ts_ns = p->frame->ts_ns;
	return 0;
}

/* Without a time nothing can be said against it. */
static bool
too_late(const struct first *first, const struct frame *frame)
{
	int128 distance = (int128)frame->ts_ns - first->ts_ns;

	if (!first->timed || frame->flags & FRAME_UNTIMED)
		return false;
	return distance > FRAGMENTS_TIMEOUT_NS ||
	    distance < -FRAGMENTS_TIMEOUT_NS;
}

bool
fragments_find(const struct fragments *f, const struct packet *p,
    struct flow_key *key, unsigned *from)
{
	struct datagram d;
	uint32_t hash, slot;

	if (f->ring == NULL)
		return false;
	hash = datagram_read(f, &d, p);
	slot = find(f, &d, hash);
	if (slot == NONE || too_late(&f->ring[slot], p->frame))
		return false;
	*key = f->ring[slot].key;
	*from = f->ring[slot].from;
	return true;
}
