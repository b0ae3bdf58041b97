/*
 * The reader of an interface.
 *
 * libpcap's packets are gone when its callback returns, so a batch of them is
 * copied.  What had come when the end was asked for is still read: the kernel
 * hands packets over some milliseconds late.
 */
#include <errno.h>
#include <net/if.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>

#include "analyzer/capture/live_internal.h"
#include "analyzer/capture/reader_internal.h"
#include "base/memory.h"

enum {
	IDLE_MS = 100,
	LAST_MS = 10 * LIVE_HANDOVER_MS,	/* for what is on its way */
	ROOM_FIRST = 256 * 1024,
	SOME_FRAMES = 128,	/* of a batch, so that it is bounded in bytes */
	DROPS_FRAMES = 1 << 24,	/* a look at the counters, before they wrap */
};

struct live_reader {
	struct live *live;			/* borrowed */
	const volatile sig_atomic_t *stop;
	enum reader_status status;		/* once not READER_OK, final */
	struct errbuf fault;			/* its line */
	uint64_t number, offset, drops_seen;
	int64_t start_ns;			/* of the steady clock; 0: not
						   yet begun */
	bool ending;				/* then: */
	int64_t last_ns;			/* time stamps up to this one */
	int64_t give_up_ns;			/* of the steady clock */

	uint8_t *buffer;			/* of the batch */
	size_t used, room;
	struct frame *frames;			/* data: offsets, for now */
	size_t count;
	size_t at[SOME_FRAMES];			/* in buffer */
	bool was_up;				/* so it can go down */
	bool late;				/* it came after last_ns */
	bool no_memory;
};

static int64_t
clock_ns(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/* Is it time to end?  Then it is noted up to which packet. */
static void
note_end(struct live_reader *r)
{
	int64_t now = clock_ns(CLOCK_MONOTONIC);
	int64_t duration_ns = r->live->options.duration_ns;

	if (r->start_ns == 0)
		r->start_ns = now;
	if (r->ending || (!*r->stop && (duration_ns == 0 ||
	    now - r->start_ns < duration_ns)))
		return;
	r->ending = true;
	r->last_ns = clock_ns(CLOCK_REALTIME);
	r->give_up_ns = now + (int64_t)LAST_MS * 1000000;
}

static int
make_room(struct live_reader *r, size_t n)
{
	size_t room = r->room == 0 ? (size_t)ROOM_FIRST : r->room;
	uint8_t *grown;

	while (room - r->used < n)
		room *= 2;
	if (room == r->room)
		return 0;
	grown = memory_resize(r->buffer, room, 1);
	if (grown == NULL) {
		r->no_memory = true;
		return -1;
	}
	r->buffer = grown;
	r->room = room;
	return 0;
}

/* libpcap's callback. */
static void
take(u_char *context, const struct pcap_pkthdr *header, const u_char *data)
{
	struct live_reader *r = (struct live_reader *)(void *)context;
	const struct live *l = r->live;
	int64_t ts_ns = (int64_t)header->ts.tv_sec * 1000000000 +
	    (int64_t)header->ts.tv_usec * (l->ts_digits == 9 ? 1 : 1000);

	r->late |= r->ending && ts_ns > r->last_ns;
	if (r->late || r->no_memory || make_room(r, header->caplen) == -1)
		return;
	if (header->caplen > 0)
		memcpy(r->buffer + r->used, data, header->caplen);
	r->at[r->count] = r->used;
	r->used += header->caplen;
	r->offset += header->caplen;
	r->frames[r->count++] = (struct frame){
		.ts_ns = ts_ns,
		.number = ++r->number,
		.cap_len = header->caplen,
		.wire_len = header->len,
		.link_type = l->link_type,
		.ts_digits = l->ts_digits,
		.flags = reader_order_flag(false),
	};
}

static enum reader_status
end(struct live_reader *r, enum reader_status status, const char *why)
{
	r->status = status;
	if (why != NULL)
		errbuf_set(&r->fault, "%s: %s", r->live->name, why);
	return status;
}

/* Packets that are there now, at most max.  READER_OK with none: none are. */
static enum reader_status
take_some(struct live_reader *r, struct frame *frames, size_t max)
{
	uint64_t bound = r->live->options.count;
	int got;

	if (max > SOME_FRAMES)
		max = SOME_FRAMES;
	if (bound != 0 && bound - r->number < max)
		max = (size_t)(bound - r->number);
	r->frames = frames;
	r->count = r->used = 0;
	got = pcap_dispatch(r->live->pcap, (int)max, take,
	    (u_char *)(void *)r);
	for (size_t i = 0; i < r->count; i++)
		frames[i].data = r->buffer + r->at[i];
	if (r->no_memory)
		return end(r, READER_FAILED, "out of memory for packets");
	if (got < 0)
		end(r, READER_CUT, pcap_geterr(r->live->pcap));
	/* What came before the fault is good. */
	return r->count > 0 ? READER_OK : r->status;
}

/* Counters of 32 bits, kept in time. */
static void
look_at_drops(struct live_reader *r)
{
	struct live_drops ignored;

	if (r->number - r->drops_seen < DROPS_FRAMES)
		return;
	live_drops(r->live, &ignored);
	r->drops_seen = r->number;
}

/* Why no more packets will come; NULL: they may.  libpcap does not tell of an
 * interface that goes down.  ("any" is none that the kernel knows.) */
static const char *
why_silent(struct live_reader *r)
{
	struct ifreq request = { .ifr_flags = 0 };

	if (strlen(r->live->name) >= sizeof(request.ifr_name))
		return NULL;
	strcpy(request.ifr_name, r->live->name);
	if (ioctl(pcap_fileno(r->live->pcap), SIOCGIFFLAGS, &request) == -1)
		return r->was_up && errno == ENODEV ?
		    "the interface has vanished" : NULL;
	if (request.ifr_flags & IFF_UP) {
		r->was_up = true;
		return NULL;
	}
	return r->was_up ? "the interface went down" : NULL;
}

/* For packets, a signal or the end of a while. */
static void
wait_for_packets(const struct live_reader *r)
{
	struct pollfd p = { .fd = pcap_get_selectable_fd(r->live->pcap),
	    .events = POLLIN };
	int64_t left_ns = r->ending ?
	    r->give_up_ns - clock_ns(CLOCK_MONOTONIC) : r->start_ns +
	    r->live->options.duration_ns - clock_ns(CLOCK_MONOTONIC);
	int wait_ms = IDLE_MS;

	if ((r->ending || r->live->options.duration_ns != 0) &&
	    left_ns < (int64_t)IDLE_MS * 1000000)
		wait_ms = left_ns < 0 ? 0 : (int)(left_ns / 1000000) + 1;
	/* An error shows in the next look. */
	(void)poll(&p, 1, wait_ms);
}

enum reader_status
live_reader_next(struct live_reader *r, struct frame *frames, size_t max,
    size_t *n, struct errbuf *err)
{
	enum reader_status status = r->status;
	const char *why;

	*n = 0;
	if (status == READER_OK) {
		note_end(r);
		status = take_some(r, frames, max);
	}
	if (status != READER_OK) {
		*err = r->fault;
		return status;
	}
	*n = r->count;
	if (r->status != READER_OK)
		return READER_OK;
	if (r->late || (r->live->options.count != 0 &&
	    r->number == r->live->options.count) || (r->ending && *n == 0 &&
	    clock_ns(CLOCK_MONOTONIC) >= r->give_up_ns))
		r->status = READER_END;
	if (*n > 0) {
		look_at_drops(r);
		return READER_OK;
	}
	if (r->status == READER_OK && (why = why_silent(r)) != NULL)
		end(r, READER_CUT, why);
	if (r->status == READER_OK) {
		wait_for_packets(r);
		return READER_IDLE;
	}
	*err = r->fault;
	return r->status;
}

uint64_t
live_reader_offset(const struct live_reader *r)
{
	return r->offset;
}

void
live_reader_free(struct live_reader *r)
{
	if (r == NULL)
		return;
	free(r->buffer);
	free(r);
}

struct reader *
reader_open_live(struct live *live, const volatile sig_atomic_t *stop,
    struct errbuf *err)
{
	struct reader *r = memory_array(1, sizeof(*r));

	if (r != NULL)
		r->live = memory_array(1, sizeof(*r->live));
	if (r == NULL || r->live == NULL ||
	    reader_met_link_type(r, live->link_type) == -1) {
		errbuf_set(err, "%s: out of memory", live->name);
		reader_close(r);
		return NULL;
	}
	r->live->live = live;
	r->live->stop = stop;
	why_silent(r->live);
	r->classic = (struct reader_classic){ .snaplen = live_snaplen(live),
	    .link_field = live->link_type, .ts_digits = live->ts_digits };
	snprintf(r->format, sizeof(r->format), "live");
	return r;
}
