/*
 * A binary heap of the numbers of slots, each of which holds an event and knows
 * where in the heap it stands, so that an event can be taken out at any time.
 */
#include "traffic/synth/net/clock.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>

#include "base/memory.h"

enum {
	SLOT_BITS = 24,
	SLOTS_MAX = 1 << SLOT_BITS,	/* of events at a time */
	NOWHERE = UINT32_MAX,
	EVENTS_BETWEEN = 4096,	/* two questions of clock_watch() */
};

struct slot {
	int64_t at_ns;
	uint64_t serial;	/* order of asking, from 1 */
	uint32_t place;		/* in the heap; NOWHERE: the slot is free */
	uint32_t next_free;
	clock_call *call;
	void *owner;
	uint64_t token;
};

struct clock {
	int64_t now_ns;
	uint64_t serial;
	uint64_t events, events_max;
	bool is_stopped, has_failed;
	struct errbuf why;
	bool (*is_unwanted)(void);	/* may be NULL */

	struct slot *slots;
	size_t slots_room;
	uint32_t slot_count, first_free;
	uint32_t *heap;
	size_t heap_room;
	uint32_t heap_count;
};

struct clock *
clock_new(uint64_t events_max)
{
	struct clock *c = memory_array(1, sizeof(*c));

	if (c == NULL)
		return NULL;
	c->events_max = events_max;
	c->first_free = NOWHERE;
	return c;
}

void
clock_free(struct clock *c)
{
	if (c == NULL)
		return;
	free(c->slots);
	free(c->heap);
	free(c);
}

int64_t
clock_now_ns(const struct clock *c)
{
	return c->now_ns;
}

void
clock_fail(struct clock *c, const struct errbuf *why)
{
	if (c->has_failed)
		return;
	c->has_failed = true;
	c->why = *why;
}

/*
 * The heap.
 */

static bool
comes_before(const struct clock *c, uint32_t a, uint32_t b)
{
	const struct slot *x = &c->slots[a], *y = &c->slots[b];

	return x->at_ns < y->at_ns ||
	    (x->at_ns == y->at_ns && x->serial < y->serial);
}

static void
put_at(struct clock *c, uint32_t place, uint32_t slot)
{
	c->heap[place] = slot;
	c->slots[slot].place = place;
}

static void
move_up(struct clock *c, uint32_t place)
{
	uint32_t slot = c->heap[place];

	while (place > 0) {
		uint32_t above = (place - 1) / 2;

		if (!comes_before(c, slot, c->heap[above]))
			break;
		put_at(c, place, c->heap[above]);
		place = above;
	}
	put_at(c, place, slot);
}

static void
move_down(struct clock *c, uint32_t place)
{
	uint32_t slot = c->heap[place];

	for (;;) {
		uint32_t below = 2 * place + 1;

		if (below + 1 < c->heap_count &&
		    comes_before(c, c->heap[below + 1], c->heap[below]))
			below++;
		if (below >= c->heap_count ||
		    !comes_before(c, c->heap[below], slot))
			break;
		put_at(c, place, c->heap[below]);
		place = below;
	}
	put_at(c, place, slot);
}

/* The last one takes its place, and may belong above or below it. */
static void
take_out(struct clock *c, uint32_t slot)
{
	uint32_t place = c->slots[slot].place;
	uint32_t last = c->heap[--c->heap_count];

	if (last != slot) {
		put_at(c, place, last);
		move_up(c, place);
		move_down(c, c->slots[last].place);
	}
	c->slots[slot].place = NOWHERE;
	c->slots[slot].next_free = c->first_free;
	c->first_free = slot;
}

/*
 * Events.
 */

static uint32_t
new_slot(struct clock *c)
{
	struct slot *slots;
	uint32_t slot = c->first_free;

	if (slot != NOWHERE) {
		c->first_free = c->slots[slot].next_free;
		return slot;
	}
	if (c->slot_count == SLOTS_MAX)
		return NOWHERE;
	slots = memory_grow(c->slots, &c->slots_room, c->slot_count + 1,
	    sizeof(*slots));
	if (slots == NULL)
		return NOWHERE;
	c->slots = slots;
	return c->slot_count++;
}

/* There is room in the heap for every slot. */
static int
grow_heap(struct clock *c)
{
	uint32_t *heap = memory_grow(c->heap, &c->heap_room,
	    (size_t)c->heap_count + 1, sizeof(*heap));

	if (heap == NULL)
		return -1;
	c->heap = heap;
	return 0;
}

uint64_t
clock_at(struct clock *c, int64_t at_ns, clock_call *call, void *owner,
    uint64_t token)
{
	uint32_t slot = grow_heap(c) == -1 ? NOWHERE : new_slot(c);
	struct errbuf err;

	if (slot == NOWHERE) {
		errbuf_set(&err, "out of memory: %" PRIu32 " events wait",
		    c->heap_count);
		clock_fail(c, &err);
		return 0;
	}
	c->slots[slot] = (struct slot){
		.at_ns = at_ns < c->now_ns ? c->now_ns : at_ns,
		.serial = ++c->serial,
		.call = call,
		.owner = owner,
		.token = token,
	};
	c->heap[c->heap_count] = slot;
	move_up(c, c->heap_count++);
	return c->serial << SLOT_BITS | slot;
}

uint64_t
clock_after(struct clock *c, int64_t after_ns, clock_call *call, void *owner,
    uint64_t token)
{
	int64_t left_ns = INT64_MAX - c->now_ns;

	return clock_at(c, after_ns > left_ns ? INT64_MAX :
	    c->now_ns + after_ns, call, owner, token);
}

void
clock_cancel(struct clock *c, uint64_t event)
{
	uint32_t slot = (uint32_t)(event & (SLOTS_MAX - 1));

	if (event == 0 || slot >= c->slot_count ||
	    c->slots[slot].place == NOWHERE ||
	    c->slots[slot].serial != event >> SLOT_BITS)
		return;
	take_out(c, slot);
}

void
clock_stop(struct clock *c)
{
	c->is_stopped = true;
}

void
clock_watch(struct clock *c, bool (*is_unwanted)(void))
{
	c->is_unwanted = is_unwanted;
}

static bool
is_unwanted(const struct clock *c)
{
	return c->is_unwanted != NULL && c->events % EVENTS_BETWEEN == 0 &&
	    c->is_unwanted();
}

/* Its slot is free again when the call comes: the call may ask for more. */
static void
happen(struct clock *c)
{
	uint32_t slot = c->heap[0];
	struct slot event = c->slots[slot];

	take_out(c, slot);
	c->now_ns = event.at_ns;
	c->events++;
	event.call(event.owner, event.token);
}

static int
give_up(const struct clock *c, struct errbuf *err)
{
	*err = c->why;
	return -1;
}

int
clock_run(struct clock *c, int64_t end_ns, struct errbuf *err)
{
	c->is_stopped = false;
	while (!c->has_failed && !c->is_stopped && c->heap_count > 0) {
		if (c->slots[c->heap[0]].at_ns > end_ns) {
			if (end_ns > c->now_ns)
				c->now_ns = end_ns;
			break;
		}
		if (c->events == c->events_max) {
			errbuf_set(err, "more than %" PRIu64 " events",
			    c->events_max);
			return -1;
		}
		if (is_unwanted(c)) {
			errbuf_set(err, "interrupted");
			return -1;
		}
		happen(c);
	}
	return c->has_failed ? give_up(c, err) : 0;
}
